"""RSS, Atom and JSON Feed to entries. Bytes in, nothing fetched.

A hostile feed can make this slow or hungry: outside of tests it runs in `confined`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import UnreadableCoverage
from bot.feeds.articles import moment, shortened
from bot.feeds.cleaning import clean, clean_line
from bot.feeds.entries import Entry, Feed
from bot.feeds.urls import web_url

MAX_ENTRIES = 500
MAX_SUMMARY_CHARACTERS = 50_000

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")


def parse_feed(content: bytes, *, url: str, content_type: str | None = None) -> Feed:
    """The entries of a feed that came from `url`; those without a web address are left out.

    Raises UnreadableCoverage where it is no feed.
    """
    if _start(content).startswith(b"{"):
        return _json_feed(content, url)
    return _xml_feed(content, url, content_type)


def is_feed(content: bytes, content_type: str) -> bool:
    """Whether an answer looks like a feed rather than a page, by its type and its beginning."""
    start = _start(content)
    if start.startswith(b"{"):
        return b"jsonfeed.org/version" in start
    return content_type in _FEED_TYPES or re.search(rb"<(?:rss|feed|rdf:RDF)[\s>]", start) is not None


def _start(content: bytes) -> bytes:
    return content[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")


def _xml_feed(content: bytes, url: str, content_type: str | None) -> Feed:
    import feedparser  # type: ignore[import-untyped]  # slow to import, and most runs read no feed

    # A stream, for a string would be taken for an address or a path to open.
    headers = {"content-location": url, **({"content-type": content_type} if content_type else {})}
    try:
        found = feedparser.parse(io.BytesIO(content), response_headers=headers)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # on what is no feed it may raise anything, a TypeError on "</width>"
        raise UnreadableCoverage("it cannot be read as a feed") from error
    if not found.get("version") and not found.entries:
        raise UnreadableCoverage("it is not a feed")
    outlet = shortened(_text_of(found.feed.get("title") or ""), 200)
    return Feed(outlet, _entries(url, (_from_feedparser(entry) for entry in found.entries[:MAX_ENTRIES])))


def _from_feedparser(entry: Any) -> dict[str, Any]:
    bodies = [entry.get("summary") or "", *(part.get("value") or "" for part in entry.get("content") or ())]
    return {
        "url": entry.get("link"),
        "title": _text_of(entry.get("title") or ""),
        "summary": _text_of(max(bodies, key=len)),
        "published": entry.get("published"),
        "updated": entry["updated"] if "updated" in entry else None,  # noqa: SIM401  # `get` would warn
        "author": entry.get("author"),
    }


class _JsonAuthor(BaseModel):
    name: str | None = None


class _JsonItem(BaseModel):
    """An item of jsonfeed.org's version 1 or 1.1."""

    model_config = ConfigDict(extra="ignore")

    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    summary: str | None = None
    content_text: str | None = None
    content_html: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    author: _JsonAuthor | None = None
    authors: tuple[_JsonAuthor, ...] | None = None


class _JsonFeed(BaseModel):
    version: str = Field(pattern=r"^https?://(?:www\.)?jsonfeed\.org/version/")
    title: str | None = None
    items: list[Any] | None = None


def _json_feed(content: bytes, url: str) -> Feed:
    try:
        # By way of Python's own reader, which lets half of a cut emoji pass; it becomes a question mark.
        mended = json.dumps(json.loads(content), ensure_ascii=False).encode(errors="replace")
        found = _JsonFeed.model_validate_json(mended)
    except ValueError as error:
        raise UnreadableCoverage("it is not a feed") from error
    items = []
    for item in (found.items or ())[:MAX_ENTRIES]:
        try:
            items.append(_from_json(_JsonItem.model_validate(item)))
        except ValidationError:
            continue  # one bad item spoils no feed
    return Feed(shortened(found.title or "", 200), _entries(url, items))


def _from_json(item: _JsonItem) -> dict[str, Any]:
    names = [author.name for author in (item.author, *(item.authors or ())) if author and author.name]
    body = item.content_text or _text_of(item.content_html or "")
    return {
        "url": item.url or item.external_url,
        "title": item.title or "",
        "summary": max(body, item.summary or "", key=len),
        "published": item.date_published,
        "updated": item.date_modified,
        "author": ", ".join(dict.fromkeys(names)),
    }


def _entries(base: str, raw: Iterable[dict[str, Any]]) -> tuple[Entry, ...]:
    entries = []
    for values in raw:
        try:
            address = web_url(values["url"] or "", base=base if values["url"] else "")
        except UnreadableCoverage:
            continue
        entries.append(
            Entry(
                url=address,
                title=shortened(values["title"], 300),
                summary=clean(values["summary"])[:MAX_SUMMARY_CHARACTERS],
                published=_stamp(values["published"]),
                updated=_stamp(values["updated"]),
                author=clean_line(values["author"] or "")[:200] or None,
            )
        )
    return tuple(entries)


def _stamp(text: str | None) -> str | None:
    found = moment(text) if text else None
    return found.text if found else None


def _text_of(markup: str) -> str:
    """The words of a piece of HTML, its blocks parted by blank lines."""
    if "<" not in markup and "&" not in markup:
        return markup
    from lxml import etree, html  # type: ignore[import-untyped]

    try:
        root = html.fragment_fromstring(clean(markup), create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    for element in root.iter("script", "style"):
        element.text = None
    for element in root.iter("p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "tr", "ul", "ol"):
        element.tail = "\n\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in str(root.text_content()).split("\n\n"))
    return "\n\n".join(line for line in lines if line)
