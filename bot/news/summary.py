"""The verb: a part of the coverage to a Summary: what happened, what all say, what one alone says, what is unknown.

Where the sources disagree is not the model's to tell here: it is taken from the ledger's standing comparisons.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.errors import ReaderAbsent, ReaderError
from bot.news.answer import EXCERPT_TOKENS
from bot.news.catalogue import explained
from bot.news.cite import Sheet, cited
from bot.news.copies import echoes, independent_sources, words
from bot.news.digest.subscription import topics
from bot.news.find import CHARACTERS_A_TOKEN
from bot.news.model import (
    Article,
    Check,
    Citation,
    Comparison,
    DraftStatement,
    Excerpt,
    Manner,
    Reading,
    Relation,
    Replayed,
    Sentence,
    Standing,
    Statement,
    Usage,
)
from bot.news.offline import SHORTEST_WORDS
from bot.news.parts import fitting, only, parts, size
from bot.news.ports import Archive
from bot.news.topic import article_about, comparison_about

PARTS = 12  # of coverage that does not fit one call, read at most; beyond, the beginnings of its articles are read
PARTS_AT_ONCE = 3  # calls side by side
ROUNDS = 3  # of narrowing; each keeps a fraction of the sentences, and after the second little is left to drop


class Length(StrEnum):
    SHORT = "short"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Scope:
    """What to sum up: all, or what fits every limit that is set.

    `topic`: words and phrases, parted by commas. `outlet`: its name, or a part of it where no name is just so.
    `article`: an id or a URL. `since` and `until`: of publication.
    """

    topic: str = ""
    outlet: str = ""
    article: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """What the model wrote, not checked yet."""

    happened: tuple[DraftStatement, ...] = ()
    agreed: tuple[DraftStatement, ...] = ()
    lone: tuple[DraftStatement, ...] = ()
    unknown: tuple[DraftStatement, ...] = ()
    usage: Usage = field(default_factory=Usage)
    replayed: Replayed | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The story in lines, each cited: `happened` in order; `agreed` by two independent sources or more; `lone`, one
    source's word; `unknown`, what the coverage itself says is open. `disputed`: the standing disagreements.

    `check` is NOT_RUN without a model and FAILED, with `trouble`, where it failed: `happened` then holds the outlets'
    own first sentences. `shortened`: articles of which not all was read, for there was too much. `language`: that it is
    told in, by ISO 639-1; empty where it is that of the coverage.
    """

    scope: Scope
    check: Check
    happened: tuple[Statement, ...] = ()
    agreed: tuple[Statement, ...] = ()
    lone: tuple[Statement, ...] = ()
    unknown: tuple[Statement, ...] = ()
    disputed: tuple[Standing, ...] = ()
    shown: tuple[Article, ...] = ()
    usage: Usage = field(default_factory=Usage)
    replayed: Replayed | None = None
    trouble: str | None = None
    shortened: int = 0
    language: str = ""


class Narrator(Protocol):
    """The model's part. Raises ReaderError."""

    async def narrate(self, sheet: Sheet, about: str, length: Length, disputed: Sequence[str]) -> DraftSummary:
        """Sum up what the sheet's sources say `about` something (empty: all of it); `disputed` is told elsewhere."""


async def summary(
    scope: Scope,
    *,
    archive: Archive,
    narrator: Narrator | None,
    disputes: Sequence[Comparison] = (),
    length: Length = Length.SHORT,
    excerpt_tokens: int = EXCERPT_TOKENS,
    progress: Callable[[int, int], None] = lambda done, parts: None,
) -> Summary:
    """Sum up a part of the coverage. Coverage that does not fit one call is read in parts, and no outlet is lost:
    from each part the sentences that its lines rest on go on, and at least one of every outlet.

    `disputes` are the open comparisons of the ledger; those on the topic that rest on the articles summed up are shown.
    `progress` is told of parts read, of how many so far. Raises NotUnderstood, StoreError.
    """
    articles = await _within(scope, archive)
    on_topic = [d for d in disputes if comparison_about(d, topics(scope.topic))]
    standing = _standing(on_topic, {a.id for a in articles})
    told = Summary(scope, Check.NOT_RUN, disputed=standing, shown=tuple(articles))
    if not articles:
        return told
    offline = replace(told, happened=_first_sentences(articles, length))
    if narrator is None:
        return offline
    work = _Narrating(
        narrator, scope.topic, length, [s.question for s in standing], excerpt_tokens * CHARACTERS_A_TOKEN, progress
    )
    whole = await asyncio.to_thread(_sheet, articles)  # every pair is compared: seconds, where there are hundreds
    sheet = fitting(whole, PARTS * work.room)
    told = replace(told, shortened=_shortened(whole, sheet))
    try:
        sheet = await work.narrowed(sheet)
        draft = await work.narrate(sheet)
    except ReaderAbsent:
        return replace(offline, usage=work.usage)
    except ReaderError as fault:
        usage = work.usage + Usage(*fault.spent)
        return replace(offline, check=Check.FAILED, trouble=explained(fault), usage=usage)
    return _checked(replace(told, check=Check.CHECKED, usage=work.usage, replayed=draft.replayed), draft, sheet)


