"""The model's part in a digest: what it is shown, what its reply becomes, and who pays for it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import ReaderAbsent, ReplyUnusable
from bot.llm.summariser import HAPPENED, LONE, ModelSummariser
from bot.news.digest.digest import DraftDigest
from bot.news.model import DraftStatement, Usage
from tests.llm.given import client_of, small_prompts, two_outlets
from tests.scripted_model import ScriptedModel

SHEET = two_outlets()


def lines(**changed: Any) -> dict[str, Any]:
    """A reply with one line of each kind."""
    told: dict[str, Any] = {
        "happened": [{"text": "Firms have access.", "keys": ["A2", "B1"]}],
        "lone": [{"text": "More will follow.", "keys": ["B2"]}],
    }
    return told | changed


class Memory:
    """A checkpoint that several readers share."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self.held.get(name)

    async def put(self, name: str, text: str) -> None:
        self.held[name] = text


async def test_given_a_reply_when_summed_up_then_its_lines_come_with_what_they_cost(model: ScriptedModel) -> None:
    model.plays(lines())

    async with client_of(model) as client:
        draft = await ModelSummariser(client, small_prompts()).summarise(SHEET, [])

    assert draft == DraftDigest(
        (DraftStatement("Firms have access.", ("A2", "B1")),),
        (DraftStatement("More will follow.", ("B2",)),),
        Usage(1, 100, 20),
    )


async def test_given_questions_in_dispute_when_summed_up_then_they_are_shown_beside_the_coverage(
    model: ScriptedModel,
) -> None:
    model.plays(lines())

    async with client_of(model) as client:
        await ModelSummariser(client, small_prompts()).summarise(
            SHEET, ['How many firms have "access"?', "Since\nwhen?"]
        )

    (request,) = model.requests
    assert request.step == "digest"
    for told in ("A2 Twelve firms have access.", '- "How many firms have \\"access\\"?"', '- "Since when?"'):
        assert told in request.text


async def test_given_nulls_and_too_many_lines_when_summed_up_then_the_first_count(model: ScriptedModel) -> None:
    many = [{"text": f"Line {n}.", "keys": ["A1"]} for n in range(20)]
    model.plays(lines(happened=many, lone=None), lines(happened=None, lone=many))

    async with client_of(model) as client:
        first = await ModelSummariser(client, small_prompts()).summarise(SHEET, [])
        second = await ModelSummariser(client, small_prompts()).summarise(SHEET, [])

    assert (len(first.happened), first.lone) == (HAPPENED, ())
    assert (second.happened, len(second.lone)) == ((), LONE)


async def test_given_two_that_share_a_checkpoint_when_asked_the_same_then_one_call_is_paid_for(
    model: ScriptedModel,
) -> None:
    model.plays(lines())
    shared = Memory()

    async with client_of(model) as client:
        drafts = [
            await ModelSummariser(client, small_prompts(), checkpoint=shared).summarise(SHEET, ["Since when?"])
            for _ in range(2)
        ]

    assert (len(model.requests), drafts[0].happened) == (1, drafts[1].happened)


async def test_given_another_question_in_dispute_when_asked_then_it_is_another_call(model: ScriptedModel) -> None:
    model.plays(lines(), lines())
    shared = Memory()

    async with client_of(model) as client:
        for told in (["Since when?"], ["How many?"]):
            await ModelSummariser(client, small_prompts(), checkpoint=shared).summarise(SHEET, told)

    assert len(model.requests) == 2


async def test_given_a_broken_reply_when_summed_up_then_it_is_repaired_once_a_digest(model: ScriptedModel) -> None:
    model.plays({"happened": []}, lines(), {"happened": []}, lines())

    async with client_of(model) as client:
        summariser = ModelSummariser(client, small_prompts())
        drafts = [await summariser.summarise(SHEET, [told]) for told in ("One?", "Two?")]

    assert [d.usage.calls for d in drafts] == [2, 2]


async def test_given_two_broken_replies_when_summed_up_then_it_is_unusable(model: ScriptedModel) -> None:
    model.plays({"happened": []}, "no")

    async with client_of(model) as client:
        with pytest.raises(ReplyUnusable):
            await ModelSummariser(client, small_prompts()).summarise(SHEET, [])


async def test_given_no_model_and_nothing_kept_when_summed_up_then_it_is_absent() -> None:
    with pytest.raises(ReaderAbsent):
        await ModelSummariser(None, small_prompts()).summarise(SHEET, [])
