"""One page of the web to one article."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import Protocol
from urllib.parse import unquote, urlsplit

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Details, make_article, moment
from bot.feeds.cleaning import decode_declared
from bot.feeds.entries import Entry, Feed
from bot.feeds.extraction import Page
from bot.feeds.fetch import Fetched, Unreachable
from bot.feeds.urls import canonical_url, host_of
from bot.news.model import Article

_PAGE_TYPES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "application/octet-stream")


class Web(Protocol):
    """What fetches: `fetch.Fetcher`."""

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, robots: bool = True
    ) -> Fetched: ...


class Reading(Protocol):
    """What reads what strangers wrote, within bounds: `confined.Confined`. It blocks."""

    def page(self, html: bytes, *, url: str | None = None, charset: str | None = None) -> Page: ...

    def feed(self, content: bytes, *, url: str, content_type: str | None = None) -> Feed: ...


async def read_url(url: str, *, web: Web, reading: Reading) -> Article:
    """The article at an address. Raises Unreachable, Gone or UnreadableCoverage."""
    return await read_page(await web.get(url), reading=reading)


async def read_entry(entry: Entry, *, web: Web, reading: Reading) -> Article:
    """The article that an entry of a feed points to; of the entry's own text where the page gives less than it.

    Raises Unreachable where the page may come later, UnreadableCoverage where neither gives a text.
    """
    try:
        article = await read_url(entry.url, web=web, reading=reading)
    except Unreachable:
        raise
    except UnreadableCoverage:
        if not entry.summary:
            raise
        return _article(entry.summary, _details(entry), entry.url)
    if len(entry.summary) > len(article.text):
        return _article(entry.summary, _details(entry, url=article.url).filled_from(_merged(article, entry)), entry.url)
    return _article(article.text, _merged(article, entry), entry.url)


async def read_page(fetched: Fetched, *, reading: Reading) -> Article:
    """The article in an answer. Raises UnreadableCoverage."""
    if not fetched.body:
        raise UnreadableCoverage("it is empty")
    if fetched.content_type == "text/plain":
        text, details = decode_declared(fetched.body, fetched.charset), Details()
    elif fetched.content_type in _PAGE_TYPES:
        page = await asyncio.to_thread(reading.page, fetched.body, url=fetched.url, charset=fetched.charset)
        text, details = page.text, page.details
    else:
        raise UnreadableCoverage("it is not a page of text")
    return _article(text, details, fetched.url)


def _article(text: str, details: Details, url: str) -> Article:
    details = details.filled_from(Details(url=url))
    identity = canonical_url(details.url or url)
    return make_article(_id(identity), text, details, outlet=host_of(identity), identity=identity)


def _id(identity: str) -> str:
    """A name that a person can read and that no other address has: host, last part of the path, and a digest."""
    parts = urlsplit(identity)
    last = unquote(parts.path).rstrip("/").rpartition("/")[2].removesuffix(".html")
    words = re.sub(r"[^\w]+", "-", f"{parts.netloc.split(':')[0]}-{last}".lower()).strip("-")[:60].strip("-")
    return f"{words}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def _details(entry: Entry, *, url: str | None = None) -> Details:
    return Details(title=entry.title or None, author=entry.author, published=entry.published, url=url or entry.url)


def _merged(article: Article, entry: Entry) -> Details:
    """What the page says, then what the feed does; of two dates of one day, the more precise."""
    published = article.published.text if article.published else None
    stamp = moment(entry.published) if entry.published else None
    if article.published and stamp and len(article.published.text) == 10 and article.published.day == stamp.day:
        published = stamp.text
    said = Details(
        title=article.title, outlet=article.outlet, author=article.author, published=published, url=article.url
    )
    return said.filled_from(_details(entry))
