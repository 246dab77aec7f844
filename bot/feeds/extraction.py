"""The article in a page of HTML: its text and what it says about itself, by trafilatura."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Details

MAX_PAGE_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds. `text` has its paragraphs parted by blank lines and is not cleaned yet."""

    text: str
    details: Details


def extract(html: bytes, *, url: str | None = None) -> Page:
    """Read a page. Raises UnreadableCoverage where no article is found in it."""
    import trafilatura  # slow to import, and most runs read no page

    document = trafilatura.bare_extraction(
        html,
        url=url,
        fast=True,
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if document is None or isinstance(document, dict) or not document.text:
        raise UnreadableCoverage("no article was found in the page")
    details = Details(
        title=document.title,
        outlet=document.sitename or document.hostname,
        author=document.author,
        published=document.date,
        url=document.url,
    )
    return Page(re.sub(r"\n+", "\n\n", document.text), details)
