"""`summary`: what it prints for a person and as JSON, for which part of the coverage, and what it returns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.scripted_model import Request, ScriptedModel, Turn, failed

# By date, then name: A is the Courier, B the Post, C the Echo.
TOLD = {
    "happened": [{"text": "20 May: the ministry granted licences.", "keys": ["A1", "B1"]}],
    "agreed": [{"text": "Licences were granted", "keys": ["A1", "B1"]}],
    "lone": [{"text": "Firms were pleased", "keys": ["A2"]}],
    "unknown": [{"text": "Why the match was put off", "keys": ["C2"]}],
}


def test_given_coverage_when_summed_up_then_each_line_stands_under_its_heading_with_its_sources(
    cli: Cli, model: ScriptedModel, coverage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    model.always(summary=TOLD)

    ran = cli("summary", "--coverage", coverage)

    assert ran.status == 0
    assert ran.out == (
        "All coverage · 3 articles\n"
        "\n"
        "What happened\n"
        "  20 May: the ministry granted licences. [1][2]\n"
        "\n"
        "Sources agree\n"
        "  Licences were granted. [1][2]\n"
        "\n"
        "Only one source says\n"
        "  The Courier: Firms were pleased. [1]\n"
        "\n"
        "Still unknown\n"
        "  Why the match was put off. [3]\n"
        "\n"
        "Sources\n"
        "[1] The Courier, “courier”, 20 May 2026, https://example.org/courier\n"
        "[2] The Post, “post”, 20 May 2026, https://example.org/post\n"
        "[3] The Echo, “echo”, 21 May 2026, https://example.org/echo\n"
        "\n"
        "Written by AI from 3 articles, 20 May 2026 to 21 May 2026. Check the quotes before you rely on it.\n"
    )


def test_given_coverage_when_summed_up_as_json_then_lines_are_told_with_their_sentences(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(summary=TOLD)

    told = cli("summary", "licences", "--since", "2026-05-01", "--coverage", coverage, "--full", "--json").json

    assert (told["topic"], told["since"], told["check"]) == ("licences", "2026-05-01T00:00:00+00:00", "checked")
    assert told["articles"] == ["courier", "post"]
    assert [c["quote"] for c in told["happened"][0]["citations"]] == [
        "The ministry granted 54 licences.",
        "Only 41 licences were granted.",
    ]
    assert [s["text"] for s in told["lone"]] == ["Firms were pleased"]
    assert told["unknown"] == []  # the model cited an article that it was not shown
    assert told["usage"] == {"calls": 1, "input_tokens": 100, "output_tokens": 20}
    assert "At most 16 lines" in model.heard[0].text


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        (["--outlet", "the post"], ["post"]),
        (["--article", "echo"], ["echo"]),
        (["--article", "https://example.org/echo?utm_source=x"], ["echo"]),
        (["rain, licences"], ["courier", "post", "echo"]),
        (["--since", "2w"], []),
        (["elephants"], []),
    ],
    ids=str,
)
def test_given_a_part_of_the_coverage_when_summed_up_then_that_alone_is_read(
    cli: Cli, model: ScriptedModel, coverage: Path, wish: list[str], shown: list[str]
) -> None:
    model.always(summary=TOLD)

    ran = cli("summary", *wish, "--coverage", coverage, "--json")

    assert ran.status == 0
    assert ran.json["articles"] == shown
    assert len(model.heard) == (1 if shown else 0)


def test_given_nothing_that_fits_when_summed_up_then_it_says_so_and_no_more(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    ran = cli("summary", "elephants", "--outlet", "The Post", "--coverage", coverage)

    assert (ran.status, ran.out) == (
        0,
        "elephants · The Post · 0 articles\nNothing in the coverage fits this.\n",
    )


def test_given_more_than_one_call_holds_when_summed_up_then_it_is_read_in_parts(
    cli: Cli, model: ScriptedModel, coverage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCERPT_TOKENS", "500")
    long = " ".join(f"Sentence {n} of this report says this or that." for n in range(60))
    (coverage / "long.md").write_text(f"---\noutlet: The Globe\npublished: 2026-05-22\n---\n\n{long}\n")

    def first_line(request: Request) -> dict[str, Any]:
        key = next(line.split()[0] for line in request.text.split("\n") if line.startswith(("A1 ", "D")))
        return {"happened": [{"text": f"As {key} has it.", "keys": [key]}], "agreed": [], "lone": [], "unknown": []}

    model.always(summary=first_line)

    told = cli("summary", "--coverage", coverage, "--json").json

    assert told["usage"]["calls"] == len(model.heard) > 2
    final = model.heard[-1].text
    for outlet in ("The Courier", "The Post", "The Echo", "The Globe"):
        assert f": {outlet}," in final


def test_given_no_key_when_summed_up_then_the_articles_begin_and_nothing_is_said_to_be_checked(
    cli: Cli, coverage: Path
) -> None:
    ran = cli("summary", "--coverage", coverage)

    assert ran.status == 0
    assert "Not summed up: no model is set up." in ran.out
    assert "The Post, 20 May 2026: “Only 41 licences were granted.” [2]" in ran.out
    assert "Written by AI" not in ran.out
    assert "Sources agree" not in ran.out


@pytest.mark.parametrize("trouble", [failed(400), "{not json"], ids=["refused", "garbage twice"])
def test_given_a_model_that_fails_when_summed_up_then_the_articles_begin_and_the_status_is_3(
    cli: Cli, model: ScriptedModel, coverage: Path, trouble: Turn | str
) -> None:
    model.always(trouble)

    ran = cli("summary", "--coverage", coverage, "--json")

    assert ran.status == 3
    assert (ran.json["check"], len(ran.json["happened"])) == ("failed", 3)
    assert ran.json["trouble"].startswith("The model")


def test_given_an_empty_library_when_summed_up_then_the_sample_is_and_says_that_it_is_invented(cli: Cli) -> None:
    ran = cli("summary")

    assert ran.status == 0
    assert "All coverage · 10 articles" in ran.out
    assert "Sources disagree" in ran.out
    assert "Sample coverage: these outlets and articles are invented." in ran.out
    assert "A recorded reply by claude" in ran.out


def test_given_a_span_that_cannot_be_read_when_summed_up_then_it_is_refused(cli: Cli) -> None:
    ran = cli("summary", "--since", "yesterday")

    assert (ran.status, ran.out) == (2, "")
    assert "give a date" in ran.err
