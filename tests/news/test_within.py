"""A standing comparison where not all coverage counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.news.ledger.standing import begun
from bot.news.ledger.within import within
from bot.news.model import Statement
from tests.slack import answers

NOW = datetime(2026, 5, 22, 9, tzinfo=UTC)
COMPARISON = replace(
    answers.dispute().comparison,
    silent=(answers.REVIEW,),
    reconciled=Statement("Both are right in turn.", answers.cites(answers.REVIEW)),
)
CHANGE = begun(COMPARISON, NOW)
FOLLOWED = begun(COMPARISON, NOW, "U1/C1/1.1/job")
assert CHANGE is not None
assert FOLLOWED is not None


def test_given_all_that_is_cited_counts_when_narrowed_then_nothing_changes() -> None:
    assert within(CHANGE.entry, {"courier", "ledger", "wire", "herald", "review"}) == CHANGE.entry


def test_given_a_reading_that_does_not_count_when_narrowed_then_its_side_weighs_less_and_what_rests_on_it_goes() -> (
    None
):
    found = within(CHANGE.entry, {"ledger", "wire", "herald"})

    assert found is not None
    assert [p.independent for p in found.comparison.positions] == [1, 1]  # the agency and who printed it are one
    assert (found.comparison.silent, found.comparison.reconciled) == ((), None)


def test_given_one_side_alone_counts_when_narrowed_then_only_a_followed_question_stands() -> None:
    assert within(CHANGE.entry, {"ledger"}) is None
    found = within(FOLLOWED.entry, {"ledger"})
    assert found is not None
    assert [p.claim for p in found.comparison.positions] == ["British firms have no access"]
    assert within(FOLLOWED.entry, set()) is None
