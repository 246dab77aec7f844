from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.news.model import Turn
from bot.store.database import Database
from bot.store.people.conversations import Conversations


async def test_given_turns_of_a_thread_when_asked_then_they_come_oldest_first_and_from_that_thread_alone(
    database: Database,
) -> None:
    ours, theirs = Conversations(database, "T1"), Conversations(database, "T2")
    first, second = Turn("Who?", "Ann."), Turn("When?", "In May.")
    await ours.keep("C1", "1.0", first)
    await ours.keep("C1", "1.0", second)
    await ours.keep("C1", "2.0", Turn("Other thread?", "Yes."))
    await ours.keep("C2", "1.0", Turn("Other channel?", "Yes."))
    await theirs.keep("C1", "1.0", Turn("Other workspace?", "Yes."))

    turns = await ours.turns("C1", "1.0")

    assert turns == [first, second]
    assert await ours.turns("C3", "1.0") == []


async def test_given_a_turn_that_is_kept_twice_in_a_row_when_asked_then_it_is_there_once(database: Database) -> None:
    conversations = Conversations(database, "T1")
    first, second = Turn("Who?", "Ann."), Turn("When?", "In May.")

    for turn in (first, first, second, first):
        await conversations.keep("C1", "1.0", turn)

    assert await conversations.turns("C1", "1.0") == [first, second, first]


async def test_given_a_long_thread_when_asked_then_its_latest_turns_come(database: Database) -> None:
    conversations = Conversations(database, "T1")
    for number in range(25):
        await conversations.keep("C1", "1.0", Turn(str(number), ""))

    turns = await conversations.turns("C1", "1.0")

    assert [turn.question for turn in turns] == [str(number) for number in range(5, 25)]


async def test_given_old_turns_when_purged_then_only_they_are_forgotten(database: Database) -> None:
    now = datetime(2026, 5, 20, 9, tzinfo=UTC)
    conversations = Conversations(database, "T1", clock=lambda: now)
    await conversations.keep("C1", "1.0", Turn("Old?", "Yes."))
    now += timedelta(days=30)
    await conversations.keep("C1", "1.0", Turn("New?", "Yes."))

    forgotten = await conversations.purge(older_than_s=timedelta(days=29).total_seconds())

    assert forgotten == 1
    assert [turn.question for turn in await conversations.turns("C1", "1.0")] == ["New?"]
