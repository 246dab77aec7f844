"""One dispute stands once, whatever its wordings: doubles are known by the sentences that they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from itertools import combinations, permutations

from bot.news.ledger.standing import Entry, SentenceKey, State, resting_on, sentence_key
from bot.news.model import Answer, Comparison, Kind, Mode, Position, Relation, Standing
from bot.news.offline import stems

SHARED = 0.5  # of the smaller side's sentences; half, since each comparison picks up to three of several that fit
SAME_CLAIM = 1 / 3  # of the fewer telling words; one claim in two wordings often shares no more
# One pair of sentences can conflict on a number and on a date at once; the other kinds are often only wordings.
_DISTINCT = frozenset({Kind.NUMBER, Kind.DATE, Kind.ATTRIBUTION, Kind.CAUSE})


def same_dispute(one: Comparison, other: Comparison) -> bool:
    """Whether two comparisons set the same sentences against each other, about the same kind of thing.

    An article that stands with a side in one and against it in the other shows that they are two.
    """
    if not same_matter(one.kind, other.kind):
        return False
    ours, theirs = ([resting_on(p) for p in each.positions] for each in (one, other))
    return any(
        shared(a, c) and shared(b, d) and not (_articles(a) & _articles(d) or _articles(b) & _articles(c))
        for a, b in combinations(ours, 2)
        for c, d in permutations(theirs, 2)
    )


def same_matter(one: Kind | None, other: Kind | None) -> bool:
    """Whether two kinds can be one matter in two wordings."""
    return one is other or one not in _DISTINCT or other not in _DISTINCT


def shared(one: Set[SentenceKey], other: Set[SentenceKey]) -> bool:
    smaller = min(len(one), len(other))
    return smaller > 0 and len(one & other) >= SHARED * smaller


def double_of(comparison: Comparison, entries: Iterable[Entry]) -> Entry | None:
    """The standing entry of which a comparison is a double; an open one before a settled one."""
    found = [e for e in entries if not e.private and same_dispute(comparison, e.comparison)]
    return min(found, key=lambda e: (e.state is not State.OPEN, e.opened, e.id), default=None)


def standing_for(answer: Answer, entries: Iterable[Entry]) -> tuple[Standing, ...]:
    """The open disputes to show beside an answer: those in which the answer's own claim is one of the sides.

    A side's own best sentence must carry the answer, and what the answer says must have words that set this side
    apart from the others, for a sentence often holds several facts. The answer's own dispute is not shown again.
    An answer that only quotes claims nothing.
    """
    if answer.mode is Mode.OFFLINE:
        return ()
    comparison = answer.comparison
    own = comparison if comparison.relation is Relation.DISPUTE else None
    told = _told(answer)
    return tuple(
        Standing(entry.comparison.question, entry.comparison.positions, entry.comparison.replayed)
        for entry in entries
        if entry.state is State.OPEN
        and not entry.private
        and not (own and same_dispute(own, entry.comparison))
        and any(_is_claimed(position, entry.comparison, told) for position in entry.comparison.positions)
    )


Told = tuple[frozenset[SentenceKey], frozenset[str]]


def _told(answer: Answer) -> list[Told]:
    """What an answer claims, each claim with the sentences it rests on."""
    claims = [(_leading(p), stems(p.claim)) for p in answer.comparison.positions]
    for statement in answer.statements:
        keys = frozenset(sentence_key(c) for c in statement.citations)
        claims.append((keys, stems(statement.text)))
    return claims


def _is_claimed(position: Position, comparison: Comparison, told: Sequence[Told]) -> bool:
    leading, claim = _leading(position), stems(position.claim)
    others = frozenset[str]().union(*(stems(p.claim) for p in comparison.positions if p is not position))
    apart = claim - others or claim
    for keys, said in told:
        smaller = min(len(apart), len(said))
        if leading & keys and smaller and len(apart & said) >= SAME_CLAIM * smaller:
            return True
    return False


def _leading(position: Position) -> frozenset[SentenceKey]:
    """The most telling sentence of each reading."""
    return frozenset(sentence_key(r.citations[0]) for r in position.readings)


def _articles(side: Set[SentenceKey]) -> frozenset[str]:
    return frozenset(id for id, _ in side)
