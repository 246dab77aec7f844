"""The verb: topics and a span of time to a Digest: what is new, and what the sources disagree on now.

It is made from the ledger's events and the new articles alone, so that its cost grows with what is new: one call to
the model at most, and none where nothing came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.errors import ReaderAbsent, ReaderError
from bot.news.answer import EXCERPT_TOKENS
from bot.news.catalogue import named
from bot.news.cite import Sheet, cited
from bot.news.copies import echoes, independent_sources, words
from bot.news.find import CHARACTERS_A_TOKEN, KEY_CHARACTERS
from bot.news.ledger.ports import Waiting
from bot.news.ledger.standing import Change, Entry, Happening, State
from bot.news.model import (
    Article,
    Check,
    Citation,
    Comparison,
    DraftStatement,
    Excerpt,
    Manner,
    Reading,
    Replayed,
    Sentence,
    Statement,
    Usage,
)
from bot.news.offline import SHORTEST_WORDS
from bot.news.topic import Topic, article_about, comparison_about

_PERSONS_OWN = (Happening.DISMISSED, Happening.RESTORED)  # what a person did is no news


class Move(StrEnum):
    """What became of a disagreement: new, another side or weight, again, or over."""

    NEW = "new"
    CHANGED = "changed"
    REOPENED = "reopened"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Moved:
    """A standing comparison that moved within the span, as it stood at its end. `id`: the ledger's."""

    id: str
    move: Move
    comparison: Comparison
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """An article that came within the span. `before`: the version that was known before it, if any was."""

    article: Article
    before: Article | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What is new on `topics` (none: on all) from `since` on and before `until`, most weight first.

    `unmoved`: open disagreements in which nothing happened. `happened` and `lone` (only one source says it) are the
    model's lines, `corrected` sentences that are new in articles known before, `first_lines` the new articles' own
    first sentences, where no model read them: `check` is then NOT_RUN, or FAILED with a `trouble` that
    `catalogue.because` tells.
    `uncompared` of the new `articles` wait for their comparison, `left_out` did not fit the model's call.
    """

    topics: tuple[Topic, ...]
    since: datetime
    until: datetime
    moved: tuple[Moved, ...] = ()
    unmoved: int = 0
    articles: tuple[Article, ...] = ()
    happened: tuple[Statement, ...] = ()
    lone: tuple[Statement, ...] = ()
    corrected: tuple[Statement, ...] = ()
    first_lines: tuple[Statement, ...] = ()
    check: Check = Check.CHECKED
    trouble: str | None = None
    uncompared: int = 0
    left_out: int = 0
    usage: Usage = field(default_factory=Usage)
    replayed: Replayed | None = None

    @property
    def quiet(self) -> bool:
        return not (self.moved or self.articles)


@dataclass(frozen=True, slots=True)
class DraftDigest:
    """What the model wrote, not checked yet: what happened, and what one source alone says."""

    happened: tuple[DraftStatement, ...] = ()
    lone: tuple[DraftStatement, ...] = ()
    usage: Usage = field(default_factory=Usage)
    replayed: Replayed | None = None


class Newcomers(Protocol):
    """The articles that came. Each call raises StoreError."""

    async def arrived(self, since: datetime, until: datetime) -> Sequence[Arrived]:
        """The articles that came or changed from `since` on and before `until`, oldest first."""


class Changes(Protocol):
    """What happened in the ledger. Each call raises StoreError."""

    async def changes(self, since: datetime, until: datetime) -> Sequence[Change]: ...

    async def standing(self, *states: State) -> Sequence[Entry]: ...

    async def waiting(self) -> Sequence[Waiting]: ...


class Summariser(Protocol):
    """The model's part. Raises ReaderError."""

    async def summarise(self, sheet: Sheet, told: Sequence[str]) -> DraftDigest:
        """What the sheet's articles report; `told`: the questions in dispute, which are told beside it."""


async def digest(
    topics: Sequence[Topic],
    since: datetime,
    until: datetime,
    *,
    newcomers: Newcomers,
    changes: Changes,
    summariser: Summariser | None,
    excerpt_tokens: int = EXCERPT_TOKENS,
) -> Digest:
    """What is new on these topics. Trouble with the model is told in the digest. Raises StoreError."""
    moved = [
        m for c in await changes.changes(since, until) if (m := _moved(c)) and comparison_about(m.comparison, topics)
    ]
    moving = {m.id for m in moved}
    still = [e for e in await changes.standing(State.OPEN) if e.id not in moving and e.opened < until]
    came = [a for a in await newcomers.arrived(since, until) if article_about(a.article, topics)]
    waits = {w.article for w in await changes.waiting()}
    written = await _written(came, [m.comparison.question for m in moved], summariser, excerpt_tokens)
    return Digest(
        tuple(topics),
        since,
        until,
        tuple(sorted(moved, key=_weight)),
        sum(comparison_about(e.comparison, topics) for e in still),
        tuple(a.article for a in came),
        happened=_by_weight(written.happened),
        lone=_by_weight(written.lone),
        corrected=tuple(s for a in came if (s := _correction(a)) is not None),
        first_lines=() if written.check is Check.CHECKED else _first_lines(came),
        check=written.check,
        trouble=written.trouble,
        uncompared=sum(a.article.id in waits for a in came),
        left_out=written.left_out,
        usage=written.usage,
        replayed=written.replayed,
    )


@dataclass(frozen=True, slots=True)
class _Written:
    check: Check
    happened: tuple[Statement, ...] = ()
    lone: tuple[Statement, ...] = ()
    trouble: str | None = None
    left_out: int = 0
    usage: Usage = field(default_factory=Usage)
    replayed: Replayed | None = None


