"""The tables of the ledger."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text, true

from bot.store.tables.base import Instant, Serial, metadata

entries = Table(
    "ledger_entries",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("opened", Instant, nullable=False),
    Column("moved", Instant, nullable=False),
    Column("owner", Text),  # a followed question's; None for a public entry
    Column("dismissed_by", Text),
    Column("into", Text),  # the entry that stands for this one
    Column("comparison", Text, nullable=False),  # JSON: articles by id and version, sentences by number
)
Index("ledger_entries_owner", entries.c.workspace, entries.c.owner)

cited = Table(
    "ledger_cited",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("article", Text, primary_key=True),
)
Index("ledger_cited_article", cited.c.workspace, cited.c.article)

events = Table(
    "ledger_events",
    metadata,
    Column("serial", Serial, primary_key=True),  # the order in which they happened
    Column("workspace", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("happening", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Text),
    Column("comparison", Text, nullable=False),  # JSON, as it stood afterwards
    # There is a job that tells its followers. An older backup's rows had theirs.
    Column("passed_on", Boolean, nullable=False, server_default=true()),
)
_NEWS = text("NOT passed_on")
Index("ledger_events_news", events.c.workspace, events.c.serial, sqlite_where=_NEWS, postgresql_where=_NEWS)
Index("ledger_events_entry", events.c.workspace, events.c.entry, events.c.serial)
Index("ledger_events_at", events.c.workspace, events.c.at)

waiting = Table(
    "ledger_waiting",
    metadata,
    Column("serial", Serial, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("arrivals", Integer, nullable=False),
    Column("tasks", Text),  # JSON: what is left to compare; NULL before the call that proposes it
)
Index("ledger_waiting_article", waiting.c.workspace, waiting.c.article, unique=True)

spent = Table(
    "ledger_spent",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("day", Text, primary_key=True),  # ISO 8601, UTC
    Column("calls", Integer, nullable=False),
)

labels = Table(
    "labels",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace", Text, nullable=False, index=True),
    Column("verdict", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("entry", Text),  # the standing comparison that it counts on, if there is one
    Column("comparison", Text, nullable=False),  # JSON, what the person saw
)

told = Table(
    "told",
    metadata,
    Column("workspace", Text, primary_key=True),
    # The end of the last span that was told: nothing is kept as of before it.
    Column("until", Instant, nullable=False),
)
