"""What a call cost is written together with the note of it, so that it counts once however often the work is run."""

from __future__ import annotations

from typing import Protocol

from bot.errors import Fenced
from bot.store.database import Database, T, Transaction


class Paying(Protocol):
    """Work that calls were paid for in."""

    async def write_with(self, beside: Transaction[T]) -> T:
        """Write what is still to be noted and what stands beside it, both or neither; what that gives. Raises Fenced,
        StoreError."""


async def write_cost(database: Database, cost: Transaction[T], work: Paying | None) -> T:
    """Write a cost, beside the notes of the work where there is any; what that gives. Raises Fenced, StoreError."""
    if work is None:
        return await database.write(cost)
    try:
        return await work.write_with(cost)
    except Fenced:  # it was paid for all the same, and whoever has taken the work over pays again
        await database.write(cost)
        raise
