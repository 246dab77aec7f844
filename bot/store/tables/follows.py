"""The table of the topics that people follow."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from bot.store.tables.base import Instant, metadata

topics = Table(
    "topic_follows",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("phrases", Text, nullable=False),  # JSON: [phrase, …], in the person's words
    Column("at", Instant, nullable=False),
)
Index("topic_follows_person", topics.c.workspace, topics.c.person)
