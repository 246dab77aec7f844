"""The tables of what people asked and said of the answers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table, Text

from bot.store.tables.base import Instant, Serial, metadata

asked = Table(
    "asked",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("fate", Text, nullable=False),
    Column("listens", Boolean, nullable=False),  # its asker goes on in the thread without a mention
    Column("coverage", Text),  # the workspace whose articles were cited; NULL until there is an answer
    Column("comparison", Text),  # JSON, as in the ledger
    Column("cited", Text),  # JSON: [[article, version, sentence], …]
    Column("messages", Text),  # JSON, of an answer that one person alone was shown and may share
    Column("at", Instant, nullable=False),
)
Index("asked_ts", asked.c.workspace, asked.c.channel, asked.c.ts)
Index("asked_thread", asked.c.workspace, asked.c.channel, asked.c.thread)
Index("asked_at", asked.c.at)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace", Text, nullable=False, index=True),
    Column("answer", Text, nullable=False),  # the key of what was asked
    Column("person", Text, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
