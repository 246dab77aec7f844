"""A standing comparison as it looks where not all coverage counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.news.copies import independent_sources
from bot.news.ledger.standing import Entry
from bot.news.model import Comparison, Position, Relation


def within(entry: Entry, articles: Collection[str]) -> Entry | None:
    """The entry as far as it rests on these articles, by their ids; None where it has no two sides left. A followed
    question stands on one side, too."""
    comparison = comparison_within(entry.comparison, articles)
    if len(comparison.positions) < (1 if entry.private else 2):
        return None
    return replace(entry, comparison=comparison)


def comparison_within(comparison: Comparison, articles: Collection[str]) -> Comparison:
    positions = [found for p in comparison.positions if (found := _position(p, articles)) is not None]
    if comparison.relation is not Relation.UPDATE:  # there the order tells which is current
        positions.sort(key=lambda p: -p.independent)
    reconciled = comparison.reconciled
    if reconciled is not None and any(c.article.id not in articles for c in reconciled.citations):
        reconciled = None
    silent = tuple(a for a in comparison.silent if a.id in articles)
    return replace(comparison, positions=tuple(positions), silent=silent, reconciled=reconciled)


def _position(position: Position, articles: Collection[str]) -> Position | None:
    readings = tuple(r for r in position.readings if r.article.id in articles)
    return replace(position, readings=readings, independent=independent_sources(readings)) if readings else None
