"""Fetches from the web as a polite and wary reader: public addresses alone, everything bounded, robots.txt honoured."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from protego import Protego
from yarl import URL

from bot.errors import UnreadableCoverage
from bot.feeds.decompress import Inflater
from bot.feeds.guard import PrivateAddress, connector, is_public
from bot.feeds.politeness import Politeness, Robots
from bot.feeds.urls import web_url

USER_AGENT = "Crosscheck/0.1 (+https://example.org/crosscheck; reads news coverage)"
AGENT_NAME = "crosscheck"  # the name that robots.txt may address
MAX_BYTES = 5_000_000  # of one answer, after decompression
MAX_ROBOTS_BYTES = 500_000  # RFC 9309 asks for at least this much
MAX_REDIRECTS = 5
MAX_RETRY_AFTER_S = 86_400.0

_PERMANENT = (301, 308)
_REDIRECTS = (*_PERMANENT, 302, 303, 307)
_FOR_NOW = (408, 425, 429)  # and all from 500


class Unreachable(UnreadableCoverage):
    """The site does not answer as it should now: may pass. `retry_after_s`: what it asked for, None where nothing."""

    retry = True

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Refused(UnreadableCoverage):
    """The site does not give this: not found, not for us, or an answer without a text."""


class Gone(UnreadableCoverage):
    """The site says that this was removed for good (410)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is the address that gave it, after redirects; `moved_to` the same where each of them was
    permanent. `body` is None where the server said that nothing has changed (304); it is decompressed."""

    url: str
    body: bytes | None
    content_type: str
    charset: str | None
    etag: str | None
    last_modified: str | None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str
    permanent: bool


class Fetcher:
    """One client for all fetching; close it, or use it as an asynchronous context manager.

    `timeout_s`: seconds for one request from connecting to the last byte, waiting for its turn apart.
    `pause_s`: seconds between two requests to one host; its robots.txt may ask for more.
    `may_reach`: whether an IP address may be connected to.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 30,
        pause_s: float = 1,
        max_bytes: int = MAX_BYTES,
        may_reach: Callable[[str], bool] = is_public,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._may_reach = may_reach
        self._resolver = resolver
        self._politeness = Politeness(pause_s)
        self._session: aiohttp.ClientSession | None = None

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, robots: bool = True
    ) -> Fetched:
        """Fetch an address, with its earlier stamps where there are any.

        `robots=False` is for what a person subscribed to: a feed. Raises Unreachable, Gone, or UnreadableCoverage
        where trying again will not help.
        """
        stamps = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in stamps.items() if value}
        return await self._follow(web_url(url), headers, robots=robots)

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _follow(self, address: str, headers: Mapping[str, str], *, robots: bool) -> Fetched:
        permanent = True
        for hop in range(MAX_REDIRECTS + 1):
            if robots:
                await self._ask_robots(address)
            answer = await self._ask(address, headers, self._max_bytes)
            if isinstance(answer, Fetched):
                return replace(answer, moved_to=address) if hop and permanent else answer
            permanent = permanent and answer.permanent
            address = web_url(answer.location, base=address)
        raise UnreadableCoverage("it redirects too often")

    async def _ask_robots(self, url: str) -> None:
        rules = await self._politeness.robots(url, lambda: self._fetch_robots(url))
        if not rules.allow(url):
            raise UnreadableCoverage("the site's robots.txt does not allow it")

    async def _fetch_robots(self, url: str) -> Robots:
        """RFC 9309, 2.3.1: without a robots.txt all is allowed; while it cannot be reached, nothing is."""
        address, text = web_url("/robots.txt", base=url), ""
        try:
            for _ in range(MAX_REDIRECTS + 1):
                answer = await self._ask(address, {}, MAX_ROBOTS_BYTES, truncate=True)
                if isinstance(answer, Fetched):
                    text = (answer.body or b"").decode("utf-8", errors="replace")
                    break
                address = web_url(answer.location, base=address)
        except (Refused, Gone):
            pass
        rules = await asyncio.to_thread(Protego.parse, text)  # the longest take a second, in which others are answered
        return Robots(rules, AGENT_NAME)

    async def _ask(
        self, url: str, headers: Mapping[str, str], limit: int, *, truncate: bool = False
    ) -> Fetched | _Redirect:
        """One request, in its turn and within its time."""
        async with self._politeness.turn(url):
            try:
                async with (
                    asyncio.timeout(self._timeout_s),
                    self._client().get(URL(url, encoded=True), headers=headers, allow_redirects=False) as response,
                ):
                    return await _answer(response, url, limit, truncate=truncate)
            except TimeoutError as error:
                raise Unreachable("the site takes too long") from error
            except (aiohttp.ClientError, OSError) as error:
                if _is_private(error):
                    raise UnreadableCoverage("its address leads into a private network") from error
                raise Unreachable("the site cannot be reached, or cut its answer short") from error

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=connector(self._may_reach, self._resolver),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),  # `_ask` bounds the whole
                auto_decompress=False,
                headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"},
            )
        return self._session


async def _answer(response: aiohttp.ClientResponse, url: str, limit: int, *, truncate: bool) -> Fetched | _Redirect:
    status = response.status
    if status in _REDIRECTS and (location := response.headers.get("Location")):
        return _Redirect(location, status in _PERMANENT)
    if status == 410:
        raise Gone("the site says that it was removed")
    if status in _FOR_NOW or status >= 500:
        retry_after_s = _seconds(response.headers.get("Retry-After"))
        raise Unreachable(f"the site answers {status}", retry_after_s=retry_after_s)
    if status != 304 and not 200 <= status < 300:
        raise Refused(f"the site answers {status}")
    return Fetched(
        url=url,
        body=None if status == 304 else await _body(response, limit, truncate=truncate),
        content_type=response.content_type.lower(),
        charset=response.charset,
        etag=_stamp(response.headers.get("ETag")),
        last_modified=_stamp(response.headers.get("Last-Modified")),
    )


async def _body(response: aiohttp.ClientResponse, limit: int, *, truncate: bool) -> bytes:
    inflater = Inflater(response.headers.get("Content-Encoding", "").strip().lower(), limit)
    async for piece in response.content.iter_chunked(65_536):
        inflater.feed(piece)
        if inflater.full:
            if truncate:
                break
            raise UnreadableCoverage(f"it is larger than {limit / 1_000_000:g} MB")
    if inflater.cut and not inflater.full:
        raise Unreachable("the site cut its answer short")
    return inflater.body()


def _stamp(header: str | None) -> str | None:
    """A stamp that can be stored and sent back as it came."""
    return header if header and header.isascii() and header.isprintable() and len(header) <= 1_000 else None


def _is_private(error: BaseException) -> bool:
    causes = (error, getattr(error, "os_error", None), error.__cause__)
    return any(isinstance(cause, PrivateAddress) for cause in causes)


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in seconds from now, whether given as seconds or as a date; None where it says nothing."""
    if not retry_after:
        return None
    try:
        wait_s = float(retry_after)
    except ValueError:
        try:
            at = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        wait_s = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(wait_s, 0.0), MAX_RETRY_AFTER_S) if wait_s == wait_s else None
