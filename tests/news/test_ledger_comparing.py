"""What a comparison of the ledger costs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.errors import ReaderError, ReaderUnavailable
from bot.news.ledger.comparing import compared
from bot.news.model import Resolved, Turn
from tests.fakes import FakeArchive
from tests.given import article
from tests.news.ledger_world import ONE_CALL, Fact, KnowingReader

GERMAN = "Wie viele Firmen haben access und wer hat ihn erteilt?"
MORE = " Ships wait at the pier." * 40  # than fits, so that it is searched for


class Translating(KnowingReader):
    def __init__(self, fault: ReaderError | None = None) -> None:
        super().__init__(Fact(GERMAN, {"Twelve firms": "twelve"}))
        self.translating = fault

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        if self.translating is not None:
            raise self.translating
        return Resolved(question, "firms have access", ONE_CALL)


@pytest.mark.parametrize("away", [False, True])
async def test_given_a_question_in_another_language_when_compared_then_its_translation_is_counted_too(
    *, away: bool
) -> None:
    fault = ReaderUnavailable() if away else None
    if fault:
        fault.spent = (1, 50, 5)
    archive = FakeArchive(article("a", "Twelve firms have access."), article("b", "Twenty firms came." + MORE))
    spent: list[int] = []

    async def spend(calls: int) -> None:
        spent.append(calls)

    await compared(GERMAN, [], archive=archive, reader=Translating(fault), spend=spend, excerpt_tokens=120)

    assert sum(spent) == 2
