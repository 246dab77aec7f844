"""What followers hear: the move and how it stood before; never a person's own doing, nor what is dismissed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.news.digest.digest import Move
from bot.news.ledger.follows import news_of
from bot.news.ledger.standing import Change, Entry, begun, compared_again, dismissed, merged, restored, without
from bot.news.model import Article, Check, Citation, Comparison, Manner, Position, Reading, Relation
from tests.given import article

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
A, B, C = (article(id, f"Paper {id} counted {n}.") for id, n in zip("abc", (12, 20, 30), strict=True))


def sides(*articles: Article, relation: Relation = Relation.DISPUTE) -> Comparison:
    def holds(source: Article) -> Position:
        reading = Reading(source, "so many", Manner.FACT, (Citation(source, source.sentences[0]),))
        return Position(f"{source.id} has it", (reading,), 1)

    return Comparison("How many?", Check.CHECKED, relation, positions=tuple(map(holds, articles)))


def opened(comparison: Comparison, owner: str | None = None) -> Change:
    change = begun(comparison, NOON, owner)
    assert change is not None
    return change


DISPUTE: Entry = opened(sides(A, B)).entry


@pytest.mark.parametrize(
    ("change", "move"),
    [
        (opened(sides(A, B)), Move.NEW),
        (opened(sides(A, B, relation=Relation.UPDATE)), Move.SETTLED),
        (compared_again(DISPUTE, sides(A, B, C), NOON + HOUR), Move.CHANGED),
        (compared_again(DISPUTE, sides(A, B, relation=Relation.UPDATE), NOON + HOUR), Move.SETTLED),
        (without(DISPUTE, "b", NOON + HOUR), Move.SETTLED),
        (compared_again(without(DISPUTE, "b", NOON).entry, sides(A, C), NOON + HOUR), Move.REOPENED),
        (compared_again(opened(sides(A), "thread").entry, sides(A, B), NOON + HOUR), Move.CHANGED),
    ],
    ids=["opened", "settled from the first", "another side", "updated", "a side gone", "again", "a followed question"],
)
def test_given_a_comparison_that_moved_when_told_then_followers_hear_how_and_how_it_stood(
    change: Change, move: Move
) -> None:
    news = news_of(change)

    assert news is not None
    assert (news.entry, news.owner, news.move) == (change.entry.id, change.entry.owner, move)
    assert (news.comparison, news.before, news.at) == (change.entry.comparison, change.before, change.events[-1].at)


@pytest.mark.parametrize(
    "change",
    [
        opened(sides(A, B), "thread"),
        compared_again(DISPUTE, sides(A, B), NOON + HOUR),
        dismissed(DISPUTE, "U1", NOON + HOUR),
        restored(dismissed(DISPUTE, "U1", NOON).entry, "U1", NOON + HOUR),
        merged(DISPUTE, opened(sides(A, C)).entry, NOON + HOUR),
        Change(dismissed(DISPUTE, "U1", NOON).entry, opened(sides(A, B)).events),
    ],
    ids=["a follow begins", "nothing moved", "dismissed", "restored", "a double", "dismissed since"],
)
def test_given_what_is_no_news_when_told_then_followers_hear_nothing(change: Change) -> None:
    assert news_of(change) is None
