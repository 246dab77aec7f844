"""A summary in the bot's own words: its heading, its sections and lines, for Slack and the terminal alike."""

from __future__ import annotations

from collections.abc import Sequence

from bot.news import words
from bot.news.catalogue import spoken
from bot.news.digest.words import Line, Section
from bot.news.model import Article, Check, Citation, Standing, Statement
from bot.news.summary import Scope, Summary


def heading(summary: Summary) -> str:
    """ "export ban · The Courier · since 20 May 2026 · 5 articles" """
    return " · ".join([*_scope(summary.scope, summary.shown), _count(len(summary.shown))])


def trouble(summary: Summary) -> str:
    """What was not done, in a sentence; empty where all was. "Not summed up" never looks like "nothing found"."""
    if not summary.shown:
        return spoken().summary.nothing_fits
    if summary.check is Check.CHECKED:
        return "" if sections(summary) else spoken().summary.no_lines
    return spoken().summary.not_summed_up.format(why=summary.trouble or spoken().answer.no_model)


def sections(summary: Summary) -> list[Section]:
    """What the summary says, section by section; none is empty."""
    told, titles = summary.check is Check.CHECKED, spoken().summary
    found = [
        Section(titles.happened, _lines(summary.happened))
        if told
        else Section(titles.beginnings, _quoted(summary.happened)),
        Section(titles.agreed, _lines(summary.agreed)),
        Section(titles.disputed, tuple(_disputed(s) for s in summary.disputed)),
        Section(titles.lone, tuple(_lone(s) for s in summary.lone)),
        Section(titles.unknown, _lines(summary.unknown)),
    ]
    return [section for section in found if section.lines]


def notes(summary: Summary) -> list[str]:
    """What a reader must know about how the summary came about."""
    told = []
    if summary.shortened:
        told.append(spoken().summary.shortened.format(articles=_count(summary.shortened)))
    told += words.provenance(summary.shown, [summary.replayed, *(s.replayed for s in summary.disputed)])
    if summary.shown:
        written = summary.check is Check.CHECKED or bool(summary.disputed)
        told.append(words.written(_read(summary.shown), compared=written))
    return told


def _scope(scope: Scope, shown: Sequence[Article]) -> list[str]:
    named = [scope.topic, scope.outlet]
    if scope.article:
        named.append(f"“{shown[0].title}”" if len(shown) == 1 else scope.article)
    told = [words.folded(name) for name in named if name.strip()] or [spoken().summary.whole]
    if scope.since:
        told.append(spoken().summary.since.format(day=words.day(scope.since)))
    if scope.until:
        told.append(spoken().summary.until.format(day=words.day(scope.until)))
    return told


def _lines(statements: Sequence[Statement]) -> tuple[Line, ...]:
    return tuple(Line(words.sentence(words.folded(s.text)), s.citations) for s in statements)


def _quoted(statements: Sequence[Statement]) -> tuple[Line, ...]:
    return tuple(
        Line(f"“{words.folded(s.text)}”", s.citations, lead=f"{words.dated(s.citations[0].article)}:")
        for s in statements
    )


def _lone(statement: Statement) -> Line:
    outlets = words.listed(list(dict.fromkeys(c.article.outlet for c in statement.citations)))
    return Line(words.sentence(words.folded(statement.text)), statement.citations, lead=f"{outlets}:")


def _disputed(standing: Standing) -> Line:
    best: list[Citation] = [words.quoted(p)[0].citations[0] for p in standing.positions]
    return Line(words.dispute_line(standing.positions), tuple(best), lead=words.folded(standing.question))


def _read(articles: Sequence[Article]) -> str:
    return words.read(len(articles), words.dates(articles))


def _count(articles: int) -> str:
    return spoken().counted(spoken().articles, articles)
