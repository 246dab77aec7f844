"""A digest in the bot's own words: its heading, its sections and lines, for Slack and the terminal alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.news import words
from bot.news.catalogue import because, spoken
from bot.news.digest.digest import Digest, Move, Moved
from bot.news.model import Check, Citation, Comparison, Position, Relation, Statement

UNKNOWN_ZONE = "unknown_zone"  # why a digest is paused; else it is the messenger's word for what became of its channel
MOST_LINES = 30  # of a section: what comes at once with a large import would be a book
TITLES = 3  # of topics in the heading
CITED_AT_ONCE = 6  # marks of one line; the thread has all

_COUNTED = (Move.NEW, Move.REOPENED, Move.CHANGED, Move.SETTLED)
_MARKS = frozenset('"“”„«»')
WARNING, DONE = "⚠️", "✅"


@dataclass(frozen=True, slots=True)
class Edition:
    """For whom a digest is drawn: its local date and time zone, and how many missed ones it makes up for."""

    on: date
    zone: ZoneInfo
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a sign that its words repeat, words to set off, then the others and what they rest on."""

    text: str
    citations: tuple[Citation, ...] = ()
    lead: str = ""
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a title; without one they stand right under the heading."""

    title: str
    lines: tuple[Line, ...]


def heading(digest: Digest, edition: Edition) -> str:
    """ "AI export ban · Friday 22 May · 2 new disagreements, 1 settled, 6 new articles" """
    told = spoken().digest
    titles = [topic.title for topic in digest.topics]
    if len(titles) > TITLES:
        titles = [*titles[: TITLES - 1], told.more_topics.format(count=len(titles) - TITLES + 1)]
    return f"{words.listed(titles) or told.everything} · {words.weekday(edition.on)} · {counted(digest)}"


def pictured(edition: Edition) -> str:
    """The title of the picture of a day's disagreements."""
    return spoken().digest.pictured.format(date=words.weekday(edition.on))


def counted(digest: Digest) -> str:
    """ "2 new disagreements, 1 settled, 6 new articles"; or that there is nothing new, and how many stand open."""
    said, told = spoken(), spoken().digest
    if digest.quiet:
        return said.counted(told.nothing_new_still_open, digest.unmoved) if digest.unmoved else told.nothing_new
    moves = Counter(m.move for m in digest.moved)
    parts = [said.counted(told.moves[move], moves[move]) for move in _COUNTED if moves[move]]
    if digest.articles:
        parts.append(said.counted(told.new_articles, len(digest.articles)))
    return ", ".join(parts)


def sections(digest: Digest) -> list[Section]:
    """What the digest says, section by section; none is empty."""
    found = [
        Section("", tuple(_moved(m) for m in digest.moved) + _still_open(digest)),
        Section(spoken().digest.happened, _lines(digest.happened)),
        Section(spoken().digest.corrected, tuple(_quoted(s) for s in digest.corrected)),
        Section(spoken().digest.lone, _lines(digest.lone)),
        Section(spoken().digest.first_lines, tuple(_quoted(s) for s in digest.first_lines)),
    ]
    return [_bounded(section) for section in found if section.lines]


def trouble(digest: Digest) -> str:
    """What was not done, in a sentence; empty where all was. "Not compared" never looks like "nothing found"."""
    if not digest.articles or digest.check is Check.CHECKED:
        return ""
    if digest.check is Check.FAILED:
        return spoken().digest.not_summed_up.format(why=because(digest.trouble or ""))
    return spoken().digest.not_compared


def span(digest: Digest, edition: Edition) -> str:
    """ "Since Thursday 21 May, 09:00 (Europe/London)."; and what it makes up for."""
    said = spoken()
    began = words.moment(digest.since.astimezone(edition.zone))
    told = said.digest.since.format(moment=began, zone=edition.zone.key)
    if edition.missed:
        told += " " + said.counted(said.digest.missed, edition.missed)
    return told


