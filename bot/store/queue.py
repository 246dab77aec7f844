"""How much work waits, by kind and state, for whoever watches the bot."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.tables import ACTIVE, ENDED, jobs


async def depth(database: Database) -> Mapping[tuple[str, str], int]:
    """How many jobs there are by (kind, state), of those that are waiting, running or dead."""
    active = select(jobs.c.kind, jobs.c.state, func.count()).where(ACTIVE).group_by(jobs.c.kind, jobs.c.state)
    dead = (
        select(jobs.c.kind, jobs.c.state, func.count())
        .where(ENDED, jobs.c.state == "dead")
        .group_by(jobs.c.kind, jobs.c.state)
    )
    return await database.read(
        lambda connection: {
            (kind, state): count for wanted in (active, dead) for kind, state, count in connection.execute(wanted)
        }
    )
