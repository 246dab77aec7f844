"""When a feed is due, and what one poll of it brings. The state is a value; whoever calls keeps it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Skipped
from bot.feeds.entries import Entry, Feed, about
from bot.feeds.fetch import Fetched, Gone, Unreachable
from bot.feeds.pages import Reading, Web, read_entry
from bot.feeds.urls import canonical_url, host_of
from bot.news.model import Article

DEFAULT_INTERVAL_S = 900
MAX_BACK_OFF_S = 86_400
MAX_PAGES = 50  # of one poll; the rest comes with the next
MAX_SEEN = 1_000

Known = Callable[[str], Awaitable[bool]]
"""Whether an article of this identity is kept already, or was and has been removed."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed and where its polling stands.

    `title`: what the feed calls itself. `words`: the topic's words and phrases, none for everything. `next_at`: when
    it is due, UTC-aware. `failures`: in a row. `seen`: digests of the entries that were dealt with, by which a changed
    one is noticed. `trouble`: why the last poll failed, None where it did not. `gone`: the site says that it was
    removed; it is not asked again.
    """

    url: str
    next_at: datetime
    title: str = ""
    words: tuple[str, ...] = ()
    interval_s: int = DEFAULT_INTERVAL_S
    etag: str | None = None
    last_modified: str | None = None
    failures: int = 0
    seen: tuple[str, ...] = ()
    trouble: str | None = None
    gone: bool = False

    def due(self, now: datetime) -> bool:
        return not self.gone and self.next_at <= now


@dataclass(frozen=True, slots=True)
class Polled:
    """`articles`: new ones and changed ones, in the feed's order. `skipped`: entries that gave none, and why."""

    articles: tuple[Article, ...]
    skipped: tuple[Skipped, ...]
    state: FeedState


async def poll(state: FeedState, *, now: datetime, web: Web, reading: Reading, known: Known) -> Polled:
    """Ask a feed once, whether it is due or not, and fetch what is new in it.

    Raises nothing of its own: a feed that fails is told in the state, and put off for longer each time.
    """
    try:
        fetched = await web.get(state.url, etag=state.etag, last_modified=state.last_modified, robots=False)
        if fetched.body is None:
            return Polled((), (), _rested(_moved(state, fetched), now))
        feed = await asyncio.to_thread(reading.feed, fetched.body, url=fetched.url, content_type=fetched.content_type)
    except UnreadableCoverage as error:
        return Polled((), (), _failed(state, now, error))
    return await _gather(_moved(state, fetched), feed, fetched, now=now, web=web, reading=reading, known=known)


async def _gather(
    state: FeedState, feed: Feed, fetched: Fetched, *, now: datetime, web: Web, reading: Reading, known: Known
) -> Polled:
    wanted = {_digest(entry): entry for entry in feed.entries if about(entry, state.words)}
    met = {_address_of(digest) for digest in state.seen}
    harvest = _Harvest([], [], [])
    for digest in [digest for digest in wanted if digest not in state.seen][:MAX_PAGES]:
        entry = wanted[digest]
        if _address_of(digest) not in met and await known(canonical_url(entry.url)):
            harvest.dealt.append(digest)
        else:
            await harvest.take(entry, digest, web=web, reading=reading)
    dealt = wanted.keys() & {*state.seen, *harvest.dealt}
    complete = dealt == wanted.keys()
    state = replace(
        state,
        title=feed.title,
        # Without all entries dealt with, "nothing has changed" would hide the rest.
        etag=fetched.etag if complete else None,
        last_modified=fetched.last_modified if complete else None,
        seen=_remembered(dealt, state.seen),
    )
    return Polled(tuple(harvest.articles), tuple(harvest.skipped), _rested(state, now))


@dataclass(slots=True)
class _Harvest:
    """What a poll has brought so far. `dealt`: digests of entries that need not be looked at again."""

    articles: list[Article]
    skipped: list[Skipped]
    dealt: list[str]

    async def take(self, entry: Entry, digest: str, *, web: Web, reading: Reading) -> None:
        if any(host_of(skipped.path) == host_of(entry.url) for skipped in self.skipped if skipped.retry):
            self.skipped.append(Skipped(entry.url, "the site cannot be reached now", retry=True))
            return
        try:
            self.articles.append(await read_entry(entry, web=web, reading=reading))
            self.dealt.append(digest)
        except Unreachable as error:
            self.skipped.append(Skipped(entry.url, str(error), retry=True))
        except UnreadableCoverage as error:
            self.skipped.append(Skipped(entry.url, str(error)))
            self.dealt.append(digest)


def _rested(state: FeedState, now: datetime) -> FeedState:
    return replace(state, failures=0, trouble=None, next_at=now + timedelta(seconds=state.interval_s))


def _failed(state: FeedState, now: datetime, error: UnreadableCoverage) -> FeedState:
    failures = state.failures + 1
    wait_s = min(state.interval_s * 2 ** min(failures, 20), MAX_BACK_OFF_S)
    asked_s = error.retry_after_s if isinstance(error, Unreachable) and error.retry_after_s else 0.0
    return replace(
        state,
        failures=failures,
        trouble=str(error),
        gone=isinstance(error, Gone),
        next_at=now + timedelta(seconds=max(wait_s, asked_s)),
    )


def _moved(state: FeedState, fetched: Fetched) -> FeedState:
    return replace(state, url=fetched.moved_to or state.url)


def _digest(entry: Entry) -> str:
    """`ADDRESS:CONTENT`, both short hashes."""
    content = "\0".join((entry.title, entry.summary, entry.published or "", entry.updated or ""))
    return f"{_hash(canonical_url(entry.url))}:{_hash(content)}"


def _address_of(digest: str) -> str:
    return digest.partition(":")[0]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _remembered(dealt: set[str], seen: Sequence[str]) -> tuple[str, ...]:
    """The entries of now, then those of before, up to a bound: some feeds show an entry again after a while."""
    return tuple(dict.fromkeys((*sorted(dealt), *seen)))[:MAX_SEEN]
