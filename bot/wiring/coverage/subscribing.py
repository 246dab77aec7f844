"""Adding a feed or a folder to what the running bot looks at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.feeds.entries import about
from bot.feeds.fetch import Unreachable
from bot.feeds.poll import FeedState
from bot.feeds.urls import web_url
from bot.feeds.watch import FolderState
from bot.wiring.coverage.coverage import Coverage
from bot.wiring.coverage.feed_states import FEED, FOLDER, read_state, state_of


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A feed that will be polled. `address`: where it is now. `entries`: how many it has, and `about`: how many of them
    are about its words. `trouble`: why it could not be tried out, None where it could."""

    address: str
    title: str = ""
    entries: int = 0
    about: int = 0
    trouble: str | None = None


async def subscribe(coverage: Coverage, url: str, *, words: Sequence[str] = (), interval_s: int) -> Subscribed:
    """Have a feed polled, from now on; one that is known gets these words and this interval.

    It is tried out first. Raises UnreadableCoverage where there is no feed; one that cannot be reached for now is
    taken on all the same.
    """
    address = web_url(url)
    try:
        fetched = await coverage.web.get(address, robots=False)
        address = fetched.moved_to or address
        feed = await asyncio.to_thread(
            coverage.reading.feed, fetched.body or b"", url=fetched.url, content_type=fetched.content_type
        )
        wanted = sum(about(entry, words) for entry in feed.entries)
        told = Subscribed(address, feed.title, len(feed.entries), wanted)
    except Unreachable as fault:
        told = Subscribed(address, trouble=str(fault))
    known = await coverage.feeds.at(address)
    before = read_state(known) if known else None
    state = before if isinstance(before, FeedState) else FeedState(address, coverage.clock())
    # Without its stamps, for entries that the new words want may stand in a feed that has not changed.
    state = replace(
        state,
        title=told.title or state.title,
        words=tuple(words),
        interval_s=interval_s,
        next_at=coverage.clock(),
        etag=None,
        last_modified=None,
        gone=False,
    )
    await coverage.feeds.put(FEED, address, state.next_at, state_of(state))
    return told


async def watch(coverage: Coverage, folder: Path) -> None:
    """Have a folder looked through, from now on."""
    if await coverage.feeds.at(str(folder)) is None:
        state = FolderState(folder, coverage.clock())
        await coverage.feeds.put(FOLDER, str(folder), state.next_at, state_of(state))
