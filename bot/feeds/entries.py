"""What a feed holds, as nouns: entries that point to articles; and whether one is about a topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed.

    `url`: where its article is, http or https. `summary`: plain text, the feed's own, whole articles in some feeds.
    `published`, `updated`: ISO 8601, None where unknown. `author`: None where unknown.
    """

    url: str
    title: str
    summary: str = ""
    published: str | None = None
    updated: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """`title`: the outlet as the feed names itself, empty where it does not. Entries in the feed's own order."""

    title: str
    entries: tuple[Entry, ...]


def about(entry: Entry, words: Sequence[str]) -> bool:
    """Whether any of a topic's words or phrases stands in the title or the summary; True where there are none.

    Whole words count, in any case, singular or with a plural s.
    """
    if not words:
        return True
    text = _folded(f"{entry.title}\n{entry.summary}")
    return any(re.search(rf"(?<!\w){re.escape(_folded(word))}(?:e?s)?(?!\w)", text) for word in words if word.strip())


def feed_to_json(feed: Feed) -> dict[str, Any]:
    return asdict(feed)


def feed_from_json(value: dict[str, Any]) -> Feed:
    return Feed(value["title"], tuple(Entry(**entry) for entry in value["entries"]))


def _folded(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())