async def _written(
    came: Sequence[Arrived], told: Sequence[str], summariser: Summariser | None, excerpt_tokens: int
) -> _Written:
    """The model's lines on what came."""
    if summariser is None:
        return _Written(Check.NOT_RUN)
    sheet, left_out = _sheet(came, excerpt_tokens * CHARACTERS_A_TOKEN)
    if not sheet.sources:
        return _Written(Check.CHECKED)
    try:
        draft = await summariser.summarise(sheet, told)
    except ReaderAbsent:
        return _Written(Check.NOT_RUN)
    except ReaderError as fault:
        return _Written(Check.FAILED, trouble=named(fault), usage=Usage(*fault.spent))
    happened, lone = cited(draft.happened, sheet), cited(draft.lone, sheet)
    shared = tuple(s for s in lone if _independent(s) > 1)
    return _Written(
        Check.CHECKED,
        (*happened, *shared),
        tuple(s for s in lone if s not in shared),
        left_out=left_out,
        usage=draft.usage,
        replayed=draft.replayed,
    )


def _moved(change: Change) -> Moved | None:
    """What a change of the ledger comes to; None where it is a person's own, a double, or has been dismissed."""
    entry, events = change.entry, [e for e in change.events if e.happening not in _PERSONS_OWN]
    if entry.private or entry.into is not None or entry.state is State.DISMISSED or not events:
        return None
    happenings = [e.happening for e in events]
    if happenings[-1] in (Happening.UPDATED, Happening.SETTLED):
        move = Move.SETTLED
    elif change.before is None:
        move = Move.NEW
    else:
        move = Move.REOPENED if Happening.REOPENED in happenings else Move.CHANGED
    return Moved(entry.id, move, events[-1].comparison, events[-1].at)


def _weight(moved: Moved) -> tuple[int, int, float, str]:
    """New and changed before settled; of these, most independent sources first, then the last moved."""
    sources = sum(p.independent for p in moved.comparison.positions)
    return (moved.move is Move.SETTLED, -sources, -moved.at.timestamp(), moved.id)


def _by_weight(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Most independent sources first, then the newest."""

    def weight(statement: Statement) -> tuple[int, float]:
        dates = [c.article.published.earliest.timestamp() for c in statement.citations if c.article.published]
        return (-_independent(statement), -max(dates, default=0.0))

    return tuple(sorted(statements, key=weight))


def _independent(statement: Statement) -> int:
    """The independent sources that a line rests on."""
    by_article: dict[str, list[Citation]] = {}
    for citation in statement.citations:
        by_article.setdefault(citation.article.id, []).append(citation)
    readings = [Reading(c[0].article, "", Manner.FACT, tuple(c)) for c in by_article.values()]
    return independent_sources(readings)


def _sheet(came: Sequence[Arrived], room: int) -> tuple[Sheet, int]:
    """What the model is shown: of each article the first sentence, then of each the next, while they fit; and how
    many articles have no room. Of an article known before only what is new in it counts."""
    ordered = [(a.article, _new_sentences(a)) for a in sorted(came, key=_newest_first)]
    excerpts: list[Excerpt] = []
    for rank in range(max((len(found) for _, found in ordered), default=0)):
        for article, found in ordered:
            if rank < len(found) and len(found[rank].text) + KEY_CHARACTERS <= room:
                room -= len(found[rank].text) + KEY_CHARACTERS
                excerpts.append(Excerpt(article, found[rank].number, found[rank].number))
    shown = {e.article.id for e in excerpts}
    oldest_first = [e for a in came for e in excerpts if e.article.id == a.article.id]
    left_out = sum(bool(found) and article.id not in shown for article, found in ordered)
    return Sheet.of(oldest_first, echoes(oldest_first)), left_out


def _newest_first(arrived: Arrived) -> float:
    published = arrived.article.published
    return -published.earliest.timestamp() if published else 0.0


def _new_sentences(arrived: Arrived) -> list[Sentence]:
    """The sentences that the version known before does not hold, word for word; all of a new article."""
    known = {words(s.text) for s in arrived.before.sentences} if arrived.before else set()
    return [s for s in arrived.article.sentences if words(s.text) not in known]


def _correction(arrived: Arrived) -> Statement | None:
    """What an article known before says now that it did not say."""
    if arrived.before is None:
        return None
    return _line(arrived.article, _new_sentences(arrived))


def _first_lines(came: Sequence[Arrived]) -> tuple[Statement, ...]:
    """Each new article's own first sentence, the newest of each outlet before its others; one that several print
    alike stands once."""
    alike: dict[tuple[str, ...], Statement] = {}
    for article in _every_outlet_heard([a.article for a in sorted(came, key=_newest_first) if a.before is None]):
        line = _line(article, article.sentences)
        if line is not None:
            first = alike.get(words(line.text))
            together = Statement(first.text, (*first.citations, *line.citations)) if first else line
            alike[words(line.text)] = together
    return tuple(alike.values())


def _every_outlet_heard(articles: Sequence[Article]) -> list[Article]:
    """One of each outlet by name, then one more of each, and so on."""
    by_outlet: dict[str, list[Article]] = {}
    for article in articles:
        by_outlet.setdefault(article.outlet.casefold(), []).append(article)
    ranked = [(n, outlet, article) for outlet, held in by_outlet.items() for n, article in enumerate(held)]
    return [article for *_, article in sorted(ranked, key=lambda each: each[:2])]


def _line(article: Article, sentences: Sequence[Sentence]) -> Statement | None:
    """The first sentence that says something on its own, verbatim."""
    telling = [s for s in sentences if len(words(s.text)) >= SHORTEST_WORDS] or list(sentences)
    return Statement(telling[0].text, (Citation(article, telling[0]),)) if telling else None
