"""Whose ledger has articles that wait for their turn."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables.ledger import waiting


async def workspaces_waiting(database: Database) -> Sequence[str]:
    """The workspaces in which an article waits, by name. Raises StoreUnavailable."""
    found = select(waiting.c.workspace).distinct().order_by(waiting.c.workspace)
    return await database.read(lambda connection: list(connection.scalars(found)))
