"""What becomes of an entry: each state, each event, and what is no event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.news.ledger.standing import (
    Change,
    Entry,
    Happening,
    State,
    begun,
    compared_again,
    dismissed,
    merged,
    restored,
    without,
)
from bot.news.model import Article, Check, Citation, Comparison, Kind, Manner, Position, Reading, Relation, SecondLook
from tests.given import article
from tests.news.ledger_world import NOON

LATER = NOON + timedelta(hours=1)
A = article("a", "Twelve firms.", "So it was twelve.", outlet="Post")
B = article("b", "Twenty firms.", outlet="Courier")
C = article("c", "Twenty firms or so.", outlet="Herald")


def side(claim: str, *articles: Article, number: int = 1) -> Position:
    readings = (Reading(a, claim, Manner.FACT, (Citation(a, a.sentences[number - 1]),)) for a in articles)
    return Position(claim, tuple(readings), len(articles))


def compared(relation: Relation, *positions: Position) -> Comparison:
    return Comparison("How many firms?", Check.CHECKED, relation, Kind.NUMBER, positions)


DISPUTE = compared(Relation.DISPUTE, side("twelve", A), side("twenty", B))
WIDER = compared(Relation.DISPUTE, side("twelve", A), side("twenty", B, C))
UPDATE = compared(Relation.UPDATE, side("twenty", B), side("twelve", A))
AGREED = compared(Relation.AGREE, side("twelve", A, B))


def entry(comparison: Comparison = DISPUTE, owner: str | None = None) -> Entry:
    change = begun(comparison, NOON, owner)
    assert change is not None
    return change.entry


def settled() -> Entry:
    return compared_again(entry(), AGREED, NOON).entry


def put_away() -> Entry:
    return dismissed(entry(), "U1", NOON).entry


def told(change: Change) -> Sequence[Happening]:
    return [event.happening for event in change.events]


@pytest.mark.parametrize(
    "relation", [Relation.NONE, Relation.SINGLE, Relation.AGREE, Relation.COMPLEMENTARY, Relation.OPINION]
)
def test_given_no_conflict_when_first_compared_then_nothing_is_kept_but_for_a_follower(relation: Relation) -> None:
    comparison = compared(relation, side("twelve", A))

    assert begun(comparison, NOON) is None
    followed = begun(comparison, NOON, "follow:1")
    assert followed is not None
    assert (followed.entry.private, told(followed)) == (True, [Happening.OPENED])


def test_given_the_same_question_on_the_same_sentences_when_begun_twice_then_it_is_one_entry() -> None:
    assert entry().id == entry().id
    assert entry().id != entry(WIDER).id
    assert entry(owner="follow:1").id != entry().id


@pytest.mark.parametrize(
    ("before", "comparison", "state", "happening"),
    [
        (entry(), DISPUTE, State.OPEN, []),
        (entry(), WIDER, State.OPEN, [Happening.CHANGED]),
        (entry(), UPDATE, State.SETTLED, [Happening.UPDATED]),
        (entry(), AGREED, State.SETTLED, [Happening.SETTLED]),
        (settled(), AGREED, State.SETTLED, []),
        (settled(), DISPUTE, State.OPEN, [Happening.REOPENED]),
        (settled(), UPDATE, State.SETTLED, [Happening.UPDATED]),
        (entry(UPDATE), UPDATE, State.SETTLED, []),
        (entry(UPDATE), DISPUTE, State.OPEN, [Happening.REOPENED]),
        (put_away(), DISPUTE, State.DISMISSED, []),
        (put_away(), AGREED, State.DISMISSED, []),
        (put_away(), WIDER, State.OPEN, [Happening.REOPENED]),
        (put_away(), compared(Relation.AGREE, side("twelve", A, B, C)), State.SETTLED, [Happening.SETTLED]),
        (entry(owner="f"), WIDER, State.OPEN, [Happening.CHANGED]),
        (entry(owner="f"), AGREED, State.OPEN, [Happening.CHANGED]),
        (entry(owner="f"), DISPUTE, State.OPEN, []),
    ],
)
def test_given_an_entry_when_compared_again_then_its_state_follows_and_only_a_move_is_told(
    before: Entry, comparison: Comparison, state: State, happening: list[Happening]
) -> None:
    change = compared_again(before, comparison, LATER)

    assert (change.entry.state, told(change)) == (state, happening)
    assert change.entry.moved == (LATER if happening else before.moved)
    assert change.before == before.comparison
    assert (change.entry.dismissed_by is not None) == (state is State.DISMISSED)


def test_given_other_words_for_the_same_sides_when_compared_again_then_they_are_kept_without_an_event() -> None:
    reworded = compared(Relation.DISPUTE, side("a dozen", A, number=2), side("a score", B))

    change = compared_again(entry(), reworded, LATER)

    assert (change.entry.comparison, told(change)) == (reworded, [])


def test_given_the_current_value_goes_away_when_removed_then_the_update_is_no_update_any_more() -> None:
    change = without(entry(UPDATE), "b", LATER)

    assert (change.entry.comparison.relation, change.entry.state, told(change)) == (
        Relation.SINGLE,
        State.SETTLED,
        [],
    )


def test_given_an_article_that_was_silent_goes_when_removed_then_nothing_is_told_and_it_is_not_listed() -> None:
    change = without(entry(replace(DISPUTE, silent=(C,))), "c", LATER)

    assert (change.entry.comparison, told(change)) == (DISPUTE, [])


def test_given_an_article_that_is_not_in_it_goes_when_removed_then_the_entry_is_as_it_was() -> None:
    change = without(entry(), "z", LATER)

    assert change == Change(entry(), (), DISPUTE)


def test_given_a_dismissed_entry_when_a_side_goes_then_it_stays_dismissed() -> None:
    change = without(put_away(), "b", LATER)

    assert (change.entry.state, told(change)) == (State.DISMISSED, [])


def test_given_only_one_outlet_is_left_on_both_sides_when_removed_then_it_does_not_disagree_with_itself() -> None:
    mine = article("b2", "Twelve firms.", outlet="Courier")
    both = compared(Relation.DISPUTE, side("twelve", A, mine), side("twenty", B))

    change = without(entry(both), "a", LATER)

    assert change.entry.comparison.relation is Relation.SINGLE
    assert change.entry.state is State.SETTLED


def test_given_a_reconciliation_when_its_relation_no_longer_holds_then_it_is_dropped_with_the_kind() -> None:
    looked = replace(UPDATE, second_look=SecondLook.WITHDRAWN)

    left = without(entry(looked), "a", LATER).entry.comparison

    assert (left.second_look, left.kind) == (None, None)


def test_given_a_followed_question_when_all_its_sources_go_then_nothing_answers_it_and_that_is_told() -> None:
    single = compared(Relation.SINGLE, side("twelve", A))

    change = without(entry(single, owner="follow:1"), "a", LATER)

    assert (change.entry.comparison.relation, told(change)) == (Relation.NONE, [Happening.CHANGED])


def test_given_an_entry_that_is_not_open_when_dismissed_then_nothing_happens() -> None:
    for before in (settled(), put_away(), entry(owner="follow:1")):
        assert dismissed(before, "U2", LATER) == Change(before, (), before.comparison)


def test_given_a_dismissal_when_undone_then_it_is_open_or_settled_as_its_comparison_is() -> None:
    stale = replace(put_away(), comparison=AGREED)

    assert restored(put_away(), "U2", LATER).entry.state is State.OPEN
    assert restored(stale, "U2", LATER).entry.state is State.SETTLED
    assert restored(entry(), "U2", LATER) == Change(entry(), (), DISPUTE)


def test_given_a_double_when_merged_then_it_names_the_one_that_stands_for_both() -> None:
    change = merged(entry(WIDER), entry(), LATER)

    assert (change.entry.into, change.entry.state) == (entry().id, State.SETTLED)
    assert [(e.happening, e.by) for e in change.events] == [(Happening.MERGED, entry().id)]
