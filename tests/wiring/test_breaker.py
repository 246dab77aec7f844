"""A model that keeps failing is left alone for a while, then tried by one call; and its calls are counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.errors import ReaderRefused, ReaderUnavailable
from bot.llm.patience import Patience
from bot.metrics import Metrics, Prices
from bot.news.catalogue import ENGLISH, explained
from bot.wiring.desks.breaker import Breaker, GuardedEmbedder, GuardedModel, ReaderResting
from tests.figures import figures
from tests.scripted_model import ScriptedModel, Turn, failed, limited


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Shape:
    name: str = "answer"
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "object"})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=3, rest_s=60, longest_s=200, now=clock)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(Prices(input=2, output=10))


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with ScriptedModel() as model:
        yield model


async def no_wait(seconds: float) -> None:
    """Waits for nothing."""


@pytest.fixture
async def guarded(server: ScriptedModel, breaker: Breaker, metrics: Metrics) -> AsyncIterator[GuardedModel]:
    client = GuardedModel(
        api_key="test",
        model="m",
        base_url=server.base_url,
        patience=Patience(attempts=2, total_s=20, sleep=no_wait),
        breaker=breaker,
        metrics=metrics,
    )
    yield client
    await client.aclose()


@pytest.fixture
async def embedder(server: ScriptedModel, metrics: Metrics) -> AsyncIterator[GuardedEmbedder]:
    patience = Patience(attempts=2, total_s=20, sleep=no_wait)
    client = GuardedEmbedder(api_key="test", model="e", base_url=server.base_url, patience=patience, metrics=metrics)
    yield client
    await client.aclose()


async def ask(client: GuardedModel) -> str:
    return (await client.complete([{"role": "user", "content": "?"}], Shape())).text


async def fail(client: GuardedModel, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(ReaderUnavailable):
            await ask(client)


async def test_given_failures_in_a_row_when_asked_again_then_it_is_refused_at_once_and_the_server_left_alone(
    server: ScriptedModel, guarded: GuardedModel, metrics: Metrics
) -> None:
    server.always(failed())
    await fail(guarded, 3)
    heard = len(server.requests)

    with pytest.raises(ReaderResting) as refused:
        await ask(guarded)

    assert len(server.requests) == heard == 6
    assert explained(refused.value) == ENGLISH.errors["ReaderUnavailable"]
    told = figures(metrics)
    assert told["crosscheck_model_resting"] == 1
    assert told['crosscheck_model_failures_total{error="ReaderUnavailable"}'] == 3
    assert told['crosscheck_model_failures_total{error="ReaderResting"}'] == 1
    assert told["crosscheck_model_retries_total"] == 3


async def test_given_a_rest_that_is_over_when_the_model_is_back_then_all_are_let_in(
    server: ScriptedModel, guarded: GuardedModel, clock: Clock, metrics: Metrics
) -> None:
    server.always(failed())
    await fail(guarded, 3)
    server.always('{"a": 1}')
    clock.now = 60

    told = [await ask(guarded) for _ in range(3)]

    assert told == ['{"a": 1}'] * 3
    assert figures(metrics)["crosscheck_model_resting"] == 0


async def test_given_a_rest_that_is_over_when_many_ask_at_once_then_one_tries_and_the_others_do_not_wait(
    server: ScriptedModel, guarded: GuardedModel, clock: Clock
) -> None:
    server.always(failed())
    await fail(guarded, 3)
    server.always(Turn('{"a": 1}', first_s=0.2))
    clock.now = 60
    heard = len(server.requests)

    told = await asyncio.gather(*(ask(guarded) for _ in range(5)), return_exceptions=True)

    assert [type(each) for each in told] == [str, *[ReaderResting] * 4]
    assert len(server.requests) == heard + 1


def test_given_a_model_that_fails_its_trial_when_it_rests_then_for_longer_each_time_up_to_a_bound(
    breaker: Breaker, clock: Clock
) -> None:
    for _ in range(3):
        breaker.failed()
    rests = []
    for _ in range(4):
        began = clock.now
        while not breaker.let_in():
            clock.now += 20
        rests.append(clock.now - began)
        breaker.failed()

    assert rests == [60, 120, 200, 200]


def test_given_a_success_between_failures_when_counted_then_they_are_not_in_a_row(breaker: Breaker) -> None:
    for _ in range(4):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()

    assert breaker.let_in()


def test_given_calls_that_began_before_the_rest_when_they_fail_later_then_it_does_not_grow(
    breaker: Breaker, clock: Clock
) -> None:
    for _ in range(3):
        breaker.failed()
    clock.now = 50

    breaker.failed()

    clock.now = 60
    assert breaker.let_in()


async def test_given_a_trial_that_is_cancelled_when_asked_again_then_another_may_try(
    server: ScriptedModel, guarded: GuardedModel, clock: Clock
) -> None:
    server.always(failed())
    await fail(guarded, 3)
    server.plays(Turn('{"a": 1}', first_s=30))
    server.always('{"a": 2}')
    clock.now = 60
    trying = asyncio.create_task(ask(guarded))
    async with asyncio.timeout(10):
        while len(server.requests) < 7:  # noqa: ASYNC110  # the server runs in another thread
            await asyncio.sleep(0.01)
    trying.cancel()
    await asyncio.wait([trying])

    assert await ask(guarded) == '{"a": 2}'


async def test_given_a_refused_key_when_asked_again_and_again_then_the_model_is_not_taken_for_away(
    server: ScriptedModel, guarded: GuardedModel
) -> None:
    server.always(Turn(status=401, error={"message": "no", "code": "invalid_api_key"}))
    for _ in range(5):
        with pytest.raises(ReaderRefused):
            await ask(guarded)

    server.always('{"a": 1}')
    assert await ask(guarded) == '{"a": 1}'


async def test_given_a_call_when_it_succeeds_then_its_time_tokens_retries_and_cost_are_counted(
    server: ScriptedModel, guarded: GuardedModel, metrics: Metrics
) -> None:
    server.plays(limited(), Turn('{"a": 1}', tokens=(1_000, 100)))

    await ask(guarded)

    told = figures(metrics)
    assert told['crosscheck_model_calls_total{step="answer"}'] == 1
    assert told['crosscheck_model_seconds_count{step="answer"}'] == 1
    assert told["crosscheck_model_retries_total"] == 1
    assert told['crosscheck_model_tokens_total{direction="input"}'] == 1_000
    assert told['crosscheck_model_tokens_total{direction="output"}'] == 100
    assert told["crosscheck_model_cost_total"] == pytest.approx(0.003)


async def test_given_a_server_that_does_not_count_tokens_when_called_then_the_call_counts_all_the_same(
    server: ScriptedModel, guarded: GuardedModel, metrics: Metrics
) -> None:
    server.plays(Turn('{"a": 1}', tokens=None))

    await ask(guarded)

    told = figures(metrics)
    assert told['crosscheck_model_calls_total{step="answer"}'] == 1
    assert told['crosscheck_model_tokens_total{direction="input"}'] == 0


async def test_given_an_embedding_model_when_it_replies_then_calls_and_tokens_are_counted_apart_from_the_cost(
    server: ScriptedModel, embedder: GuardedEmbedder, metrics: Metrics
) -> None:
    server.embedding += [limited(), Turn(tokens=(1_000, 0))]

    await embedder.embed(["Bread is dear."])

    told = figures(metrics)
    assert told['crosscheck_model_calls_total{step="embed"}'] == 1
    assert told['crosscheck_model_seconds_count{step="embed"}'] == 1
    assert told["crosscheck_model_retries_total"] == 1
    assert told['crosscheck_model_tokens_total{direction="embedding"}'] == 1_000
    assert told["crosscheck_model_cost_total"] == 0


async def test_given_an_embedding_model_that_keeps_failing_when_asked_again_then_it_rests_and_the_other_model_does_not(
    server: ScriptedModel, embedder: GuardedEmbedder, guarded: GuardedModel, metrics: Metrics
) -> None:
    server.always('{"a": 1}')
    server.embedding += [failed()] * 6
    for _ in range(3):
        with pytest.raises(ReaderUnavailable):
            await embedder.embed(["Bread is dear."])

    with pytest.raises(ReaderResting):
        await embedder.embed(["Bread is dear."])

    assert await ask(guarded) == '{"a": 1}'
    told = figures(metrics)
    assert (told["crosscheck_embedding_resting"], told["crosscheck_model_resting"]) == (1, 0)
