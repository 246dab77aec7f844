"""The tables, defined once. What differs between the databases is the search index: see `search_sqlite` and
`search_postgres`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

HEAD = "0011"
"""The newest migration. A database that stands there is opened without loading Alembic."""

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """A UTC-aware datetime on both databases; SQLite would forget the zone. A naive one raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


# SQLite numbers rows by itself only for a key that is spelled INTEGER.
Serial = BigInteger().with_variant(Integer(), "sqlite")

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # Running totals over what is searched now: counting them would read whole tables. Whoever adds or removes an
    # article locks this row first, so that ids and versions are given out by one writer at a time.
    Column("articles", BigInteger, nullable=False, default=0),
    Column("characters", BigInteger, nullable=False, default=0),
    Column("excerpts", BigInteger, nullable=False, default=0),
    Column("words", BigInteger, nullable=False, default=0),
)

told = Table(
    "told",
    metadata,
    Column("workspace", Text, primary_key=True),
    # The end of the last span that was told: nothing is kept as of before it.
    Column("until", Instant, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id"), nullable=False),
    Column("name", Text, nullable=False),  # the id that people and citations use
    Column("identity", Text, nullable=False),  # what makes a later text the same article
    Column("version", Integer, nullable=False),  # the latest
    Column("removed", Instant),
    UniqueConstraint("workspace", "name", name="articles_name"),
    UniqueConstraint("workspace", "identity", name="articles_identity"),
)

versions = Table(
    "versions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("workspace", ForeignKey("workspaces.id"), nullable=False),
    Column("article", ForeignKey("articles.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("current", Boolean, nullable=False),  # the latest version of an article that is not removed
    Column("outlet", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("author", Text),
    Column("url", Text),
    Column("published", Text),  # ISO 8601 as it was given
    # The span of publication, half open: a microsecond for an instant, the UTC day for a bare date.
    Column("begins", Instant),
    Column("ends", Instant),
    Column("invented", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("sentences", Text, nullable=False),  # JSON: [[start, end], …] into the text
    Column("kept", Instant, nullable=False),  # when it was stored
    UniqueConstraint("article", "version", name="versions_version"),
)
Index(
    "versions_current",
    versions.c.workspace,
    versions.c.begins,
    sqlite_where=text("current"),
    postgresql_where=text("current"),
)
Index(
    "versions_url", versions.c.workspace, versions.c.url, sqlite_where=text("current"), postgresql_where=text("current")
)
Index("versions_arrived", versions.c.workspace, versions.c.id)

excerpts = Table(
    "excerpts",
    metadata,
    # day << 47 | version << 12 | place: a span of days is a range of keys in either index (see `excerpt_key`).
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("version", ForeignKey("versions.id"), nullable=False, index=True),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("terms", Text, nullable=False),  # what the index holds: stems, parted by spaces
)

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
