"""The coverage of one workspace at a glance, without reading its texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from bot.news.model import Moment
from bot.news.overview import Heading, Outlet
from bot.news.rules import EVERYTHING, Focus
from bot.store.coverage.focus import counts
from bot.store.database import Database
from bot.store.tables.library import articles, versions, workspaces


class Overview:
    """Narrowed to `focus`. Each call is one transaction and raises StoreUnavailable."""

    def __init__(self, database: Database, workspace: str, *, focus: Focus = EVERYTHING) -> None:
        self._database = database
        self._workspace = workspace
        self._focus = focus

    async def newest(self, limit: int) -> Sequence[Heading]:
        """The articles that were published last, newest first; undated ones are left out."""
        found = (
            select(versions.c.outlet, versions.c.title, versions.c.url, versions.c.published)
            .where(self._current(), versions.c.begins.is_not(None))
            .order_by(versions.c.begins.desc(), versions.c.id.desc())
            .limit(limit)
        )
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return [Heading(row.outlet, row.title, row.url, _moment(row.published)) for row in rows]

    async def latest(self, limit: int) -> Sequence[str]:
        """The ids of the articles that were published last, newest first."""
        found = (
            select(articles.c.name)
            .join(versions, articles.c.id == versions.c.article)
            .where(self._current(), versions.c.begins.is_not(None))
            .order_by(versions.c.begins.desc(), versions.c.id.desc())
            .limit(limit)
        )
        return await self._database.read(lambda connection: list(connection.scalars(found)))

    async def outlets(self) -> Sequence[Outlet]:
        """Every outlet, that with most articles first."""
        count = func.count()
        found = (
            select(versions.c.outlet, count, func.max(versions.c.published))
            .where(self._current())
            .group_by(versions.c.outlet)
            .order_by(count.desc(), versions.c.outlet)
        )
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return [Outlet(name, articles, _moment(newest)) for name, articles, newest in rows]

    async def stored(self) -> datetime | None:
        """When something was stored last."""
        last = select(versions.c.kept).where(self._current()).order_by(versions.c.kept.desc()).limit(1)
        return await self._database.read(lambda connection: connection.scalar(last))

    def _current(self) -> ColumnElement[bool]:
        number = select(workspaces.c.id).where(workspaces.c.name == self._workspace).scalar_subquery()
        here = and_(versions.c.workspace == number, versions.c.current)
        return and_(here, counts(self._focus, self._workspace, self._database.dialect)) if self._focus.narrow else here


def _moment(published: Any) -> Moment | None:
    return Moment.parse(published) if published else None
