"""Texts to vectors, against a scripted server over loopback HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.errors import ReaderRefused, ReaderUnavailable, WrongUse
from bot.llm.embedder import BATCH, CHARACTERS, Embedded, Embedder, Vector
from bot.llm.patience import Patience
from bot.news.model import Usage
from tests.llm.given import NOW, Naps
from tests.scripted_model import ScriptedModel, Turn, failed, limited


@asynccontextmanager
async def embedder_of(model: ScriptedModel, naps: Naps | None = None, **patience: Any) -> AsyncIterator[Embedder]:
    patient = Patience(sleep=naps or Naps(), now=lambda: NOW, **patience)
    embedder = Embedder(api_key="sk-test", model="small", base_url=model.base_url, patience=patient)
    try:
        yield embedder
    finally:
        await embedder.aclose()


def near(one: Vector | None, other: Vector | None) -> float:
    assert one is not None
    assert other is not None
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_given_texts_when_embedded_then_each_has_its_own_vector_in_their_order(model: ScriptedModel) -> None:
    model.synonyms = {"loaf": "bread"}
    model.embedding.append(Turn(tokens=(7, 0)))

    async with embedder_of(model) as embedder:
        found = await embedder.embed(["bread", "milk", "loaf"])

    bread, milk, loaf = found.vectors
    assert near(bread, loaf) == pytest.approx(1)
    assert near(bread, milk) == 0
    assert found.usage == Usage(1, 7, 0)
    assert model.requests[0].body == {"model": "small", "input": ["bread", "milk", "loaf"]}


async def test_given_more_texts_than_a_request_holds_when_embedded_then_several_are_made(model: ScriptedModel) -> None:
    async with embedder_of(model) as embedder:
        found = await embedder.embed([f"text {n}" for n in range(BATCH + 1)])

    assert [len(texts) for texts in model.embedded] == [BATCH, 1]
    assert (len(found.vectors), found.usage.calls) == (BATCH + 1, 2)


async def test_given_a_very_long_text_when_embedded_then_its_beginning_is(model: ScriptedModel) -> None:
    async with embedder_of(model) as embedder:
        await embedder.embed(["x" * 100_000])

    assert [len(text) for text in model.embedded[0]] == [CHARACTERS]


async def test_given_half_a_surrogate_pair_when_embedded_then_the_rest_of_the_text_is(model: ScriptedModel) -> None:
    async with embedder_of(model) as embedder:
        found = await embedder.embed(["bread \ud800 is dear"])

    assert None not in found.vectors
    assert model.embedded == [["bread ? is dear"]]


async def test_given_a_server_that_takes_few_texts_when_embedded_then_that_is_found_out_once(
    model: ScriptedModel,
) -> None:
    model.most_texts = 10

    async with embedder_of(model) as embedder:
        found = await embedder.embed([f"text {n}" for n in range(BATCH)])
        refused = sum(request.refused for request in model.requests)
        await embedder.embed([f"text {n}" for n in range(BATCH)])

    assert None not in found.vectors
    assert sum(request.refused for request in model.requests) == refused
    assert [len(texts) for texts in model.embedded[-4:]] == [8] * 4


async def test_given_one_text_that_is_too_long_when_embedded_then_it_alone_has_none(model: ScriptedModel) -> None:
    model.longest_text = 20

    async with embedder_of(model) as embedder:
        found = await embedder.embed(["bread", "milk", "x" * 21, "eggs"])
        await embedder.embed(["bread", "milk", "eggs", "salt"])

    assert [vector is None for vector in found.vectors] == [False, False, True, False]
    assert len(model.embedded[-1]) == 4


async def test_given_a_server_that_takes_nothing_when_embedded_then_it_is_refused_after_few_requests(
    model: ScriptedModel,
) -> None:
    model.longest_text = 0

    async with embedder_of(model) as embedder:
        with pytest.raises(ReaderRefused):
            await embedder.embed([f"text {n}" for n in range(BATCH)])

    assert len(model.requests) < BATCH


async def test_given_a_failing_server_when_it_comes_back_then_the_call_succeeds_after_waits(
    model: ScriptedModel,
) -> None:
    naps = Naps()
    model.embedding += [failed(), limited("3"), Turn(end="garbled")]

    async with embedder_of(model, naps) as embedder:
        found = await embedder.embed(["bread"])

    assert None not in found.vectors
    assert (len(naps.seconds), naps.seconds[1]) == (3, 3)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (failed(), ReaderUnavailable),
        (Turn(end="garbled"), ReaderUnavailable),
        (Turn(first_s=30), ReaderUnavailable),
        (Turn(status=401, error={"message": "no", "code": "invalid_api_key"}), ReaderRefused),
        (Turn(status=404, error={"message": "no", "code": "model_not_found"}), ReaderRefused),
        (Turn(status=400, error={"message": "no such model", "param": "model"}), ReaderRefused),
    ],
)
async def test_given_trouble_that_stays_when_embedded_then_it_is_in_our_words(
    model: ScriptedModel, trouble: Turn, error: type[Exception]
) -> None:
    model.embedding += [trouble] * 2

    async with embedder_of(model, attempts=2) as embedder:
        with pytest.raises(error):
            await embedder.embed(["bread"], total_s=0.5)


async def test_given_a_server_that_counts_no_tokens_when_embedded_then_they_are_unknown(model: ScriptedModel) -> None:
    model.embedding.append(Turn(tokens=None))

    async with embedder_of(model) as embedder:
        assert (await embedder.embed(["bread"])).usage == Usage(1, None, 0)


async def test_given_nothing_when_embedded_then_nothing_is_asked(model: ScriptedModel) -> None:
    async with embedder_of(model) as embedder:
        assert await embedder.embed([]) == Embedded((), Usage())

    assert model.requests == []


def test_given_an_address_that_is_none_when_made_then_it_says_so() -> None:
    with pytest.raises(WrongUse, match="OPENAI_BASE_URL"):
        Embedder(api_key="k", model="small", base_url="example.org")
