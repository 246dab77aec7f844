"""What people say about comparisons, and how it becomes an evaluation file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.news.model import Comparison, Position


class Verdict(StrEnum):
    NOT_A_DISAGREEMENT = "not_a_disagreement"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Label:
    """A person's verdict on a comparison as they saw it, with a word on why. `entry`: the standing comparison that
    rests on the same sentences, if there is one."""

    verdict: Verdict
    comparison: Comparison
    words: str
    by: str
    at: datetime
    entry: str | None = None


_KINDS = {
    Verdict.NOT_A_DISAGREEMENT: (
        "complementary",
        ["agree", "complementary", "single_source", "unanswerable", "update"],
    ),
    Verdict.MISSED: ("disagree", ["disagree"]),
}


def as_questions(labels: Iterable[Label]) -> list[dict[str, Any]]:
    """The labels as items of an evaluation file, the format that `eval` reads; the newest on a question counts."""
    newest = {label.comparison.question: label for label in sorted(labels, key=lambda label: label.at)}
    return [_item(number, label) for number, label in enumerate(newest.values(), 1)]


def _item(number: int, label: Label) -> dict[str, Any]:
    kind, accepted = _KINDS[label.verdict]
    comparison = label.comparison
    return {
        "id": f"label-{number}",
        "question": comparison.question,
        "kind": kind,
        "type": comparison.kind.value if comparison.kind else "other",
        "hard": label.verdict is Verdict.MISSED,
        "positions": [_position(p) for p in comparison.positions],
        "accept_kinds": accepted,
        "notes": label.words,
    }


def _position(position: Position) -> dict[str, Any]:
    quotes = {r.article.id: r.citations[0].quote for r in reversed(position.readings)}
    sources = list(dict.fromkeys(r.article.id for r in position.readings))
    return {"claim": position.claim, "sources": sources, "quotes": {id: quotes[id] for id in sources}}
