"""Readings to positions to relation: what the model wrote, held to what must be true of any comparison.

The model groups and judges; code keeps the invariants: every reading cites what was shown, an article stands in
one position, weights count independent sources, dates are ordered here, and nothing is called a dispute unless
two independent sources stand against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.news.cite import Sheet
from bot.news.copies import voices
from bot.news.model import (
    Check,
    Citation,
    Comparison,
    Draft,
    DraftLook,
    DraftReading,
    Manner,
    Moment,
    Position,
    Reading,
    Relation,
    SecondLook,
    Statement,
)

NEIGHBOURS = 2  # sentences on either side of a cited one that a second look sees; cut short, qualifiers are lost
_RECONCILED = {Relation.AGREE, Relation.COMPLEMENTARY, Relation.OPINION, Relation.UPDATE}
_JUDGEMENTS = {Manner.OPINION, Manner.FORECAST}


class Unciteable(Exception):
    """A draft of which nothing is left once its keys are held against the sheet: a failed check, never "none"."""


def reading(draft: DraftReading, sheet: Sheet) -> Reading | None:
    """The reading with its sentences; None where it is silent or cites no sentence of its own source."""
    source = sheet.source(draft.source)
    if source is None or draft.silent:
        return None
    citations = tuple(c for c in sheet.citations(draft.keys) if c.article.id == source.article.id)
    if not citations:
        return None
    says = draft.says.strip() or citations[0].quote
    return Reading(source.article, says, draft.manner, citations, draft.speaker, draft.as_of)


def compare(question: str, draft: Draft, sheet: Sheet) -> Comparison:
    """The comparison that a draft amounts to, before any second look and without copies.

    Raises Unciteable where something is claimed and no reading of it can be cited.
    """
    readings = _readings(draft, sheet)
    if not readings and (draft.relation is not Relation.NONE or any(r.keys for r in draft.readings if not r.silent)):
        raise Unciteable
    if draft.relation is Relation.NONE:
        return Comparison(question, Check.CHECKED, Relation.NONE, silent=tuple(s.article for s in sheet.sources))
    sources = voices(list(readings.values()), _printed_by(readings.values(), sheet))
    grouped = _positions(draft, readings, sources)
    by_date = current_first(grouped)
    relation = _relation(draft.relation, grouped, len(set(sources.values())), ordered=by_date is not None)
    answered = {r.source.strip().strip("[]") for r in draft.readings if not r.silent}
    return Comparison(
        question,
        Check.CHECKED,
        relation,
        draft.kind if relation in (Relation.DISPUTE, Relation.UPDATE) else None,
        by_date if by_date is not None and relation is Relation.UPDATE else strongest_first(grouped),
        silent=tuple(s.article for s in sheet.sources if s.label not in answered),
    )


def settle(comparison: Comparison, look: DraftLook, sheet: Sheet) -> Comparison:
    """The comparison after the second look.

    A reconciliation counts only when it rests on a sentence of the coverage, and an update only when the dates
    bear it out; else the dispute stands.
    """
    citations = sheet.citations(look.keys)
    upheld = replace(comparison, second_look=SecondLook.UPHELD)
    if look.upheld or not citations or not look.text.strip() or look.relation not in _RECONCILED:
        return upheld
    positions = comparison.positions
    if look.relation is Relation.UPDATE:
        ordered = current_first(positions, told=True)
        if ordered is None:
            return upheld
        positions = ordered
    return replace(
        comparison,
        relation=look.relation,
        kind=comparison.kind if look.relation is Relation.UPDATE else None,
        positions=positions,
        second_look=SecondLook.WITHDRAWN,
        reconciled=Statement(look.text.strip(), citations),
    )


def with_copies(comparison: Comparison, sheet: Sheet) -> Comparison:
    """Give each copy that was not shown again the reading of its original. Copies add readings, never weight."""
    own = {r.article.id for p in comparison.positions for r in p.readings}
    positions = []
    for position in comparison.positions:
        readings = list(position.readings)
        for original in position.readings:
            for copy in _echoing(original, sheet):
                if copy.article.id not in own:
                    own.add(copy.article.id)
                    readings.append(copy)
        positions.append(replace(position, readings=tuple(readings)))
    listed = {a.id for a in comparison.silent}
    told = {s.article.id for s in sheet.sources}
    silent = [a for a in comparison.silent if a.id not in own]
    silent += [a for a in sheet.articles if a.id not in own | listed | told]
    return replace(comparison, positions=tuple(positions), silent=tuple(silent))


def current_first(positions: Sequence[Position], *, told: bool = False) -> tuple[Position, ...] | None:
    """The positions, the current one first, the rest newest, then strongest, first; None where dates do not tell.

    Publication orders, not the days that a text speaks of: a correction often names the day of what it corrects.
    A position is as new as its first dated reading: an outlet that repeats an old figure does not renew it.
    The current one must be certainly later than every other. An undated reading never supersedes; whether one
    can be superseded is only `told` by a source that says so.
    """
    begun = [(position, _begun(position)) for position in strongest_first(positions)]
    dated = [(position, moment) for position, moment in begun if moment is not None]
    undated = [position for position, moment in begun if moment is None]
    if not dated or (undated and not told) or len(positions) < 2:
        return None
    dated.sort(key=lambda pair: _age(pair[1]), reverse=True)
    newest = dated[0][1]
    if not all(moment.before(newest) for _, moment in dated[1:]):
        return None
    return (*(position for position, _ in dated), *undated)


def strongest_first(positions: Sequence[Position]) -> tuple[Position, ...]:
    """By independent sources, then readings, then the oldest; the same for any order of the sources."""

    def weight(position: Position) -> tuple[int, int, str, str]:
        oldest = min(
            r.article.published.earliest.isoformat() if r.article.published else "~" for r in position.readings
        )
        return (-position.independent, -len(position.readings), oldest, min(r.article.id for r in position.readings))

    return tuple(sorted(positions, key=weight))


def cited_by(positions: Sequence[Position]) -> tuple[Citation, ...]:
    """The best sentence of each reading, position by position."""
    return tuple(dict.fromkeys(r.citations[0] for p in positions for r in p.readings))


def _readings(draft: Draft, sheet: Sheet) -> dict[str, Reading]:
    found: dict[str, Reading] = {}
    for each in draft.readings:
        source = sheet.source(each.source)
        checked = reading(each, sheet)
        if source is not None and checked is not None:
            found.setdefault(source.label, checked)
    return found


def _printed_by(readings: Iterable[Reading], sheet: Sheet) -> dict[str, set[str]]:
    """Article id to the outlets whose copies repeat a sentence of its reading and have no reading of their own."""
    by_sentence = {c: r.article.id for r in readings for c in r.citations}
    own = set(by_sentence.values())
    found: dict[str, set[str]] = {}
    for echo in sheet.echoes:
        if echo.original in by_sentence and echo.article.id not in own:
            found.setdefault(by_sentence[echo.original], set()).add(echo.article.outlet.casefold())
    return found


def _positions(draft: Draft, readings: dict[str, Reading], sources: Mapping[str, int]) -> list[Position]:
    """Each reading in the first position that names its source; one that none names stands alone."""
    left = dict(readings)
    grouped: list[tuple[str, list[Reading]]] = []
    for each in draft.positions:
        labels = [label.strip().strip("[]") for label in each.sources]
        grouped.append((each.claim.strip().rstrip("."), [left.pop(label) for label in labels if label in left]))
    grouped += [(r.says, [r]) for r in left.values()]
    return [
        Position(claim or members[0].says, tuple(members), len({sources[r.article.id] for r in members}))
        for claim, members in grouped
        if members
    ]


def _relation(claimed: Relation | None, positions: Sequence[Position], independent: int, *, ordered: bool) -> Relation:
    """The relation the model claims where the positions bear it out, else the strongest that they do.

    `independent`: sources in all; `ordered`: dates tell which position is current. Two sources in two positions
    stand against each other, for those that are joined count as one: no outlet disagrees with itself.
    """
    readings = [r for p in positions for r in p.readings]
    if claimed is Relation.UPDATE and ordered:
        return Relation.UPDATE
    if independent == 1:
        return Relation.UPDATE if claimed is Relation.DISPUTE and ordered else Relation.SINGLE
    if len(positions) == 1:
        return Relation.AGREE
    if claimed in (Relation.DISPUTE, Relation.UPDATE):
        return Relation.OPINION if all(r.manner in _JUDGEMENTS for r in readings) else Relation.DISPUTE
    return Relation.OPINION if claimed is Relation.OPINION else Relation.COMPLEMENTARY


def _begun(position: Position) -> Moment | None:
    moments = [r.article.published for r in position.readings if r.article.published is not None]
    return min(moments, key=_age, default=None)


def _age(moment: Moment) -> tuple[datetime, datetime]:
    return moment.earliest, moment.latest


def _echoing(original: Reading, sheet: Sheet) -> list[Reading]:
    """The readings of the copies that repeat a cited sentence of this one."""
    found: dict[str, list[Citation]] = {}
    articles = {}
    for echo in sheet.echoes:
        if echo.original in original.citations:
            articles[echo.article.id] = echo.article
            found.setdefault(echo.article.id, []).append(Citation(echo.article, echo.sentence))
    return [replace(original, article=articles[id], citations=tuple(cites)) for id, cites in found.items()]
