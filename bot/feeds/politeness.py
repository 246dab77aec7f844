"""One request at a time to a host, with a pause between two, and its robots.txt kept for a day."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

MAX_CRAWL_DELAY_S = 30.0  # a longer one would stop the digest of the day
_ROBOTS_KEPT_S = 86_400.0  # RFC 9309: no longer than a day
_MAX_HOSTS = 1_000


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of a host for one agent."""

    rules: Protego
    agent: str

    def allow(self, url: str) -> bool:
        return bool(self.rules.can_fetch(url, self.agent))

    @property
    def delay_s(self) -> float:
        return min(self.rules.crawl_delay(self.agent) or 0.0, MAX_CRAWL_DELAY_S)


@dataclass(slots=True)
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    robots: Robots | None = None
    robots_until: float = 0.0

    def idle(self, now: float) -> bool:
        return not self.turn.locked() and not self.asking.locked() and self.next_at < now


class Politeness:
    """`pause_s`: seconds between two requests to a host, unless its robots.txt asks for more."""

    def __init__(
        self,
        pause_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pause_s = pause_s
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait for the turn to ask this host; the pause counts from the end of one request to the next."""
        host = self._host(url)
        async with host.turn:
            if (wait_s := host.next_at - self._clock()) > 0:
                await self._sleep(wait_s)
            try:
                yield
            finally:
                delay_s = host.robots.delay_s if host.robots else 0.0
                host.next_at = self._clock() + max(self._pause_s, delay_s)

    async def robots(self, url: str, fetch: Callable[[], Awaitable[Robots]]) -> Robots:
        """The rules of this address's host: kept ones, else fetched, by one at a time. Raises what `fetch` raises."""
        host = self._host(url)
        async with host.asking:
            if host.robots is None or host.robots_until < self._clock():
                host.robots = await fetch()
                host.robots_until = self._clock() + _ROBOTS_KEPT_S
            return host.robots

    def _host(self, url: str) -> _Host:
        key = urlsplit(url).netloc
        if key not in self._hosts and len(self._hosts) >= _MAX_HOSTS:
            now = self._clock()
            self._hosts = {name: host for name, host in self._hosts.items() if not host.idle(now)}
        return self._hosts.setdefault(key, _Host())
