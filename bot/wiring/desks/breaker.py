"""A model that keeps failing is left alone for a while, so that nobody waits for what will not come."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.errors import ReaderError, ReaderUnavailable
from bot.llm.client import ModelClient
from bot.llm.completion import Completion, Listener, Shaped, deaf
from bot.llm.embedder import Embedded, Embedder
from bot.llm.patience import Patience
from bot.llm.prompts import Message
from bot.metrics import Metrics

log = logging.getLogger(__name__)

T = TypeVar("T")

FAILURES = 3  # in a row, each after its own retries; one or two happen with any server
REST_S = 60.0  # then one call tries it; the rest doubles while that fails, up to the longest
LONGEST_REST_S = 600.0


class ReaderResting(ReaderUnavailable):
    """Not asked at all: it failed too often just now."""


class Breaker:
    """Closed while calls succeed; open after `failures` in a row; then lets one call through to try. Not for threads.

    `now`: seconds of a clock that only goes forward.
    """

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest_s: float = REST_S,
        longest_s: float = LONGEST_REST_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._first_rest_s = rest_s
        self._longest_s = longest_s
        self._now = now
        self._failures = 0
        self._rest_s = rest_s
        self._until: float | None = None  # open until then; None where closed
        self._trying = False

    @property
    def resting(self) -> bool:
        return self._until is not None

    def let_in(self) -> bool:
        """Whether a call may be made now. Whoever is let in must tell how it went, or that it was given up."""
        if self._until is None:
            return True
        if self._trying or self._now() < self._until:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        self._failures, self._until, self._trying = 0, None, False
        self._rest_s = self._first_rest_s

    def failed(self) -> None:
        self._failures += 1
        if self._trying:
            self._rest_s = min(2 * self._rest_s, self._longest_s)
        elif self._failures < self._most or self._until is not None:
            return  # a call that began before the rest says nothing new
        self._trying = False
        self._until = self._now() + self._rest_s

    def gave_up(self) -> None:
        """A call ended without saying anything of the model: cancelled, or refused for what it asked."""
        self._trying = False


class _Guard:
    """Before a client: it is left alone while it rests, and what its calls come to is counted."""

    def __init__(self, breaker: Breaker, metrics: Metrics, rests: Callable[[bool], None]) -> None:
        self._breaker = breaker
        self._metrics = metrics
        self._rests = rests

    def counting(self, patience: Patience | None) -> Patience:
        """The same patience, each retry counted."""
        patience = patience or Patience()
        sleep = patience.sleep

        async def again(seconds: float) -> None:
            self._metrics.call_retried()
            await sleep(seconds)

        return replace(patience, sleep=again)

    async def let_in(self, call: Callable[[], Awaitable[T]], count: Callable[[T, float], None]) -> T:
        """What the call gives; `count` is told of it and of the seconds that it took.

        Raises ReaderResting, a ReaderUnavailable, at once where the model is left alone, and what the call raises.
        """
        if not self._breaker.let_in():
            self._metrics.call_failed(ReaderResting.__name__)
            raise ReaderResting("the model failed too often just now, and is left alone for a while")
        began = time.monotonic()
        try:
            given = await call()
        except ReaderUnavailable as error:
            self._metrics.call_failed(type(error).__name__)
            self._breaker.failed()
            if self._breaker.resting:
                log.warning("the model failed again and again; it rests")
            raise
        except ReaderError as error:  # it answered, if not as was wished
            self._metrics.call_failed(type(error).__name__)
            self._breaker.succeeded()
            raise
        except BaseException:
            self._breaker.gave_up()
            raise
        else:
            self._breaker.succeeded()
            count(given, time.monotonic() - began)
            return given
        finally:
            self._rests(self._breaker.resting)


class GuardedModel(ModelClient):
    """A model's client that rests after failures and is counted. Holds connections as its base does."""

    def __init__(
        self,
        *,
        api_key: str,
        model: str,
        base_url: str | None = None,
        patience: Patience | None = None,
        breaker: Breaker | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics()
        self._guard = _Guard(breaker or Breaker(), self._metrics, self._metrics.rests)
        super().__init__(api_key=api_key, model=model, base_url=base_url, patience=self._guard.counting(patience))

    async def complete(
        self, messages: Sequence[Message], shape: Shaped, listen: Callable[[], Listener] = lambda: deaf
    ) -> Completion:
        """As its base, and raises ReaderResting."""

        def count(completion: Completion, seconds: float) -> None:
            usage = completion.usage
            self._metrics.called(shape.name, seconds, usage.input_tokens, usage.output_tokens)

        return await self._guard.let_in(lambda: super(GuardedModel, self).complete(messages, shape, listen), count)


class GuardedEmbedder(Embedder):
    """The same of an embedding model, which fails and rests on its own."""

    def __init__(
        self,
        *,
        api_key: str,
        model: str,
        base_url: str | None = None,
        patience: Patience | None = None,
        breaker: Breaker | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = metrics or Metrics()
        self._guard = _Guard(breaker or Breaker(), self._metrics, self._metrics.embedding_rests)
        super().__init__(api_key=api_key, model=model, base_url=base_url, patience=self._guard.counting(patience))

    async def embed(self, texts: Sequence[str], *, total_s: float | None = None) -> Embedded:
        """As its base, and raises ReaderResting."""

        def count(embedded: Embedded, seconds: float) -> None:
            self._metrics.embedded(seconds, embedded.usage.calls, embedded.usage.input_tokens)

        return await self._guard.let_in(lambda: super(GuardedEmbedder, self).embed(texts, total_s=total_s), count)
