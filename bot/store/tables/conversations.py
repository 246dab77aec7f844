"""The table of what was said in threads."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from bot.store.tables.base import Instant, Serial, metadata

turns = Table(
    "turns",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread_ts", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("turns_thread", turns.c.workspace, turns.c.channel, turns.c.thread_ts, turns.c.id)
Index("turns_at", turns.c.at)
