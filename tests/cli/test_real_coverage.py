"""The whole way on five real articles, where a folder of them lies beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.scripted_model import Request, ScriptedModel, look, reads, reply

COVERAGE = Path(__file__).parents[3] / "shared" / "coverage"
QUESTION = "Do British firms get access now?"

pytestmark = pytest.mark.skipif(not COVERAGE.is_dir(), reason="no folder of real articles beside the checkout")


def key(request: Request, words: str) -> str:
    """The key of the sentence that holds these words."""
    return next(line.split()[0] for line in request.text.splitlines() if words in line)


def disputing(request: Request) -> dict[str, object]:
    """What a reader of these articles would say."""
    can, cannot = key(request, "can now export its models to UK firms"), key(request, "without access to Anthropic")
    return reply(
        readings=[
            reads(label, "they can", [can])
            if can.startswith(label)
            else reads(label, "they cannot", [cannot])
            if cannot.startswith(label)
            else reads(label)
            for label in "ABCDE"
        ],
        positions=[("British firms can use the models now", [can[0]]), ("British firms cannot", [cannot[0]])],
        relation="dispute",
        kind="status",
    )


def test_given_five_real_articles_when_asked_then_the_sides_are_cited_letter_for_letter(
    cli: Cli, model: ScriptedModel
) -> None:
    model.always(answer=disputing, second_look=look(upheld=True, text=""))

    told = cli("ask", QUESTION, "--coverage", COVERAGE, "--json").json

    assert (told["relation"], told["second_look"]) == ("dispute", "upheld")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in COVERAGE.glob("*.txt")}
    cited = [c for p in told["positions"] for r in p["readings"] for c in r["citations"]]
    assert {c["article"][:3] for c in cited} == {"000", "001"}
    assert all(c["quote"] in texts[c["article"]] for c in cited)
    assert len(told["silent"]) == 3


def test_given_five_real_articles_and_no_key_when_asked_then_each_is_quoted_and_nothing_is_compared(cli: Cli) -> None:
    ran = cli("ask", QUESTION, "--coverage", COVERAGE, "--json")

    assert ran.status == 0
    assert (ran.json["mode"], ran.json["check"], len(ran.json["statements"])) == ("offline", "not_run", 5)
    texts = [path.read_text(encoding="utf-8") for path in COVERAGE.glob("*.txt")]
    quotes = [c["quote"] for s in ran.json["statements"] for c in s["citations"]]
    assert all(any(quote in text for text in texts) for quote in quotes), json.dumps(quotes)
