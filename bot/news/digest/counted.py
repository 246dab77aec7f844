"""What came and what changed, as far as it is by outlets that count in a channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.news.digest.digest import Arrived, Changes, Newcomers
from bot.news.ledger.ports import Waiting
from bot.news.ledger.standing import Change, Entry, State, citations
from bot.news.ledger.within import comparison_within, within
from bot.news.model import Comparison
from bot.news.rules import Focus


@dataclass(frozen=True, slots=True)
class Counted:
    """Stands before the newcomers and the ledger; each call raises what theirs do."""

    newcomers: Newcomers
    ledger: Changes
    focus: Focus

    async def arrived(self, since: datetime, until: datetime) -> Sequence[Arrived]:
        return [a for a in await self.newcomers.arrived(since, until) if self.focus.hears(a.article.outlet)]

    async def changes(self, since: datetime, until: datetime) -> Sequence[Change]:
        """A change between outlets that do not count is none here."""
        found = [self._change(change) for change in await self.ledger.changes(since, until)]
        return [c for c in found if c is not None and (c.before is None or c.before != c.entry.comparison)]

    async def standing(self, *states: State) -> Sequence[Entry]:
        return [e for each in await self.ledger.standing(*states) if (e := self._entry(each)) is not None]

    async def waiting(self) -> Sequence[Waiting]:
        return await self.ledger.waiting()

    def _change(self, change: Change) -> Change | None:
        """None where neither before nor now two of its sides count."""
        before = self._comparison(change.before) if change.before else None
        now = self._comparison(change.entry.comparison)
        if max(len(now.positions), len(before.positions) if before else 0) < 2:
            return None
        events = tuple(replace(event, comparison=self._comparison(event.comparison)) for event in change.events)
        return Change(replace(change.entry, comparison=now), events, before)

    def _entry(self, entry: Entry) -> Entry | None:
        return within(entry, self._counting(entry.comparison))

    def _comparison(self, comparison: Comparison) -> Comparison:
        return comparison_within(comparison, self._counting(comparison))

    def _counting(self, comparison: Comparison) -> set[str]:
        return {c.article.id for c in citations(comparison) if self.focus.hears(c.article.outlet)}
