"""The real openai client against a scripted server, over loopback HTTP."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from email.utils import format_datetime

import pytest

from bot.errors import ReaderRefused, ReaderUnavailable, ReplyCut, ReplyUnusable, ReplyWithheld, WrongUse
from bot.llm.client import ModelClient
from bot.llm.replies import ANSWER
from bot.news.catalogue import explained
from bot.news.model import Usage
from tests.llm.given import NOW, Naps, client_of, dispute, pieces_of
from tests.scripted_model import ScriptedModel, Turn, failed, limited

MESSAGES = [{"role": "system", "content": "Answer."}, {"role": "user", "content": "How many?"}]


async def test_given_a_sound_server_when_asked_then_the_streamed_reply_is_whole(model: ScriptedModel) -> None:
    model.plays(Turn(dispute(), chunks=40))
    heard: list[str] = []

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER, pieces_of(heard))

    assert json.loads(completion.text) == dispute()
    assert heard == [completion.text]
    assert completion.usage == Usage(1, 100, 20)
    assert completion.model == "scripted-1"


async def test_given_a_sound_server_when_asked_then_the_request_is_strict_streamed_and_steady(
    model: ScriptedModel,
) -> None:
    model.plays(dispute())

    async with client_of(model) as client:
        await client.complete(MESSAGES, ANSWER)

    body = model.requests[0].body
    assert body["response_format"]["json_schema"] == {"name": "answer", "schema": ANSWER.schema, "strict": True}
    assert body["messages"] == MESSAGES
    assert (body["stream"], body["temperature"], body["model"]) == (True, 0, "scripted")
    assert isinstance(body["seed"], int)
    assert body["max_completion_tokens"] >= 8_000


async def test_given_a_server_that_tells_no_tokens_when_asked_then_they_are_unknown(model: ScriptedModel) -> None:
    model.plays(Turn(dispute(), tokens=None))

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER)

    assert completion.usage == Usage(1, None, None)


async def test_given_a_server_that_ignores_stream_when_asked_then_its_whole_reply_counts(model: ScriptedModel) -> None:
    model.plays(Turn(dispute(), streams=False))
    heard: list[str] = []

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER, pieces_of(heard))

    assert json.loads(completion.text) == dispute()
    assert heard == [completion.text]
    assert (completion.usage, len(model.requests)) == (Usage(1, 100, 20), 1)


async def test_given_a_server_that_ignores_stream_when_its_reply_is_cut_or_declined_then_that_is_told(
    model: ScriptedModel,
) -> None:
    model.plays(Turn(dispute(), streams=False, end="length"), Turn("", streams=False, refusal="No."))

    async with client_of(model) as client:
        with pytest.raises(ReplyCut):
            await client.complete(MESSAGES, ANSWER)
        with pytest.raises(ReplyWithheld):
            await client.complete(MESSAGES, ANSWER)


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_given_json_schema_is_refused_when_asked_then_an_object_is_asked_for_with_the_schema_in_the_prompt(
    model: ScriptedModel, status: int
) -> None:
    model.refuses("json_schema", status=status)
    model.plays(dispute())

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER)

    body = model.heard[0].body
    assert body["response_format"] == {"type": "json_object"}
    assert json.dumps(ANSWER.schema) in body["messages"][0]["content"]
    assert completion.usage.calls == 1


async def test_given_no_response_format_is_taken_when_asked_then_the_schema_stands_in_the_prompt(
    model: ScriptedModel,
) -> None:
    model.refuses("response_format")
    model.plays(dispute())

    async with client_of(model) as client:
        await client.complete(MESSAGES, ANSWER)

    assert "response_format" not in model.heard[0].body
    assert json.dumps(ANSWER.schema) in model.heard[0].body["messages"][0]["content"]


async def test_given_a_refusal_that_names_nothing_when_asked_then_the_shape_is_given_up(model: ScriptedModel) -> None:
    model.refuses("json_schema", "json_object", naming=False)
    model.plays(dispute())

    async with client_of(model) as client:
        await client.complete(MESSAGES, ANSWER)

    assert "response_format" not in model.heard[0].body


@pytest.mark.parametrize("parameter", ["temperature", "seed", "stream_options", "max_completion_tokens"])
async def test_given_a_parameter_is_refused_when_asked_then_it_alone_is_left_out(
    model: ScriptedModel, parameter: str
) -> None:
    model.refuses(parameter)
    model.plays(dispute())

    async with client_of(model) as client:
        await client.complete(MESSAGES, ANSWER)

    full, taken = model.requests[0].body, model.heard[0].body
    assert set(full) - set(taken) == {parameter}
    assert set(taken) - set(full) == ({"max_tokens"} if parameter == "max_completion_tokens" else set())


async def test_given_a_server_that_refuses_much_when_asked_again_then_what_works_is_remembered(
    model: ScriptedModel,
) -> None:
    model.refuses("json_schema", "temperature", "seed", "stream_options", "max_completion_tokens", "max_tokens")
    model.plays(dispute(), dispute())

    async with client_of(model, attempts=1) as client:
        await client.complete(MESSAGES, ANSWER)
        turned_away = len(model.requests) - 1
        await client.complete(MESSAGES, ANSWER)

    assert turned_away == 6
    assert len(model.requests) == turned_away + 2


async def test_given_a_refusal_for_another_reason_when_asked_then_nothing_is_remembered(model: ScriptedModel) -> None:
    model.plays(Turn(status=400, error={"message": "Bad request"}), *[failed(400)] * 2, dispute())

    async with client_of(model) as client:
        with pytest.raises(ReaderRefused):
            await client.complete(MESSAGES, ANSWER)
        await client.complete(MESSAGES, ANSWER)

    assert model.requests[-1].body["response_format"]["type"] == "json_schema"


async def test_given_a_prompt_that_is_too_long_when_asked_then_it_is_refused_at_once(model: ScriptedModel) -> None:
    error = {"message": "The maximum context length is 8192 tokens", "code": "context_length_exceeded"}
    model.plays(Turn(status=400, error=error))

    async with client_of(model) as client:
        with pytest.raises(ReaderRefused):
            await client.complete(MESSAGES, ANSWER)

    assert len(model.requests) == 1


@pytest.mark.parametrize("turn", [limited(), failed(500), failed(503), failed(408)])
async def test_given_a_passing_failure_when_asked_then_it_is_tried_again(model: ScriptedModel, turn: Turn) -> None:
    model.plays(turn, dispute())

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER)

    assert completion.usage.calls == 1
    assert len(model.requests) == 2


@pytest.mark.parametrize("end", ["drop", "error", "garbled"])
async def test_given_a_stream_that_breaks_when_asked_then_the_reply_starts_anew(model: ScriptedModel, end: str) -> None:
    model.plays(Turn(dispute(), end=end), dispute())  # type: ignore[arg-type]
    heard: list[str] = []

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER, pieces_of(heard))

    broken, whole = heard
    assert whole == completion.text
    assert 0 < len(broken) < len(whole)
    assert whole.startswith(broken)


async def test_given_a_stream_that_stalls_when_asked_then_it_is_cut_and_tried_again(model: ScriptedModel) -> None:
    model.plays(Turn(dispute(), end="stall"))
    model.always(dispute())

    async with client_of(model, stall_s=0.4) as client:
        completion = await client.complete(MESSAGES, ANSWER)

    assert json.loads(completion.text) == dispute()
    assert len(model.requests) > 1


async def test_given_a_model_that_thinks_long_when_it_sends_empty_deltas_then_it_counts_as_alive(
    model: ScriptedModel,
) -> None:
    model.plays(Turn(dispute(), heartbeats=13, delay_s=0.1, chunks=1))

    async with client_of(model, stall_s=1) as client:
        await client.complete(MESSAGES, ANSWER)

    assert len(model.requests) == 1


async def test_given_a_stream_without_a_finish_reason_when_it_ends_whole_then_it_is_taken(model: ScriptedModel) -> None:
    model.plays(Turn(dispute(), end="none"))

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER)

    assert json.loads(completion.text) == dispute()


async def test_given_a_stream_without_a_finish_reason_when_it_ends_early_then_it_is_tried_again(
    model: ScriptedModel,
) -> None:
    model.plays(Turn('{"readings": [', end="none"), dispute())

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER)

    assert json.loads(completion.text) == dispute()


async def test_given_retry_after_in_seconds_when_limited_then_that_long_is_waited(model: ScriptedModel) -> None:
    model.plays(limited("7"), dispute())
    naps = Naps()

    async with client_of(model, naps=naps) as client:
        await client.complete(MESSAGES, ANSWER)

    assert naps.seconds == [7]


async def test_given_retry_after_as_a_date_when_limited_then_it_is_waited_for(model: ScriptedModel) -> None:
    model.plays(limited(format_datetime(NOW + timedelta(seconds=9), usegmt=True)), dispute())
    naps = Naps()

    async with client_of(model, naps=naps) as client:
        await client.complete(MESSAGES, ANSWER)

    assert naps.seconds == [9]


async def test_given_a_retry_after_that_is_no_time_when_limited_then_the_bot_s_own_wait_serves(
    model: ScriptedModel,
) -> None:
    model.plays(limited("soon"), dispute())
    naps = Naps()

    async with client_of(model, naps=naps) as client:
        await client.complete(MESSAGES, ANSWER)

    assert 0.5 <= naps.seconds[0] <= 1


async def test_given_no_retry_after_when_limited_again_and_again_then_the_waits_grow(model: ScriptedModel) -> None:
    model.plays(*[limited()] * 4, dispute())
    naps = Naps()

    async with client_of(model, naps=naps) as client:
        await client.complete(MESSAGES, ANSWER)

    assert len(naps.seconds) == 4
    assert naps.seconds == sorted(naps.seconds)
    assert naps.seconds[0] >= 0.5


async def test_given_a_wait_beyond_the_total_time_when_limited_then_it_is_not_begun(model: ScriptedModel) -> None:
    model.plays(limited("600"))
    naps = Naps()

    async with client_of(model, naps=naps, total_s=60) as client:
        with pytest.raises(ReaderUnavailable):
            await client.complete(MESSAGES, ANSWER)

    assert naps.seconds == []


async def test_given_a_server_that_stays_down_when_asked_then_the_tries_are_counted(model: ScriptedModel) -> None:
    model.always(failed(500))

    async with client_of(model, attempts=3) as client:
        with pytest.raises(ReaderUnavailable) as caught:
            await client.complete(MESSAGES, ANSWER)

    assert len(model.requests) == 3
    assert caught.value.__cause__ is not None


async def test_given_a_stream_that_drips_for_ever_when_asked_then_the_total_time_ends_it(model: ScriptedModel) -> None:
    model.plays(Turn(dispute(), chunks=400, delay_s=0.05))

    async with client_of(model, total_s=0.8, stall_s=5) as client:
        with pytest.raises(ReaderUnavailable):
            await client.complete(MESSAGES, ANSWER)

    assert len(model.requests) == 1


async def test_given_no_server_when_asked_then_the_model_is_unavailable(model: ScriptedModel) -> None:
    async with client_of(model, attempts=2) as client:
        model.close()
        with pytest.raises(ReaderUnavailable):
            await client.complete(MESSAGES, ANSWER)


async def test_given_a_reply_cut_at_its_length_when_asked_then_that_is_told(model: ScriptedModel) -> None:
    model.plays(Turn(dispute(), end="length"))

    async with client_of(model) as client:
        with pytest.raises(ReplyCut) as caught:
            await client.complete(MESSAGES, ANSWER)

    assert "length" in explained(caught.value)
    assert isinstance(caught.value, ReplyUnusable)
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "turn",
    [
        Turn("", end="content_filter"),
        Turn("", refusal="I can't help with that."),
        Turn(status=400, error={"message": "The response was filtered", "code": "content_filter"}),
    ],
)
async def test_given_a_model_that_declines_when_asked_then_that_is_told(model: ScriptedModel, turn: Turn) -> None:
    model.plays(turn)

    async with client_of(model) as client:
        with pytest.raises(ReplyWithheld) as caught:
            await client.complete(MESSAGES, ANSWER)

    assert "declined" in explained(caught.value)
    assert len(model.requests) == 1


async def test_given_a_wrong_key_when_asked_then_it_is_refused_without_another_try(model: ScriptedModel) -> None:
    model.key = "sk-right"

    async with client_of(model, key="sk-wrong") as client:
        with pytest.raises(ReaderRefused):
            await client.complete(MESSAGES, ANSWER)

    assert len(model.requests) == 1


async def test_given_an_unknown_model_when_asked_then_it_is_refused_without_another_try(model: ScriptedModel) -> None:
    model.models = {"another"}

    async with client_of(model) as client:
        with pytest.raises(ReaderRefused):
            await client.complete(MESSAGES, ANSWER)

    assert len(model.requests) == 1


@pytest.mark.parametrize(
    "turn",
    [
        Turn(status=404, error={"message": "Not Found"}),
        Turn(status=404, error={"message": 'model "scripted" not found, try pulling it first'}),
        Turn(status=400, error={"message": "invalid model ID", "param": "model"}),
        Turn(status=413, error={"message": "Request too large"}),
    ],
)
async def test_given_a_refusal_that_is_not_over_a_parameter_when_asked_then_there_is_no_other_try(
    model: ScriptedModel, turn: Turn
) -> None:
    model.plays(turn)

    async with client_of(model) as client:
        with pytest.raises(ReaderRefused):
            await client.complete(MESSAGES, ANSWER)

    assert len(model.requests) == 1


async def test_given_a_server_that_echoes_the_request_when_it_refuses_then_the_one_it_names_first_is_left_out(
    model: ScriptedModel,
) -> None:
    echo = {"type": "extra_forbidden", "loc": ["body", "seed"], "input": {"temperature": 0, "response_format": {}}}
    model.plays(Turn(status=422, error={"message": "", "detail": [echo]}), dispute())

    async with client_of(model) as client:
        await client.complete(MESSAGES, ANSWER)

    assert set(model.requests[0].body) - set(model.requests[1].body) == {"seed"}


async def test_given_a_spent_quota_when_limited_then_waiting_is_not_tried(model: ScriptedModel) -> None:
    model.plays(Turn(status=429, error={"message": "You exceeded your quota", "code": "insufficient_quota"}))

    async with client_of(model) as client:
        with pytest.raises(ReaderRefused):
            await client.complete(MESSAGES, ANSWER)

    assert len(model.requests) == 1


async def test_given_a_letter_cut_between_two_chunks_when_heard_then_it_is_joined(model: ScriptedModel) -> None:
    model.plays(Turn('{"question": "\ud83d\ude00?"}', chunks=100))

    async with client_of(model) as client:
        completion = await client.complete(MESSAGES, ANSWER)

    assert completion.text == '{"question": "😀?"}'


async def test_given_a_call_under_way_when_it_is_cancelled_then_it_ends_without_another_try(
    model: ScriptedModel,
) -> None:
    model.always(Turn(dispute(), end="stall"))

    async with client_of(model) as client:
        begun = asyncio.Event()
        call = asyncio.create_task(client.complete(MESSAGES, ANSWER, lambda: lambda piece: begun.set()))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    assert len(model.requests) == 1


@pytest.mark.parametrize(
    ("key", "url"), [("sk-“quoted”", None), ("sk-1", "localhost:8000/v1"), ("sk-1", "http://[::1")]
)
def test_given_a_key_or_address_that_cannot_be_one_when_joined_then_it_is_wrong_use(key: str, url: str | None) -> None:
    with pytest.raises(WrongUse):
        ModelClient(api_key=key, model="m", base_url=url)
