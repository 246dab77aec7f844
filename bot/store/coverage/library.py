"""The library of one workspace: its articles with every version of them, and what can be found in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from bot.news.languages import language
from bot.news.model import Article, Excerpt, Moment
from bot.news.rules import EVERYTHING, Focus
from bot.store.coverage import keeping
from bot.store.coverage.focus import counts
from bot.store.coverage.keeping import Kept, read_article, stored_articles
from bot.store.coverage.overview import Overview
from bot.store.database import Clock, Database, Transaction, utc_now
from bot.store.ledger.ledger import StoredLedger
from bot.store.search import ranking, vectors
from bot.store.search.postgres import PostgresIndex
from bot.store.search.sqlite import SqliteIndex
from bot.store.search.vectors import Meant
from bot.store.tables.library import articles, versions, workspaces

NARROWED = 8  # libraries of focuses that are remembered; each may hold as many articles as fit one call to the model
TELLING_ARTICLES, TELLING_CHARACTERS = 9, 1_000  # looked at to tell the language of the coverage


class Library:
    """Keeps and finds articles. Each call is one transaction and raises StoreUnavailable or StoreFull.

    What is read is narrowed to `focus`; what is kept, removed or asked for by its id is not.
    """

    def __init__(
        self, database: Database, workspace: str, *, clock: Clock = utc_now, focus: Focus = EVERYTHING
    ) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock
        self._focus = focus
        self._current = stored_articles().where(workspaces.c.name == workspace, versions.c.current)
        if focus.narrow:
            self._current = self._current.where(counts(focus, workspace, database.dialect))
        self._oldest_first = self._current.order_by(versions.c.begins.is_(None), versions.c.begins, versions.c.id)
        self._rows = self._oldest_first.with_only_columns(versions.c.id)
        self._articles = select(workspaces.c.articles).where(workspaces.c.name == workspace)
        self._characters = select(workspaces.c.characters).where(workspaces.c.name == workspace)
        if focus.narrow:
            self._articles = self._current.with_only_columns(func.count())
            self._characters = self._current.with_only_columns(func.sum(func.length(versions.c.text)))
        self._whole: tuple[Sequence[int], Sequence[Article]] = ((), ())  # as `whole` read it last, with its rows
        self._index: ranking.Index = SqliteIndex() if database.dialect == "sqlite" else PostgresIndex()
        self._narrowed: dict[Focus, Library] = {}

    def within(self, focus: Focus) -> Library:
        """This library, narrowed; the one that a focus had before, so that it remembers, as long as few others came."""
        if not focus.narrow:
            return self
        narrowed = self._narrowed.pop(focus, None)
        if narrowed is None:
            narrowed = Library(self._database, self._workspace, clock=self._clock, focus=focus)
            narrowed._index = self._index  # what it counts is counted over all coverage
        self._narrowed[focus] = narrowed  # the last one is the one that came last
        if len(self._narrowed) > NARROWED:
            del self._narrowed[next(iter(self._narrowed))]
        return narrowed

    @property
    def workspace(self) -> str:
        return self._workspace

    @property
    def ledger(self) -> StoredLedger:
        """The standing comparisons of this coverage."""
        return StoredLedger(self._database, self._workspace, focus=self._focus)

    @property
    def overview(self) -> Overview:
        """This coverage at a glance."""
        return Overview(self._database, self._workspace, focus=self._focus)

    async def add(self, article: Article, *, restore: bool = False) -> Kept:
        """Keep an article, or a new version of one whose identity is known; one that is known as it is costs nothing.

        Its id gets a suffix where another article holds it. One that a person removed stays away unless `restore`.
        Raises UnreadableCoverage for text that no database can hold.
        """
        (kept,) = await self.add_all([article], restore=restore)
        return kept

    async def add_all(self, articles: Sequence[Article], *, restore: bool = False) -> Sequence[Kept]:
        """As `add`, several in one transaction: all are kept, or none."""
        for article in articles:
            keeping.check_storable(article)
        at = self._clock()

        def add(connection: Connection) -> list[Kept]:
            return keeping.add_all(connection, self._index, self._workspace, articles, at, restore=restore)

        return await self._database.write(add)

    async def remove(self, id_or_url: str) -> bool:
        """Take an article out of the coverage; its versions stay citable. False where there is none."""
        return await self._database.write(self.removal(id_or_url))

    def removal(self, id_or_url: str) -> Transaction[bool]:
        """As `remove`, for a transaction that keeps more beside it."""
        at = self._clock()
        return lambda connection: keeping.remove(connection, self._index, self._workspace, id_or_url, at)

    async def article(self, id: str, version: int | None = None) -> Article | None:
        """The current version, if it was not removed; or the version asked for, even then."""
        wanted = versions.c.current if version is None else versions.c.version == version
        found = stored_articles().where(workspaces.c.name == self._workspace, articles.c.name == id, wanted)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return read_article(rows[0]) if rows else None

    async def at(self, *urls: str) -> Article | None:
        """The article at one of these addresses, the newest of several."""
        found = self._current.where(versions.c.url.in_(urls)).order_by(versions.c.id.desc()).limit(1)
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return read_article(rows[0]) if rows else None

    async def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Sequence[Article]:
        """All articles, oldest first, undated ones last; where a span is given, those published within it.

        A bare date lies in a span that touches its UTC day; `until` itself is not in the span.
        """
        found = _published(self._oldest_first, since, until)
        return await self._database.read(lambda connection: [read_article(row) for row in connection.execute(found)])

    async def search(
        self,
        query: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        meant: Meant | None = None,
    ) -> Sequence[Excerpt]:
        """The excerpts that fit the query best, best first; empty where no word of it occurs.

        `meant`: what the query means; then those that mean much the same are found too, without a word of it.
        """

        depth = limit if meant is None else max(limit, ranking.CANDIDATES)

        def find(connection: Connection) -> list[Excerpt]:
            total = ranking.totals(connection, self._workspace)
            if total is None:
                return []
            counted = self._current.with_only_columns(versions.c.id)
            within = set(connection.scalars(counted)) if self._focus.narrow else None
            hits = ranking.search(connection, self._index, total, query, depth, since, until, within)
            if meant is not None:
                some = _published(counted, since, until) if self._focus.narrow or since or until else None
                near = vectors.nearest(connection, total.workspace, meant, vectors.ALIKE, since, until, some)
                hits = ranking.fused(hits, near)[:limit]
            found = stored_articles().where(versions.c.id.in_({hit.version for hit in hits}))
            held = {row.row: read_article(row) for row in connection.execute(found)}
            return [Excerpt(held[hit.version], hit.first, hit.last) for hit in hits]

        return await self._database.read(find)

    async def whole(self, most: int) -> Sequence[Article] | None:
        """All articles, as `articles` gives them, where their text has at most so many characters; None where it has
        more.

        They are remembered as long as the same versions are current, for a version never changes: to read ten articles
        anew takes four times as long as to look.
        """

        def read(connection: Connection) -> Sequence[Article] | None:
            if int(connection.scalar(self._characters) or 0) > most:
                return None
            rows = connection.scalars(self._rows).all()
            known, found = self._whole
            if rows != known:
                found = [read_article(row) for row in connection.execute(self._oldest_first)]
                self._whole = rows, found
            return found

        return await self._database.read(read)

    async def language(self) -> str | None:
        """What the newest of it is mostly written in, by ISO 639-1; None where that is not plain."""
        begins = func.substr(versions.c.text, 1, TELLING_CHARACTERS)
        newest = self._current.order_by(versions.c.id.desc()).limit(TELLING_ARTICLES).with_only_columns(begins)
        texts = await self._database.read(lambda connection: connection.scalars(newest).all())
        known = Counter(filter(None, map(language, texts))).most_common(1)
        return known[0][0] if known else None

    async def count(self) -> int:
        """How many articles there are, removed ones left out."""
        return await self._database.read(lambda connection: int(connection.scalar(self._articles) or 0))

    async def newest(self) -> Moment | None:
        """When the newest dated article was published."""
        latest = (
            self._current.where(versions.c.begins.is_not(None)).order_by(versions.c.begins.desc()).limit(1)
        ).with_only_columns(versions.c.published)
        text = await self._database.read(lambda connection: connection.scalar(latest))
        return Moment.parse(text) if text else None


def _published(found: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    """Of the versions that are selected, those published within a span."""
    if since is not None:
        found = found.where(versions.c.ends > since)
    if until is not None:
        found = found.where(versions.c.begins < until)
    return found
