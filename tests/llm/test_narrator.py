"""The model's part in a summary: what it is shown, and what its reply becomes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ReaderAbsent, ReplyUnusable
from bot.llm.kept import Kept
from bot.llm.narrator import SUMMARY, ModelNarrator
from bot.llm.prompts import Prompts
from bot.news.cite import Sheet
from bot.news.model import DraftStatement, Usage
from bot.news.parts import parts
from bot.news.summary import Length
from tests.llm.given import client_of, small_prompts, two_outlets
from tests.scripted_model import Request, ScriptedModel

SHEET = two_outlets()


def told(**lists: Any) -> dict[str, Any]:
    happened = [{"text": "The ban is gone.", "keys": ["A1"]}]
    return {"happened": happened, "agreed": [], "lone": [], "unknown": []} | lists


async def test_given_a_reply_when_narrated_then_its_lines_come_with_what_it_cost(model: ScriptedModel) -> None:
    line = {"text": "More will follow.", "keys": ["B2", "A2"]}
    model.plays(told(agreed=[line], lone=[line], unknown=[line]))

    async with client_of(model) as client:
        draft = await ModelNarrator(client, small_prompts()).narrate(SHEET, "", Length.SHORT, [])

    assert draft.happened == (DraftStatement("The ban is gone.", ("A1",)),)
    assert draft.agreed == draft.lone == draft.unknown == (DraftStatement("More will follow.", ("B2", "A2")),)
    assert (draft.usage, draft.replayed) == (Usage(1, 100, 20), None)


async def test_given_a_wish_when_asked_then_it_sees_the_coverage_what_is_in_dispute_and_how_much_to_write(
    model: ScriptedModel,
) -> None:
    model.always(summary=told())
    asked = ['How many "firms"\nhave access?', "Was it all?"]

    async with client_of(model) as client:
        narrator = ModelNarrator(client, Prompts.load())
        await narrator.narrate(SHEET, "the ban", Length.SHORT, asked)
        await narrator.narrate(SHEET, "", Length.FULL, [])

    short, full = (request.text for request in model.heard)
    assert 'A2 Twelve firms have access.\n\n## Source B: Vale Courier, "Title b", 2026-05-20\nB1 Twenty firms' in short
    assert '- "How many \\"firms\\" have access?"\n- "Was it all?"\n' in short
    assert 'about: "the ban"' in short
    assert "2 sources" in short
    assert "At most 6 lines" in short
    assert "about: the whole story" in full
    assert "(none)" in full
    assert "At most 16 lines" in full


@pytest.mark.parametrize("empty", [None, []])
def test_given_a_list_with_nothing_in_it_when_parsed_then_it_is_empty(empty: Any) -> None:
    draft = SUMMARY.parse(json.dumps(told(happened=empty, lone=empty))).draft(Usage())

    assert (draft.happened, draft.lone) == ((), ())


async def test_given_a_language_when_narrated_then_the_model_writes_in_it_and_else_in_the_coverage_s(
    model: ScriptedModel,
) -> None:
    model.always(summary=told())

    async with client_of(model) as client:
        for language in ("de", ""):
            await ModelNarrator(client, Prompts.load(), language=language).narrate(SHEET, "", Length.SHORT, [])

    german, own = (request.text for request in model.heard)
    assert "Write in German." in german
    assert "Write in the language of the coverage; where that differs, in that of most of it." in own


async def test_given_a_broken_reply_when_narrated_then_it_is_repaired_once(model: ScriptedModel) -> None:
    model.plays({"happened": []}, told())

    async with client_of(model) as client:
        draft = await ModelNarrator(client, small_prompts()).narrate(SHEET, "", Length.SHORT, [])

    assert (len(draft.happened), draft.usage.calls) == (1, 2)


async def test_given_two_broken_replies_when_narrated_then_it_is_unusable(model: ScriptedModel) -> None:
    model.plays({"happened": []}, "no")

    async with client_of(model) as client:
        with pytest.raises(ReplyUnusable) as fault:
            await ModelNarrator(client, small_prompts()).narrate(SHEET, "", Length.SHORT, [])

    assert fault.value.spent[0] == 2


async def test_given_parts_at_once_when_each_needs_a_repair_then_each_has_one(model: ScriptedModel) -> None:
    def broken_at_first(request: Request) -> dict[str, Any]:
        return {"happened": []} if "## Source" in request.text else told()

    model.always(summary=broken_at_first)
    pieces = list(parts(SHEET, room=80))
    assert len(pieces) > 1

    async with client_of(model) as client:
        narrator = ModelNarrator(client, small_prompts())
        drafts = await asyncio.gather(*(narrator.narrate(piece, "", Length.SHORT, []) for piece in pieces))

    assert [draft.usage.calls for draft in drafts] == [2] * len(pieces)


async def test_given_a_kept_reply_when_narrated_without_a_model_then_it_is_replayed(
    model: ScriptedModel, tmp_path: Path
) -> None:
    model.plays(told())
    kept = [Kept(tmp_path)]
    async with client_of(model) as client:
        await ModelNarrator(client, small_prompts(), kept=kept).narrate(SHEET, "ban", Length.SHORT, [])

    alone = ModelNarrator(None, small_prompts(), kept=kept)
    draft = await alone.narrate(SHEET, "ban", Length.SHORT, [])

    assert (len(draft.happened), draft.usage) == (1, Usage())
    assert draft.replayed is not None
    assert draft.replayed.model == "scripted-1"
    for about, length, disputed in (("ban", Length.FULL, []), ("", Length.SHORT, []), ("ban", Length.SHORT, ["Why?"])):
        with pytest.raises(ReaderAbsent):
            await alone.narrate(SHEET, about, length, disputed)
    with pytest.raises(ReaderAbsent):
        await alone.narrate(Sheet(SHEET.sources[:1]), "ban", Length.SHORT, [])
