"""What has come into the library of one workspace, to be announced once to whoever compares it.

The announcement follows the rows that were kept, not the program that kept them: what was stored just before a crash,
or by a command of its own, is announced all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Database, Transaction
from bot.store.tables.feeds import announced
from bot.store.tables.library import articles, versions, workspaces


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new article, or a new version of one. `serial` grows with each in its workspace; `article` is its id;
    `removed`: whether it was taken out since."""

    serial: int
    article: str
    version: int
    removed: bool


async def workspaces_arrived(database: Database) -> Sequence[str]:
    """Where something has come that was not announced; asked once for all workspaces, however many there are."""
    after = func.coalesce(announced.c.version, 0)
    came = exists().where(versions.c.workspace == workspaces.c.id, versions.c.id > after)
    found = select(workspaces.c.name).outerjoin(announced, announced.c.workspace == workspaces.c.name).where(came)
    return await database.read(lambda connection: list(connection.scalars(found)))


class Arrivals:
    """Each call that is awaited is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace

    async def named(self, id_or_address: str) -> Arrival | None:
        """The latest version of the article with this id, identity or URL, removed ones too; the id wins."""
        fits = or_(
            articles.c.name == id_or_address, articles.c.identity == id_or_address, versions.c.url == id_or_address
        )
        found = (
            _arrivals()
            .join(workspaces, workspaces.c.id == versions.c.workspace)
            .where(workspaces.c.name == self._workspace, versions.c.version == articles.c.version, fits)
            .order_by((articles.c.name == id_or_address).desc(), versions.c.id)
        )
        row = await self._database.read(lambda connection: connection.execute(found).first())
        return Arrival(*row) if row else None

    async def waiting(self, limit: int) -> Sequence[Arrival]:
        """The first that were not announced, oldest first; also those that were replaced or removed since."""
        after = select(announced.c.version).where(announced.c.workspace == self._workspace).scalar_subquery()
        number = select(workspaces.c.id).where(workspaces.c.name == self._workspace).scalar_subquery()

        def find(connection: Connection) -> list[Arrival]:
            begin = connection.scalar(select(after)) or 0
            found = (
                _arrivals()
                .where(versions.c.id > begin, versions.c.workspace == number)
                .order_by(versions.c.id)
                .limit(limit)
            )
            return [Arrival(*row) for row in connection.execute(found)]

        return await self._database.read(find)

    def announced(self, serial: int) -> Transaction[None]:
        """Has all up to this one announced; to be kept with what announces them."""
        upsert = sqlite.insert if self._database.dialect == "sqlite" else postgresql.insert
        known = upsert(announced).values(workspace=self._workspace, version=serial)
        latest = known.on_conflict_do_update(
            index_elements=["workspace"],
            set_={"version": known.excluded.version},
            where=announced.c.version < known.excluded.version,
        )

        def keep(connection: Connection) -> None:
            connection.execute(latest)

        return keep


def _arrivals() -> Select[int, str, int, bool]:
    removed = articles.c.removed.is_not(None)
    return select(versions.c.id, articles.c.name, versions.c.version, removed).join(
        articles, articles.c.id == versions.c.article
    )
