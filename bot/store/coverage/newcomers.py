"""The articles that came into the library of one workspace within a span of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.news.digest.digest import Arrived
from bot.store.coverage.keeping import read_article, stored_articles
from bot.store.database import Database
from bot.store.ledger import told
from bot.store.tables.library import articles, versions, workspaces


class Newcomers:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace

    async def arrived(self, since: datetime, until: datetime) -> Sequence[Arrived]:
        """The articles that came or changed from `since` on and before `until`, oldest first; removed ones are left
        out. Each as it stood at the end of the span, beside what was known of it when the span began. What is kept
        afterwards comes at `until` or later, so that spans that meet tell everything once."""
        await told.close(self._database, self._workspace, until)
        number = select(workspaces.c.id).where(workspaces.c.name == self._workspace).scalar_subquery()
        within = (
            select(versions.c.article, func.max(versions.c.id).label("latest"))
            .where(versions.c.workspace == number, versions.c.kept >= since, versions.c.kept < until)
            .group_by(versions.c.article)
            .subquery()
        )
        came = (
            stored_articles()
            .join(within, within.c.latest == versions.c.id)
            .where(articles.c.removed.is_(None))
            .order_by(versions.c.id)
        )

        def read(connection: Connection) -> list[Arrived]:
            rows = connection.execute(came).all()
            known = (
                select(versions.c.article, func.max(versions.c.id).label("latest"))
                .where(versions.c.article.in_([row.article for row in rows]), versions.c.kept < since)
                .group_by(versions.c.article)
                .subquery()
            )
            earlier = stored_articles().join(known, known.c.latest == versions.c.id)
            before = {row.article: read_article(row) for row in connection.execute(earlier)}
            return [Arrived(read_article(row), before.get(row.article)) for row in rows]

        return await self._database.read(read)
