"""`ask`: the contract of its JSON, its exit statuses, and what a person reads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.scripted_model import ScriptedModel, Turn, failed, look, reads, reply

QUESTION = "How many licences were granted?"
HERE = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "OPENAI_API_KEY": ""}

# By date, then name: A is the Courier, B the Post, C the Echo.
DISPUTE = reply(
    readings=[
        reads("A", "54 licences were granted", ["A1"]),
        reads("B", "41 licences were granted", ["B1"]),
        reads("C"),
    ],
    positions=[("54 licences were granted", ["A"]), ("41 licences were granted", ["B"])],
    relation="dispute",
    kind="number",
    statements=[("Firms were pleased.", ["A2"])],
)


def test_given_two_outlets_that_disagree_when_asked_then_both_are_shown_and_cited(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(answer=DISPUTE, second_look=look(upheld=True, text=""))

    ran = cli("ask", QUESTION, "--coverage", coverage, "--json")

    told = ran.json
    assert ran.status == 0
    assert (told["mode"], told["check"], told["relation"], told["kind"]) == ("model", "checked", "dispute", "number")
    assert told["second_look"] == "upheld"
    assert [(p["claim"], p["independent"]) for p in told["positions"]] == [
        ("54 licences were granted", 1),
        ("41 licences were granted", 1),
    ]
    assert told["statements"][0]["text"] == (
        "One source says that 54 licences were granted; another says that 41 licences were granted."
    )
    assert [c["quote"] for c in told["statements"][0]["citations"]] == [
        "The ministry granted 54 licences.",
        "Only 41 licences were granted.",
    ]
    assert told["silent"] == ["echo"]
    assert told["usage"] == {"calls": 2, "input_tokens": 200, "output_tokens": 40}
    assert told["replayed"] is None
    assert told["standing"] == []


def test_given_a_citation_when_told_as_json_then_it_says_where_it_stands(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(answer=DISPUTE, second_look=look(upheld=True, text=""))

    ran = cli("ask", QUESTION, "--coverage", coverage, "--json")

    assert ran.json["positions"][0]["readings"][0]["citations"][0] == {
        "article": "courier",
        "outlet": "The Courier",
        "published": "2026-05-20",
        "url": "https://example.org/courier",
        "sentence": 1,
        "quote": "The ministry granted 54 licences.",
    }


def test_given_a_dispute_when_read_in_a_terminal_then_the_first_line_tells_and_a_section_shows_it(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(answer=DISPUTE, second_look=look(upheld=True, text=""))

    ran = cli("ask", QUESTION, "--coverage", coverage)

    first, rest = ran.out.split("\n", 1)
    assert "54 licences" in first
    assert "Sources disagree: How many licences were granted?" in rest
    assert "“Only 41 licences were granted.”" in rest
    assert "Nothing in the coverage reconciles them." in rest
    assert "Written by AI from 3 articles, 20 May 2026 to 21 May 2026." in rest


def test_given_no_key_when_asked_then_each_source_is_quoted_and_nothing_is_compared(cli: Cli, coverage: Path) -> None:
    ran = cli("ask", QUESTION, "--coverage", coverage, "--json")

    told = ran.json
    assert ran.status == 0
    assert (told["mode"], told["check"], told["relation"]) == ("offline", "not_run", None)
    assert told["positions"] == told["silent"] == []
    assert [s["text"] for s in told["statements"]] == [
        "The ministry granted 54 licences.",
        "Only 41 licences were granted.",
    ]


def test_given_no_key_when_no_word_of_the_question_occurs_then_none_was_found_and_none_was_checked(
    cli: Cli, coverage: Path
) -> None:
    ran = cli("ask", "Which orchestra toured Japan?", "--coverage", coverage, "--json")

    assert ran.status == 0
    assert (ran.json["check"], ran.json["relation"], ran.json["statements"]) == ("not_run", "none", [])
    in_words = cli("ask", "Which orchestra toured Japan?", "--coverage", coverage).out
    assert "Not checked: no model is set up." in in_words
    assert "answers this" not in in_words
    assert "Quoted" not in in_words


@pytest.mark.parametrize(
    ("trouble", "calls"),
    [
        (Turn(status=401, error={"message": "Incorrect API key provided", "code": "invalid_api_key"}), 0),
        (Turn(status=404, error={"message": "The model does not exist", "code": "model_not_found"}), 0),
        ("{not json", 2),
        (Turn(text=DISPUTE, end="length"), 1),
    ],
    ids=["a refused key", "an unknown model", "garbage twice", "cut at its length"],
)
def test_given_a_model_that_fails_when_asked_then_the_offline_reading_is_given_and_the_status_is_3(
    cli: Cli, model: ScriptedModel, coverage: Path, trouble: Turn | str, calls: int
) -> None:
    model.always(trouble)

    ran = cli("ask", QUESTION, "--coverage", coverage, "--json")

    told = ran.json
    assert ran.status == 3
    assert (told["mode"], told["check"], told["relation"]) == ("offline", "failed", None)
    assert len(told["statements"]) == 2
    assert told["usage"] == {"calls": calls, "input_tokens": 100 * calls, "output_tokens": 20 * calls}


def test_given_a_second_look_that_is_garbage_when_asked_then_its_completed_calls_are_counted(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(answer=DISPUTE, second_look="{not json")
    model.always("{nor this")

    told = cli("ask", QUESTION, "--coverage", coverage, "--json").json

    assert (told["second_look"], told["usage"]["calls"]) == ("failed", 3)


def test_given_a_failed_second_look_when_asked_then_the_dispute_stands_and_the_person_is_told(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(answer=DISPUTE, second_look=failed(403))

    ran = cli("ask", QUESTION, "--coverage", coverage)

    assert ran.status == 0
    assert "Sources disagree" in ran.out
    assert "second look at this disagreement could not be made" in " ".join(ran.out.split())


def test_given_a_dispute_withdrawn_on_a_sentence_when_asked_then_what_reconciles_is_cited(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(
        answer=DISPUTE,
        second_look=look(upheld=False, relation="complementary", text="They count different things.", keys=["B2"]),
    )

    told = cli("ask", QUESTION, "--coverage", coverage, "--json").json

    assert (told["relation"], told["kind"], told["second_look"]) == ("complementary", None, "withdrawn")
    assert told["reconciled"]["text"] == "They count different things."
    assert told["reconciled"]["citations"][0]["quote"] == "Nobody was pleased."


@pytest.mark.parametrize("question", ["", "   ", "?!", "x " * 20_000], ids=["empty", "blank", "marks", "40,000"])
def test_given_no_proper_question_when_asked_then_wrong_use_is_told_and_nothing_is_printed(
    cli: Cli, coverage: Path, question: str
) -> None:
    ran = cli("ask", question, "--coverage", coverage, "--json")

    assert (ran.status, ran.out) == (2, "")
    assert "question" in ran.err


def test_given_a_missing_folder_when_asked_then_wrong_use_names_it(cli: Cli, tmp_path: Path) -> None:
    ran = cli("ask", QUESTION, "--coverage", tmp_path / "nowhere", "--json")

    assert (ran.status, ran.out) == (2, "")
    assert "nowhere" in ran.err


def test_given_a_folder_without_a_readable_article_when_asked_then_none_is_told_and_what_was_skipped(
    cli: Cli, model: ScriptedModel, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "blank.txt").write_text("", encoding="utf-8")

    ran = cli("ask", QUESTION, "--coverage", bare, "--json")

    assert (ran.status, ran.json["relation"], ran.json["check"]) == (0, "none", "not_run")
    assert (ran.json["statements"], ran.json["usage"]["calls"], model.requests) == ([], 0, [])
    assert "blank.txt" in ran.err


def test_given_a_folder_of_its_own_when_asked_then_nothing_is_stored(cli: Cli, coverage: Path, tmp_path: Path) -> None:
    cli("ask", QUESTION, "--coverage", coverage)

    assert [p.name for p in tmp_path.iterdir()] == ["coverage"]


def test_given_a_bad_setting_when_asked_then_it_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCERPT_TOKENS", "many")

    ran = cli("ask", QUESTION)

    assert (ran.status, ran.out) == (2, "")
    assert "EXCERPT_TOKENS" in ran.err


def test_given_an_ingested_library_when_asked_then_the_sample_has_left(cli: Cli, coverage: Path) -> None:
    before = cli("ask", QUESTION)
    ingested = cli("ingest", coverage)
    after = cli("ask", QUESTION)

    assert "these outlets and articles are invented" in " ".join(before.out.split())
    assert ingested.out == "3 new, 0 changed, 0 known already\n"
    assert "invented" not in after.out
    assert "The Courier" in after.out


def test_given_a_folder_ingested_twice_when_counted_then_nothing_is_new(cli: Cli, coverage: Path) -> None:
    cli("ingest", coverage)

    again = cli("ingest", coverage)

    assert (again.status, again.out) == (0, "0 new, 0 changed, 3 known already\n")


def test_given_unreadable_files_when_ingested_then_each_is_named_and_the_others_are_kept(
    cli: Cli, coverage: Path
) -> None:
    (coverage / "empty.txt").write_text("", encoding="utf-8")
    (coverage / "noise.txt").write_bytes(bytes(range(256)) * 8)

    ran = cli("ingest", coverage)

    assert ran.status == 0
    assert ran.out.startswith("3 new")
    assert "empty.txt was skipped" in ran.err


def test_given_kept_replies_when_asked_again_then_no_call_is_made(
    cli: Cli, model: ScriptedModel, coverage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEEP_REPLIES", str(tmp_path / "kept"))
    model.always(answer=DISPUTE, second_look=look(upheld=True, text=""))
    first = cli("ask", QUESTION, "--coverage", coverage, "--json").json

    again = cli("ask", QUESTION, "--coverage", coverage, "--json").json

    assert first["usage"]["calls"] == 2
    assert again["usage"]["calls"] == 0
    assert again["replayed"]["model"] == model.name
    assert again["positions"] == first["positions"]
    assert len(model.heard) == 2


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["readable", "json"])
def test_given_a_reader_that_goes_away_when_asked_then_it_ends_without_a_word(
    coverage: Path, tmp_path: Path, form: list[str]
) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "bot", "ask", QUESTION, "--coverage", str(coverage), *form]

    ran = subprocess.run(command, cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, env=HERE, check=False)
    os.close(write)

    assert (ran.returncode, ran.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_given_a_full_disk_behind_stdout_when_asked_then_it_says_so(coverage: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "ask", QUESTION, "--coverage", str(coverage)]

    with open("/dev/full", "wb") as full:
        ran = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, env=HERE, check=False)

    assert ran.stderr.decode().startswith("crosscheck: what was asked for cannot be written")
