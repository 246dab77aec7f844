"""The verb: new coverage to changed comparisons.

Each article that came or changed waits its turn. It costs one call that proposes questions, and one comparison, as
for a person's question, for each that is new or that it touches: the cost grows with what is new, not with pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.errors import ReaderAbsent, ReaderError, ReplyUnusable
from bot.news.answer import EXCERPT_TOKENS
from bot.news.cite import Sheet
from bot.news.ledger.comparing import compared
from bot.news.ledger.doubles import double_of
from bot.news.ledger.following import carried_over, found_in, with_copy
from bot.news.ledger.meeting import Meeting, meet
from bot.news.ledger.ports import Ledger, Proposer, Waiting
from bot.news.ledger.proposing import (
    Known,
    Proposals,
    Task,
    candidates,
    known_on,
    once_each,
    spoken_to,
    tasks_of,
    touched_by,
)
from bot.news.ledger.standing import (
    Change,
    Entry,
    begun,
    citations,
    compared_again,
    dismissed,
    merged,
    restored,
    without,
)
from bot.news.model import Article, Citation, Comparison, Relation, Usage
from bot.news.ports import Archive, Reader

CALLS_A_COMPARISON = 2  # the comparison and its second look; it is not begun with fewer left for the day
CALLS_A_DAY = 1_000  # about 100 new articles of a story full of conflicts, several times as many plainer ones
_CONFLICTS = (Relation.DISPUTE, Relation.UPDATE)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an article's turn came to. `waits`: the day's calls ran out before its end. `failed`: comparisons or
    proposals that had no usable reply; nothing is concluded from those."""

    article: str
    changes: tuple[Change, ...] = ()
    calls: int = 0
    failed: int = 0
    waits: bool = False


async def take_next(
    *,
    ledger: Ledger,
    archive: Archive,
    reader: Reader,
    proposer: Proposer,
    at: datetime,
    calls_a_day: int = CALLS_A_DAY,
    excerpt_tokens: int = EXCERPT_TOKENS,
) -> Taken | None:
    """Give the article that has waited longest its turn; None where none waits or the day's calls are spent.

    What is done is kept step by step: after a failure the next call goes on where this one stopped. One turn at a
    time in a workspace. Raises ReaderUnavailable, ReaderRefused, StoreError.
    """
    left = calls_a_day - await ledger.spent(at.astimezone(UTC).date())
    waiting = await ledger.first_waiting()
    if waiting is None or left < 1:
        return None
    turn = _Turn(ledger, archive, reader, proposer, at, left, excerpt_tokens)
    return await turn.take(waiting)


async def take_replayed(
    id: str,
    *,
    ledger: Ledger,
    archive: Archive,
    reader: Reader,
    proposer: Proposer,
    at: datetime,
    excerpt_tokens: int = EXCERPT_TOKENS,
) -> None:
    """Without a model an article waits for its turn, but whoever follows what a kept reply answers need not wait.

    Raises StoreError.
    """
    article = (await ledger.current([id])).get(id)
    if article is not None:
        await _Turn(ledger, archive, reader, proposer, at, 0, excerpt_tokens).compare_followed(article)


async def removed(article: str, at: datetime, *, ledger: Ledger) -> tuple[Change, ...]:
    """An article went away: no call, its readings go, and what has no two sides left is settled."""
    changes = []
    for entry in await ledger.entries(citing=[article]):
        change = without(entry, article, at)
        await ledger.keep(change)
        if change.events:
            changes.append(change)
    return tuple(changes)


async def follow(owner: str, comparison: Comparison, at: datetime, *, ledger: Ledger) -> Entry:
    """Keep a person's question, with how it is answered now, for its followers alone."""
    change = begun(comparison, at, owner)
    assert change is not None
    await ledger.keep(change)
    return change.entry


async def dismiss(id: str, by: str, at: datetime, *, ledger: Ledger) -> Change | None:
    """A person says that it is no disagreement: it holds until new coverage touches it. None where it is unknown."""
    entry = await ledger.entry(id)
    return await _kept(dismissed(entry, by, at), ledger) if entry else None


async def restore(id: str, by: str, at: datetime, *, ledger: Ledger) -> Change | None:
    """Undo a dismissal. None where the entry is unknown."""
    entry = await ledger.entry(id)
    return await _kept(restored(entry, by, at), ledger) if entry else None


async def _kept(change: Change, ledger: Ledger) -> Change:
    await ledger.keep(change)
    return change


