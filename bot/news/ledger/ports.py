"""What the ledger asks of the world: a place to keep it, and the model's proposals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.news.cite import Sheet
from bot.news.ledger.proposing import Known, Proposals, Task
from bot.news.ledger.standing import Change, Entry
from bot.news.model import Article


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article whose turn has not come or is not over. `tasks`: what is left to compare; None before its call.

    `arrivals` counts how often it came or changed since it waits: a turn that began before the last is not the last.
    """

    article: str
    since: datetime
    tasks: tuple[Task, ...] | None = None
    arrivals: int = 1


class Ledger(Protocol):
    """What is kept of the standing comparisons of one workspace. Each call raises StoreError."""

    async def entries(self, *, citing: Collection[str] | None = None) -> Sequence[Entry]:
        """All that stand for themselves, followed ones too; only those that cite one of these articles, if given."""

    async def followed(self) -> Sequence[Entry]:
        """The followed questions."""

    async def entry(self, id: str) -> Entry | None: ...

    async def keep(self, change: Change) -> None:
        """Keep the entry as it is now and its events, together."""

    async def forget(self, owner: str) -> None:
        """Remove an owner's followed questions and their history."""

    async def current(self, articles: Collection[str]) -> Mapping[str, Article]:
        """The current versions of these articles by id; those that were removed are left out."""

    async def arrived(self, article: str, at: datetime) -> None:
        """An article came or changed: it waits for its turn, anew; one that waits already keeps its place."""

    async def first_waiting(self) -> Waiting | None:
        """The article that has waited longest."""

    async def wait(self, waiting: Waiting) -> None:
        """Keep what is left of a turn, unless the article arrived again meanwhile."""

    async def done(self, waiting: Waiting) -> None:
        """The turn is over; the article goes on waiting if it arrived again meanwhile."""

    async def spent(self, day: date) -> int:
        """Model calls on this UTC day."""

    async def spend(self, day: date, calls: int) -> None: ...


class Proposer(Protocol):
    """The model's part: which questions a new article answers otherwise than others. Raises ReaderError."""

    async def propose(self, sheet: Sheet, known: Sequence[Known]) -> Proposals:
        """The first source of the sheet is the new article."""
