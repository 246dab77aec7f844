"""The article in a page of HTML: its text by trafilatura, and what the page says about itself.

A hostile page can make this slow or hungry: outside of tests it runs in `confined`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Details, moment
from bot.feeds.cleaning import clean, clean_line, decode_declared
from bot.feeds.urls import host_of, same_site, web_url

MAX_PAGE_BYTES = 5_000_000

_DATE_METAS = (
    "//meta[@property='article:published_time' or @name='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//meta[@name='dcterms.created' or @name='dc.date' or @name='DC.date.issued' or @name='parsely-pub-date']/@content",
)
_JSON_LD = "//script[@type='application/ld+json']/text()"
_JSON_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_CANONICAL = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds. `text` has its paragraphs parted by blank lines."""

    text: str
    details: Details


def extract(html: bytes, *, url: str | None = None, charset: str | None = None) -> Page:
    """Read a page that came from `url`, in the charset that its server named.

    A canonical address is believed only within the site that it came from: no page may speak for another's.
    Raises UnreadableCoverage where no article is found in it.
    """
    import trafilatura  # slow to import, and most runs read no page

    tree = trafilatura.load_html(_markup(html, charset))
    document = (
        None
        if tree is None
        else trafilatura.bare_extraction(
            tree,
            url=url,
            fast=True,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    )
    if tree is None or document is None or isinstance(document, dict) or not document.text:
        raise UnreadableCoverage("no article was found in the page")
    address = _canonical(tree, url)
    details = Details(
        title=document.title,
        outlet=document.sitename or (host_of(address) if address else None),
        author=document.author,
        published=_published(tree) or document.date,
        url=address,
    )
    return Page("\n\n".join(_paragraphs(document.text, document.title)), details)


def _markup(html: bytes, charset: str | None) -> str:
    text = clean(decode_declared(html, charset))
    # The declaration speaks of bytes; with it, lxml would refuse text.
    return re.sub(r"^<\?xml[^>]{0,200}\?>", "", text)


def _paragraphs(text: str, title: str | None) -> list[str]:
    """The paragraphs without the headline, which is known as the title and is no sentence of the article."""
    paragraphs = [line.strip() for line in text.split("\n") if line.strip()]
    if len(paragraphs) > 1 and title and clean_line(paragraphs[0]) == clean_line(title):
        return paragraphs[1:]
    return paragraphs


def _published(tree: Any) -> str | None:
    """The page's own stamp, which unlike the extractor's date keeps its time and zone."""
    for candidate in _stamps(tree):
        if moment(candidate):
            return candidate
    return None


def _stamps(tree: Any) -> Iterator[str]:
    for path in _DATE_METAS:
        yield from map(str, tree.xpath(path)[:1])
    for script in tree.xpath(_JSON_LD)[:10]:
        yield from _JSON_LD_DATE.findall(str(script))[:1]


def _canonical(tree: Any, url: str | None) -> str | None:
    for path in _CANONICAL:
        for href in map(str, tree.xpath(path)[:1]):
            try:
                address = web_url(href, base=url or "")
            except UnreadableCoverage:
                continue
            if url is None or same_site(address, url):
                return address
    return url
