"""What followers hear: the move and how it stood before; never a person's own doing, nor what is dismissed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.news.digest.digest import Move
from bot.news.ledger.follows import TopicFollow, news_of
from bot.news.ledger.standing import Change, Entry, begun, compared_again, dismissed, merged, restored, without
from bot.news.model import Article, Check, Citation, Comparison, Manner, Position, Reading, Relation
from bot.news.topic import Topic, comparison_about
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


def said(question: str, first: str, second: str, *more: str, relation: Relation = Relation.DISPUTE) -> Comparison:
    """Two sides, a sentence each, in articles that go on about something else."""
    papers = (article("a", first, *more), article("b", second, *more))
    positions = tuple(
        Position("so it is", (Reading(a, "so", Manner.FACT, (Citation(a, a.sentences[0]),)),), 1) for a in papers
    )
    return Comparison(question, Check.CHECKED, relation, positions=positions)


@pytest.mark.parametrize(
    ("comparison", "about"),
    [
        (said("How many export licences were granted?", "It was 41.", "It was 54."), True),
        (said("How many were granted?", "41 export licences were.", "Licences for export: 54."), True),
        (said("How many licences were granted?", "41 for export were.", "54 were, for exports."), True),
        (said("How many were granted?", "41 export licences were.", "It was 54."), False),
        (said("How many licences were granted?", "41 were.", "54 were.", "The export ban is over."), False),
        (said("Who resigned?", "Mr Hale did.", "Ms Poole did.", "Both had granted export licences."), False),
        (sides(), False),
    ],
    ids=[
        "question",
        "both sides",
        "question and sides",
        "one side alone",
        "half of it",
        "elsewhere in the articles",
        "no sides",
    ],
)
def test_given_a_dispute_when_held_to_a_topic_then_its_question_and_both_sides_count_and_no_mention_elsewhere(
    comparison: Comparison, about: bool
) -> None:
    assert comparison_about(comparison, [Topic(("export licences",))]) is about


def test_given_a_topic_of_several_phrases_when_a_dispute_is_on_one_of_them_then_it_is_about_it() -> None:
    assert comparison_about(said("Is the tariff gone?", "It is.", "It stands."), [Topic(("export ban", "tariffs"))])


@pytest.mark.parametrize(
    ("change", "hears"),
    [
        (opened(sides(A, B)), True),
        (compared_again(without(DISPUTE, "b", NOON).entry, sides(A, C), NOON + HOUR), True),
        (compared_again(DISPUTE, sides(A, B, C), NOON + HOUR), False),
        (without(DISPUTE, "b", NOON + HOUR), False),
        (compared_again(opened(sides(A), "thread").entry, sides(A, B), NOON + HOUR), False),
    ],
    ids=["opened", "again", "another side", "settled", "somebody's followed question"],
)
def test_given_a_topic_that_is_followed_when_something_moves_then_a_beginning_is_heard_of_and_nothing_private(
    change: Change, hears: bool
) -> None:
    news = news_of(change)

    assert news is not None
    assert TopicFollow("U1", "C1", "1.1", Topic(("paper counted",))).hears(news) is hears


def test_given_the_same_wish_twice_when_named_then_it_is_one() -> None:
    wish = TopicFollow("U1", "C1", "1.1", Topic(("export", "ban")))

    assert wish.id == replace(wish).id
    assert wish.id != replace(wish, topic=Topic(("export ban",))).id
    assert wish.id != replace(wish, thread="1.2").id
