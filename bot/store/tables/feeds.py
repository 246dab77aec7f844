"""The tables of what comes in by itself and of what the model was used for."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text, UniqueConstraint

from bot.store.tables.base import Instant, Serial, metadata

feeds = Table(
    "feeds",
    metadata,
    Column("id", Serial, primary_key=True),  # stays when the feed moves to another address
    Column("workspace", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # JSON, whoever polls knows its shape
    Column("revision", Integer, nullable=False),  # grows with each change, so that a poll undoes none made meanwhile
    UniqueConstraint("workspace", "address", name="feeds_address"),
)

announced = Table(
    "announced",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),  # the row of `versions` up to which all arrivals were announced
)

usage = Table(
    "usage",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("day", Text, primary_key=True),  # ISO 8601, UTC
    Column("person", Text, primary_key=True),  # empty for what nobody asked for: the ledger, digests
    Column("calls", Integer, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
)
