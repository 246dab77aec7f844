"""The bot's own words in an answer, for Slack and the terminal, in the language that `catalogue.speaking` has chosen.

Rules: the first line answers and already tells of a conflict; nothing is said about the machinery; "not
compared" never looks like "nothing found"; silence is never denial.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.news.catalogue import spoken
from bot.news.model import (
    Answer,
    Article,
    Check,
    Citation,
    Comparison,
    Manner,
    Mode,
    Moment,
    Position,
    Reading,
    Relation,
    Replayed,
    SecondLook,
)

QUOTED_AT_ONCE = 2  # quotes a position; the others are named, and one click or line away


def number(count: int) -> str:
    return spoken().number(count)


def sources(count: int) -> str:
    return spoken().counted(spoken().answer.independent, count)


def day(when: date) -> str:
    return spoken().day.format(day=when.day, month=spoken().months[when.month - 1], year=when.year)


def weekday(when: date) -> str:
    """ "Friday 22 May" """
    told = spoken()
    return told.date.format(weekday=told.weekdays[when.weekday()], day=when.day, month=told.months[when.month - 1])


def moment(when: datetime) -> str:
    """ "Friday 22 May, 09:00" """
    return spoken().moment.format(date=weekday(when), time=f"{when:%H:%M}")


def told_day(text: str) -> str:
    """A day that a model or a recording gives: as others are told where it is an ISO date, else as it stands."""
    try:
        return day(date.fromisoformat(text.strip()))
    except ValueError:
        return text


def published(when: Moment | None) -> str:
    """ "20 May 2026", "May 2026" where no more is known; an unknown date is said."""
    if when is None:
        return spoken().undated
    if when.to_the_day:
        return day(when.day)
    return spoken().month.format(month=spoken().months[when.day.month - 1], year=when.day.year)


def dates(articles: Iterable[Article]) -> str:
    """From the oldest to the newest of the dated ones, "22 May 2026 to 4 June 2026"; empty where there is none."""
    known = sorted((a.published for a in articles if a.published), key=lambda moment: (moment.day, moment.text))
    told = list(dict.fromkeys(published(moment) for moment in known))
    return spoken().days.format(first=told[0], last=told[-1]) if len(told) > 1 else "".join(told)


def dated(article: Article) -> str:
    """ "The Courier, 20 May 2026"; an unknown date is said."""
    return f"{article.outlet}, {published(article.published)}"


def outlets(position: Position) -> str:
    """The outlets of a position by name, each once."""
    return listed(list(dict.fromkeys(r.article.outlet for r in position.readings)))


def weight(position: Position) -> str:
    """ "4 independent sources", or, where copies are among them, "3 outlets, 1 independent source"."""
    count = len({r.article.outlet.casefold() for r in position.readings})
    told = sources(position.independent)
    return spoken().answer.outlets.format(outlets=count, sources=told) if count > position.independent else told


def listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return spoken().names.format(first=", ".join(names[:-1]), last=names[-1])


_ENDS = ".?!…。！？؟۔।"  # of sentences, in the scripts that have their own


def sentence(clause: str) -> str:
    """A clause as a sentence: a capital first and a full stop last."""
    clause = clause.strip()
    if not clause:
        return ""
    return clause[0].upper() + clause[1:] + ("" if clause[-1] in _ENDS else ".")


def clause(text: str) -> str:
    """A sentence as a clause that can follow "say that": no full stop, a small letter on a plain first word."""
    text = text.strip().rstrip(".")
    return text[0].lower() + text[1:] if _PLAIN_START.match(text) else text


def folded(quote: str) -> str:
    """A quote on one line: a hard-wrapped text shows no line breaks."""
    return " ".join(quote.split())


def heading(relation: Relation) -> str:
    return spoken().answer.headings[relation]


def section_heading(comparison: Comparison) -> str:
    """ "Sources disagree: how many licences were granted?" """
    assert comparison.relation is not None
    return spoken().answer.section.format(heading=heading(comparison.relation), question=folded(comparison.question))


def citations(answer: Answer) -> list[Citation]:
    """Every citation that is shown, in the order of showing."""
    comparison = answer.comparison
    shown = [c for s in (*answer.statements, *answer.closest) for c in s.citations]
    positions = [*comparison.positions, *(p for s in answer.standing for p in s.positions)]
    shown += [c for p in positions for r in p.readings for c in r.citations[:1]]
    if comparison.reconciled is not None:
        shown += comparison.reconciled.citations
    return list(dict.fromkeys(shown))


def articles(answer: Answer) -> list[Article]:
    """The cited articles, in the order of showing."""
    return list({c.article.id: c.article for c in citations(answer)}.values())


def numbered(answer: Answer) -> dict[str, int]:
    """Article id to the number that marks it, from 1, in the order of showing."""
    return {article.id: n for n, article in enumerate(articles(answer), 1)}


def quoted(position: Position) -> list[Reading]:
    """The readings of a position that are quoted at once: plain statements first, one an outlet."""
    plainest = sorted(position.readings, key=lambda r: (r.manner is not Manner.FACT, r.speaker is not None))
    by_outlet = {r.article.outlet: r for r in reversed(plainest)}
    return [r for r in plainest if by_outlet[r.article.outlet] is r][:QUOTED_AT_ONCE]


def others(position: Position) -> str:
    """The outlets of a position that are not quoted: "also The Courier and The Post"."""
    named = {r.article.outlet for r in quoted(position)}
    rest = list(dict.fromkeys(r.article.outlet for r in position.readings if r.article.outlet not in named))
    return spoken().answer.also.format(outlets=listed(rest)) if rest else ""


def attribution(reading: Reading) -> str:
    """Who says it and when: the outlet, or the speaker whom the outlet quotes."""
    when = dated(reading.article)
    return spoken().answer.spoken.format(speaker=reading.speaker, article=when) if reading.speaker else when


def source_line(article: Article) -> str:
    """ "The Courier, “Ban lifted”, 20 May 2026, https://…" """
    when = published(article.published)
    return ", ".join(folded(part) for part in (article.outlet, f"“{article.title}”", when, article.url) if part)


def dispute_line(positions: Sequence[Position]) -> str:
    """The line that names the conflict: "Four sources say that …; one says that …." """
    told = spoken()
    parts: list[str] = []
    for position in positions:
        count, claim = position.independent, clause(position.claim)
        if not parts:
            first = told.counted(told.answer.first_side, count, claim=claim)
            parts.append(first[0].upper() + first[1:])
        elif count == 1 and positions[0].independent == 1:
            parts.append(told.answer.another_side.format(claim=claim))
        else:
            parts.append(told.counted(told.answer.next_side, count, claim=claim))
    return "; ".join(parts) + "."


def update_line(positions: Sequence[Position]) -> str:
    """The current value first, then what it was, who said so and when."""
    current, *earlier = positions
    told = [spoken().answer.current.format(claim=sentence(current.claim).rstrip("."), who=_who_and_when(current))]
    told += [spoken().answer.earlier.format(claim=clause(p.claim), who=_who_and_when(p)) for p in earlier]
    return " ".join(told)


def none_line(read: int) -> str:
    return spoken().counted(spoken().answer.none_answers, read) if read else spoken().answer.no_match


def lead(answer: Answer) -> str:
    """The first line: what a notification shows."""
    told = spoken()
    if answer.mode is Mode.OFFLINE and answer.shown:
        why = answer.trouble or told.answer.no_model
        return (told.answer.not_compared if answer.statements else told.answer.not_compared_nor_found).format(why=why)
    if answer.statements:
        return answer.statements[0].text
    if answer.comparison.check is Check.NOT_RUN and not answer.shown:
        return told.answer.empty_library if answer.library_empty else told.answer.no_match
    return none_line(len(answer.shown))


def relation_line(comparison: Comparison) -> str:
    """How the positions stand to each other, in a plain sentence; empty where the first line says it all."""
    positions, relation, told = comparison.positions, comparison.relation, spoken()
    if relation is Relation.AGREE:
        count = sum(p.independent for p in positions)
        return told.answer.agree.format(number=number(count)) if count > 1 else ""
    if relation is Relation.COMPLEMENTARY:
        return told.answer.complementary
    if relation is Relation.OPINION:
        return told.answer.opinion
    if relation is Relation.SINGLE and positions:
        silent = len(comparison.silent)
        lines = [told.answer.single.format(outlet=positions[0].readings[0].article.outlet)]
        return " ".join([*lines, told.counted(told.answer.silent, silent)] if silent else lines)
    return ""


def reconciliation(comparison: Comparison) -> str:
    """What reconciles the positions of a conflict, or that nothing does, or that nobody could look."""
    if comparison.reconciled is not None:
        return sentence(comparison.reconciled.text)
    if comparison.second_look is SecondLook.FAILED:
        return spoken().answer.second_look_failed
    return spoken().answer.nothing_reconciles if comparison.relation is Relation.DISPUTE else ""


def provenance(articles: Iterable[Article], replayed: Iterable[Replayed | None]) -> list[str]:
    """That coverage is invented, or some of it is; which replies were recorded, each once, and whether by other
    instructions."""
    marks = {a.invented for a in articles}
    told = [spoken().answer.some_invented if False in marks else spoken().answer.invented] if True in marks else []
    kept = sorted({r for r in replayed if r is not None}, key=lambda r: (r.recorded, r.model))
    told += dict.fromkeys(spoken().answer.recorded.format(model=r.model, day=told_day(r.recorded)) for r in kept)
    return [*told, spoken().answer.earlier_prompt] if any(r.earlier_prompt for r in kept) else told


def comparisons_provenance(comparisons: Iterable[Comparison]) -> list[str]:
    """As `provenance`, for comparisons that stand in the ledger."""
    told = list(comparisons)
    cited = [r.article for c in told for p in c.positions for r in p.readings]
    return provenance(cited, [c.replayed for c in told])


def notes(answer: Answer) -> list[str]:
    """What a reader must know about how the answer came about: invented coverage, a recording, what was left out."""
    told = provenance(answer.shown, [answer.replayed, *(s.replayed for s in answer.standing)])
    if answer.left_out:
        told.append(spoken().counted(spoken().answer.left_out, answer.left_out))
    return told


def disclaimer(answer: Answer) -> str:
    """One line on who wrote this, from how much and how new; empty where nothing was written or quoted."""
    if not answer.shown or (answer.mode is Mode.OFFLINE and not answer.statements):
        return ""
    return written(read(len(answer.shown), dates(answer.shown)), compared=answer.mode is not Mode.OFFLINE)


def read(articles: int, days: str) -> str:
    """How much was read, "4 articles, 20 May 2026 to 21 May 2026"."""
    told = spoken().counted(spoken().answer.read_articles, articles)
    return spoken().answer.read_of.format(articles=told, days=days) if days else told


def written(read: str, *, compared: bool) -> str:
    return (spoken().answer.written if compared else spoken().answer.quoted).format(read=read)


def _who_and_when(position: Position) -> str:
    known = [r.article.published for r in position.readings if r.article.published]
    first = min(known, key=lambda moment: (moment.day, moment.text), default=None)
    return f"{outlets(position)}, {published(first)}"


_PLAIN_START = re.compile(
    r"(?:The|A|An|It|They|He|She|We|There|This|That|These|Those|No|None|Some|All|Most|Many|Few|Only|Both|Each|Every|"
    r"In|On|At|By|For|From|Under|After|Before|Since|Yes|Not|Nobody)\b"
)
