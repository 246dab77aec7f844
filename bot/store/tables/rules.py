"""The table of rules."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from bot.store.tables.base import Instant, metadata

rules = Table(
    "rules",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("channel", Text, primary_key=True),  # empty: those of the whole workspace
    Column("value", Text, nullable=False),  # JSON
    Column("by", Text, nullable=False),  # who changed it last
    Column("at", Instant, nullable=False),
)
