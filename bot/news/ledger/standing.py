"""What stands in the ledger: a comparison that is kept, its state, and what has happened to it.

Pure: what a new comparison makes of an entry, told as events. Times are given in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from bot.news.copies import independent_sources, same_voice, words
from bot.news.model import Article, Citation, Comparison, Position, Relation

SentenceKey = tuple[str, tuple[str, ...]]


class State(StrEnum):
    """Open; settled (superseded, reconciled, or a side is gone); dismissed by a person until new coverage comes."""

    OPEN = "open"
    SETTLED = "settled"
    DISMISSED = "dismissed"


class Happening(StrEnum):
    """What can happen to an entry. `updated`: a later source superseded; `merged`: it was another's double."""

    OPENED = "opened"
    CHANGED = "changed"
    UPDATED = "updated"
    SETTLED = "settled"
    REOPENED = "reopened"
    MERGED = "merged"
    DISMISSED = "dismissed"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an entry, with the comparison as it stood afterwards.

    `by`: the person who dismissed or restored it; for `merged` the id of the entry that stands for both.
    """

    happening: Happening
    at: datetime
    comparison: Comparison
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A standing comparison. `owner` marks a followed question: it is its followers' alone, and never a dispute of
    the ledger. `dismissed_by` is set while a dismissal holds, `into` where another entry stands for this one;
    `opened` and `moved` are the times of the first and last event.
    """

    id: str
    comparison: Comparison
    state: State
    opened: datetime
    moved: datetime
    owner: str | None = None
    dismissed_by: str | None = None
    into: str | None = None

    @property
    def private(self) -> bool:
        return self.owner is not None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to an entry, oldest event first. `before`: the comparison as it stood until then."""

    entry: Entry
    events: tuple[Event, ...]
    before: Comparison | None = None


def sides_of(comparison: Comparison, article: Article) -> tuple[Position, ...]:
    """The positions that an article holds; more than one where it tells of others' word."""
    return tuple(p for p in comparison.positions if any(r.article.id == article.id for r in p.readings))


def sentence_key(citation: Citation) -> SentenceKey:
    """Stands for a sentence across the versions of its article: numbers move, words stay."""
    return (citation.article.id, words(citation.sentence.text))


def resting_on(position: Position) -> frozenset[SentenceKey]:
    return frozenset(sentence_key(c) for r in position.readings for c in r.citations)


def citations(comparison: Comparison) -> tuple[Citation, ...]:
    """Every sentence that the positions rest on, the best of each reading first."""
    readings = [r for p in comparison.positions for r in p.readings]
    best = [r.citations[0] for r in readings]
    return tuple(dict.fromkeys([*best, *(c for r in readings for c in r.citations)]))


def begun(comparison: Comparison, at: datetime, owner: str | None = None) -> Change | None:
    """The entry that a first comparison makes; None where it is nothing to keep.

    A conflict stands open, one that time had settled already stands settled; a followed question is kept whatever
    its relation is.
    """
    entry = Entry(_id(comparison, owner), comparison, State.OPEN, at, at, owner)
    if owner is not None or comparison.relation is Relation.DISPUTE:
        return Change(entry, (Event(Happening.OPENED, at, comparison),))
    if comparison.relation is Relation.UPDATE:
        return Change(replace(entry, state=State.SETTLED), (Event(Happening.UPDATED, at, comparison),))
    return None


def compared_again(entry: Entry, comparison: Comparison, at: datetime) -> Change:
    """The entry after a new comparison of its question; without events where nothing has moved.

    Other words for the same sides are no event. A dismissal holds until a sentence is cited that was not known.
    """
    holds = entry.state is State.DISMISSED and not _rests_on_more(comparison, entry.comparison)
    return _moved(entry, comparison, None if holds else _happening(entry, comparison), at)


def without(entry: Entry, article_id: str, at: datetime) -> Change:
    """The entry after an article went away: its readings go; where no two sides are left the entry is settled."""
    before = entry.comparison
    positions = []
    for position in before.positions:
        readings = tuple(r for r in position.readings if r.article.id != article_id)
        if readings:
            positions.append(Position(position.claim, readings, independent_sources(readings)))
    silent = tuple(a for a in before.silent if a.id != article_id)
    left = replace(before, positions=tuple(positions), silent=silent, relation=_relation_left(before, positions))
    if left.relation is not before.relation:
        left = replace(left, kind=None, reconciled=None, second_look=None)
    if left == before:
        return Change(entry, (), before)
    happening = _happening(entry, left) if entry.state is not State.DISMISSED else None
    return _moved(entry, left, happening, at)


