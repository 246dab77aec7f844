"""What the model was used for, as it is kept on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

from bot.store.database import Database
from bot.store.people.usage import Spent, UsageTable

DAY = date(2026, 5, 20)


async def test_given_a_day_when_people_use_the_model_then_each_and_all_are_added_up(database: Database) -> None:
    usage = UsageTable(database, "local")

    totals = [
        await usage.add(DAY, person, calls=calls, input_tokens=100, output_tokens=10)
        for person, calls in (("U1", 2), ("U2", 1), ("U1", 1), ("", 4))
    ]

    assert totals == [Spent(2, 110), Spent(3, 220), Spent(4, 330), Spent(8, 440)]
    assert await usage.spent(DAY, "U1") == (Spent(8, 440), Spent(3, 220))
    assert await usage.spent(DAY, "U3") == (Spent(8, 440), Spent(0, 0))


async def test_given_another_day_or_workspace_when_asked_then_nothing_of_it_counts(database: Database) -> None:
    usage, theirs = UsageTable(database, "local"), UsageTable(database, "T2")
    await usage.add(DAY, "U1", calls=1, input_tokens=1, output_tokens=1)
    await theirs.add(DAY, "U1", calls=5, input_tokens=5, output_tokens=5)

    assert await usage.spent(DAY, "U1") == (Spent(1, 2), Spent(1, 2))
    assert await usage.spent(DAY + timedelta(days=1), "U1") == (Spent(), Spent())


async def test_given_replicas_when_they_add_at_once_then_nothing_is_lost(database: Database) -> None:
    usage = UsageTable(database, "local")

    await asyncio.gather(*(usage.add(DAY, "U1", calls=1, input_tokens=2, output_tokens=1) for _ in range(20)))

    assert (await usage.spent(DAY, "U1"))[1] == Spent(20, 60)


async def test_given_old_days_when_purged_then_the_others_stay(database: Database) -> None:
    usage = UsageTable(database, "local", clock=lambda: datetime(2026, 5, 22, 0, 30, tzinfo=UTC))
    theirs = UsageTable(database, "T2")
    before = DAY - timedelta(days=1)
    for table in (usage, theirs):
        for day in (before, DAY):
            await table.add(day, "U1", calls=1, input_tokens=1, output_tokens=1)

    gone = await usage.purge(older_than_s=2 * 86_400)

    assert gone == 1
    assert (await usage.spent(before, "U1"))[0] == Spent()
    assert (await usage.spent(DAY, "U1"))[0] == Spent(1, 2)
    assert (await theirs.spent(before, "U1"))[0] == Spent(1, 2)
