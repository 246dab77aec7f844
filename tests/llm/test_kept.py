"""Kept replies: written readable, found by the exact request, served to a demonstration under an earlier prompt."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import frontmatter
import pytest

from bot.errors import ReaderAbsent
from bot.llm.kept import Kept, stale
from bot.llm.prompts import Prompts
from bot.llm.reader import ModelReader
from bot.llm.steps import prompt_digests
from bot.news.cite import Sheet
from bot.news.compare import compare
from bot.news.model import Draft, Replayed, Turn, Usage
from tests.llm.given import QUESTION, client_of, dispute, small_prompts, two_outlets
from tests.scripted_model import ScriptedModel, look

SHEET = two_outlets()
PROMPTS = small_prompts()
CHANGED = small_prompts("Now do")
DAY = date(2026, 5, 20)


async def read(reader: ModelReader, question: str = QUESTION, sheet: Sheet = SHEET) -> Draft:
    *_, last = [draft async for draft in reader.read(question, sheet)]
    return last


async def recorded(model: ScriptedModel, folder: Path, prompts: Prompts = PROMPTS, question: str = QUESTION) -> Draft:
    """The reply to a question, kept in the folder."""
    model.plays("\n" + json.dumps(dispute(), indent=2) + "\r\n\n")
    async with client_of(model) as client:
        return await read(ModelReader(client, prompts, kept=[Kept(folder)], today=lambda: DAY), question)


def offline(folder: Path, prompts: Prompts = PROMPTS, *, demonstration: bool = False) -> ModelReader:
    return ModelReader(None, prompts, kept=[Kept(folder, demonstration=demonstration)])


async def test_given_a_reply_when_kept_then_the_file_is_named_for_the_question_and_reads_well(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path)

    (path,) = tmp_path.iterdir()
    kept = frontmatter.load(str(path))
    assert path.name == f"how-many-firms-have-access-answer-{kept['key'][:8]}.md"
    assert {name: kept[name] for name in ("step", "question", "model", "recorded")} == {
        "step": "answer",
        "question": QUESTION,
        "model": "scripted-1",
        "recorded": "2026-05-20",
    }
    assert (kept["input_tokens"], kept["output_tokens"]) == (100, 20)
    assert json.loads(kept.content) == dispute()


async def test_given_a_reply_when_kept_then_it_stands_there_letter_for_letter(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path)

    (path,) = tmp_path.iterdir()
    assert path.read_bytes().decode().endswith("---\n\n" + json.dumps(dispute(), indent=2) + "\r\n\n")


async def test_given_a_kept_reply_when_asked_the_same_then_it_is_replayed_and_costs_nothing(
    model: ScriptedModel, tmp_path: Path
) -> None:
    live = await recorded(model, tmp_path)

    drafts = [draft async for draft in offline(tmp_path).read(QUESTION, SHEET)]

    assert drafts == [replace(live, usage=Usage(0, 0, 0), replayed=Replayed("scripted-1", "2026-05-20"))]
    assert live.replayed is None


async def test_given_a_kept_reply_when_there_is_a_model_too_then_the_model_is_not_asked(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path)

    async with client_of(model) as client:
        draft = await read(ModelReader(client, PROMPTS, kept=[Kept(tmp_path)]))

    assert draft.usage.calls == 0
    assert len(model.requests) == 1


async def test_given_a_kept_reply_when_the_coverage_differs_then_it_does_not_serve(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path)
    other = replace(SHEET, sources=SHEET.sources[:1])

    with pytest.raises(ReaderAbsent):
        await read(offline(tmp_path, demonstration=True), sheet=other)


async def test_given_a_changed_prompt_when_it_is_a_demonstration_then_the_earlier_reply_serves_and_says_so(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path, PROMPTS)

    draft = await read(offline(tmp_path, CHANGED, demonstration=True), " how many firms have ACCESS")

    assert draft.replayed == Replayed("scripted-1", "2026-05-20", earlier_prompt=True)


async def test_given_a_changed_prompt_when_it_is_a_person_s_own_folder_then_the_earlier_reply_does_not_serve(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path, PROMPTS)

    with pytest.raises(ReaderAbsent):
        await read(offline(tmp_path, CHANGED))


async def test_given_a_model_when_only_an_earlier_reply_is_kept_then_the_model_is_asked(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path, PROMPTS)
    model.plays(dispute())

    async with client_of(model) as client:
        draft = await read(ModelReader(client, CHANGED, kept=[Kept(tmp_path, demonstration=True)]))

    assert draft.usage.calls == 1


async def test_given_a_replay_when_it_is_over_then_nothing_is_kept_anew(model: ScriptedModel, tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    await recorded(model, shipped)

    await read(ModelReader(None, PROMPTS, kept=[Kept(own), Kept(shipped, demonstration=True)]))

    assert not own.exists()


async def test_given_another_key_with_the_same_beginning_when_looked_up_then_it_does_not_serve(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path)
    (path,) = tmp_path.iterdir()
    key = frontmatter.load(str(path))["key"]
    path.write_text(path.read_text().replace(key, key[:-1] + "x"))

    with pytest.raises(ReaderAbsent):
        await read(offline(tmp_path))


async def test_given_two_folders_when_both_hold_the_reply_then_the_first_serves(
    model: ScriptedModel, tmp_path: Path
) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    await recorded(model, shipped)
    model.name = "my-own"
    await recorded(model, own)

    draft = await read(ModelReader(None, PROMPTS, kept=[Kept(own), Kept(shipped, demonstration=True)]))

    assert draft.replayed is not None
    assert draft.replayed.model == "my-own"


async def test_given_only_a_demonstration_when_the_model_replies_then_nothing_is_written_there(
    model: ScriptedModel, tmp_path: Path
) -> None:
    model.plays(dispute())

    async with client_of(model) as client:
        await read(ModelReader(client, PROMPTS, kept=[Kept(tmp_path, demonstration=True)]))

    assert list(tmp_path.iterdir()) == []


async def test_given_a_repaired_reply_when_kept_then_both_turns_are_replayed(
    model: ScriptedModel, tmp_path: Path
) -> None:
    model.plays("{}", dispute())

    async with client_of(model) as client:
        live = await read(ModelReader(client, PROMPTS, kept=[Kept(tmp_path)], today=lambda: DAY))
    replayed = await read(offline(tmp_path))

    assert len(list(tmp_path.iterdir())) == 2
    assert live.usage.calls == 2
    assert replayed == replace(live, usage=Usage(), replayed=Replayed("scripted-1", "2026-05-20"))


async def test_given_every_step_kept_when_replayed_then_none_asks_the_model(
    model: ScriptedModel, tmp_path: Path
) -> None:
    model.plays({"question": QUESTION, "search": ""}, dispute(), look())
    turns = [Turn("Who has access?", "Firms.")]

    async with client_of(model) as client:
        live = ModelReader(client, PROMPTS, kept=[Kept(tmp_path)])
        await live.standalone("How many?", turns, "en")
        await live.second_look(compare(QUESTION, await read(live), SHEET), SHEET)
    reader = offline(tmp_path)
    resolved = await reader.standalone("How many?", turns, "en")
    looked = await reader.second_look(compare(resolved.question, await read(reader, resolved.question), SHEET), SHEET)

    assert (resolved.question, resolved.usage.calls, looked.usage.calls) == (QUESTION, 0, 0)
    assert looked.replayed is not None


async def test_given_files_that_are_no_kept_replies_when_looked_up_then_they_are_passed_over(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path)
    (path,) = tmp_path.iterdir()
    key8 = path.stem[-8:]
    (tmp_path / f"a-{key8}.md").write_text("no front matter")
    (tmp_path / f"b-{key8}.md").write_text("---\n[: broken\n---\ntext")
    (tmp_path / f"c-{key8}.md").write_bytes(b"---\n\xff\n---\n")
    (tmp_path / f"d-{key8}.md").write_text("---\njust: a note\n---\ntext")

    draft = await read(offline(tmp_path, demonstration=True))

    assert draft.replayed is not None
    assert [p for p, _ in Kept(tmp_path).replies()] == [path]


async def test_given_a_folder_that_cannot_be_written_when_the_model_replies_then_the_answer_is_not_lost(
    model: ScriptedModel, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "kept"
    in_the_way.write_text("a file where the folder should be")

    draft = await recorded(model, in_the_way)

    assert draft.complete


async def test_given_a_write_that_fails_half_way_when_kept_then_no_half_file_stays(
    model: ScriptedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)

    draft = await recorded(model, tmp_path)

    assert draft.complete
    assert list(tmp_path.iterdir()) == []


async def test_given_a_prompt_has_changed_when_stale_replies_are_listed_then_only_its_own_are(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path)

    assert stale(tmp_path, prompt_digests(PROMPTS)) == []
    assert [reply.question for _, reply in stale(tmp_path, prompt_digests(CHANGED))] == [QUESTION]


async def test_given_a_question_of_odd_letters_when_kept_then_the_file_still_has_a_plain_name(
    model: ScriptedModel, tmp_path: Path
) -> None:
    await recorded(model, tmp_path, question="../../中国 — é\nnow?")

    (path,) = tmp_path.iterdir()
    assert path.name.startswith("e-now-answer-")
