"""A standing comparison as a table: the claims down, the outlets across, each says, says otherwise or is silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.news import words
from bot.news.model import Article, Citation, Comparison, Position


class Mark(StrEnum):
    """How an outlet stands to a claim."""

    SAYS = "says"
    OTHERWISE = "says otherwise"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Row:
    """One claim: who says it, how it stands with each outlet of the grid in turn, and its best sentence."""

    claim: str
    outlets: tuple[str, ...]
    marks: tuple[Mark, ...]
    weight: str
    best: Citation


@dataclass(frozen=True, slots=True)
class Grid:
    """`outlets` are the columns: those that speak, side by side as their claims come, then the silent ones."""

    question: str
    outlets: tuple[str, ...]
    rows: tuple[Row, ...]
    silent: tuple[str, ...]


def grid(comparison: Comparison) -> Grid:
    """The grid of one comparison; without rows where nothing takes a side any more."""
    speaking = [_outlets(r.article for r in p.readings) for p in comparison.positions]
    all_speaking = tuple(dict.fromkeys(outlet for outlets in speaking for outlet in outlets))
    silent = tuple(o for o in _outlets(comparison.silent) if o not in all_speaking)
    columns = (*all_speaking, *silent)
    rows = tuple(
        _row(p, outlets, columns, comparison) for p, outlets in zip(comparison.positions, speaking, strict=True)
    )
    return Grid(comparison.question, columns, rows, silent)


def by_voice(grids: Sequence[Grid]) -> list[str]:
    """Every outlet of several grids, those that take a side in most of them first, silent ones last."""
    speaks: dict[str, int] = {}
    for found in grids:
        for outlet in found.outlets:
            speaks[outlet] = speaks.get(outlet, 0) + (outlet not in found.silent)
    return sorted(speaks, key=lambda outlet: -speaks[outlet])


def _row(position: Position, outlets: tuple[str, ...], columns: tuple[str, ...], comparison: Comparison) -> Row:
    others = {r.article.outlet for p in comparison.positions if p is not position for r in p.readings}
    marks = tuple(
        Mark.SAYS if outlet in outlets else Mark.OTHERWISE if outlet in others else Mark.SILENT for outlet in columns
    )
    best = words.quoted(position)[0].citations[0]
    return Row(position.claim, outlets, marks, words.weight(position), best)


def _outlets(articles: Iterable[Article]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a.outlet for a in articles))
