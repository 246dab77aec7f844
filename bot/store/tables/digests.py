"""The tables of digests."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from bot.store.tables.base import Instant, metadata
from bot.store.tables.library import versions

subscriptions = Table(
    "digest_subscriptions",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("subscriber", Text, nullable=False),
    Column("wish", Text, nullable=False),  # JSON
    Column("began", Instant, nullable=False),
    Column("paused", Text),  # why; NULL while it is delivered
)

deliveries = Table(
    "digest_deliveries",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("day", Text, primary_key=True),  # ISO 8601, the local date: no second digest has it
    Column("until", Instant, nullable=False),  # when it was due
    Column("ts", Text),  # the message; NULL where a quiet day was passed over
)

kept = Table(
    "digest_kept",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("digest_kept_at", kept.c.workspace, kept.c.at)

Index("versions_kept", versions.c.workspace, versions.c.kept)  # what came within a span
