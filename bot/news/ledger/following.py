"""Comparisons that go on with the articles they rest on: to a new version, and to a copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.news.cite import Echo, Sheet
from bot.news.compare import with_copies
from bot.news.copies import independent_sources
from bot.news.ledger.standing import opposed, sentence_key
from bot.news.model import Article, Citation, Comparison, Position, Reading, Relation


def carried_over(comparison: Comparison, article: Article) -> Comparison | None:
    """The comparison on a new version of an article, its sources counted anew.

    None where it does not bear that: a sentence is gone, or a dispute is left between copies.
    """
    positions = []
    for position in comparison.positions:
        readings: list[Reading] = []
        for reading in position.readings:
            if reading.article.id != article.id:
                readings.append(reading)
                continue
            found = [found_in(article, c) for c in reading.citations]
            if any(c is None for c in found):
                return None
            readings.append(replace(reading, article=article, citations=tuple(c for c in found if c is not None)))
        positions.append(Position(position.claim, tuple(readings), independent_sources(readings)))
    if comparison.relation is Relation.DISPUTE and not opposed(positions):
        return None
    return replace(comparison, positions=tuple(positions))


def found_in(article: Article, citation: Citation) -> Citation | None:
    """The same words in this version of the article: under the same number first, else the first that has them."""
    key = sentence_key(citation)
    number = citation.sentence.number
    near = sorted(article.sentences, key=lambda s: abs(s.number - number))
    return next((c for s in near if sentence_key(c := Citation(article, s)) == key), None)


def with_copy(comparison: Comparison, copied: Sequence[Echo]) -> Comparison:
    """The comparison with the readings of a copy beside those of its original."""
    return with_copies(comparison, Sheet((), tuple(copied)))