def notes(digest: Digest) -> list[str]:
    """What a reader must know about how the digest came about."""
    told = []
    if digest.uncompared:
        told.append(spoken().counted(spoken().digest.uncompared, digest.uncompared))
    if digest.left_out:
        told.append(spoken().digest.left_out.format(count=digest.left_out))
    shown = (*digest.articles, *(c.article for c in citations(digest)))
    told += words.provenance(shown, [digest.replayed, *(m.comparison.replayed for m in digest.moved)])
    if not digest.quiet:
        count = len({a.id for a in digest.articles} | {c.article.id for c in citations(digest)})
        read = words.read(count, "")
        if digest.happened or digest.lone or digest.moved:
            told.append(words.written(read, compared=True))
        elif digest.check is Check.NOT_RUN:
            told.append(words.written(read, compared=False))
    return told


def paused(why: str) -> str:
    """Why a digest is paused, after its channel was named, and what to do."""
    told = spoken().digest
    return f"{told.zone_gone if why == UNKNOWN_ZONE else told.gone_away} {told.again}"


def paused_here(why: str) -> str:
    """The same where a channel's digest is told."""
    return spoken().digest.paused_here.format(why=paused(why))


def citations(digest: Digest) -> list[Citation]:
    """Every citation of the lines, in the order of showing."""
    return list(dict.fromkeys(c for s in sections(digest) for line in s.lines for c in line.citations))


def settled(comparison: Comparison) -> str:
    """How a disagreement ended."""
    if comparison.relation is Relation.UPDATE:
        return words.update_line(comparison.positions)
    if comparison.reconciled is not None:
        return words.sentence(comparison.reconciled.text)
    if not comparison.positions:
        return spoken().digest.settled_no_sides
    if len(comparison.positions) == 1:
        return spoken().digest.settled_one_side.format(claim=words.sentence(comparison.positions[0].claim))
    return spoken().digest.settled_sides_fit.format(sides=_sides(comparison))


def _bounded(section: Section) -> Section:
    """The first lines of a section that would fill a day; the others are counted."""
    if len(section.lines) <= MOST_LINES:
        return section
    rest = Line(spoken().digest.and_more.format(count=len(section.lines) - MOST_LINES + 1))
    return Section(section.title, (*section.lines[: MOST_LINES - 1], rest))


def _moved(moved: Moved) -> Line:
    comparison = moved.comparison
    over = moved.move is Move.SETTLED
    told = settled(comparison) if over else _sides(comparison)
    return Line(
        told,
        _cited(comparison),
        lead=f"{spoken().digest.labels[moved.move]}: {words.folded(comparison.question)}",
        sign=DONE if over else WARNING,
    )


def _sides(comparison: Comparison) -> str:
    """ "The Courier: 41 were granted; The Post and The Echo: 54 were granted." """
    parts = (f"{_who(p)}: {p.claim.strip().rstrip('.')}" for p in comparison.positions)
    return "; ".join(parts) + "."


def _who(position: Position) -> str:
    """The outlets of a position; where copies are among them, how many sources they come to."""
    outlets = {r.article.outlet.casefold() for r in position.readings}
    counted = f" ({words.sources(position.independent)})" if len(outlets) > position.independent else ""
    return words.outlets(position) + counted


def _cited(comparison: Comparison) -> tuple[Citation, ...]:
    """The best sentence of each position, then of the other readings."""
    best = [words.quoted(p)[0].citations[0] for p in comparison.positions]
    rest = [r.citations[0] for p in comparison.positions for r in p.readings]
    reconciled = comparison.reconciled.citations if comparison.reconciled else ()
    return tuple(dict.fromkeys((*best, *reconciled, *rest)))[:CITED_AT_ONCE]


def _still_open(digest: Digest) -> tuple[Line, ...]:
    if not digest.unmoved or digest.quiet:
        return ()
    return (Line(spoken().digest.still_open.format(count=digest.unmoved)),)


def _lines(statements: Sequence[Statement]) -> tuple[Line, ...]:
    return tuple(Line(words.sentence(words.folded(s.text)), s.citations) for s in statements)


def _quoted(statement: Statement) -> Line:
    printed = dict.fromkeys(words.dated(c.article) for c in statement.citations)
    said = words.folded(statement.text)
    quote = said if _MARKS.intersection(said) else f"“{said}”"  # one that quotes has marks already
    return Line(quote, statement.citations, lead=f"{'; '.join(printed)}:")