@dataclass(slots=True)
class _Narrating:
    """The calls of one summary. `done` of `of` parts are read, so far."""

    narrator: Narrator
    about: str
    length: Length
    disputed: Sequence[str]
    room: int
    progress: Callable[[int, int], None]
    usage: Usage = field(default_factory=Usage)
    done: int = 0
    of: int = 0

    async def narrate(self, sheet: Sheet) -> DraftSummary:
        draft = await self.narrator.narrate(sheet, self.about, self.length, self.disputed)
        self.usage += draft.usage
        return draft

    async def narrowed(self, sheet: Sheet) -> Sheet:
        """The sheet where it fits one call; else what the lines of its parts rest on, until that fits."""
        for _ in range(ROUNDS):
            pieces = list(parts(sheet, self.room))
            if len(pieces) <= 1:
                return sheet
            self.of += len(pieces)
            kept = await self._read(pieces)
            before, sheet = size(sheet), only(sheet, kept)
            if size(sheet) == before:
                break
        return fitting(sheet, self.room)

    async def _read(self, pieces: Sequence[Sheet]) -> set[Citation]:
        """What the lines of the parts rest on. The first part that fails ends the others."""
        at_once = asyncio.Semaphore(PARTS_AT_ONCE)

        async def read(piece: Sheet) -> set[Citation]:
            async with at_once:
                draft = await self.narrate(piece)
            self.done += 1
            self.progress(self.done, self.of)
            return _rested_on(draft, piece)

        try:
            async with asyncio.TaskGroup() as group:
                reading = [group.create_task(read(piece)) for piece in pieces]
        except ExceptionGroup as faults:
            raise faults.exceptions[0] from None
        return set().union(*(task.result() for task in reading))


async def _within(scope: Scope, archive: Archive) -> list[Article]:
    found = [a for a in await archive.articles(since=scope.since, until=scope.until) if a.sentences]
    if scope.outlet:
        named = scope.outlet.strip().casefold()
        exact = [a for a in found if a.outlet.casefold() == named]
        found = exact or [a for a in found if named in a.outlet.casefold()]
    if scope.article:
        found = [a for a in found if scope.article in (a.id, a.url)]
    about = topics(scope.topic)
    return [a for a in found if article_about(a, about)]


def _sheet(articles: Sequence[Article]) -> Sheet:
    excerpts = [Excerpt(a, 1, len(a.sentences)) for a in articles]
    return Sheet.of(excerpts, echoes(excerpts))


def _shortened(whole: Sheet, sheet: Sheet) -> int:
    """How many articles the sheet shows less of than the whole."""
    shown = {source.article.id: len(source.sentences) for source in sheet.sources}
    return sum(shown.get(source.article.id, 0) < len(source.sentences) for source in whole.sources)


def _rested_on(draft: DraftSummary, part: Sheet) -> set[Citation]:
    """The sentences of a part's lines, and the first of each outlet that no line rests on."""
    lines = cited((*draft.happened, *draft.agreed, *draft.lone, *draft.unknown), part)
    found = {c for line in lines for c in line.citations}
    heard = {c.article.outlet.casefold() for c in found}
    unheard = {
        outlet: Citation(s.article, s.sentences[0])
        for s in part.sources
        if (outlet := s.article.outlet.casefold()) not in heard
    }
    return found | set(unheard.values())


def _checked(told: Summary, draft: DraftSummary, sheet: Sheet) -> Summary:
    """The lines with their sentences. One that is said to be agreed, or one source's word, is held to its count."""
    agreed, lone = cited(draft.agreed, sheet), cited(draft.lone, sheet)
    return replace(
        told,
        happened=cited(draft.happened, sheet),
        agreed=tuple(s for s in agreed if _sources(s) > 1) + tuple(s for s in lone if _sources(s) > 1),
        lone=tuple(s for s in lone if _sources(s) == 1) + tuple(s for s in agreed if _sources(s) == 1),
        unknown=cited(draft.unknown, sheet),
    )


def _sources(statement: Statement) -> int:
    """The independent sources that a line rests on."""
    by_article: dict[str, list[Citation]] = {}
    for citation in statement.citations:
        by_article.setdefault(citation.article.id, []).append(citation)
    return independent_sources(
        [Reading(found[0].article, statement.text, Manner.FACT, tuple(found)) for found in by_article.values()]
    )


def _standing(disputes: Sequence[Comparison], articles: set[str]) -> tuple[Standing, ...]:
    """The open disputes of which two positions rest on the articles summed up."""
    found = []
    for comparison in disputes:
        touched = sum(any(r.article.id in articles for r in p.readings) for p in comparison.positions)
        if comparison.relation is Relation.DISPUTE and touched > 1:
            found.append(Standing(comparison.question, comparison.positions, comparison.replayed))
    return tuple(found)


def _first_sentences(articles: Sequence[Article], length: Length) -> tuple[Statement, ...]:
    """How the articles begin, oldest first; in short only the newest of each outlet."""
    newest = {a.outlet.casefold(): a.id for a in articles}
    wanted = [a for a in articles if length is Length.FULL or newest[a.outlet.casefold()] == a.id]
    return tuple(Statement(first.text, (Citation(a, first),)) for a in wanted for first in [_telling(a)])


def _telling(article: Article) -> Sentence:
    """The first sentence that says something on its own."""
    return next((s for s in article.sentences if len(words(s.text)) >= SHORTEST_WORDS), article.sentences[0])
