"""`eval`: perfect, lazy and blind models score as computed by hand; a run goes on where an earlier one stopped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.news.gold import Item, Label
from tests.cli.conftest import Cli, Ran
from tests.knowing import knows
from tests.news.ledger_world import Fact
from tests.news.test_scoring import BLIND, ITEMS, LABELLED, LAZY, LIBRARY, PERFECT, labelled
from tests.scripted_model import Request, ScriptedModel, failed, look, reads, reply

_SHOWN = re.compile(r"^## Source ([A-Z]+): Paper (\w),", re.MULTILINE)
_ASKED = re.compile(r"What about (\w+)\?")
RELATIONS = {
    Label.DISAGREE: "dispute",
    Label.AGREE: "agree",
    Label.COMPLEMENTARY: "complementary",
    Label.SINGLE_SOURCE: "single",
    Label.UNANSWERABLE: "none",
    Label.UPDATE: "update",
}
BY_ID = {item.id: item for item in ITEMS}
Reader = Callable[[Request], dict[str, Any]]


def says(request: Request, relation: str, *groups: str) -> dict[str, Any]:
    """A reply in which these papers, by letter, hold a position together; the others are silent."""
    labels = {letter: label for label, letter in _SHOWN.findall(request.text)}
    spoken = {letter for group in groups for letter in group if letter in labels}
    positions = [(f"it is {group}", [labels[x] for x in group if x in labels]) for group in groups]
    return reply(
        readings=[
            reads(label, f"says {letter}", [f"{label}1"]) if letter in spoken else reads(label)
            for letter, label in labels.items()
        ],
        positions=[(claim, held) for claim, held in positions if held],
        relation=relation,
        statements=[("So it is.", [f"{labels[x]}1" for x in sorted(spoken)])] if spoken else [],
    )


def item_of(request: Request) -> Item:
    found = _ASKED.search(request.text)
    assert found is not None
    return BY_ID[found[1]]


def perfect(request: Request) -> dict[str, Any]:
    item = item_of(request)
    return says(request, RELATIONS[item.label], *("".join(p.sources) for p in item.positions))


def lazy(request: Request) -> dict[str, Any]:
    """Flags every question, each paper on its own side."""
    return says(request, "dispute", "a", "b", "c")


def blind(request: Request) -> dict[str, Any]:
    """Sees one answer, which all give."""
    return says(request, "agree", "abc")


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """The library of the scoring tests as files; a day lies between each, in the order a, b, c."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for day, article in enumerate(LIBRARY, 20):
        head = f"---\ntitle: {article.id}\noutlet: Paper {article.id[0]}\npublished: 2026-05-{day}\n---\n\n"
        (folder / f"{article.id}.md").write_text(head + article.text + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.json"
    file.write_text(json.dumps(LABELLED), encoding="utf-8")
    return file


Evaluate = Callable[..., Ran]


@pytest.fixture
def evaluate(cli: Cli, papers: Path, questions: Path) -> Evaluate:
    return lambda *wish: cli("eval", questions, "--coverage", papers, *wish)


def plays(model: ScriptedModel, reader: Reader) -> None:
    model.always(answer=reader, second_look=look())


def figures(told: list[dict[str, Any]]) -> dict[str, tuple[Any, int]]:
    return {f["name"]: (None if f["value"] is None else pytest.approx(f["value"]), f["n"]) for f in told}


def test_given_a_perfect_model_when_evaluated_then_every_figure_is_the_best(
    model: ScriptedModel, evaluate: Evaluate
) -> None:
    plays(model, perfect)

    ran = evaluate("--json")

    found = figures(ran.json["figures"])
    assert found.pop("seconds")[1] == 8
    assert found == PERFECT | {
        "calls": (11 / 8, 8),  # a second look in d1, d2 and d3
        "input tokens": (1100 / 8, 8),
        "output tokens": (220 / 8, 8),
    }
    assert (ran.status, ran.json["failures"]) == (0, [])


def test_given_a_lazy_model_when_evaluated_then_it_recalls_all_and_is_seldom_right(
    model: ScriptedModel, evaluate: Evaluate
) -> None:
    plays(model, lazy)

    told = evaluate("--json").json

    found = figures(told["figures"])
    assert found.pop("seconds")[1] == 8
    assert found == LAZY | {
        "verbatim quotes": (1, 8),
        "calls": (2, 8),
        "input tokens": (200, 8),
        "output tokens": (40, 8),
    }
    assert [f["id"] for f in told["failures"]] == ["d2", "g1", "c1", "s1", "u1", "p1"]


def test_given_a_blind_model_when_evaluated_then_it_never_alarms_and_finds_nothing(
    model: ScriptedModel, evaluate: Evaluate
) -> None:
    plays(model, blind)

    told = evaluate("--json").json

    found = figures(told["figures"])
    assert found.pop("seconds")[1] == 8
    assert found == BLIND | {
        "verbatim quotes": (1, 8),
        "calls": (1, 8),
        "input tokens": (100, 8),
        "output tokens": (20, 8),
    }
    assert [f["id"] for f in told["failures"]] == ["d1", "d2", "d3", "c1", "s1", "u1", "p1"]


def test_given_a_run_that_broke_off_when_run_again_then_only_what_is_missing_is_asked(
    model: ScriptedModel, evaluate: Evaluate
) -> None:
    plays(model, perfect)
    model.plays(perfect, look(), perfect, look(), failed(400))
    model.always(answer=failed(400))
    broken = evaluate("--concurrency", "1", "--json")
    heard = len(model.heard)

    plays(model, perfect)
    again = evaluate("--json")
    asked = [item_of(r).id for r in model.heard[heard:] if r.step == "answer"]
    third = evaluate("--json")

    assert (broken.status, again.status, third.status) == (3, 0, 0)
    assert sorted(asked) == sorted(set(BY_ID) - {"d1", "d2"})
    assert again.json["failures"] == []
    assert figures(third.json["figures"])["calls"] == (0, 8)
    assert len(model.heard) == heard + len(asked) + 1  # the second look of d3


def test_given_kept_replies_when_run_again_without_a_key_then_they_are_replayed(
    model: ScriptedModel, evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    plays(model, perfect)
    first = evaluate("--json").json
    monkeypatch.delenv("OPENAI_API_KEY")

    again = evaluate("--json").json

    assert figures(again["figures"])["relation right"] == (1, 8)
    assert figures(again["figures"])["seconds"] == (None, 0)
    assert [a["positions"] for a in again["answers"].values()] == [a["positions"] for a in first["answers"].values()]


def test_given_a_model_that_heeds_the_order_when_shuffled_then_what_changed_is_counted(
    model: ScriptedModel, evaluate: Evaluate
) -> None:
    def heeds(request: Request) -> dict[str, Any]:
        first = _SHOWN.findall(request.text)[0][1]
        return says(request, "dispute", "a", "b") if first == "a" else says(request, "agree", "ab")

    plays(model, heeds)
    evaluate("--json")
    asked = len(model.heard)

    told = evaluate("--shuffle", "--json").json

    again = [r for r in model.heard[asked:] if r.step == "answer"]
    stayed = sum(_SHOWN.findall(r.text)[0][1] == "a" for r in again)
    assert len(again) == 8
    assert 0 < stayed < 8
    assert figures(told["shuffled"]) == {
        "verdict unchanged": (stayed / 8, 8),
        "positions unchanged": (stayed / 8, 8),
    }


def test_given_a_steady_model_when_shuffled_and_with_a_duplicate_then_nothing_changes(
    model: ScriptedModel, evaluate: Evaluate
) -> None:
    plays(model, perfect)

    told = evaluate("--shuffle", "--duplicate", "--json").json

    steady = {"verdict unchanged": (1, 8), "positions unchanged": (1, 8)}
    assert figures(told["shuffled"]) == steady
    assert figures(told["duplicated"]) == steady
    labels = [[letter for _, letter in _SHOWN.findall(r.text)] for r in model.heard if r.step == "answer"]
    assert ["a", "b", "c"] in labels
    assert any(order != ["a", "b", "c"] and sorted(order) == ["a", "b", "c"] for order in labels)


def test_given_some_ids_when_evaluated_then_only_these_are_asked(model: ScriptedModel, evaluate: Evaluate) -> None:
    plays(model, perfect)

    told = evaluate("--only", "d1, u1", "--json").json

    assert list(told["answers"]) == ["d1", "u1"]
    assert figures(told["figures"])["relation right"] == (1, 2)


@pytest.mark.parametrize(
    ("wish", "why"),
    [(["--only", "d1,d7,d8"], "no such questions: d7, d8"), (["--concurrency", "0"], "--concurrency")],
)
def test_given_a_wrong_wish_when_evaluated_then_it_is_refused(
    model: ScriptedModel, evaluate: Evaluate, wish: list[str], why: str
) -> None:
    ran = evaluate(*wish)

    assert (ran.status, ran.out) == (2, "")
    assert why in ran.err


def test_given_no_model_and_nothing_kept_when_evaluated_then_it_says_what_to_set(evaluate: Evaluate) -> None:
    ran = evaluate()

    assert (ran.status, ran.out) == (2, "")
    assert "OPENAI_API_KEY" in ran.err


def test_given_failures_when_read_in_a_terminal_then_each_says_what_was_expected_and_given(
    model: ScriptedModel, evaluate: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    plays(model, blind)

    ran = evaluate("--only", "d1,g1")

    assert "\n1 went wrong\n" in ran.out
    assert "d1  What about d1?" in ran.out
    assert "    expected disagree: a (a) | b (b)\n" in ran.out
    assert "    given    agree: it is abc (a_1f, b_2e, c_3d)\n" in ran.out


FIRMS = Fact("How many firms?", {"Forty firms": "forty have access", "Twelve firms": "twelve have access"})
WEATHER = Fact("What weather was it?", {"It rained": "it rained", "It thawed": "it thawed"})


def test_given_a_ledger_when_evaluated_then_what_stands_what_is_missing_and_what_matches_none_are_told(
    model: ScriptedModel, evaluate: Evaluate, questions: Path
) -> None:
    missing = labelled("d9", "disagree", "a", "c", hard=True)
    questions.write_text(json.dumps([*LABELLED, missing]), encoding="utf-8")
    knows(model, FIRMS, WEATHER)
    knowing = model.by_step["answer"].text
    assert callable(knowing)
    model.always(answer=lambda r: perfect(r) if _ASKED.search(r.text) else knowing(r))

    ran = evaluate("--ledger", "--only", "d1", "--json")

    ledger = ran.json["ledger"]
    assert ran.status == 0
    assert figures(ledger["figures"]) == {
        "disputes that stand": (2 / 3, 3),  # d1 and d2
        "disputes that stand, hard": (1 / 2, 2),
        "standing that match": (1 / 2, 2),
    }
    assert (ledger["missed"], ledger["unmatched"]) == (["d9"], [WEATHER.question])
    assert (ledger["failed"], ledger["trouble"]) == (0, None)
    assert ledger["calls"] == len([r for r in model.heard if not _ASKED.search(r.text)])
    assert ran.json["answers"]["d1"]["standing"] == []


def test_given_a_ledger_that_was_made_when_evaluated_again_then_no_call_is_made(
    model: ScriptedModel, evaluate: Evaluate
) -> None:
    knows(model, FIRMS)
    knowing = model.by_step["answer"].text
    assert callable(knowing)
    model.always(answer=lambda r: perfect(r) if _ASKED.search(r.text) else knowing(r))
    first = evaluate("--ledger", "--json").json["ledger"]
    heard = len(model.heard)

    again = evaluate("--ledger", "--json").json["ledger"]
    shown = evaluate("--ledger")

    assert len(model.heard) == heard
    assert again == first | {"calls": 0}
    assert "It took 0 calls; 0 had no usable reply." in shown.out
    assert "0 labelled disputes do not stand" in shown.out
    assert "0 that stand match no labelled one" in shown.out


def test_given_a_model_that_fails_when_the_ledger_is_made_then_it_is_told_and_the_status_is_3(
    model: ScriptedModel, evaluate: Evaluate
) -> None:
    plays(model, perfect)
    model.always(propose=failed(400))

    ran = evaluate("--ledger", "--json")

    assert ran.status == 3
    assert ran.json["ledger"]["trouble"].startswith("The model refused")
    assert ran.json["ledger"]["missed"] == ["d1", "d2"]
