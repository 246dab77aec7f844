"""Which language somebody is spoken to in: what is set in the channel, else the person's own in Slack, else English."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.errors import CrosscheckError
from bot.news.catalogue import speaking
from bot.slack.account import Account
from bot.slack.gate import Ruling
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

T = TypeVar("T")

WITHIN_S = 1.0  # a trigger lasts three, and whoever typed is to be answered
FRESH_S = 86_400.0  # for which a person's own language is believed
AGAIN_S = 60.0  # before Slack is asked anew, where it could not tell
REMEMBERED = 10_000  # people that were spoken to last


@dataclass(frozen=True, slots=True)
class _Known:
    language: str
    until: float


class Languages:
    """The languages that a workspace's channels and people speak."""

    def __init__(
        self,
        account: Account,
        rules: Ruling,
        *,
        within_s: float = WITHIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._rules = rules
        self._within_s = within_s
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._looking: dict[str, asyncio.Task[str]] = {}

    @asynccontextmanager
    async def to(self, person: str, channel: str = "") -> AsyncIterator[None]:
        """What is said within is said in the language of a channel, or of a person where it has none of its own."""
        with speaking(await self.of(person, channel)):
            yield

    def around(self, run: Callable[[Any], Awaitable[T]]) -> Callable[[Any], Awaitable[T]]:
        """The same work, in the language of whoever it is for: its payload names `user` and `channel`."""

        async def spoken(work: Any) -> T:
            payload = work.payload.get("asked", work.payload)
            async with self.to(str(payload.get("user", "")), str(payload.get("channel", ""))):
                return await run(work)

        return spoken

    async def of(self, person: str, channel: str = "") -> str:
        """By ISO 639-1; empty where it is not known within a moment, for nobody is to wait for it."""
        try:
            async with asyncio.timeout(self._within_s):
                return (channel and await self._set(channel)) or (person and await self._own(person))
        except TimeoutError:
            return ""

    async def _set(self, channel: str) -> str:
        try:
            return (await self._rules.holding(channel)).channel.language
        except CrosscheckError as fault:
            log.info("a channel's language is not known", extra={"error": type(fault).__name__})
            return ""

    async def _own(self, person: str) -> str:
        known = self._known.get(person)
        if known is not None and self._clock() < known.until:
            return known.language
        if person not in self._looking:
            self._looking[person] = asyncio.create_task(self._look_up(person), name="slack-language")
        # Whoever waits no longer leaves the answer for the next time.
        return await asyncio.shield(self._looking[person])

    async def _look_up(self, person: str) -> str:
        found, lasts_s = "", FRESH_S
        try:
            with slack_errors("users.info"):
                told = await self._account.client.users_info(user=person, include_locale=True)
            found = str(told["user"].get("locale") or "").partition("-")[0].casefold()
        except SlackRefused as fault:
            log.info("a person's language is not told", extra={"reason": str(fault)})
        except CrosscheckError:
            lasts_s = AGAIN_S
        finally:
            del self._looking[person]
        self._known.pop(person, None)
        self._known[person] = _Known(found, self._clock() + lasts_s)
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return found
