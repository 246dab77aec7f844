"""Writes into a prompt what it shows, so that nothing an article or a person says can pass for anything else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache

from bot.news.cite import Sheet, ShownSource
from bot.news.model import Comparison, Reading, Sentence, Turn

_JOINERS = "\u200c\u200d"  # of format characters, these two carry meaning, in Persian and Hindi for instance
_GAP = "…"


@lru_cache(maxsize=8)  # the same for every question where all coverage is shown, and half a millisecond with `digest`
def coverage(sheet: Sheet) -> str:
    """The sheet as prompts show it: per source a heading, then a line a sentence under its key.

    `## Source A: OUTLET, "TITLE" by AUTHOR, PUBLISHED`, then `A7 text`; a line of `…` where sentences are not shown.
    Every line begins with a heading or a key that code wrote.
    """
    return "\n\n".join(_source(source) for source in sheet.sources)


def sides(comparison: Comparison, sheet: Sheet) -> str:
    """The positions as a second look weighs them: each claim, and under it who says what on which sentences."""
    labels = {source.article.id: source.label for source in sheet.sources}
    lines: list[str] = []
    for number, position in enumerate(comparison.positions, 1):
        lines.append(f"Side {number}: {quoted(position.claim)}")
        lines += [_voice(r, labels[r.article.id]) for r in position.readings if r.article.id in labels]
    return "\n".join(lines)


def conversation(turns: Sequence[Turn]) -> str:
    """A thread's earlier questions, each with the first line of its answer."""
    return "\n".join(f"Question: {quoted(turn.question)}\nAnswer: {quoted(turn.lead)}" for turn in turns)


def one_line(text: str) -> str:
    """Folded to one line: white space to single spaces, characters that control or reorder text removed."""
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c.isspace() or c in _JOINERS)
    return " ".join(text.split())


def quoted(text: str) -> str:
    """On one line between straight quotation marks; those inside are escaped, so the end is where it seems."""
    return json.dumps(one_line(text), ensure_ascii=False)


@lru_cache(maxsize=8)
def digest(sheet: Sheet) -> str:
    """Stands for what a sheet shows; the same however a prompt lays it out."""
    shown = [
        [
            source.label,
            source.article.outlet,
            source.article.title,
            source.article.author,
            source.article.published.text if source.article.published else None,
            [[s.number, s.text] for s in source.sentences],
        ]
        for source in sheet.sources
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _voice(reading: Reading, label: str) -> str:
    keys = ", ".join(f"{label}{citation.sentence.number}" for citation in reading.citations)
    voice = f"quoting {_bare(reading.speaker)}" if reading.speaker else "in its own voice"
    return f"- Source {label}, {voice} ({reading.manner}): {quoted(reading.says)} [{keys}]"


def _source(source: ShownSource) -> str:
    return "\n".join([_heading(source), *_lines(source)])


def _heading(source: ShownSource) -> str:
    article = source.article
    outlet, title = _bare(article.outlet), _bare(article.title)
    by = f" by {_bare(article.author)}" if article.author else ""
    # The date is ours, parsed from ISO 8601, and comes last: a title that brings its own does not stand there.
    published = article.published.text if article.published else "undated"
    return f'## Source {source.label}: {outlet}, "{title}"{by}, {published}'


def _bare(text: str) -> str:
    """On one line, without the straight quotation marks that bound a title."""
    return one_line(text).replace('"', "'")


def _lines(source: ShownSource) -> list[str]:
    lines: list[str] = []
    last = 0
    for run in source.runs():
        if run[0].number > last + 1:
            lines.append(_GAP)
        lines += [_line(source, sentence) for sentence in run]
        last = run[-1].number
    return [*lines, _GAP] if last < len(source.article.sentences) else lines


def _line(source: ShownSource, sentence: Sentence) -> str:
    return f"{source.key(sentence)} {one_line(sentence.text)}"