@dataclass(slots=True)
class _Turn:
    """One article's turn."""

    ledger: Ledger
    archive: Archive
    reader: Reader
    proposer: Proposer
    at: datetime
    left: int
    excerpt_tokens: int
    calls: int = 0
    failed: int = 0
    changes: list[Change] = field(default_factory=list)
    more: list[Task] = field(default_factory=list)  # what a comparison has shown to be worth another
    compared: set[str] = field(default_factory=set)  # entries

    async def take(self, waiting: Waiting) -> Taken:
        article = (await self.ledger.current([waiting.article])).get(waiting.article)
        if article is None:
            await self.ledger.done(waiting)
            return self._taken(waiting)
        tasks = waiting.tasks
        if tasks is None:
            tasks = await self._propose(article)
            await self.ledger.wait(replace(waiting, tasks=tasks))
        while tasks:
            if self.left < CALLS_A_COMPARISON:
                return self._taken(waiting, waits=True)
            await self._compare(tasks[0])
            tasks = once_each((*tasks[1:], *self.more))
            self.more = []
            await self.ledger.wait(replace(waiting, tasks=tasks))
        await self.ledger.done(waiting)
        return self._taken(waiting)

    async def compare_followed(self, article: Article) -> None:
        """Compare the followed questions that an article speaks to, as far as replies are kept."""
        meeting = await meet(article, self.archive, self.excerpt_tokens)
        for task in spoken_to(meeting.own, article, await self.ledger.followed()):
            with suppress(ReaderAbsent):
                await self._compare(task)

    async def _propose(self, article: Article) -> tuple[Task, ...]:
        """The questions that this article raises or touches."""
        tasks = await self._follow(article)
        meeting = await meet(article, self.archive, self.excerpt_tokens)
        await self._join_copies(meeting)
        tasks += spoken_to(meeting.own, article, await self.ledger.followed())
        found = []
        for sheet in meeting.sheets:
            if len(sheet.sources) < 2:
                continue
            known = known_on(sheet, await self._public(a.id for a in sheet.articles))
            proposals = await self._proposals(sheet, known)
            tasks += touched_by(proposals, known, sheet)
            found += candidates(proposals, sheet)
        cited = [c.article.id for each in found for c in (*each.here, *each.there)]
        return once_each([*tasks, *tasks_of(found, await self._public(cited))])

    async def _proposals(self, sheet: Sheet, known: Sequence[Known]) -> Proposals:
        try:
            proposals = await self.proposer.propose(sheet, known)
        except ReaderError as fault:
            await self._spend(Usage(*fault.spent).calls)
            if not isinstance(fault, ReplyUnusable):
                raise
            self.failed += 1
            return Proposals()
        await self._spend(proposals.usage.calls)
        return proposals

    async def _follow(self, article: Article) -> list[Task]:
        """Entries that cite an earlier version: those whose sentences still stand go on with the new one as they
        are, the others are to be compared again."""
        tasks = []
        for entry in await self.ledger.entries(citing=[article.id]):
            comparison = carried_over(entry.comparison, article)
            if comparison is None:
                tasks.append(Task(entry.comparison.question, entry=entry.id))
            elif comparison != entry.comparison:
                await self.ledger.keep(Change(replace(entry, comparison=comparison), ()))
        return tasks

    async def _join_copies(self, meeting: Meeting) -> None:
        """Give a copy the readings of its original. It adds no weight, so it is no event."""
        originals = {echo.original.article.id for echo in meeting.copied}
        for entry in await self.ledger.entries(citing=originals) if originals else ():
            joined = with_copy(entry.comparison, meeting.copied)
            if joined.positions != entry.comparison.positions:
                await self.ledger.keep(Change(replace(entry, comparison=joined), ()))

    async def _compare(self, task: Task) -> None:
        entry = await self.ledger.entry(task.entry) if task.entry else None
        if task.entry and (entry is None or entry.into):
            return
        question = entry.comparison.question if entry else task.question
        known = citations(entry.comparison) if entry else ()
        sentences = await self._as_they_stand((*task.sentences, *known))
        try:
            comparison = await compared(
                question,
                sentences,
                archive=self.archive,
                reader=self.reader,
                spend=self._spend,
                excerpt_tokens=self.excerpt_tokens,
            )
        except ReplyUnusable:
            self.failed += 1
            return
        if entry is not None:
            self.compared.add(entry.id)
        await self._record(task, comparison)

    async def _record(self, task: Task, comparison: Comparison) -> None:
        # Read again: a person may have dismissed or unfollowed it while the model was at work.
        entry = await self.ledger.entry(task.entry) if task.entry else None
        if task.entry and entry is None:
            return
        twin = await self._double(comparison, entry)
        if twin is None or (entry is not None and entry.opened < twin.opened):
            await self._keep(compared_again(entry, comparison, self.at) if entry else await self._begun(comparison))
            if entry is not None and twin is not None:
                await self._keep(merged(twin, entry, self.at))
            return
        if entry is not None:
            await self._keep(merged(entry, twin, self.at))
        if twin.id not in self.compared:  # under its own question: what stands keeps its name
            self.more.append(Task(twin.comparison.question, citations(comparison), twin.id))

    async def _begun(self, comparison: Comparison) -> Change | None:
        """The entry that a new question makes, or what becomes of the one that it had made before."""
        change = begun(comparison, self.at)
        known = await self.ledger.entry(change.entry.id) if change else None
        return compared_again(known, comparison, self.at) if known else change

    async def _double(self, comparison: Comparison, entry: Entry | None) -> Entry | None:
        if comparison.relation not in _CONFLICTS or (entry is not None and entry.private):
            return None
        cited = await self._public(c.article.id for c in citations(comparison))
        return double_of(comparison, (e for e in cited if entry is None or e.id != entry.id))

    async def _public(self, articles: Iterable[str]) -> list[Entry]:
        return [e for e in await self.ledger.entries(citing=set(articles)) if not e.private]

    async def _as_they_stand(self, cited: Sequence[Citation]) -> list[Citation]:
        """The sentences in the current versions of their articles; those that are gone are left out."""
        current = await self.ledger.current({c.article.id for c in cited})
        found = (found_in(current[c.article.id], c) for c in cited if c.article.id in current)
        return list(dict.fromkeys(c for c in found if c is not None))

    async def _keep(self, change: Change | None) -> None:
        if change is None:
            return
        await self.ledger.keep(change)
        if change.events:
            self.changes.append(change)

    async def _spend(self, calls: int) -> None:
        if calls:
            self.left -= calls
            self.calls += calls
            await self.ledger.spend(self.at.astimezone(UTC).date(), calls)

    def _taken(self, waiting: Waiting, *, waits: bool = False) -> Taken:
        return Taken(waiting.article, tuple(self.changes), self.calls, self.failed, waits)
