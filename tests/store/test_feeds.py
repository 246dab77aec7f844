"""Feeds and arrivals as they are kept, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.store.coverage.arrivals import Arrivals
from bot.store.coverage.feeds import FeedTable, StoredFeed
from bot.store.coverage.library import Library
from bot.store.database import Database
from tests.given import article

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATE = {"title": "The “Courier”", "words": ["chip ban"], "failures": 2, "trouble": None, "gone": False}
COURIER, POST = "https://courier.example/feed", "https://post.example/feed"


@pytest.fixture
def feeds(database: Database) -> FeedTable:
    return FeedTable(database, "local")


async def stored(feeds: FeedTable, address: str) -> StoredFeed:
    found = await feeds.at(address)
    assert found is not None
    return found


async def test_given_a_feed_when_kept_then_it_is_read_as_it_was(feeds: FeedTable) -> None:
    new = await feeds.put("feed", COURIER, NOON, STATE)

    kept = await stored(feeds, COURIER)

    assert new
    assert kept == StoredFeed(kept.id, "feed", COURIER, NOON, STATE, revision=0)
    assert await feeds.get(kept.id) == kept
    assert await feeds.all() == [kept]


async def test_given_a_known_feed_when_put_again_then_it_is_replaced(feeds: FeedTable) -> None:
    await feeds.put("feed", COURIER, NOON, STATE)
    before = await stored(feeds, COURIER)

    new = await feeds.put("feed", COURIER, NOON + HOUR, {"words": []})

    assert not new
    assert await feeds.all() == [replace(before, next_at=NOON + HOUR, state={"words": []}, revision=1)]


async def test_given_feeds_when_asked_what_is_due_then_the_longest_due_comes_first(feeds: FeedTable) -> None:
    for address, next_at in [("a", NOON), ("b", NOON - HOUR), ("c", NOON + HOUR)]:
        await feeds.put("feed", address, next_at, {})

    due = await feeds.due(NOON)

    assert [each.address for each in due] == ["b", "a"]


async def test_given_a_poll_when_its_feed_moved_then_it_keeps_its_number(feeds: FeedTable) -> None:
    await feeds.put("feed", COURIER, NOON, STATE)
    before = await stored(feeds, COURIER)

    kept = await feeds.keep(replace(before, address=POST, next_at=NOON + HOUR, state={"failures": 0}))

    assert kept
    assert await feeds.all() == [replace(before, address=POST, next_at=NOON + HOUR, state={"failures": 0}, revision=1)]


async def test_given_a_feed_that_moved_to_anothers_address_when_kept_then_the_other_stays(feeds: FeedTable) -> None:
    await feeds.put("feed", COURIER, NOON, STATE)
    await feeds.put("feed", POST, NOON, {"title": "Post"})

    kept = await feeds.keep(replace(await stored(feeds, COURIER), address=POST))

    assert kept
    assert [each.state for each in await feeds.all()] == [{"title": "Post"}]


async def test_given_a_feed_that_was_changed_or_removed_during_its_poll_when_kept_then_the_change_stands(
    feeds: FeedTable,
) -> None:
    for address in (COURIER, POST):
        await feeds.put("feed", address, NOON, {"words": ["old"]})
    changed, removed = await feeds.all()
    await feeds.put("feed", COURIER, NOON, {"words": ["new"]})
    await feeds.remove(POST)

    kept = [await feeds.keep(replace(each, next_at=NOON + HOUR)) for each in (changed, removed)]

    assert kept == [False, False]
    assert [(each.state, each.next_at) for each in await feeds.all()] == [({"words": ["new"]}, NOON)]


async def test_given_a_feed_when_removed_twice_then_the_second_finds_none(feeds: FeedTable) -> None:
    await feeds.put("feed", COURIER, NOON, STATE)

    assert [await feeds.remove(COURIER) for _ in range(2)] == [True, False]
    assert await feeds.all() == []


async def test_given_two_workspaces_when_they_have_one_feed_then_each_has_its_own(database: Database) -> None:
    ours, theirs = FeedTable(database, "local"), FeedTable(database, "T2")
    await ours.put("feed", COURIER, NOON, {"words": ["ours"]})
    await theirs.put("feed", COURIER, NOON, {"words": ["theirs"]})

    [mine] = await ours.all()

    assert mine.state == {"words": ["ours"]}
    assert await theirs.get(mine.id) is None
    assert not await theirs.keep(mine)
    assert await theirs.remove(COURIER)
    assert await ours.all() == [mine]


async def test_given_articles_and_versions_when_they_arrive_then_each_waits_until_it_is_announced(
    database: Database,
) -> None:
    library, arrivals = Library(database, "local"), Arrivals(database, "local")
    for each in (article("a", "One."), article("b", "Two."), article("a", "One, corrected."), article("b", "Two.")):
        await library.add(each)

    waiting = await arrivals.waiting(10)
    await database.write(arrivals.announced(waiting[1].serial))
    left = await arrivals.waiting(10)

    assert [(each.article, each.version) for each in waiting] == [("a", 1), ("b", 1), ("a", 2)]
    assert left == waiting[2:]
    assert await arrivals.waiting(1) == left


async def test_given_replicas_that_announce_at_once_when_the_slower_ends_then_nothing_waits_again(
    database: Database,
) -> None:
    library, arrivals = Library(database, "local"), Arrivals(database, "local")
    for name in "abc":
        await library.add(article(name, f"{name} rose."))
    first, _, last = await arrivals.waiting(10)

    await database.write(arrivals.announced(last.serial))
    await database.write(arrivals.announced(first.serial))

    assert await arrivals.waiting(10) == []


async def test_given_another_workspace_when_an_article_arrives_there_then_it_does_not_wait_here(
    database: Database,
) -> None:
    await Library(database, "T2").add(article("a", "One."))

    assert await Arrivals(database, "local").waiting(10) == []
    assert await Arrivals(database, "local").named("a") is None


async def test_given_an_article_when_named_by_id_identity_or_url_then_its_latest_version_is_found(
    database: Database,
) -> None:
    library, arrivals = Library(database, "local"), Arrivals(database, "local")
    url = "https://courier.example/ban"
    await library.add(article("ban", "Lifted.", url=url))
    await library.add(article("ban", "Lifted after all.", url=url))
    await library.add(article(url, "Its id is an address.", url="https://post.example/1"))

    found = [await arrivals.named(name) for name in ("ban", url, "nothing")]

    assert [each and (each.article, each.version) for each in found] == [("ban", 2), (url, 1), None]


async def test_given_a_removed_article_when_named_then_it_is_still_known(database: Database) -> None:
    library, arrivals = Library(database, "local"), Arrivals(database, "local")
    await library.add(article("ban", "Lifted.", url="https://courier.example/ban"))
    await library.remove("ban")

    named = await arrivals.named("https://courier.example/ban")
    assert named is not None
    assert named.removed
