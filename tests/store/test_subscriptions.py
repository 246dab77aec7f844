"""Who wishes for a digest, what was delivered, what came, and what replicas share, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.news.digest.subscription import EVERY_DAY, Delivered, Length, Quiet, Subscription, Wish
from bot.news.topic import Topic
from bot.store.coverage.library import Library
from bot.store.coverage.newcomers import Newcomers
from bot.store.database import Database
from bot.store.people.subscriptions import Shared, Subscribed, Subscriptions, workspaces_subscribed
from tests.given import article

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WISH = Wish(
    time(18, 30),
    EVERY_DAY,
    "Europe/Berlin",
    (Topic(("Zölle", "customs duty"), "Handel"), Topic(("export ban",))),
    Length.SHORT,
    Quiet.SKIP,
)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


async def test_given_a_wish_when_subscribed_then_it_is_read_back_as_it_was(database: Database) -> None:
    stored = Subscriptions(database, "local", clock=Clock())

    made = await stored.subscribe("C1", "U1", WISH)

    assert made == Subscription("C1", "U1", WISH, NOON)
    assert await stored.of("C1") == Subscribed(made, None)
    assert await stored.of("C2") is None


async def test_given_a_subscription_when_its_wish_changes_then_it_goes_on_since_it_began(database: Database) -> None:
    clock = Clock()
    stored = Subscriptions(database, "local", clock=clock)
    await stored.subscribe("C1", "U1", WISH)
    clock.now += DAY

    changed = await stored.subscribe("C1", "U2", replace(WISH, at=time(7)))

    assert changed == Subscription("C1", "U2", replace(WISH, at=time(7)), NOON)
    assert [s.subscription for s in await stored.all()] == [changed]


async def test_given_a_paused_one_when_subscribed_again_then_it_begins_anew(database: Database) -> None:
    clock = Clock()
    stored = Subscriptions(database, "local", clock=clock)
    await stored.subscribe("C1", "U1", WISH)

    paused = [await stored.pause("C1", "is_archived"), await stored.pause("C1", "is_archived")]
    listed = (await stored.active(), [s.subscription.paused for s in await stored.all()])
    clock.now += DAY
    again = await stored.subscribe("C1", "U1", WISH)

    assert paused == [True, False]
    assert listed == ([], ["is_archived"])
    assert (again.began, len(await stored.active())) == (NOON + DAY, 1)


async def test_given_no_subscription_when_unsubscribed_or_paused_then_it_says_so(database: Database) -> None:
    stored = Subscriptions(database, "local")

    assert (await stored.unsubscribe("C1"), await stored.pause("C1", "gone")) == (False, False)


async def test_given_digests_switched_off_and_on_when_read_then_the_last_delivery_is_remembered(
    database: Database,
) -> None:
    stored = Subscriptions(database, "local", clock=Clock())
    await stored.subscribe("C1", "U1", WISH)
    last = Delivered(date(2026, 5, 20), NOON)
    await stored.deliver("C1", Delivered(date(2026, 5, 9), NOON - 11 * DAY), "1.1")
    await stored.deliver("C1", last, None)

    gone = await stored.unsubscribe("C1")
    none = await stored.all()
    await stored.subscribe("C1", "U1", WISH)
    found = await stored.of("C1")

    assert (gone, none) == (True, [])
    assert found is not None
    assert found.delivered == last


async def test_given_a_date_that_was_delivered_when_delivered_again_then_the_first_stays(database: Database) -> None:
    stored = Subscriptions(database, "local", clock=Clock())
    await stored.subscribe("C1", "U1", WISH)
    day = date(2026, 5, 20)

    told = await asyncio.gather(*(stored.deliver("C1", Delivered(day, NOON + n * HOUR), f"{n}") for n in range(4)))
    found = await stored.of("C1")

    assert sorted(told) == [False, False, False, True]
    assert found is not None
    assert found.delivered is not None
    assert found.delivered.on == day


async def test_given_two_workspaces_when_one_is_read_then_the_other_is_not_seen(database: Database) -> None:
    ours, theirs = (Subscriptions(database, name, clock=Clock()) for name in ("ours", "theirs"))
    await ours.subscribe("C1", "U1", WISH)
    await theirs.subscribe("C1", "U9", WISH)
    await theirs.deliver("C1", Delivered(date(2026, 5, 20), NOON), "1.1")

    await theirs.pause("C1", "gone")
    await theirs.unsubscribe("C1")

    (found,) = await ours.active()
    assert (found.subscription.subscriber, found.delivered) == ("U1", None)


async def test_given_many_workspaces_when_looked_over_then_those_with_a_digest_that_comes_are_told(
    database: Database,
) -> None:
    wishing, paused, idle = (Subscriptions(database, name, clock=Clock()) for name in ("wishing", "paused", "idle"))
    for each in (wishing, paused, idle):
        await each.subscribe("C1", "U1", WISH)
    await wishing.subscribe("C2", "U1", WISH)
    await paused.pause("C1", "gone")
    await idle.unsubscribe("C1")

    assert await workspaces_subscribed(database) == {"wishing"}


async def test_given_what_is_shared_when_put_twice_then_the_first_stays_until_it_is_old(database: Database) -> None:
    clock = Clock()
    shared, other = Shared(database, "local", clock=clock), Shared(database, "other", clock=clock)

    await shared.put("made:1", "first")
    await shared.put("made:1", "second")
    found = (await shared.get("made:1"), await other.get("made:1"))
    clock.now += HOUR
    await shared.put("made:2", "new")
    gone = await shared.purge(older_than_s=60)

    assert found == ("first", None)
    assert (gone, await shared.get("made:1"), await shared.get("made:2")) == (1, None, "new")


async def test_given_articles_over_days_when_asked_for_a_span_then_only_what_came_in_it_is_there(
    database: Database,
) -> None:
    clock = Clock()
    library, newcomers = Library(database, "local", clock=clock), Newcomers(database, "local")
    for name in ("old", "begins", "within", "ends"):
        clock.now = {"old": NOON - HOUR, "begins": NOON, "within": NOON + HOUR, "ends": NOON + DAY}[name]
        await library.add(article(name, f"This is {name}."))
    await Library(database, "other", clock=clock).add(article("theirs", "This is theirs."))

    found = await newcomers.arrived(NOON, NOON + DAY)

    assert [(a.article.id, a.before) for a in found] == [("begins", None), ("within", None)]


async def test_given_versions_over_days_when_asked_for_a_span_then_each_is_as_it_stood_at_its_end(
    database: Database,
) -> None:
    clock = Clock()
    library, newcomers = Library(database, "local", clock=clock), Newcomers(database, "local")
    for hours, text in enumerate(("One.", "Two.", "Three.", "Four.")):
        clock.now = NOON + hours * HOUR
        await library.add(article("a", text))

    (whole,) = await newcomers.arrived(NOON, NOON + DAY)
    (middle,) = await newcomers.arrived(NOON + HOUR, NOON + 3 * HOUR)

    assert (whole.article.text, whole.before) == ("Four.", None)
    assert middle.before is not None
    assert (middle.article.text, middle.before.text) == ("Three.", "One.")


async def test_given_a_removed_article_when_asked_for_then_it_is_no_news(database: Database) -> None:
    library = Library(database, "local", clock=Clock())
    await library.add(article("a", "One."))
    await library.remove("a")

    assert await Newcomers(database, "local").arrived(NOON - DAY, NOON + DAY) == []
