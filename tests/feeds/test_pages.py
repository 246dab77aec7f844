"""What a page of the web gives as an article."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Skipped
from bot.feeds.confined import Confined
from bot.feeds.entries import Entry
from bot.feeds.fetch import Fetched, Fetcher, Unreachable
from bot.feeds.guard import anywhere
from bot.feeds.ingest import is_address, read_address
from bot.feeds.pages import read_entry, read_page, read_url
from bot.news.model import Article
from tests.feeds.pages import STORY, a_page, an_item, rss
from tests.feeds.site import a_site, answer

URL = "https://example.org/news/ban-lifted"


@pytest.fixture(scope="module")
def reading() -> Iterator[Confined]:
    with Confined(timeout_s=10) as confined:
        yield confined


def fetched(body: str | bytes, *, url: str = URL, type: str = "text/html", charset: str | None = None) -> Fetched:
    return Fetched(url, body.encode() if isinstance(body, str) else body, type, charset, None, None)


def a_fetcher() -> Fetcher:
    return Fetcher(may_reach=anywhere, pause_s=0, timeout_s=5)


async def test_given_a_page_when_read_then_it_is_an_article_with_whole_sentences(reading: Confined) -> None:
    article = await read_page(fetched(a_page(head="<meta name='author' content='Ann Lee'>")), reading=reading)

    assert tuple(s.text for s in article.sentences) == STORY
    assert article.text == "\n\n".join(STORY)
    assert (article.outlet, article.title, article.author) == ("The Courier", "Ban lifted", "Ann Lee")
    assert (article.url, article.identity, article.published) == (URL, URL, None)
    assert article.id.startswith("example-org-ban-lifted-")


async def test_given_a_page_without_a_site_name_when_read_then_its_host_is_the_outlet(reading: Confined) -> None:
    page = a_page().replace("og:site_name", "og:other")

    article = await read_page(fetched(page, url="https://www.example.org/a"), reading=reading)

    assert article.outlet == "example.org"


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-05-20T08:30:00+01:00">',
        '<script type="application/ld+json">{"datePublished": "2026-05-20T08:30:00+01:00"}</script>',
        '<meta itemprop="datePublished" content="2026-05-20T08:30:00+01:00">',
    ],
)
async def test_given_a_page_with_its_time_when_read_then_the_zone_is_kept(reading: Confined, head: str) -> None:
    article = await read_page(fetched(a_page(head=head)), reading=reading)

    assert article.published is not None
    assert article.published.text == "2026-05-20T08:30:00+01:00"


async def test_given_a_canonical_link_when_read_then_it_is_the_identity(reading: Confined) -> None:
    page = a_page(head="<link rel='canonical' href='/news/ban-lifted?utm_source=x'>")

    article = await read_page(fetched(page, url="https://amp.example.org/x?amp=1"), reading=reading)

    assert article.identity == "https://example.org/news/ban-lifted"
    assert article.url == "https://amp.example.org/news/ban-lifted?utm_source=x"


@pytest.mark.parametrize("href", ["https://bbc.example/news/1", "javascript:alert(1)", "https://notexample.org/a"])
async def test_given_a_page_that_claims_to_be_another_site_when_read_then_it_is_not_believed(
    reading: Confined, href: str
) -> None:
    article = await read_page(fetched(a_page(head=f"<link rel='canonical' href='{href}'>")), reading=reading)

    assert article.identity == URL


async def test_given_scripts_when_read_then_no_part_of_them_is_in_the_text(reading: Confined) -> None:
    hostile = (STORY[0], f"<script>alert('x')</script>{STORY[1]}", f"{STORY[2]}<img src=x onerror=alert(2)>\u202e\0")

    article = await read_page(fetched(a_page(*hostile)), reading=reading)

    assert all(sentence in article.text for sentence in STORY)
    assert not any(part in article.text for part in ("alert", "onerror", "<", "\u202e", "\0"))


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (a_page("Über £3bn – “naïve” – " + STORY[0], *STORY).encode(), "utf-8"),
        (a_page("Über £3bn – “naïve” – " + STORY[0], *STORY).encode(), "ascii"),
        (a_page("Über £3bn – “naïve” – " + STORY[0], *STORY).encode(), "no-such-charset"),
        (a_page("Über £3bn – “naïve” – " + STORY[0], *STORY).encode("cp1252"), "iso-8859-1"),
        (a_page("Über £3bn – “naïve” – " + STORY[0], *STORY).encode("cp1252"), "utf-8"),
        (a_page("Über £3bn – “naïve” – " + STORY[0], *STORY).encode("utf-16"), None),
    ],
)
async def test_given_a_wrong_charset_when_read_then_the_words_are_right_all_the_same(
    reading: Confined, body: bytes, charset: str | None
) -> None:
    article = await read_page(fetched(body, charset=charset), reading=reading)

    assert "Über £3bn – “naïve” – The government" in article.text


@pytest.mark.parametrize(
    ("body", "type", "reason"),
    [
        (b"", "text/html", "it is empty"),
        (b"%PDF-1.7", "application/pdf", "not a page of text"),
        (b"\x89PNG", "image/png", "not a page of text"),
        ("<html><body><script>only()</script></body></html>", "text/html", "no article"),
        (b"\xff\x00" * 1_000, "text/html", "no article"),
        ("", "text/plain", "it is empty"),
        ("\u200b", "text/plain", "it holds no text"),
    ],
)
async def test_given_something_that_is_no_article_when_read_then_the_reason_is_told(
    reading: Confined, body: str | bytes, type: str, reason: str
) -> None:
    with pytest.raises(UnreadableCoverage, match=reason):
        await read_page(fetched(body, type=type), reading=reading)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 300_000 + STORY[0],
        "<html><body " + " ".join(f"a{n}=1" for n in range(300_000)) + f"><article><p>{STORY[0]}</p></article>",
        "<html><body><article>" + "<p><b><i><u>" * 50_000 + STORY[0],
    ],
)
async def test_given_a_page_made_to_hang_when_read_then_it_ends_and_the_next_is_read(page: str) -> None:
    with Confined(timeout_s=3) as confined:
        with suppress(UnreadableCoverage):
            await read_page(fetched(page), reading=confined)
        after = await read_page(fetched(a_page()), reading=confined)

    assert after.title == "Ban lifted"


async def test_given_several_pages_at_once_when_read_then_each_gets_its_own_answer(reading: Confined) -> None:
    pages = [fetched(a_page(*STORY, f"Only page {n} says this sentence about the ban.")) for n in range(6)]

    articles = await asyncio.gather(*(read_page(page, reading=reading) for page in pages))

    assert all(f"Only page {n} says" in article.text for n, article in enumerate(articles))


def test_given_a_process_that_was_killed_when_asked_again_then_another_takes_its_place() -> None:
    with Confined() as confined:
        confined.page(a_page().encode())
        running = confined._idle.queue[0]._running
        assert running is not None
        running[0].kill()
        running[0].wait()

        with pytest.raises(UnreadableCoverage, match="within bounds"):
            confined.page(a_page().encode())
        page = confined.page(a_page().encode())

    assert STORY[0] in page.text


def test_given_reading_that_was_closed_when_asked_then_it_refuses_instead_of_waiting() -> None:
    confined = Confined()
    confined.close()

    with pytest.raises(UnreadableCoverage, match="ended"):
        confined.page(a_page().encode())


# An entry of a feed.


async def test_given_an_entry_when_its_page_has_less_than_its_own_text_then_that_text_is_used(
    reading: Confined,
) -> None:
    async with a_site({"/a": answer("<html><body>Please subscribe</body></html>")}) as site, a_fetcher() as fetcher:
        entry = Entry(site.url("/a"), "Ban lifted", "\n\n".join(STORY), "2026-05-20T08:30:00+01:00", None, "Ann Lee")
        article = await read_entry(entry, web=fetcher, reading=reading)

    assert article.text == entry.summary
    assert (article.title, article.author, article.url) == ("Ban lifted", "Ann Lee", entry.url)
    assert article.published is not None
    assert article.published.text == entry.published


async def test_given_a_day_on_the_page_and_a_time_in_the_feed_when_read_then_the_time_is_kept(
    reading: Confined,
) -> None:
    page = a_page(head="<meta property='article:published_time' content='2026-05-20'>")
    async with a_site({"/a": answer(page)}) as site, a_fetcher() as fetcher:
        entry = Entry(site.url("/a"), "Other title", "", "2026-05-20T08:30:00+01:00")
        article = await read_entry(entry, web=fetcher, reading=reading)

    assert article.title == "Ban lifted"
    assert article.published is not None
    assert article.published.text == "2026-05-20T08:30:00+01:00"


async def test_given_a_page_that_may_come_later_when_read_then_the_summary_does_not_take_its_place(
    reading: Confined,
) -> None:
    async with a_site({"/a": answer(status=503)}) as site, a_fetcher() as fetcher:
        with pytest.raises(Unreachable):
            await read_entry(Entry(site.url("/a"), "Ban lifted", STORY[0]), web=fetcher, reading=reading)


async def test_given_neither_page_nor_summary_when_read_then_the_reason_is_the_pages(reading: Confined) -> None:
    async with a_site({}) as site, a_fetcher() as fetcher:
        with pytest.raises(UnreadableCoverage, match="404"):
            await read_entry(Entry(site.url("/a"), "Ban lifted"), web=fetcher, reading=reading)


# An address that a person gives.


async def test_given_the_address_of_a_page_when_read_then_it_is_one_article(reading: Confined) -> None:
    async with a_site({"/a": answer(a_page())}) as site, a_fetcher() as fetcher:
        one = await read_url(site.url("/a"), web=fetcher, reading=reading)
        found = [item async for item in read_address(site.url("/a"), web=fetcher, reading=reading)]

    assert found == [one]


async def test_given_the_address_of_a_feed_when_read_then_each_entry_gives_its_article_or_reason(
    reading: Confined,
) -> None:
    async with a_site({"/a": answer(a_page()), "/b": answer(status=404)}) as site, a_fetcher() as fetcher:
        site.answers["/feed"] = answer(
            rss([an_item(site.url("/b"), summary=""), an_item(site.url("/a"))]), type="application/rss+xml"
        )
        skipped, article = [item async for item in read_address(site.url("/feed"), web=fetcher, reading=reading)]

    assert skipped == Skipped(site.url("/b"), "the site answers 404")
    assert isinstance(article, Article)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "http://127.0.0.1:1/"])
async def test_given_an_address_that_cannot_be_read_when_read_then_it_is_skipped(reading: Confined, url: str) -> None:
    async with a_fetcher() as fetcher:
        (skipped,) = [item async for item in read_address(url, web=fetcher, reading=reading)]

    assert is_address(url)
    assert isinstance(skipped, Skipped)
    assert (skipped.path, skipped.retry) == (url, url.startswith("http:"))


def test_given_a_path_when_looked_at_then_it_is_no_address() -> None:
    assert not is_address("coverage/today.txt")
