"""The tables of the articles, their versions, and the excerpts that are found."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from bot.store.tables.base import Instant, Serial, metadata

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
