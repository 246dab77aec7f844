"""`disagreements` and `labels`: what stands, what waits, and what people say of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.news.gold import Label, parse_items
from bot.settings import Settings
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.wiring.desks.desk import desk, store_folder
from bot.wiring.desks.standing import make_ledger
from tests.cli.conftest import Cli
from tests.knowing import knows
from tests.news.ledger_world import Fact
from tests.scripted_model import ScriptedModel, failed

LICENCES = Fact("How many licences were granted?", {"54 licences": "54 were granted", "41 licences": "41 were granted"})


@pytest.fixture
def model(model: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    monkeypatch.setenv("COLUMNS", "120")
    knows(model, LICENCES)
    return model


@pytest.fixture
def library(cli: Cli, model: ScriptedModel, coverage: Path) -> Path:
    """A stored library whose ledger is up to date."""

    async def build() -> None:
        settings = Settings()
        async with await Database.open(settings.database_url) as database:
            await store_folder(Library(database, "local"), coverage)
        async with desk(settings, workspace="local") as at:
            await make_ledger(at)

    asyncio.run(build())
    return coverage


def only(told: dict[str, Any]) -> dict[str, Any]:
    [entry] = told["disagreements"]
    found: dict[str, Any] = entry
    return found


def test_given_a_folder_when_compared_for_this_once_then_its_disagreement_is_a_table_of_outlets(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    ran = cli("disagreements", "--coverage", coverage)

    assert ran.status == 0
    question, state, heads, *rows = [line.rstrip() for line in ran.out.split("\n")]
    assert question == LICENCES.question
    assert state.startswith("open since ")
    assert " · number · " in state
    assert heads.split() == ["says", "says", "otherwise"]
    assert [" ".join(row.split()) for row in rows if row] == [
        "54 were granted. The Courier The Post 1 independent source",
        "41 were granted. The Post The Courier 1 independent source",
        "silent The Echo",
    ]
    assert not list(Path.cwd().glob("*.db"))


def test_given_a_standing_disagreement_when_quotes_are_wished_then_every_sentence_is_shown(
    cli: Cli, library: Path
) -> None:
    ran = cli("disagreements", "--quotes")

    assert "The Courier, 20 May 2026: “The ministry granted 54 licences.” (courier, sentence 1)" in ran.out
    assert "The Post, 20 May 2026: “Only 41 licences were granted.” (post, sentence 1)" in ran.out


def test_given_a_standing_disagreement_when_told_as_json_then_its_grid_sides_and_history_are(
    cli: Cli, library: Path
) -> None:
    told = cli("disagreements", "--json").json

    entry = only(told)
    assert (entry["question"], entry["state"], entry["kind"]) == (LICENCES.question, "open", "number")
    assert entry["grid"] == {
        "outlets": ["The Courier", "The Post", "The Echo"],
        "rows": [
            {"claim": "54 were granted", "marks": ["says", "says otherwise", "silent"]},
            {"claim": "41 were granted", "marks": ["says otherwise", "says", "silent"]},
        ],
    }
    assert entry["positions"][1]["readings"][0]["citations"][0]["quote"] == "Only 41 licences were granted."
    assert entry["silent"] == ["echo"]
    assert [event["happening"] for event in entry["history"]] == ["opened"]
    assert (told["failed"], told["trouble"]) == (0, None)


@pytest.mark.parametrize(("topic", "count"), [("licences", 1), ("elephants", 0), ("elephants, licences", 1)])
def test_given_a_topic_when_listed_then_only_what_is_about_it_stands(
    cli: Cli, library: Path, topic: str, count: int
) -> None:
    ran = cli("disagreements", topic, "--json")

    assert len(ran.json["disagreements"]) == count


def test_given_a_dismissal_when_listed_then_it_is_hidden_names_who_did_so_and_can_be_undone(
    cli: Cli, library: Path
) -> None:
    id = only(cli("disagreements", "--json").json)["id"]

    dismissed = cli("disagreements", "--dismiss", id, "--by", "Ada")
    hidden = cli("disagreements", "--json").json["disagreements"]
    shown = cli("disagreements", "--settled")
    restored = cli("disagreements", "--restore", id, "--by", "Bob")
    again = only(cli("disagreements", "--json").json)

    assert (dismissed.status, dismissed.out) == (0, f"Dismissed by Ada: {LICENCES.question}\n")
    assert hidden == []
    assert "dismissed by Ada" in shown.out
    assert restored.status == 0
    assert (again["state"], again["dismissed_by"]) == ("open", None)
    assert [(e["happening"], e["by"]) for e in again["history"]] == [
        ("opened", None),
        ("dismissed", "Ada"),
        ("restored", "Bob"),
    ]


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (["--dismiss", "123456"], "--by NAME"),
        (["--dismiss", "123456", "--by", "Ada"], "there is no disagreement 123456"),
        (["--dismiss", "1", "--restore", "2", "--by", "Ada"], "one disagreement"),
    ],
)
def test_given_a_dismissal_of_nothing_when_run_then_it_is_refused(
    cli: Cli, library: Path, wish: list[str], told: str
) -> None:
    ran = cli("disagreements", *wish)

    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err


def test_given_an_open_disagreement_when_restored_then_it_is_refused(cli: Cli, library: Path) -> None:
    id = only(cli("disagreements", "--json").json)["id"]

    ran = cli("disagreements", "--restore", id, "--by", "Ada")

    assert ran.status == 2
    assert "is open" in ran.err


def test_given_articles_that_were_not_compared_when_listed_then_what_waits_is_shown(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    cli("ingest", coverage)

    ran = cli("disagreements")

    assert ran.status == 0
    assert ran.out.startswith("Not compared: 3 articles wait;")
    assert "Of what was compared, none stands." in ran.out
    assert "No disagreement stands." not in ran.out
    assert model.heard == []


def test_given_no_key_when_a_folder_is_compared_then_nothing_is_concluded(cli: Cli, coverage: Path) -> None:
    ran = cli("disagreements", "--coverage", coverage)

    assert ran.status == 3
    assert "Not all was compared: No model is set up." in ran.out
    assert "3 articles wait" in ran.out


def test_given_a_model_that_fails_when_a_folder_is_compared_then_it_is_told(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(propose=failed(400))

    ran = cli("disagreements", "--coverage", coverage, "--json")

    assert ran.status == 3
    assert ran.json["trouble"].startswith("The model refused the request")
    assert ran.json["disagreements"] == []


def test_given_kept_replies_when_a_folder_is_compared_again_then_no_call_is_made(
    cli: Cli, model: ScriptedModel, coverage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP_REPLIES", "replies")
    first = cli("disagreements", "--coverage", coverage, "--json").json
    calls = len(model.heard)

    monkeypatch.delenv("OPENAI_API_KEY")
    again = cli("disagreements", "--coverage", coverage, "--json")

    assert again.status == 0
    assert len(model.heard) == calls
    assert only(again.json)["positions"] == only(first)["positions"]


def test_given_a_standing_disagreement_when_asked_about_one_side_then_it_is_shown_beside_the_answer(
    cli: Cli, model: ScriptedModel, library: Path
) -> None:
    knows(model, LICENCES, Fact("What did the ministry do?", {"ministry granted 54": "the ministry granted 54"}))

    told = cli("ask", "What did the ministry do?", "--json").json

    assert told["relation"] == "single"
    assert [s["question"] for s in told["standing"]] == [LICENCES.question]


def test_given_labels_when_exported_then_eval_can_read_them(cli: Cli, model: ScriptedModel, library: Path) -> None:
    entry = only(cli("disagreements", "--json").json)["id"]

    by_id = cli("labels", "add", "not-a-disagreement", entry, "--words", "two ministries", "--by", "Ada")
    knows(model, Fact("Was anybody pleased?", {"Firms were": "firms were"}))
    asked = cli("labels", "add", "missed-one", "Was anybody pleased?", "--words", "The Post denies it")
    exported = cli("labels", "export", "mine.json")

    assert by_id.out == f"Kept: not-a-disagreement, on the standing disagreement {entry}.\n"
    assert asked.out == "Kept: missed-one.\n"
    assert exported.out == "2 labelled questions in mine.json\n"
    raw = Path("mine.json").read_text(encoding="utf-8")
    first, second = parse_items(raw)
    assert (first.question, first.label, first.disputed) == (LICENCES.question, Label.COMPLEMENTARY, False)
    assert [p.sources for p in first.positions] == [("courier",), ("post",)]
    assert (second.question, second.label, second.disputed) == ("Was anybody pleased?", Label.DISAGREE, True)
    assert json.loads(raw)[1]["notes"] == "The Post denies it"


def test_given_a_verdict_on_a_question_that_rests_on_the_same_sentences_when_added_then_it_counts_on_what_stands(
    cli: Cli, model: ScriptedModel, library: Path
) -> None:
    entry = only(cli("disagreements", "--json").json)["id"]
    knows(model, Fact("What number of licences was there?", LICENCES.answers))

    ran = cli("labels", "add", "not-a-disagreement", "What number of licences was there?")

    assert ran.out == f"Kept: not-a-disagreement, on the standing disagreement {entry}.\n"


def test_given_no_labels_when_exported_then_it_is_refused(cli: Cli) -> None:
    ran = cli("labels", "export", "mine.json")

    assert (ran.status, ran.out) == (2, "")
    assert "there are no labels yet" in ran.err


def test_given_nothing_of_ones_own_and_no_model_when_listed_then_the_samples_stand_and_are_said_to_be_recorded(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    first, again = cli("disagreements"), cli("disagreements")

    assert "Who signed " in first.out
    assert "these outlets and articles are invented" in first.out
    assert "A recorded reply by claude" in first.out
    assert "Not compared" not in first.out
    assert again.out == first.out
    told = cli("disagreements", "--json").json["disagreements"]
    assert all(entry["replayed"]["model"] == "claude" for entry in told)
