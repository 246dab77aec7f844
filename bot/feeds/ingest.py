"""What a person hands over to be read: an address, of a page or of a feed, or a path."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Skipped
from bot.feeds.pages import Reading, Web, read_entry, read_page
from bot.feeds.parsing import is_feed
from bot.feeds.urls import web_url
from bot.news.model import Article


def is_address(text: str) -> bool:
    """Whether this is meant as an address of the web rather than as a path."""
    return "://" in text or text.lower().startswith(("javascript:", "data:", "file:"))


async def read_address(url: str, *, web: Web, reading: Reading) -> AsyncGenerator[Article | Skipped, None]:
    """The article of a page, or those of a feed's entries one by one; what gives none comes as Skipped.

    Nothing is raised for an address that cannot be read: it comes as Skipped too.
    """
    try:
        fetched = await web.get(web_url(url))
        if not fetched.body or not is_feed(fetched.body, fetched.content_type):
            yield await read_page(fetched, reading=reading)
            return
        feed = await asyncio.to_thread(reading.feed, fetched.body, url=fetched.url, content_type=fetched.content_type)
    except UnreadableCoverage as error:
        yield Skipped(url, str(error), retry=error.retry)
        return
    for entry in feed.entries:
        try:
            yield await read_entry(entry, web=web, reading=reading)
        except UnreadableCoverage as error:
            yield Skipped(entry.url, str(error), retry=error.retry)
