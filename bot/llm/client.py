"""Speaks to an OpenAI-compatible server: one streamed request, retried while that may help, bounded in time.

Chat Completions, since every compatible server has them. Retries are tenacity's alone; the SDK's own are off, for
they would multiply ours. What a server does not take is found out once and remembered (`abilities.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import openai
from pydantic import BaseModel, ConfigDict, ValidationError
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

from bot.errors import ReaderError, ReaderRefused, ReaderUnavailable, ReplyCut, ReplyWithheld, WrongUse
from bot.llm.abilities import Abilities
from bot.llm.prompts import Message
from bot.news.model import Usage

OUTPUT_TOKENS = 16_000  # a runaway reply is cut, not paid for; a long answer with its readings takes about 3,000
CONNECT_S = 10.0
_PASSING = (408, 409, 425, 429)  # besides 5xx; 409 is how some gateways say "locked, try again"
_OVER_A_PARAMETER = (400, 404, 422)  # how servers turn away what they do not take; 404 mostly means something else
_NOT_A_PARAMETER = ("model_not_found", "context_length_exceeded", "content_filter")
_GARBLED = (json.JSONDecodeError, UnicodeDecodeError, ValidationError)  # an event that is no JSON, or no chunk


class Shaped(Protocol):
    """A reply's shape: its name, and its JSON schema."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> dict[str, Any]: ...


Listener = Callable[[str], None]


