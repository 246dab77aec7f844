"""The model's part in the ledger: what it is shown, and what its reply becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ReaderAbsent, ReplyUnusable
from bot.llm.kept import Kept
from bot.llm.prompts import Prompts
from bot.llm.proposer import PROPOSE, ModelProposer
from bot.news.ledger.proposing import CANDIDATES, Conflict, DraftCandidate, DraftTouch, Known, known_on
from bot.news.ledger.standing import begun
from bot.news.model import Check, Citation, Comparison, Kind, Manner, Position, Reading, Relation, Usage
from tests.given import article
from tests.llm.given import NOW, client_of, small_prompts, two_outlets
from tests.scripted_model import ScriptedModel

SHEET = two_outlets()


def proposal(**changed: Any) -> dict[str, Any]:
    """A reply that finds the one conflict of the sheet."""
    candidate = {
        "here": ["A2"],
        "there": ["B1"],
        "clash": "A says twelve, B says twenty.",
        "question": "How many firms have access?",
        "kind": "number",
        "conflict": "flat",
    }
    return {"known": [], "candidates": [candidate | changed]}


def known() -> Known:
    """A standing question on a sentence of the sheet's second source."""
    second = SHEET.sources[1]
    reading = Reading(second.article, "more", Manner.FACT, (Citation(second.article, second.sentences[1]),))
    gone = article("z", "None will follow.")
    other = Reading(gone, "none", Manner.FACT, (Citation(gone, gone.sentences[0]),))
    positions = (Position("more will follow", (reading,), 1), Position('"none" will', (other,), 1))
    change = begun(Comparison("Will more follow?", Check.CHECKED, Relation.DISPUTE, None, positions), NOW)
    assert change is not None
    (found,) = known_on(SHEET, [change.entry])
    return found


async def test_given_a_reply_when_proposed_then_its_questions_and_touches_come_with_what_it_cost(
    model: ScriptedModel,
) -> None:
    model.plays(proposal() | {"known": [{"label": "#1", "keys": ["A1"]}]})

    async with client_of(model) as client:
        proposals = await ModelProposer(client, small_prompts()).propose(SHEET, [known()])

    assert proposals.candidates == (
        DraftCandidate("How many firms have access?", Kind.NUMBER, Conflict.FLAT, ("A2",), ("B1",)),
    )
    assert proposals.touched == (DraftTouch("#1", ("A1",)),)
    assert proposals.usage == Usage(1, 100, 20)


async def test_given_a_sheet_when_proposed_then_the_new_article_stands_apart_from_the_others(
    model: ScriptedModel,
) -> None:
    model.plays(proposal())

    async with client_of(model) as client:
        await ModelProposer(client, small_prompts()).propose(SHEET, [known()])

    (request,) = model.requests
    assert request.step == "propose"
    assert request.body["messages"][1]["content"] == (
        'NEW\n## Source A: Harbour Post, "Title a", 2026-05-19\nA1 The ban is gone.\nA2 Twelve firms have access.\n'
        'OTHERS\n## Source B: Vale Courier, "Title b", 2026-05-20\nB1 Twenty firms have access.\nB2 More will follow.\n'
        'KNOWN\n#1 "Will more follow?"\n- "more will follow" [B2]\n- "\\"none\\" will" [not shown]\n'
        f"{CANDIDATES}"
    )


@pytest.mark.parametrize(
    ("changed", "kind", "conflict"),
    [
        ({"kind": "Date"}, Kind.DATE, Conflict.FLAT),
        ({"kind": "duration"}, Kind.OTHER, Conflict.FLAT),
        ({"kind": None}, Kind.OTHER, Conflict.FLAT),
        ({"conflict": "LIKELY"}, Kind.NUMBER, Conflict.LIKELY),
        ({"conflict": "certain"}, Kind.NUMBER, Conflict.LOOSE),
        ({"conflict": None, "clash": None}, Kind.NUMBER, Conflict.LOOSE),
    ],
)
def test_given_an_odd_rank_or_kind_when_parsed_then_it_is_taken_as_the_least(
    changed: dict[str, Any], kind: Kind, conflict: Conflict
) -> None:
    (candidate,) = PROPOSE.parse(json.dumps(proposal(**changed))).draft(Usage()).candidates

    assert (candidate.kind, candidate.conflict) == (kind, conflict)


async def test_given_a_broken_reply_when_proposed_then_it_is_repaired_once(model: ScriptedModel) -> None:
    model.plays({"known": []}, proposal())

    async with client_of(model) as client:
        proposals = await ModelProposer(client, small_prompts()).propose(SHEET, [])

    assert (len(proposals.candidates), proposals.usage.calls) == (1, 2)


async def test_given_two_broken_replies_when_proposed_then_it_is_unusable(model: ScriptedModel) -> None:
    model.plays({"known": []}, "no", {"known": []}, proposal())

    async with client_of(model) as client:
        proposer = ModelProposer(client, small_prompts())
        with pytest.raises(ReplyUnusable):
            await proposer.propose(SHEET, [])

        assert len((await proposer.propose(SHEET, [])).candidates) == 1  # a later try has a repair of its own


async def test_given_a_kept_reply_when_proposed_again_then_no_call_is_made(
    model: ScriptedModel, tmp_path: Path
) -> None:
    model.plays(proposal())
    async with client_of(model) as client:
        first = await ModelProposer(client, small_prompts(), kept=[Kept(tmp_path)]).propose(SHEET, [])

    again = await ModelProposer(None, small_prompts(), kept=[Kept(tmp_path)]).propose(SHEET, [])

    assert (again.candidates, again.usage) == (first.candidates, Usage())
    assert len(model.requests) == 1


async def test_given_no_model_when_proposed_then_it_is_absent() -> None:
    with pytest.raises(ReaderAbsent):
        await ModelProposer(None, small_prompts()).propose(SHEET, [])


def test_given_the_shipped_prompt_when_filled_then_every_name_is_used() -> None:
    prompt = Prompts.load().propose

    system, user = (m["content"] for m in prompt.messages(**{name: f"<{name}>" for name in prompt.names}))

    assert prompt.names == {"article", "coverage", "known", "limit"}
    assert all(f"<{name}>" in system + user for name in prompt.names)
    assert "$" not in system + user
