"""The feeds and watched folders of one workspace: where they are, when they are due, and where their polling stands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from bot.store.database import Database
from bot.store.tables.feeds import feeds


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """`kind`: what of several sorts it is; `address`: unique in the workspace. `next_at`: when it is due, UTC-aware.
    `state`: what its polling must remember, fit for JSON. `revision` tells whether it was changed since."""

    id: int
    kind: str
    address: str
    next_at: datetime
    state: Mapping[str, Any]
    revision: int = 0


async def workspaces_due(database: Database, now: datetime) -> Sequence[str]:
    """Where the time of any feed has come."""
    found = select(feeds.c.workspace).where(feeds.c.next_at <= now).distinct()
    return await database.read(lambda connection: list(connection.scalars(found)))


class FeedTable:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace

    async def put(self, kind: str, address: str, next_at: datetime, state: Mapping[str, Any]) -> bool:
        """Keep a feed, in place of one with the same address; whether there was none."""
        row = {"kind": kind, "next_at": next_at, "state": json.dumps(state)}

        def write(connection: Connection) -> bool:
            known = connection.execute(
                update(feeds).where(*self._at(address)).values(row | {"revision": feeds.c.revision + 1})
            )
            if known.rowcount:
                return False
            connection.execute(insert(feeds), row | {"workspace": self._workspace, "address": address, "revision": 0})
            return True

        return await self._database.write(write)

    async def at(self, address: str) -> StoredFeed | None:
        return await self._one(self._all().where(feeds.c.address == address))

    async def get(self, id: int) -> StoredFeed | None:
        return await self._one(self._all().where(feeds.c.id == id))

    async def all(self) -> Sequence[StoredFeed]:
        """In the order in which they were added."""
        return await self._many(self._all())

    async def due(self, now: datetime) -> Sequence[StoredFeed]:
        """Those whose time has come, the longest due first."""
        return await self._many(self._all().where(feeds.c.next_at <= now).order_by(None).order_by(feeds.c.next_at))

    async def keep(self, feed: StoredFeed) -> bool:
        """Keep what a poll has left of a feed, as it was read before the poll; False, with nothing kept, where it was
        removed or changed since. Where it has moved to the address of another, that one alone stays."""
        changed = {
            "address": feed.address,
            "next_at": feed.next_at,
            "state": json.dumps(feed.state),
            "revision": feed.revision + 1,
        }
        mine = (feeds.c.workspace == self._workspace, feeds.c.id == feed.id, feeds.c.revision == feed.revision)

        def write(connection: Connection) -> bool:
            taken = select(feeds.c.id).where(*self._at(feed.address), feeds.c.id != feed.id)
            if connection.execute(taken).first():
                return connection.execute(delete(feeds).where(*mine)).rowcount == 1
            return connection.execute(update(feeds).where(*mine).values(changed)).rowcount == 1

        return await self._database.write(write)

    async def remove(self, address: str) -> bool:
        """False where there is none."""
        gone = delete(feeds).where(*self._at(address))
        return await self._database.write(lambda connection: connection.execute(gone).rowcount == 1)

    def _at(self, address: str) -> tuple[Any, ...]:
        return feeds.c.workspace == self._workspace, feeds.c.address == address

    def _all(self) -> Select[Any]:
        return select(feeds).where(feeds.c.workspace == self._workspace).order_by(feeds.c.id)

    async def _one(self, wanted: Select[Any]) -> StoredFeed | None:
        return next(iter(await self._many(wanted)), None)

    async def _many(self, wanted: Select[Any]) -> Sequence[StoredFeed]:
        return await self._database.read(lambda connection: [_stored(row) for row in connection.execute(wanted)])


def _stored(row: Row[Any]) -> StoredFeed:
    return StoredFeed(row.id, row.kind, row.address, row.next_at, json.loads(row.state), row.revision)
