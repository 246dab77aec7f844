"""The bot's own words, in plain English, one catalogue for Slack and the terminal.

Rules: the first line answers and already tells of a conflict; nothing is said about the machinery; "not
compared" never looks like "nothing found"; silence is never denial.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

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
    SecondLook,
)

QUOTED_AT_ONCE = 2  # quotes a position; the others are named, and one click or line away
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

HEADINGS = {
    Relation.DISPUTE: "Sources disagree",
    Relation.UPDATE: "Corrected or updated since",
    Relation.AGREE: "Sources agree",
    Relation.COMPLEMENTARY: "Sources add to each other",
    Relation.OPINION: "Opinions differ",
    Relation.SINGLE: "One source only",
    Relation.NONE: "Nothing in the coverage answers this",
}

NOTHING_RECONCILES = "Nothing in the coverage reconciles them."
SECOND_LOOK_FAILED = "A second look at this disagreement could not be made; treat it with care."
NOT_COMPARED = "Not compared: {why} Here is what each source says; whether they agree has not been checked."
NOT_COMPARED_NOR_FOUND = "Not checked: {why} No sentence of the coverage shares the words of this question."
NO_MODEL = "no model is set up."
EMPTY_QUESTION = "Ask a question in words, for example: Do British firms get access now?"
LONG_QUESTION = "That is {characters:,} characters; a question can have {limit:,}. Ask it in a few sentences."
EMPTY_LIBRARY = (
    "There is no coverage yet, so there is nothing to answer from. "
    "Whoever runs this bot adds some with: python -m bot ingest FOLDER"
)
NOTHING_COUNTS = "Nothing in the coverage is of the topics and outlets that this channel is set to."
NO_MATCH = "Nothing in the coverage matches these words."
DISCLAIMER = "Written by AI from {read}. Check the quotes before you rely on it."
OFFLINE_DISCLAIMER = "Quoted from {read}, not compared."
INVENTED = "Sample coverage: these outlets and articles are invented."
RECORDED = "A recorded reply by {model}, {day}."
EARLIER_PROMPT = "It was recorded with an earlier version of the instructions."
CLOSEST = "The nearest that the coverage says:"
ALSO_DISPUTED = "Also in dispute:"
SOURCES = "Sources"
LEFT_OUT = "{sources} more with something on this did not fit and {were} not read."


def number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def sources(count: int) -> str:
    return "1 independent source" if count == 1 else f"{count} independent sources"


def day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"


def published(when: Moment | None) -> str:
    """ "20 May 2026", "May 2026" where no more is known; an unknown date is said."""
    if when is None:
        return "undated"
    return day(when.day) if when.to_the_day else f"{when.day:%B %Y}"


def dates(articles: Iterable[Article]) -> str:
    """From the oldest to the newest of the dated ones, "22 May 2026 to 4 June 2026"; empty where there is none."""
    known = sorted((a.published for a in articles if a.published), key=lambda moment: (moment.day, moment.text))
    told = list(dict.fromkeys(published(moment) for moment in known))
    return " to ".join([*told[:1], *told[1:][-1:]])


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
    return f"{count} outlets, {told}" if count > position.independent else told


def listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


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


def section_heading(comparison: Comparison) -> str:
    """ "Sources disagree: how many licences were granted?" """
    assert comparison.relation is not None
    return f"{HEADINGS[comparison.relation]}: {folded(comparison.question)}"


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
    return f"also {listed(rest)}" if rest else ""


def attribution(reading: Reading) -> str:
    """Who says it and when: the outlet, or the speaker whom the outlet quotes."""
    when = dated(reading.article)
    return f"{reading.speaker}, in {when}" if reading.speaker else when


def source_line(article: Article) -> str:
    """ "The Courier, “Ban lifted”, 20 May 2026, https://…" """
    when = published(article.published)
    return ", ".join(folded(part) for part in (article.outlet, f"“{article.title}”", when, article.url) if part)


def dispute_line(positions: Sequence[Position]) -> str:
    """The line that names the conflict: "Four sources say that …; one says that …." """
    parts: list[str] = []
    for position in positions:
        count = position.independent
        who = number(count) if parts or count >= len(NUMBERS) else number(count).capitalize()
        if not parts:
            who += " source" if count == 1 else " sources"
        elif count == 1 and positions[0].independent == 1:
            who = "another"
        parts.append(f"{who} {'says' if count == 1 else 'say'} that {clause(position.claim)}")
    return "; ".join(parts) + "."


def update_line(positions: Sequence[Position]) -> str:
    """The current value first, then what it was, who said so and when."""
    current, *earlier = positions
    line = f"{sentence(current.claim).rstrip('.')} ({_who_and_when(current)})."
    for position in earlier:
        line += f" Before that: {clause(position.claim)} ({_who_and_when(position)})."
    return line


def none_line(read: int) -> str:
    if read == 0:
        return NO_MATCH
    return (
        f"{'The one article read does not answer' if read == 1 else f'None of the {read} articles read answers'} this."
    )


def lead(answer: Answer) -> str:
    """The first line: what a notification shows."""
    if answer.mode is Mode.OFFLINE and answer.shown and answer.comparison.relation is None:
        why = answer.trouble or NO_MODEL
        return (NOT_COMPARED if answer.statements else NOT_COMPARED_NOR_FOUND).format(why=why)
    if answer.statements:
        return answer.statements[0].text
    if answer.comparison.check is Check.NOT_RUN and not answer.shown:
        return EMPTY_LIBRARY if answer.library_empty else NO_MATCH
    return none_line(len(answer.shown))


def relation_line(comparison: Comparison) -> str:
    """How the positions stand to each other, in a plain sentence; empty where the first line says it all."""
    positions, relation = comparison.positions, comparison.relation
    if relation is Relation.AGREE:
        count = sum(p.independent for p in positions)
        return f"The {number(count)} sources that speak to this agree." if count > 1 else ""
    if relation is Relation.COMPLEMENTARY:
        return "The sources add to each other; they do not contradict one another."
    if relation is Relation.OPINION:
        return "These are judgements that differ, not conflicting facts."
    if relation is Relation.SINGLE and positions:
        outlet = positions[0].readings[0].article.outlet
        silent = len(comparison.silent)
        others = {0: "", 1: " The other article does not mention it, which is not a denial."}.get(
            silent, f" The other {number(silent)} articles do not mention it, which is not a denial."
        )
        return f"Only {outlet} says this." + others
    return ""


def reconciliation(comparison: Comparison) -> str:
    """What reconciles the positions of a conflict, or that nothing does, or that nobody could look."""
    if comparison.reconciled is not None:
        return sentence(comparison.reconciled.text)
    if comparison.second_look is SecondLook.FAILED:
        return SECOND_LOOK_FAILED
    return NOTHING_RECONCILES if comparison.relation is Relation.DISPUTE else ""


def notes(answer: Answer) -> list[str]:
    """What a reader must know about how the answer came about: invented coverage, a recording, what was left out."""
    told = []
    if any(a.invented for a in answer.shown):
        told.append(INVENTED)
    if answer.replayed is not None:
        told.append(RECORDED.format(model=answer.replayed.model, day=answer.replayed.recorded))
        if answer.replayed.earlier_prompt:
            told.append(EARLIER_PROMPT)
    if answer.left_out:
        count = sources(answer.left_out).capitalize() if answer.left_out > 1 else "1 independent source"
        told.append(LEFT_OUT.format(sources=count, were="was" if answer.left_out == 1 else "were"))
    return told


def disclaimer(answer: Answer) -> str:
    """One line on who wrote this, from how much and how new."""
    if not answer.shown:
        return ""
    count = len(answer.shown)
    read = f"{count} article{'s' if count != 1 else ''}"
    if when := dates(answer.shown):
        read += f", {when}"
    return (OFFLINE_DISCLAIMER if answer.mode is Mode.OFFLINE else DISCLAIMER).format(read=read)


def _who_and_when(position: Position) -> str:
    known = [r.article.published for r in position.readings if r.article.published]
    first = min(known, key=lambda moment: (moment.day, moment.text), default=None)
    return f"{outlets(position)}, {published(first)}"


_PLAIN_START = re.compile(
    r"(?:The|A|An|It|They|He|She|We|There|This|That|These|Those|No|None|Some|All|Most|Many|Few|Only|Both|Each|Every|"
    r"In|On|At|By|For|From|Under|After|Before|Since|Yes|Not|Nobody)\b"
)
