"""The tables of accepted work."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from bot.store.tables.base import Instant, Serial, metadata

jobs = Table(
    "jobs",
    metadata,
    Column("serial", Serial, primary_key=True),  # the order of arrival
    Column("id", Text, nullable=False, unique=True),
    Column("workspace", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON
    Column("lane", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", Text, nullable=False),  # waiting, running, dead, done
    Column("due", Instant, nullable=False),  # waiting: not before; running: when the lease runs out
    Column("claim", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),  # why it was retried or buried
    Column("ended", Instant),
    Column("purged", Boolean, nullable=False, default=False),  # its words are gone, its keys still stand
)

ACTIVE = text("state IN ('waiting', 'running')")
ENDED = text("state IN ('dead', 'done')")
# Without the conditions claims slow down with every finished job.
Index("jobs_next", jobs.c.priority.desc(), jobs.c.serial, sqlite_where=ACTIVE, postgresql_where=ACTIVE)
Index("jobs_lane", jobs.c.workspace, jobs.c.lane, jobs.c.serial, sqlite_where=ACTIVE, postgresql_where=ACTIVE)
Index("jobs_ended", jobs.c.ended, sqlite_where=ENDED, postgresql_where=ENDED)

job_keys = Table(
    "job_keys",
    metadata,
    Column("workspace", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("job", ForeignKey("jobs.serial"), nullable=False, index=True),
)

job_notes = Table(
    "job_notes",
    metadata,
    Column("job", ForeignKey("jobs.serial"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
