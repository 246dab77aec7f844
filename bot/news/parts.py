"""Coverage that does not fit one call: in parts that do, and down to what fits with every outlet heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import replace

from bot.news.cite import Sheet, ShownSource
from bot.news.find import KEY_CHARACTERS
from bot.news.model import Citation, Sentence


def size(sheet: Sheet) -> int:
    """Characters that the sheet takes in a prompt."""
    return sum(_size(s) for source in sheet.sources for s in source.sentences)


def parts(sheet: Sheet, room: int) -> Iterator[Sheet]:
    """The sheet in pieces that each fit, in order, under the same labels; a long source is cut between sentences."""
    part: list[ShownSource] = []
    left = room
    for source in sheet.sources:
        taken: list[Sentence] = []
        for sentence in source.sentences:
            if _size(sentence) > left and (part or taken):
                if taken:
                    part.append(replace(source, sentences=tuple(taken)))
                yield Sheet(tuple(part), sheet.echoes)
                part, taken, left = [], [], room
            taken.append(sentence)
            left -= _size(sentence)
        if taken:
            part.append(replace(source, sentences=tuple(taken)))
    if part:
        yield Sheet(tuple(part), sheet.echoes)


def only(sheet: Sheet, kept: Container[Citation]) -> Sheet:
    """The same labels with these sentences alone."""
    sources = (
        replace(s, sentences=tuple(n for n in s.sentences if Citation(s.article, n) in kept)) for s in sheet.sources
    )
    return Sheet(tuple(s for s in sources if s.sentences), sheet.echoes)


def fitting(sheet: Sheet, room: int) -> Sheet:
    """What fits of the sheet: the beginning of each outlet's newest article first, then by and by its next sentences
    and the beginnings of older ones, for reports tell the most important first."""
    if size(sheet) <= room:
        return sheet
    older: Counter[str] = Counter()
    found: list[tuple[int, int, Citation]] = []
    for source in reversed(sheet.sources):  # oldest first as the archive gives them
        outlet = source.article.outlet.casefold()
        for rank, sentence in enumerate(source.sentences):
            found.append((rank + older[outlet], len(found), Citation(source.article, sentence)))
        older[outlet] += 1
    kept: set[Citation] = set()
    for _, _, citation in sorted(found, key=lambda each: each[:2]):
        if _size(citation.sentence) <= room:
            room -= _size(citation.sentence)
            kept.add(citation)
    return only(sheet, kept)


def _size(sentence: Sentence) -> int:
    return len(sentence.text) + KEY_CHARACTERS
