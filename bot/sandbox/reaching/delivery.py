"""Brings events, clicks and commands to the bot, over its sockets or to its request URL.

What is not acknowledged within the time is brought again where it is an event: at once, then after the other
waits of the schedule. Clicks and commands are brought once, as with Slack.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.core import Slack, trim
from bot.sandbox.reaching.sockets import SocketHub
from bot.sandbox.state import Json


class NotAcked(Exception):
    """The bot did not acknowledge; the reason is one of Slack's for a retry."""


@dataclass(slots=True)
class Delivery:
    """One thing that is brought to the bot, and what came of it.

    `kind` is `events_api`, `interactive` or `slash_commands`. `response` is what the bot said with its
    acknowledgement, None where it said nothing. `attempts` counts how often it was sent.
    """

    kind: str
    body: Json
    acked: bool = False
    given_up: bool = False
    attempts: int = 0
    response: Json | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Courier:
    """Sends over HTTP where `request_url` is set, else over the sockets."""

    slack: Slack
    sockets: SocketHub
    ack_timeout_s: float
    retry_after_s: Sequence[float]
    request_url: str | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None

    def send(self, kind: str, body: Json) -> Delivery:
        """Start bringing it; `settled` is set once it is acknowledged or given up."""
        delivery = Delivery(kind, body)
        self.deliveries.append(delivery)
        trim(self.deliveries)
        self.resume(delivery)
        return delivery

    def resume(self, delivery: Delivery) -> None:
        """Bring it once more, as Slack does with what it believes lost."""
        task = asyncio.create_task(self._bring(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _bring(self, delivery: Delivery) -> None:
        waits = (0.0, *self.retry_after_s) if delivery.kind == "events_api" else (0.0,)
        retry, reason = delivery.attempts, "timeout" if delivery.attempts else ""
        for wait in waits:
            await asyncio.sleep(wait)
            delivery.attempts += 1
            try:
                delivery.response = await self._attempt(delivery, retry, reason)
            except NotAcked as missed:
                retry, reason = retry + 1, str(missed)
                if reason == "no_retry":
                    break
            else:
                delivery.acked = True
                break
        delivery.given_up = not delivery.acked
        delivery.settled.set()
        self.slack.changes.tell({"kind": "delivery"})

    async def _attempt(self, delivery: Delivery, retry: int, reason: str) -> Json | None:
        try:
            async with asyncio.timeout(self.ack_timeout_s):
                if self.request_url is not None:
                    return await self._post(delivery, retry, reason)
                return await self._over_socket(delivery, retry, reason)
        except TimeoutError as late:
            raise NotAcked("timeout" if self.request_url is None else "http_timeout") from late
        except (ConnectionError, aiohttp.ClientError) as broken:
            raise NotAcked("connection_failed") from broken

    async def _over_socket(self, delivery: Delivery, retry: int, reason: str) -> Json | None:
        envelope: Json = {
            "type": delivery.kind,
            "payload": delivery.body,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        return await self.sockets.send(envelope)

    async def _post(self, delivery: Delivery, retry: int, reason: str) -> Json | None:
        assert self.request_url is not None
        body, content_type = encoded(delivery)
        headers = signed(self.slack.signing_secret, body) | {"Content-Type": content_type}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        async with self._session.post(self.request_url, data=body, headers=headers) as answer:
            told = await answer.text()
            if not 200 <= answer.status < 300:
                raise NotAcked("no_retry" if answer.headers.get("X-Slack-No-Retry") == "1" else "http_error")
        if self.slack.faults.take_ack():
            raise NotAcked("http_timeout")
        return _said(told)


def encoded(delivery: Delivery) -> tuple[str, str]:
    """The request's body and content type: JSON for an event, a form for clicks and commands."""
    if delivery.kind == "events_api":
        return json.dumps(delivery.body), "application/json"
    form: dict[str, Any] = delivery.body
    if delivery.kind == "interactive":
        form = {"payload": json.dumps(delivery.body)}
    return urlencode(form), "application/x-www-form-urlencoded"


def signed(secret: str, body: str, stamp: int | None = None) -> dict[str, str]:
    """Slack's signature headers; the stamp is in seconds since 1970, now by default."""
    at = int(time.time()) if stamp is None else stamp
    mark = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Signature": f"v0={mark}", "X-Slack-Request-Timestamp": str(at)}


def _said(told: str) -> Json | None:
    if not told.strip():
        return None
    with contextlib.suppress(ValueError):
        found = json.loads(told)
        if isinstance(found, dict):
            return found
    return {"text": told}