def dismissed(entry: Entry, by: str, at: datetime) -> Change:
    """Dismissed by a person, named. Unchanged where it is not open."""
    if entry.state is not State.OPEN or entry.private:
        return Change(entry, (), entry.comparison)
    after = replace(entry, state=State.DISMISSED, dismissed_by=by, moved=at)
    return Change(after, (Event(Happening.DISMISSED, at, entry.comparison, by),), entry.comparison)


def restored(entry: Entry, by: str, at: datetime) -> Change:
    """A dismissal undone: open again, or settled where it is no dispute any more."""
    if entry.state is not State.DISMISSED:
        return Change(entry, (), entry.comparison)
    state = State.OPEN if entry.comparison.relation is Relation.DISPUTE else State.SETTLED
    after = replace(entry, state=state, dismissed_by=None, moved=at)
    return Change(after, (Event(Happening.RESTORED, at, entry.comparison, by),), entry.comparison)


def merged(entry: Entry, into: Entry, at: datetime) -> Change:
    """An entry that turned out to be another's double: it stands no more, the other does."""
    after = replace(entry, state=State.SETTLED, dismissed_by=None, into=into.id, moved=at)
    return Change(after, (Event(Happening.MERGED, at, entry.comparison, into.id),), entry.comparison)


def by_weight(entries: Iterable[Entry]) -> list[Entry]:
    """Those with most independent sources first, of equal ones the last moved."""

    def weight(entry: Entry) -> tuple[int, float, str]:
        sources = sum(p.independent for p in entry.comparison.positions)
        return (-sources, -entry.moved.timestamp(), entry.id)

    return sorted(entries, key=weight)


def shape(comparison: Comparison) -> tuple[Relation | None, frozenset[frozenset[str]]]:
    """What counts as a change when it changes: the relation, and which articles stand together."""
    sides = frozenset(frozenset(r.article.id for r in p.readings) for p in comparison.positions)
    return comparison.relation, sides


def opposed(positions: Sequence[Position]) -> bool:
    """Whether two positions are held by different independent sources."""
    return any(
        not same_voice(one, other)
        for position, against in combinations(positions, 2)
        for one in position.readings
        for other in against.readings
    )


def _happening(entry: Entry, comparison: Comparison) -> Happening | None:
    relation, was = comparison.relation, entry.state
    moved = shape(comparison) != shape(entry.comparison)
    if entry.private:
        return Happening.CHANGED if moved else None
    if relation is Relation.DISPUTE:
        if was is not State.OPEN:
            return Happening.REOPENED
        return Happening.CHANGED if moved else None
    if relation is Relation.UPDATE:
        return Happening.UPDATED if moved or was is not State.SETTLED else None
    return None if was is State.SETTLED else Happening.SETTLED


def _moved(entry: Entry, comparison: Comparison, happening: Happening | None, at: datetime) -> Change:
    after = replace(entry, comparison=comparison)
    if happening is None:
        return Change(after, (), entry.comparison)
    if not entry.private:
        state = State.OPEN if comparison.relation is Relation.DISPUTE else State.SETTLED
        after = replace(after, state=state, dismissed_by=None)
    return Change(replace(after, moved=at), (Event(happening, at, comparison),), entry.comparison)


def _rests_on_more(comparison: Comparison, known: Comparison) -> bool:
    cited = {sentence_key(c) for c in citations(comparison)}
    return not cited <= {sentence_key(c) for c in citations(known)}


def _relation_left(before: Comparison, positions: Sequence[Position]) -> Relation | None:
    """The relation of what is left of a comparison: the same, where what is left still bears it out."""
    if not positions or before.relation is None:
        return Relation.NONE if before.relation is not None else None
    readings = [r for p in positions for r in p.readings]
    if before.relation is Relation.UPDATE and len(positions) > 1:
        return Relation.UPDATE
    if independent_sources(readings) == 1:
        return Relation.SINGLE
    if len(positions) == 1:
        return Relation.AGREE
    if before.relation is Relation.DISPUTE and not opposed(positions):
        return Relation.COMPLEMENTARY
    return before.relation


def _id(comparison: Comparison, owner: str | None) -> str:
    """The same for the same question on the same sentences, so that work done twice is kept once."""
    rests = sorted(repr(sentence_key(c)) for c in citations(comparison))
    if owner is not None:
        rests = []
    return hashlib.sha256(
        "\n".join([owner or "", comparison.question, *rests]).encode(errors="backslashreplace")
    ).hexdigest()[:12]
