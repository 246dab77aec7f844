"""How much work waits, by kind and state, for whoever watches the bot."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select, true

from bot.store.database import Database
from bot.store.tables.jobs import ACTIVE, ENDED, jobs


async def depth(database: Database, workspace: str | None = None) -> Mapping[tuple[str, str], int]:
    """How many jobs there are by (kind, state), of those that are waiting, running or dead; in one workspace or all."""
    of = true() if workspace is None else jobs.c.workspace == workspace
    counted = select(jobs.c.kind, jobs.c.state, func.count()).where(of).group_by(jobs.c.kind, jobs.c.state)
    active, dead = counted.where(ACTIVE), counted.where(ENDED, jobs.c.state == "dead")
    return await database.read(
        lambda connection: {
            (kind, state): count for wanted in (active, dead) for kind, state, count in connection.execute(wanted)
        }
    )
