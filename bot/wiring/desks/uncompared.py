"""Which articles of a coverage have not been set beside the others yet."""

from __future__ import annotations

from collections.abc import Set

from bot.store.coverage.arrivals import Arrivals
from bot.store.database import Database
from bot.store.jobs.queue import payloads
from bot.store.ledger.ledger import StoredLedger
from bot.wiring.coverage.coverage import LEDGER

UNANNOUNCED = 10_000  # looked up at most


async def uncompared(database: Database, workspace: str) -> Set[str]:
    """By their ids: those that nobody was told of, those that a job still tells of, and those that wait for their turn.

    In this order, which is the one that an article goes, so that none is missed on its way. Raises StoreUnavailable.
    """
    found = {each.article for each in await Arrivals(database, workspace).waiting(UNANNOUNCED)}
    found |= {str(told["article"]) for told in await payloads(database, workspace, LEDGER)}
    return found | {each.article for each in await StoredLedger(database, workspace).waiting()}
