"""What work waits, for whoever watches the bot or has to know what it has not come to yet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

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


async def payloads(database: Database, workspace: str, kind: str) -> Sequence[Mapping[str, Any]]:
    """What the jobs of a kind that wait or run are about. Raises StoreUnavailable."""
    found = select(jobs.c.payload).where(jobs.c.workspace == workspace, jobs.c.kind == kind, ACTIVE)
    return await database.read(lambda connection: [json.loads(payload) for payload in connection.scalars(found)])
