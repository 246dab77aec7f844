"""The verb: a part of the coverage to a Summary: what happened, what all say, what one alone says, what is unknown.

Where the sources disagree is not the model's to tell here: it is taken from the ledger's standing comparisons.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.errors import ReaderAbsent, ReaderError
from bot.news.answer import EXCERPT_TOKENS
from bot.news.cite import Sheet, ShownSource, cited
from bot.news.copies import echoes, independent_sources
from bot.news.find import CHARACTERS_A_TOKEN, KEY_CHARACTERS
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
from bot.news.ports import Archive

PARTS_AT_ONCE = 3  # calls side by side over coverage that does not fit one
ROUNDS = 4  # of narrowing; each keeps a fraction of the sentences, so that a library of thousands is through by then


class Length(StrEnum):
    SHORT = "short"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Scope:
    """What to sum up: all, or what fits every limit that is set. `outlet` and `article` (an id or a URL) are names."""

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

    `check` is NOT_RUN without a model and FAILED, with `trouble`, where it failed: `happened` then holds each
    article's own first sentence.
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
    """Sum up a part of the coverage. Coverage that does not fit one call is read in parts, and no source is lost:
    from each part the sentences that its lines rest on go on, and at least one of every source.

    `disputes` are the open comparisons of the ledger; those that rest on the articles summed up are shown.
    `progress` is told of parts read, of how many. Raises StoreError.
    """
    articles = await _within(scope, archive)
    standing = _standing(disputes, {a.id for a in articles})
    told = Summary(scope, Check.NOT_RUN, disputed=standing, shown=tuple(articles))
    if not articles:
        return told
    if narrator is None:
        return replace(told, happened=_first_sentences(articles))
    work = _Narrating(
        narrator, scope.topic, length, [s.question for s in standing], excerpt_tokens * CHARACTERS_A_TOKEN, progress
    )
    try:
        sheet = await work.narrowed(_sheet(articles))
        draft = await work.narrate(sheet)
    except ReaderAbsent:
        return replace(told, happened=_first_sentences(articles), usage=work.usage)
    except ReaderError as fault:
        failed = replace(told, check=Check.FAILED, trouble=fault.tell, usage=work.usage + Usage(*fault.spent))
        return replace(failed, happened=_first_sentences(articles))
    return _checked(replace(told, check=Check.CHECKED, usage=work.usage, replayed=draft.replayed), draft, sheet)


@dataclass(slots=True)
class _Narrating:
    """The calls of one summary."""

    narrator: Narrator
    about: str
    length: Length
    disputed: Sequence[str]
    room: int
    progress: Callable[[int, int], None]
    usage: Usage = field(default_factory=Usage)

    async def narrate(self, sheet: Sheet) -> DraftSummary:
        draft = await self.narrator.narrate(sheet, self.about, self.length, self.disputed)
        self.usage += draft.usage
        return draft

    async def narrowed(self, sheet: Sheet) -> Sheet:
        """The sheet where it fits one call; else what the lines of its parts rest on, until that fits."""
        for _ in range(ROUNDS):
            parts = list(_parts(sheet, self.room))
            if len(parts) <= 1:
                return sheet
            done = 0
            at_once = asyncio.Semaphore(PARTS_AT_ONCE)

            async def one(part: Sheet, at_once: asyncio.Semaphore = at_once, of: int = len(parts)) -> set[Citation]:
                nonlocal done
                async with at_once:
                    draft = await self.narrate(part)
                done += 1
                self.progress(done, of)
                return _rested_on(draft, part)

            found = await asyncio.gather(*(one(part) for part in parts))
            sheet = _only(sheet, set().union(*found))
        return next(iter(_parts(sheet, self.room)))


async def _within(scope: Scope, archive: Archive) -> list[Article]:
    found = [a for a in await archive.articles(since=scope.since, until=scope.until) if a.sentences]
    if scope.outlet:
        found = [a for a in found if a.outlet.casefold() == scope.outlet.casefold()]
    if scope.article:
        found = [a for a in found if scope.article in (a.id, a.url)]
    if scope.topic:
        hits = await archive.search(scope.topic, limit=200, since=scope.since, until=scope.until)
        about = {e.article.id for e in hits}
        found = [a for a in found if a.id in about]
    return found


def _sheet(articles: Sequence[Article]) -> Sheet:
    excerpts = [Excerpt(a, 1, len(a.sentences)) for a in articles]
    return Sheet.of(excerpts, echoes(excerpts))


def _parts(sheet: Sheet, room: int) -> Iterable[Sheet]:
    """The sheet in pieces that each fit, in order, under the same labels; a long source is cut between sentences."""
    part: list[ShownSource] = []
    left = room
    for source in sheet.sources:
        taken: list[Sentence] = []
        for sentence in source.sentences:
            size = len(sentence.text) + KEY_CHARACTERS
            if size > left and (part or taken):
                if taken:
                    part.append(replace(source, sentences=tuple(taken)))
                yield Sheet(tuple(part), sheet.echoes)
                part, taken, left = [], [], room
            taken.append(sentence)
            left -= size
        if taken:
            part.append(replace(source, sentences=tuple(taken)))
    if part:
        yield Sheet(tuple(part), sheet.echoes)


def _rested_on(draft: DraftSummary, part: Sheet) -> set[Citation]:
    """The sentences of a part's lines, and the first of each source that no line rests on."""
    lines = cited((*draft.happened, *draft.agreed, *draft.lone, *draft.unknown), part)
    found = {c for line in lines for c in line.citations}
    heard = {c.article.id for c in found}
    return found | {Citation(s.article, s.sentences[0]) for s in part.sources if s.article.id not in heard}


def _only(sheet: Sheet, kept: set[Citation]) -> Sheet:
    sources = (
        replace(s, sentences=tuple(n for n in s.sentences if Citation(s.article, n) in kept)) for s in sheet.sources
    )
    return Sheet(tuple(s for s in sources if s.sentences), sheet.echoes)


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
            found.append(Standing(comparison.question, comparison.positions))
    return tuple(found)


def _first_sentences(articles: Sequence[Article]) -> tuple[Statement, ...]:
    return tuple(Statement(a.sentences[0].text, (Citation(a, a.sentences[0]),)) for a in articles)
