"""When a feed is asked, and what a poll of it brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.feeds.articles import Skipped
from bot.feeds.confined import Confined
from bot.feeds.fetch import Fetcher
from bot.feeds.guard import anywhere
from bot.feeds.poll import MAX_BACK_OFF_S, MAX_PAGES, FeedState, Polled, poll
from tests.feeds.pages import STORY, a_page, an_item, rss
from tests.feeds.site import Site, a_site, answer

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def reading() -> Iterator[Confined]:
    with Confined(timeout_s=10) as confined:
        yield confined


async def nothing_known(identity: str) -> bool:
    return False


async def asked(site: Site, state: FeedState, reading: Confined, *, now: datetime = NOW, known: Any = None) -> Polled:
    async with Fetcher(may_reach=anywhere, pause_s=0, timeout_s=2) as fetcher:
        return await poll(state, now=now, web=fetcher, reading=reading, known=known or nothing_known)


def a_feed(site: Site, *titles: str, summary: str = "It is over.", **headers: str) -> FeedState:
    """A feed at /feed whose items are titled and stand at /TITLE."""
    items = [an_item(site.url(f"/{title}"), title, summary) for title in titles]
    site.answers["/feed"] = answer(rss(items), type="application/rss+xml", **headers)
    for title in titles:
        site.answers.setdefault(f"/{title}", answer(a_page(title=title)))
    return FeedState(site.url("/feed"), NOW)


async def test_given_a_feed_when_polled_then_its_articles_come_and_it_rests(reading: Confined) -> None:
    async with a_site({}) as site:
        polled = await asked(site, a_feed(site, "one", "two", ETag='"1"', Last_Modified="today"), reading)

    assert [article.title for article in polled.articles] == ["one", "two"]
    assert all(STORY[0] in article.text for article in polled.articles)
    assert polled.skipped == ()
    assert (polled.state.etag, polled.state.last_modified, polled.state.title) == ('"1"', "today", "The Courier")
    assert polled.state.next_at == NOW + timedelta(seconds=900)
    assert polled.state.due(NOW) is False
    assert polled.state.due(NOW + timedelta(seconds=900)) is True


async def test_given_nothing_new_when_polled_again_then_no_page_is_asked_for(reading: Confined) -> None:
    async with a_site({}) as site:
        first = await asked(site, a_feed(site, "one"), reading)
        site.asked.clear()

        again = await asked(site, first.state, reading)

    assert (again.articles, again.skipped, site.paths()) == ((), (), ["/feed"])


async def test_given_a_feed_unchanged_by_its_stamps_when_polled_then_its_state_stays(reading: Confined) -> None:
    async with a_site({}) as site:
        first = await asked(site, a_feed(site, "one", ETag='"1"'), reading)
        site.answers["/feed"] = answer(status=304, Content_Length="")

        again = await asked(site, first.state, reading, now=NOW + timedelta(hours=1))

    assert again.articles == ()
    assert site.asked_for("/feed")[-1].headers["if-none-match"] == '"1"'
    assert again.state == replace(first.state, next_at=NOW + timedelta(hours=1, seconds=900))


async def test_given_an_entry_that_changed_when_polled_then_its_page_is_read_again(reading: Confined) -> None:
    async with a_site({}) as site:
        first = await asked(site, a_feed(site, "one"), reading)
        state = replace(a_feed(site, "one", summary="It is corrected."), seen=first.state.seen)
        site.answers["/one"] = answer(a_page(*STORY, "A correction was made to this article on Tuesday."))

        async def all_known(identity: str) -> bool:
            return True

        again = await asked(site, state, reading, known=all_known)

    (article,) = again.articles
    assert article.identity == first.articles[0].identity
    assert "A correction was made" in article.text


async def test_given_an_article_known_from_elsewhere_when_polled_then_it_is_not_fetched(reading: Confined) -> None:
    async with a_site({}) as site:
        state = a_feed(site, "one", "two")

        async def one_known(identity: str) -> bool:
            return identity.endswith("/one")

        polled = await asked(site, state, reading, known=one_known)

    assert [article.title for article in polled.articles] == ["two"]
    assert site.asked_for("/one") == []


async def test_given_a_topic_when_polled_then_only_its_story_is_fetched(reading: Confined) -> None:
    async with a_site({}) as site:
        state = replace(a_feed(site, "export-ban", "football"), words=("ban",))

        polled = await asked(site, state, reading)

    assert [article.title for article in polled.articles] == ["export-ban"]
    assert site.asked_for("/football") == []


async def test_given_one_bad_page_when_polled_then_the_others_come_and_it_is_not_asked_again(reading: Confined) -> None:
    async with a_site({"/two": answer(b"%PDF-1.7", type="application/pdf")}) as site:
        state = a_feed(site, "one", "two", "three", summary="", ETag='"1"')

        polled = await asked(site, state, reading)
        again = await asked(site, polled.state, reading)

    assert [article.title for article in polled.articles] == ["one", "three"]
    assert polled.skipped == (Skipped(site.url("/two"), "it is not a page of text"),)
    assert (again.articles, again.skipped) == ((), ())


async def test_given_a_site_that_is_down_when_polled_then_its_entries_come_later(reading: Confined) -> None:
    async with a_site({}) as pages, a_site({}) as site:
        items = [an_item(pages.url(f"/{n}"), str(n), "") for n in range(3)]
        site.answers["/feed"] = answer(rss(items), type="application/rss+xml", ETag='"1"')
        pages.answers |= {f"/{n}": answer(status=503) for n in range(3)}
        polled = await asked(site, FeedState(site.url("/feed"), NOW), reading)
        tries = len([path for path in pages.paths() if path != "/robots.txt"])
        pages.answers |= {f"/{n}": answer(a_page(title=f"Story {n}")) for n in range(3)}
        again = await asked(site, polled.state, reading)

    assert tries == 1
    assert [skipped.retry for skipped in polled.skipped] == [True, True, True]
    assert polled.state.etag is None
    assert [article.title for article in again.articles] == ["Story 0", "Story 1", "Story 2"]
    assert again.state.etag == '"1"'


async def test_given_more_entries_than_one_poll_takes_when_polled_then_the_rest_comes_next(reading: Confined) -> None:
    titles = [f"story-{number}" for number in range(MAX_PAGES + 2)]
    async with a_site({}) as site:
        first = await asked(site, a_feed(site, *titles, ETag='"1"'), reading)
        second = await asked(site, first.state, reading)

    assert [article.title for article in first.articles] == titles[:MAX_PAGES]
    assert first.state.etag is None
    assert [article.title for article in second.articles] == titles[MAX_PAGES:]
    assert second.state.etag == '"1"'


async def test_given_a_feed_that_moved_for_good_when_polled_then_its_new_address_is_kept(reading: Confined) -> None:
    async with a_site({"/old": answer(status=301, Location="/feed")}) as site:
        state = replace(a_feed(site, "one"), url=site.url("/old"))

        polled = await asked(site, state, reading)

    assert polled.state.url == site.url("/feed")
    assert len(polled.articles) == 1


async def test_given_a_feed_that_is_gone_when_polled_then_it_is_not_due_again(reading: Confined) -> None:
    async with a_site({"/feed": answer(status=410)}) as site:
        polled = await asked(site, FeedState(site.url("/feed"), NOW), reading)

    assert polled.state.gone
    assert not polled.state.due(NOW + timedelta(days=365))


@pytest.mark.parametrize(
    "raw",
    [
        answer(status=500),
        answer(status=404),
        b"",
        answer("<html>a page</html>"),
        answer(rss([])[:20], Content_Length="900"),
        answer(status=301, Location="file:///etc/passwd"),
    ],
)
async def test_given_a_feed_that_fails_when_polled_then_it_is_put_off_for_longer_each_time(
    reading: Confined, raw: bytes
) -> None:
    async with a_site({"/feed": raw}) as site:
        state = FeedState(site.url("/feed"), NOW, interval_s=100, etag='"1"', seen=("a:b",))
        waits = []
        for _ in range(3):
            state = (await asked(site, state, reading)).state
            waits.append((state.next_at - NOW).total_seconds())

    assert waits == [200, 400, 800]
    assert state.trouble
    assert (state.failures, state.etag, state.seen, state.gone) == (3, '"1"', ("a:b",), False)


async def test_given_a_feed_that_failed_for_weeks_when_polled_then_it_is_still_asked_once_a_day(
    reading: Confined,
) -> None:
    async with a_site({"/feed": answer(status=500)}) as site:
        polled = await asked(site, FeedState(site.url("/feed"), NOW, failures=500), reading)

    assert polled.state.next_at == NOW + timedelta(seconds=MAX_BACK_OFF_S)


async def test_given_a_feed_that_asks_for_a_rest_when_polled_then_it_gets_it(reading: Confined) -> None:
    async with a_site({"/feed": answer(status=429, Retry_After="7200")}) as site:
        polled = await asked(site, FeedState(site.url("/feed"), NOW, interval_s=60), reading)

    assert polled.state.next_at == NOW + timedelta(seconds=7200)


async def test_given_a_feed_that_recovers_when_polled_then_its_failures_are_forgotten(reading: Confined) -> None:
    async with a_site({}) as site:
        state = replace(a_feed(site, "one"), failures=4, trouble="the site answers 500")

        polled = await asked(site, state, reading)

    assert (polled.state.failures, polled.state.trouble) == (0, None)


async def test_given_a_feed_whose_site_forbids_robots_when_polled_then_the_feed_is_read_and_its_summary_used(
    reading: Confined,
) -> None:
    async with a_site({"/robots.txt": answer("User-agent: *\nDisallow: /")}) as site:
        polled = await asked(site, a_feed(site, "one", summary=STORY[0]), reading)

    (article,) = polled.articles
    assert (article.title, article.text) == ("one", STORY[0])
    assert site.paths() == ["/feed", "/robots.txt"]
