"""The section of a conflict or a correction: each position, who holds it, and verbatim sentences of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.news import words
from bot.news.catalogue import spoken
from bot.news.model import Citation, Comparison, Manner, Position, Reading, Relation, Standing
from bot.slack.looks import kit
from bot.slack.looks.kit import Json
from bot.slack.looks.prose import Numbering, who
from bot.slack.looks.split import shortened, split

QUOTE_CHARACTERS = 1_500  # of one quotation's paragraph; a longer sentence goes on in the next
SPEAKER_CHARACTERS = 120
QUOTES_A_POSITION = 2  # the others are named
_MARKS = frozenset('"“”„«»')
_VIEWS = (Manner.OPINION, Manner.FORECAST)  # what no source states as a fact
_SIGNS = {Relation.DISPUTE: "⚠️", Relation.UPDATE: "🔄"}


def sides(comparison: Comparison, numbering: Numbering) -> list[list[Json]]:
    """Units of blocks; none where the positions do not stand against each other."""
    relation = comparison.relation
    units: list[list[Json]] = []
    if relation in _SIGNS and len(comparison.positions) > 1:
        heading = _heading(f"{_SIGNS[relation]} {words.heading(relation)}", comparison.question)
        positions = [
            _position(p, numbering, when) for p, when in zip(comparison.positions, _when(comparison), strict=True)
        ]
        units += [[*heading, *positions[0]], *positions[1:]]
    if told := words.reconciliation(comparison):
        marks = numbering.marks(comparison.reconciled.citations) if comparison.reconciled else []
        units.append(_told(told, marks))
    return units


def standing(dispute: Standing, numbering: Numbering) -> list[list[Json]]:
    """Units of blocks for a dispute of the ledger that an answer's own claim is one side of."""
    heading = _heading(
        f"{_SIGNS[Relation.DISPUTE]} {spoken().answer.also_disputed}".rstrip(":"), words.folded(dispute.question)
    )
    first, *rest = [_position(p, numbering, "") for p in dispute.positions]
    return [[*heading, *first], *rest]


def quotes(sentences: Iterable[str]) -> list[Json]:
    """Verbatim sentences, each a quotation of its own, where nothing is parsed. One that quotes has marks already."""
    found = []
    for sentence in sentences:
        marked = sentence if _MARKS.intersection(sentence) else f"“{sentence.strip()}”"
        found += [kit.quoted(kit.text(part, spaced=False)) for part in split(marked, QUOTE_CHARACTERS)]
    return found


def _heading(told: str, question: str) -> list[Json]:
    """One header that holds the question, or, for a long question, a header and the question under it."""
    whole = f"{told}: {question}"
    if len(whole) <= kit.HEADER_CHARACTERS:
        return [kit.header(whole)]
    parts = split(question, QUOTE_CHARACTERS)
    return [kit.header(told), *kit.rich(kit.paragraph(kit.text(part, bold=True, spaced=False)) for part in parts)]


def _when(comparison: Comparison) -> list[str]:
    """What stands before each claim: in an update, which is current."""
    count = len(comparison.positions)
    if comparison.relation is not Relation.UPDATE:
        return [""] * count
    return [f"{spoken().answer.now} ", *[f"{spoken().answer.before} "] * (count - 1)]


def _position(position: Position, numbering: Numbering, when: str) -> list[Json]:
    claim = split(f"{when}{words.sentence(position.claim)}", QUOTE_CHARACTERS) or [""]
    parts = [kit.paragraph(kit.text(part, bold=True)) for part in claim]
    parts[-1]["elements"].append(kit.text(words.weight(position), spaced=False))
    quoted = _strongest(position)
    for reading in quoted:
        parts += quotes([reading.citations[0].quote])
        parts.append(kit.paragraph(*_attribution(reading, numbering)))
    also = [_attribution(reading, numbering) for reading in position.readings if reading not in quoted]
    if also:
        also[0] = [kit.text(spoken().answer.others), *also[0]]
    return kit.rich([*parts, *kit.lines(also, kit.text(" ·"))])


def _strongest(position: Position) -> list[Reading]:
    """The one or two readings to quote: plain statements first, no sentence twice, no outlet twice."""
    ranked = sorted(position.readings, key=lambda r: (r.manner in _VIEWS, r.manner is Manner.REPORTED))
    found: list[Reading] = []
    for reading in ranked:
        known = {_same(r.citations[0]) for r in found} | {r.article.outlet.casefold() for r in found}
        if _same(reading.citations[0]) not in known and reading.article.outlet.casefold() not in known:
            found.append(reading)
    return found[:QUOTES_A_POSITION]


def _same(citation: Citation) -> str:
    return " ".join(citation.quote.casefold().split())


def _attribution(reading: Reading, numbering: Numbering) -> list[Json]:
    """ "The Courier, 20 May 2026, citing the ministry (forecast) [3]" """
    told = who(reading.article)
    if reading.speaker:
        told = spoken().answer.citing.format(told=told, speaker=shortened(reading.speaker, SPEAKER_CHARACTERS))
    if reading.as_of:
        told = spoken().answer.as_of.format(told=told, day=words.told_day(shortened(reading.as_of, SPEAKER_CHARACTERS)))
    if reading.manner in _VIEWS:
        told += f" ({spoken().answer.manners[reading.manner]})"
    return [kit.text(told), kit.mark(numbering.of(reading.article), reading.article)]


def _told(sentence: str, marks: Sequence[tuple[int, Citation]]) -> list[Json]:
    parts = [kit.paragraph(kit.text(part, spaced=bool(marks))) for part in split(sentence, QUOTE_CHARACTERS)]
    each = {number: kit.mark(number, citation.article) for number, citation in marks}
    parts[-1]["elements"] += each.values()
    return kit.rich(parts)
