"""Keeping what was found: several articles in a transaction, and none stops the others; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.feeds.articles import Skipped
from bot.news.model import Article
from bot.store.coverage.keeping import Kept
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.tables.library import versions
from bot.wiring.coverage import taking
from bot.wiring.coverage.taking import CHARACTERS, TOGETHER, Found, Taken, each_of, take_in
from tests.databases import database, database_url, postgres_server
from tests.given import article

__all__ = ["database", "database_url", "postgres_server"]


class Ticking:
    """A clock that goes on by a second each time it is looked at, as each transaction does once."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database, "local", clock=Ticking())


def stories(count: int) -> list[Article]:
    return [article(f"a{number}", f"Story {number} is told.", published="2026-05-20") for number in range(count)]


async def taken_from(library: Library, found: Sequence[Found], **how: Any) -> list[Taken]:
    return [taken async for taken in take_in(library, each_of(found), **how)]


async def transactions(database: Database) -> list[int]:
    """How many articles each transaction kept, in order."""
    found = select(versions.c.kept).order_by(versions.c.id)
    kept = await database.read(lambda connection: list(connection.scalars(found)))
    return [kept.count(at) for at in dict.fromkeys(kept)]


async def test_given_many_articles_when_taken_in_then_a_transaction_keeps_several_and_all_are_told_in_order(
    library: Library, database: Database
) -> None:
    given: list[Found] = [*stories(TOGETHER), Skipped("b.pdf", "it is no text"), *stories(TOGETHER + 2)[TOGETHER:]]

    taken = await taken_from(library, given)

    assert [each.article or each.skipped for each in taken] == given
    assert {each.kept for each in taken} == {Kept.NEW, None}
    assert await transactions(database) == [TOGETHER, 2]


async def test_given_long_articles_when_taken_in_then_a_transaction_stays_short(
    library: Library, database: Database
) -> None:
    long = "word " * (CHARACTERS // 10)

    await taken_from(library, [article(f"a{number}", f"{long}{number}.") for number in range(4)])

    assert await transactions(database) == [2, 2]


async def test_given_pages_that_come_slowly_when_taken_in_then_each_is_kept_while_the_next_is_fetched(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "WAIT_S", 0)

    async def slowly() -> AsyncGenerator[Found, None]:
        for number, each in enumerate(stories(3)):
            async with asyncio.timeout(20):
                while await library.count() < number:  # noqa: ASYNC110  # it waits for a row in a database
                    await asyncio.sleep(0.01)
            yield each

    taken = [each.kept async for each in take_in(library, slowly())]

    assert taken == [Kept.NEW] * 3


async def test_given_an_ingest_that_waits_for_a_page_when_interrupted_then_what_came_before_is_kept(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "WAIT_S", 0)
    waiting = asyncio.Event()

    async def stuck() -> AsyncGenerator[Found, None]:
        yield stories(1)[0]
        waiting.set()
        await asyncio.Event().wait()

    async def ingest() -> None:
        async for _ in take_in(library, stuck()):
            pass

    ingesting = asyncio.create_task(ingest())
    await waiting.wait()
    ingesting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await ingesting
    assert await library.count() == 1


async def test_given_an_article_that_cannot_be_stored_when_taken_in_then_it_alone_is_skipped_and_says_why(
    library: Library,
) -> None:
    first, second, third = stories(3)

    taken = await taken_from(library, [first, replace(second, text="nul\0l"), third, first])

    assert [each.kept for each in taken] == [Kept.NEW, None, Kept.NEW, Kept.SAME]
    skipped = taken[1].skipped
    assert skipped is not None
    assert skipped.path == "a1"
    assert "null bytes" in skipped.reason
    assert {each.id for each in await library.articles()} == {"a0", "a2"}


async def test_given_an_article_that_the_database_refuses_when_taken_in_then_it_alone_is_skipped(
    library: Library,
) -> None:
    first, second, third = stories(3)
    refused = replace(second, title=cast("str", None))

    taken = await taken_from(library, [first, refused, third])

    assert [each.kept for each in taken] == [Kept.NEW, None, Kept.NEW]
    assert [each.skipped.reason for each in taken if each.skipped] == ["the database does not take it"]
    assert await library.count() == 2


async def test_given_known_changed_and_removed_articles_when_taken_in_together_then_each_is_told_for_what_it_is(
    library: Library,
) -> None:
    known = stories(4)
    await taken_from(library, known)
    await library.remove("a2")
    again = [known[0], replace(known[1], title="Changed"), known[2], replace(known[3], id="a4", identity="a4")]

    without = [each.kept for each in await taken_from(library, again)]
    restoring = [each.kept for each in await taken_from(library, again, restore=True)]

    assert without == [Kept.SAME, Kept.CHANGED, Kept.SAME, Kept.NEW]
    assert restoring == [Kept.SAME, Kept.SAME, Kept.NEW, Kept.SAME]
