"""Spans that are told one after the other lose nothing and tell nothing twice, on both databases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.news.ledger.changes import follow
from bot.news.ledger.standing import compared_again
from bot.news.model import Check, Comparison, Relation
from bot.store.coverage.library import Library
from bot.store.coverage.newcomers import Newcomers
from bot.store.database import Database, Transaction
from bot.store.ledger.ledger import StoredLedger
from tests.given import article

T = TypeVar("T")
NINE = datetime(2026, 5, 20, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NOTHING_YET = Comparison("How many firms have access?", Check.CHECKED, Relation.NONE)


class Slow:
    """A database whose transactions have done all and do not commit before `go`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.done, self.go = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, transaction: Transaction[T]) -> T:
        def slowly(connection: Connection) -> T:
            found = transaction(connection)
            self.done.set()
            assert self.go.wait(10)
            return found

        return await self._database.write(slowly)


async def told(database: Database, since: datetime, until: datetime) -> Sequence[str]:
    """The questions that something happened to, and the articles that came."""
    moved = await StoredLedger(database, "local").changes(since, until)
    came = await Newcomers(database, "local").arrived(since, until)
    return [change.entry.comparison.question for change in moved] + [each.article.id for each in came]


async def test_given_a_turn_that_began_before_a_digest_was_due_when_it_ends_after_it_was_read_then_the_next_tells_it(
    database: Database,
) -> None:
    first = await told(database, NINE - DAY, NINE)

    await follow("U1", NOTHING_YET, NINE - MINUTE, ledger=StoredLedger(database, "local"))
    await Library(database, "local", clock=lambda: NINE - MINUTE).add(article("a", "Twelve firms have access."))

    assert first == []
    assert await told(database, NINE - DAY, NINE) == first
    assert await told(database, NINE, NINE + DAY) == [NOTHING_YET.question, "a"]
    [entry] = await StoredLedger(database, "local").followed()
    assert (entry.opened, entry.moved) == (NINE, NINE)


async def test_given_a_digest_that_is_read_late_when_a_turn_ends_meanwhile_then_it_is_told_of_its_own_day(
    database: Database,
) -> None:
    await told(database, NINE - 2 * DAY, NINE - DAY)

    await follow("U1", NOTHING_YET, NINE - MINUTE, ledger=StoredLedger(database, "local"))

    assert await told(database, NINE - DAY, NINE) == [NOTHING_YET.question]
    assert await told(database, NINE, NINE + DAY) == []


async def test_given_an_event_that_is_being_kept_when_a_digest_is_read_then_it_is_told_once_all_the_same(
    database: Database, database_url: str
) -> None:
    async with await Database.open(database_url) as other:
        slow = Slow(other)
        ledger = StoredLedger(slow, "local")  # type: ignore[arg-type]  # it quacks like one
        keeping = asyncio.create_task(follow("U1", NOTHING_YET, NINE - MINUTE, ledger=ledger))
        await asyncio.to_thread(slow.done.wait)

        reading = asyncio.create_task(told(database, NINE - DAY, NINE))
        await asyncio.wait([reading], timeout=0.2)  # time enough for one that does not wait to miss it
        slow.go.set()
        await keeping

    assert await reading == [NOTHING_YET.question]
    assert await told(database, NINE, NINE + DAY) == []


async def test_given_an_article_that_is_being_kept_when_a_digest_is_read_then_it_is_told_once_all_the_same(
    database: Database, database_url: str
) -> None:
    async with await Database.open(database_url) as other:
        slow = Slow(other)
        library = Library(slow, "local", clock=lambda: NINE - MINUTE)  # type: ignore[arg-type]
        keeping = asyncio.create_task(library.add(article("a", "Twelve firms have access.")))
        await asyncio.to_thread(slow.done.wait)

        reading = asyncio.create_task(told(database, NINE - DAY, NINE))
        await asyncio.wait([reading], timeout=0.2)
        slow.go.set()
        await keeping

    assert await reading == ["a"]
    assert await told(database, NINE, NINE + DAY) == []


async def test_given_an_entry_that_moves_after_its_opening_was_told_when_read_then_it_is_open_since_then(
    database: Database,
) -> None:
    ledger = StoredLedger(database, "local")
    opened = await follow("U1", NOTHING_YET, NINE - MINUTE, ledger=ledger)
    await told(database, NINE - DAY, NINE)

    await ledger.keep(compared_again(opened, replace(NOTHING_YET, relation=Relation.AGREE), NINE - MINUTE))

    [entry] = await ledger.followed()
    assert (entry.opened, entry.moved) == (NINE - MINUTE, NINE)


async def test_given_two_workspaces_when_one_is_told_then_the_other_keeps_its_own_time(database: Database) -> None:
    await told(database, NINE - DAY, NINE)
    elsewhere = StoredLedger(database, "elsewhere")

    await follow("U1", NOTHING_YET, NINE - MINUTE, ledger=elsewhere)

    assert [c.entry.opened for c in await elsewhere.changes(NINE - DAY, NINE)] == [NINE - MINUTE]
