"""Up to when a workspace's news were told, so that spans that meet lose nothing and tell nothing twice.

A turn of the ledger takes minutes, a transaction may commit after a digest with a later due time was read, and clocks
of processes differ. So whoever tells a span closes it first, which waits for what is being kept; and what is kept from
then on is stamped with its end at the earliest.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Database
from bot.store.tables.ledger import told

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


async def close(database: Database, workspace: str, until: datetime) -> None:
    """From now on nothing is kept as of before `until`. Raises StoreUnavailable, StoreFull."""
    known = _until(workspace)
    if await database.read(lambda connection: (connection.scalar(known) or _NEVER) >= until):
        return

    def reach(connection: Connection) -> None:
        _begin(connection, workspace)
        later = update(told).where(told.c.workspace == workspace, told.c.until < until).values(until=until)
        connection.execute(later)

    await database.write(reach)


def held(connection: Connection, workspace: str) -> datetime:
    """The earliest stamp for what this transaction keeps. A span is closed only after it has ended."""
    shared = _until(workspace).with_for_update(read=True)
    found = connection.scalar(shared)
    if found is None:
        _begin(connection, workspace)
        found = connection.scalar(shared)
    return found or _NEVER


def _until(workspace: str) -> Select[datetime]:
    return select(told.c.until).where(told.c.workspace == workspace)


def _begin(connection: Connection, workspace: str) -> None:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert(told).values(workspace=workspace, until=_NEVER).on_conflict_do_nothing())
