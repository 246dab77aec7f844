"""Compares a question of the ledger exactly as a person's question is, with given sentences surely shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import ReaderError, ReplyUnusable
from bot.news.answer import answer
from bot.news.cite import Sheet
from bot.news.find import CHARACTERS_A_TOKEN, KEY_CHARACTERS
from bot.news.model import Article, Check, Citation, Comparison, Draft, DraftLook, Excerpt, Resolved, Turn, Usage
from bot.news.ports import Archive, Reader

NEIGHBOURS = 1  # sentences on either side of a given one; what else fits is found as for any question


async def compared(
    question: str,
    sentences: Iterable[Citation],
    *,
    archive: Archive,
    reader: Reader,
    spend: Callable[[int], Awaitable[None]],
    excerpt_tokens: int,
) -> Comparison:
    """The comparison for a question of the ledger. `sentences` are of current versions and come first on the sheet.
    `spend` hears of calls as they are completed, whatever comes of them.

    Raises ReaderUnavailable or ReaderRefused where the model could not be asked, and ReplyUnusable where what it
    said cannot be used: then asking again does not help.
    """
    room = excerpt_tokens * CHARACTERS_A_TOKEN
    given = _Given(archive, _excerpts(sentences, room), room)
    listening = _Listening(reader, spend)
    answered = await answer(question, archive=given, reader=listening, excerpt_tokens=excerpt_tokens)
    comparison = answered.comparison
    if listening.fault is not None:
        raise listening.fault
    if comparison.check is Check.FAILED:
        raise ReplyUnusable("the comparison cites nothing that it was shown")
    return replace(comparison, replayed=answered.replayed)


@dataclass(slots=True)
class _Listening:
    """A reader that tells what it costs and remembers what went wrong: `answer` tells people, the ledger must know
    too."""

    reader: Reader
    spend: Callable[[int], Awaitable[None]]
    fault: ReaderError | None = None

    async def read(self, question: str, sheet: Sheet) -> AsyncIterator[Draft]:
        async with self._failing():
            async for draft in self.reader.read(question, sheet):
                if draft.complete:
                    await self.spend(draft.usage.calls)
                yield draft

    async def second_look(self, comparison: Comparison, sheet: Sheet) -> DraftLook:
        async with self._failing():
            look = await self.reader.second_look(comparison, sheet)
        await self.spend(look.usage.calls)
        return look

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        try:  # no fault of the comparison's: without it the question is searched for as it is
            found = await self.reader.standalone(question, turns, language)
        except ReaderError as fault:
            await self.spend(Usage(*fault.spent).calls)
            raise
        await self.spend(found.usage.calls)
        return found

    @asynccontextmanager
    async def _failing(self) -> AsyncIterator[None]:
        try:
            yield
        except ReaderError as fault:
            self.fault = fault
            await self.spend(Usage(*fault.spent).calls)
            raise


@dataclass(frozen=True, slots=True)
class _Given:
    """An archive that finds the given excerpts first, and then no more than fits beside them."""

    archive: Archive
    given: Sequence[Excerpt]
    room: int

    async def whole(self, most: int) -> Sequence[Article] | None:
        return await self.archive.whole(most)

    async def language(self) -> str | None:
        return await self.archive.language()

    async def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Sequence[Article]:
        return await self.archive.articles(since=since, until=until)

    async def search(
        self, query: str, *, limit: int, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Excerpt]:
        ranked = await self.archive.search(query, limit=limit, since=since, until=until)
        room = self.room - sum(_size(e) for e in self.given)
        fitting = list(self.given)
        for excerpt in _outlets_in_turn(ranked):
            if _size(excerpt) <= room:
                room -= _size(excerpt)
                fitting.append(excerpt)
        return fitting


def _outlets_in_turn(ranked: Sequence[Excerpt]) -> list[Excerpt]:
    """Each outlet's best, then each one's next: what is cut off at the end is no outlet's only word."""
    turns: Counter[str] = Counter()
    order: list[tuple[int, int, Excerpt]] = []
    for excerpt in ranked:
        outlet = excerpt.article.outlet.casefold()
        order.append((turns[outlet], len(order), excerpt))
        turns[outlet] += 1
    return [excerpt for _, _, excerpt in sorted(order, key=lambda each: each[:2])]


def _excerpts(sentences: Iterable[Citation], room: int) -> list[Excerpt]:
    """Each sentence with its neighbours, while they fit; an article's overlapping ones are joined."""
    wanted: dict[str, tuple[Article, set[int]]] = {}
    for citation in sentences:
        _, numbers = wanted.setdefault(citation.article.id, (citation.article, set()))
        near = range(citation.sentence.number - NEIGHBOURS, citation.sentence.number + NEIGHBOURS + 1)
        new = [n for n in near if 1 <= n <= len(citation.article.sentences) and n not in numbers]
        size = sum(len(citation.article.sentences[n - 1].text) + KEY_CHARACTERS for n in new)
        if size <= room:
            room -= size
            numbers.update(new)
    return [Excerpt(article, a, z) for article, numbers in wanted.values() for a, z in _runs(numbers)]


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _size(excerpt: Excerpt) -> int:
    return sum(len(s.text) + KEY_CHARACTERS for s in excerpt.sentences)
