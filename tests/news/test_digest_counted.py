"""What a digest is made of where some outlets do not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.news.digest.counted import Counted
from bot.news.digest.digest import Arrived
from bot.news.ledger.ports import Waiting
from bot.news.ledger.standing import Change, Entry, State, begun
from bot.news.model import Comparison, Relation
from bot.news.rules import EVERYTHING, Focus
from tests.slack import answers

NOW = datetime(2026, 5, 22, 9, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
COMPARISON = answers.dispute().comparison
OPENED = begun(COMPARISON, NOW)
assert OPENED is not None
WITHOUT_HERALD = Focus(outlets=("The Herald",), without=True)
ONE_SIDE = Focus(outlets=("The Courier", "Wire Agency"))


@dataclass
class Came:
    """What came, and what happened in the ledger."""

    changed: Change

    async def arrived(self, since: datetime, until: datetime) -> Sequence[Arrived]:
        return [Arrived(a, None) for a in (answers.COURIER, answers.LEDGER, answers.HERALD)]

    async def changes(self, since: datetime, until: datetime) -> Sequence[Change]:
        return [self.changed]

    async def standing(self, *states: State) -> Sequence[Entry]:
        return [self.changed.entry]

    async def waiting(self) -> Sequence[Waiting]:
        return []


def counted(focus: Focus, change: Change) -> Counted:
    return Counted(Came(change), Came(change), focus)


def changed(before: Comparison, now: Comparison) -> Change:
    first = begun(before, BEFORE)
    assert first is not None
    return Change(replace(first.entry, comparison=now), (replace(first.events[0], comparison=now),), before)


@pytest.mark.parametrize(
    ("focus", "came"),
    [
        (EVERYTHING, ["courier", "ledger", "herald"]),
        (WITHOUT_HERALD, ["courier", "ledger"]),
        (Focus(outlets=("The Herald",)), ["herald"]),
    ],
)
async def test_given_articles_when_some_outlets_do_not_count_then_only_the_others_came(
    focus: Focus, came: list[str]
) -> None:
    assert OPENED is not None
    found = await counted(focus, OPENED).arrived(BEFORE, NOW)

    assert [a.article.id for a in found] == came


async def test_given_a_new_disagreement_when_one_side_does_not_count_then_there_is_none() -> None:
    assert OPENED is not None
    narrow = counted(ONE_SIDE, OPENED)

    assert await narrow.changes(BEFORE, NOW) == []
    assert await narrow.standing(State.OPEN) == []


async def test_given_a_new_disagreement_when_an_outlet_of_it_does_not_count_then_it_stands_on_the_others() -> None:
    assert OPENED is not None
    (change,) = await counted(WITHOUT_HERALD, OPENED).changes(BEFORE, NOW)
    (entry,) = await counted(WITHOUT_HERALD, OPENED).standing(State.OPEN)

    for comparison in (change.entry.comparison, change.events[0].comparison, entry.comparison):
        assert {r.article.outlet for p in comparison.positions for r in p.readings} == {
            "The Courier",
            "Wire Agency",
            "The Northern Ledger",
        }


async def test_given_a_change_among_what_does_not_count_when_narrowed_then_it_is_none() -> None:
    can, cannot = COMPARISON.positions
    before = replace(COMPARISON, positions=(replace(can, readings=can.readings[:2]), cannot))

    assert await counted(WITHOUT_HERALD, changed(before, COMPARISON)).changes(BEFORE, NOW) == []
    assert len(await counted(EVERYTHING, changed(before, COMPARISON)).changes(BEFORE, NOW)) == 1


async def test_given_a_disagreement_that_lost_a_side_when_narrowed_then_its_end_is_told() -> None:
    after = replace(COMPARISON, relation=Relation.SINGLE, positions=COMPARISON.positions[:1])

    (change,) = await counted(WITHOUT_HERALD, changed(COMPARISON, after)).changes(BEFORE, NOW)

    assert len(change.entry.comparison.positions) == 1
    assert change.before is not None
    assert len(change.before.positions) == 2
