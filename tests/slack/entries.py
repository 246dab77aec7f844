"""Standing disagreements and headings, on the same small invented story."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.news.ledger.standing import Entry, State
from bot.news.model import Article, Comparison, Position
from bot.news.overview import Heading
from tests.given import article
from tests.slack import answers

AT = datetime(2026, 5, 20, 12, tzinfo=UTC)


def entry(id: str = "e1", question: str = answers.QUESTION, owner: str | None = None, **changes: object) -> Entry:
    comparison: Comparison = replace(answers.dispute().comparison, question=question, **changes)  # type: ignore[arg-type]
    return Entry(id, comparison, State.OPEN, AT, AT, owner)


def many(count: int, outlets: int) -> list[Entry]:
    """Disagreements in each of which every outlet takes one of two sides."""
    found: list[Entry] = []
    articles = [article(f"a{n}", f"It was {n}.", outlet=f"Outlet number {n}") for n in range(outlets)]
    for number in range(count):
        sides = [[answers.reading(a) for a in articles[side::2]] for side in (0, 1)]
        positions = tuple(
            Position(f"the figure in question {number} is {side}", tuple(readings), len(readings))
            for side, readings in enumerate(sides)
        )
        found.append(entry(f"e{number}", f"Question number {number}?", positions=positions, silent=()))
    return found


def headings(*articles: Article) -> list[Heading]:
    return [Heading(a.outlet, a.title, a.url, a.published) for a in articles]


HEADINGS = headings(answers.REVIEW, answers.HERALD, answers.WIRE, answers.COURIER)