def deaf(piece: str) -> None:
    """Hears nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take. `sleep` and `now` are the world's, and a test's own in tests.

    `total_s`: seconds for a call with its retries. `stall_s`: seconds without a byte before a stream counts as
    stalled; an empty delta or a proxy's comment is life. `attempts`: requests at most, the first included.
    """

    total_s: float = 120
    stall_s: float = 30
    attempts: int = 5
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole reply, as it came. `model` is what the server calls itself, else the name it was asked for."""

    text: str
    model: str
    usage: Usage


class _Interrupted(Exception):
    """A stream that ended before its reply did."""


class _Told(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)  # a reply holds what people asked, and errors are logged


class _Cost(_Told):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Delta(_Told):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Told):
    delta: _Delta | None = None  # some servers send the last chunk without one
    message: _Delta | None = None  # from those that do not stream
    finish_reason: str | None = None


class _Chunk(_Told):
    """What is read of one event of a stream."""

    model: str | None = None
    choices: list[_Choice] | None = None
    usage: _Cost | None = None


class ModelClient:
    """One server and one model. Holds connections: made once a process, closed at its end."""

    def __init__(
        self, *, api_key: str, model: str, base_url: str | None = None, patience: Patience | None = None
    ) -> None:
        """Raises WrongUse where the address or the key cannot be one."""
        self.model = model
        self._patience = patience or Patience()
        self._abilities = Abilities()
        if not api_key.isascii() or not api_key.isprintable():
            raise WrongUse("OPENAI_API_KEY holds characters that no key has.")
        if base_url is not None and not base_url.startswith(("http://", "https://")):
            raise WrongUse("OPENAI_BASE_URL must begin with http:// or https://.")
        timeout = openai.Timeout(self._patience.stall_s, connect=min(CONNECT_S, self._patience.stall_s))
        try:
            # aiohttp parses a streamed reply in C; the SDK's default does it in Python, at 2 ms a reply of 60 chunks.
            web = openai.DefaultAioHttpClient(timeout=timeout)
            self._openai = openai.AsyncOpenAI(
                api_key=api_key, base_url=base_url, max_retries=0, timeout=timeout, http_client=web
            )
        except Exception as error:  # the SDK hands through whatever its HTTP library thinks of an address
            raise WrongUse("OPENAI_BASE_URL is no address of a server.") from error

    async def aclose(self) -> None:
        await self._openai.close()

    async def complete(
        self, messages: Sequence[Message], shape: Shaped, listen: Callable[[], Listener] = lambda: deaf
    ) -> Completion:
        """The reply to these messages, in this shape as far as the server holds to one.

        `listen` is called at each beginning, and what it gives hears the pieces of the reply as they come: after an
        interruption the reply starts anew. Raises ReaderUnavailable, ReaderRefused, ReplyUnusable.
        """
        try:
            async with asyncio.timeout(self._patience.total_s):
                return await self._retrying()(self._once, messages, shape, listen)
        except TimeoutError as error:
            raise ReaderUnavailable("the model took longer than its total time") from error
        except openai.APIError as error:
            raise _wrapped(error) from error
        except (_Interrupted, *_GARBLED) as error:
            raise ReaderUnavailable("the model's stream broke off") from error

    def _retrying(self) -> AsyncRetrying:
        backoff = wait_exponential_jitter(multiplier=0.5, max=20, jitter=0.5)

        def wait(state: RetryCallState) -> float:
            told = _retry_after(state, self._patience.now)
            return backoff(state) if told is None else told

        return AsyncRetrying(
            retry=retry_if_exception(_may_pass),
            wait=wait,
            stop=stop_after_attempt(self._patience.attempts) | stop_before_delay(self._patience.total_s),
            sleep=self._patience.sleep,
            reraise=True,
        )

    async def _once(self, messages: Sequence[Message], shape: Shaped, listen: Callable[[], Listener]) -> Completion:
        """One attempt: as many requests as the server turns away for a parameter, and the one that it takes."""
        abilities = self._abilities
        while True:
            try:
                # Not `chat.completions.create`: its own types of a chunk take longer to build than all else does.
                stream = await self._openai.post(
                    "/chat/completions",
                    body={
                        "model": self.model,
                        "messages": abilities.messages(messages, shape.schema),
                        "stream": True,
                        **abilities.parameters(shape.name, shape.schema, OUTPUT_TOKENS),
                    },
                    cast_to=object,
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
            except openai.APIStatusError as error:
                fewer = _fewer(abilities, error)
                if fewer is None:
                    raise
                abilities = fewer
            else:
                self._abilities = abilities
                return await self._heard(stream, listen())

    async def _heard(self, stream: openai.AsyncStream[object], listener: Listener) -> Completion:
        pieces: list[str] = []
        finish: str | None = None
        refused = False
        cost: _Cost | None = None
        model = ""
        async with stream:
            async for event in _events(stream):
                chunk = _Chunk.model_validate(event)
                cost = chunk.usage or cost
                model = model or chunk.model or ""
                if not chunk.choices:
                    continue
                choice = chunk.choices[0]
                finish = choice.finish_reason or finish
                said = choice.delta or choice.message
                if said is None:
                    continue
                if said.content:
                    pieces.append(said.content)
                    listener(said.content)
                refused = refused or bool(said.refusal)
        text = _mended("".join(pieces))
        usage = Usage(1, cost.prompt_tokens, cost.completion_tokens) if cost else Usage(1, None, None)
        _ended_well(text, finish, refused, usage)
        return Completion(text, model or self.model, usage)


async def _events(stream: openai.AsyncStream[object]) -> AsyncIterator[object]:
    """What a server streams; of one that ignores `stream`, its whole reply as the only event."""
    if "json" in stream.response.headers.get("content-type", ""):
        yield json.loads(await stream.response.aread())
        return
    async for event in stream:
        yield event


def _mended(text: str) -> str:
    """With surrogate pairs joined that a server cut between two chunks; a lone one cannot be stored or sent on."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ended_well(text: str, finish: str | None, refused: bool, usage: Usage) -> None:
    fault: ReaderError | None = None
    if finish == "length":
        fault = ReplyCut("the reply was cut at its length limit")
    elif finish == "content_filter" or refused:
        fault = ReplyWithheld("the model or its filter declined")
    if fault is not None:
        fault.spent = spent(usage)
        raise fault
    # Some servers never give a reason, so a reply that ends as an object does is taken as whole.
    if finish == "error" or (finish is None and not text.rstrip().endswith("}")):
        raise _Interrupted


def spent(usage: Usage) -> tuple[int, int | None, int | None]:
    return usage.calls, usage.input_tokens, usage.output_tokens


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, openai.APIStatusError):
        passing = error.status_code >= 500 or error.status_code in _PASSING
        return passing and error.code != "insufficient_quota"  # a 429 that only paying ends
    return isinstance(error, (openai.APIError, _Interrupted, *_GARBLED))


def _wrapped(error: openai.APIError) -> ReaderError:
    if error.code == "content_filter":  # Azure refuses the request where others end the reply
        return ReplyWithheld("the server's filter declined")
    if _may_pass(error):
        return ReaderUnavailable(f"the model cannot be reached: {type(error).__name__}")
    return ReaderRefused(f"the model refused the request: {type(error).__name__} {error.code or ''}".rstrip())


def _fewer(abilities: Abilities, error: openai.APIStatusError) -> Abilities | None:
    """What to try next where a server turned the request away for what it asks of it; None for other refusals."""
    if error.status_code not in _OVER_A_PARAMETER or error.code in _NOT_A_PARAMETER or error.param == "model":
        return None
    said = f"{error.param or ''} {error.message} {json.dumps(error.body, default=str)}"
    return abilities.without(said, must_name=error.status_code == 404)


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
