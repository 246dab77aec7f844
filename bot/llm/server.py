"""An OpenAI-compatible server: its connections, calls that are retried while that may help, and what goes wrong.

Retries are tenacity's alone; the SDK's own are off, for they would multiply ours.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import openai
from pydantic import ValidationError
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

from bot.errors import ReaderError, ReaderRefused, ReaderUnavailable, ReplyWithheld, WrongUse
from bot.llm.patience import Patience

T = TypeVar("T")

CONNECT_S = 10.0
_PASSING = (408, 409, 425, 429)  # besides 5xx; 409 is how some gateways say "locked, try again"
_GARBLED = (json.JSONDecodeError, UnicodeDecodeError, ValidationError)  # what is no JSON, or not what was asked for


class Interrupted(Exception):
    """A reply that ended before it was whole."""


class Server:
    """Holds connections: made once a process, closed at its end. `openai` is for single requests."""

    def __init__(self, *, api_key: str, base_url: str | None, patience: Patience | None) -> None:
        """Raises WrongUse where the address or the key cannot be one."""
        self._patience = patience or Patience()
        if not api_key.isascii() or not api_key.isprintable():
            raise WrongUse("OPENAI_API_KEY holds characters that no key has.")
        if base_url is not None and not base_url.startswith(("http://", "https://")):
            raise WrongUse("OPENAI_BASE_URL must begin with http:// or https://.")
        timeout = openai.Timeout(self._patience.stall_s, connect=min(CONNECT_S, self._patience.stall_s))
        try:
            # aiohttp parses a streamed reply in C; the SDK's default does it in Python, at 2 ms a reply of 60 chunks.
            web = openai.DefaultAioHttpClient(timeout=timeout)
            self.openai = openai.AsyncOpenAI(
                api_key=api_key, base_url=base_url, max_retries=0, timeout=timeout, http_client=web
            )
        except Exception as error:  # the SDK hands through whatever its HTTP library thinks of an address
            raise WrongUse("OPENAI_BASE_URL is no address of a server.") from error

    async def aclose(self) -> None:
        await self.openai.close()

    async def patiently(self, once: Callable[[], Awaitable[T]], total_s: float | None = None) -> T:
        """What `once` gives, tried again while that may help, for `total_s` seconds where it is hurried.

        Raises ReaderUnavailable, ReaderRefused, ReplyWithheld, and whatever else `once` raises in our words.
        """
        total_s = min(total_s or self._patience.total_s, self._patience.total_s)

        async def attempt() -> T:  # tenacity awaits nothing but what is declared so
            return await once()

        try:
            async with asyncio.timeout(total_s):
                return await self._retrying(total_s)(attempt)
        except TimeoutError as error:
            raise ReaderUnavailable("the model took longer than its total time") from error
        except openai.APIError as error:
            raise _wrapped(error) from error
        except (Interrupted, *_GARBLED) as error:
            raise ReaderUnavailable("the model's reply broke off") from error

    def _retrying(self, total_s: float) -> AsyncRetrying:
        backoff = wait_exponential_jitter(multiplier=0.5, max=20, jitter=0.5)

        def wait(state: RetryCallState) -> float:
            told = _retry_after(state, self._patience.now)
            return backoff(state) if told is None else told

        return AsyncRetrying(
            retry=retry_if_exception(_may_pass),
            wait=wait,
            stop=stop_after_attempt(self._patience.attempts) | stop_before_delay(total_s),
            sleep=self._patience.sleep,
            reraise=True,
        )


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, openai.APIStatusError):
        passing = error.status_code >= 500 or error.status_code in _PASSING
        return passing and error.code != "insufficient_quota"  # a 429 that only paying ends
    return isinstance(error, (openai.APIError, Interrupted, *_GARBLED))


def _wrapped(error: openai.APIError) -> ReaderError:
    if error.code == "content_filter":  # Azure refuses the request where others end the reply
        return ReplyWithheld("the server's filter declined")
    if _may_pass(error):
        return ReaderUnavailable(f"the model cannot be reached: {type(error).__name__}")
    return ReaderRefused(f"the model refused the request: {type(error).__name__} {error.code or ''}".rstrip())


def _retry_after(state: RetryCallState, now: Callable[[], datetime]) -> float | None:
    """Seconds that the server asks to wait, or None where it does not say."""
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, openai.APIStatusError):
        return None
    told = error.response.headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now()).total_seconds())
