"""Whose ledger has articles that wait for their turn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import and_, func, select

from bot.store.database import Database
from bot.store.tables.ledger import spent, waiting


async def workspaces_waiting(database: Database, day: date) -> Mapping[str, int]:
    """The workspaces in which an article waits, by name, each with its ledger's calls to the model on this UTC day.
    Raises StoreUnavailable."""
    today = and_(spent.c.workspace == waiting.c.workspace, spent.c.day == day.isoformat())
    found = (
        select(waiting.c.workspace, func.coalesce(func.max(spent.c.calls), 0).label("calls"))
        .outerjoin(spent, today)
        .group_by(waiting.c.workspace)
        .order_by(waiting.c.workspace)
    )
    return await database.read(lambda connection: {row.workspace: row.calls for row in connection.execute(found)})
