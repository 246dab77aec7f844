"""The page with the bot itself behind it, as `python -m bot sandbox` starts both."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.browser import ENTER, TAB, Tab
from tests.scripted_model import ScriptedModel, look, reads, reply

ROOT = Path(__file__).parents[2]
QUESTION = "How many licences were granted?"
DISPUTE = reply(
    readings=[reads("A", "54 licences were granted", ["A1"]), reads("B", "41 licences were granted", ["B1"])],
    positions=[("54 licences were granted", ["A"]), ("41 licences were granted", ["B"])],
    relation="dispute",
    kind="number",
    statements=[],
)


@pytest.fixture
def tab(driver: Any, tmp_path: Path) -> Iterator[Tab]:
    """The page of a bot whose library holds two articles that contradict each other."""
    coverage = tmp_path / "coverage"
    coverage.mkdir()
    front = "---\noutlet: {}\npublished: 2026-05-{}\nurl: https://example.org/{}\n---\n{}\n"
    for name, day, text in (
        ("courier", 20, "The ministry granted 54 licences."),
        ("post", 21, "Only 41 licences were granted."),
    ):
        (coverage / f"{name}.md").write_text(front.format(name.title(), day, name, text), encoding="utf-8")
    with ScriptedModel() as model:
        model.always(answer=DISPUTE, second_look=look(upheld=True, text=""))
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SANDBOX_PORT": "0",
            "OPENAI_API_KEY": "test",
            "OPENAI_BASE_URL": model.base_url,
        }
        command = [sys.executable, "-m", "bot"]
        subprocess.run([*command, "ingest", "coverage"], cwd=tmp_path, env=environment, check=True, capture_output=True)
        with subprocess.Popen(
            [*command, "sandbox"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as bot:
            try:
                yield Tab(driver, _address(bot))
            finally:
                bot.terminate()
                bot.communicate(timeout=30)


def _address(bot: subprocess.Popen[str]) -> str:
    assert bot.stdout is not None
    assert bot.stderr is not None
    for line in bot.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError(bot.stderr.read())


def ask(tab: Tab) -> None:
    tab.type(".main .composer textarea", "@cross", TAB, QUESTION, ENTER)


def test_given_two_outlets_disagree_when_asked_in_the_browser_then_the_flag_the_quotes_and_the_cost_show(
    tab: Tab,
) -> None:
    tab.open()
    ask(tab)

    tab.wait(".pane .message", "Sources disagree")
    tab.wait(".pane .message", "The ministry granted 54 licences.")
    tab.picture("bot-answer")
    tab.click(".pane .cite", "1")
    tab.wait(".pane-article mark", "licences")
    tab.click(".pane-head button[aria-label=Back]")
    tab.wait(".pane .message", "Sources disagree").click()
    tab.click(".pane .message:last-of-type .tool[aria-label='What is behind this message']")

    tab.wait(".figures", "Model calls")
    tab.wait(".prompt")
    assert tab.troubles() == []


def test_given_the_model_is_switched_off_on_the_page_when_asked_then_quotes_stand_side_by_side(tab: Tab) -> None:
    tab.open()
    tab.click(".try-it")
    tab.unfold("Switch on a trouble")
    tab.wait(".row select").send_keys("down")
    tab.click(".pane-head button[aria-label='Close pane']")
    ask(tab)

    tab.wait(".pane .message", "Not compared")
    tab.wait(".pane .message", "Only 41 licences were granted.")


def test_given_an_article_is_added_on_the_page_when_done_then_the_coverage_holds_it(tab: Tab) -> None:
    tab.open()
    tab.click(".try-it")
    tab.unfold("Add an article")
    tab.type(".add-article [name=title]", "A recount")
    tab.type(".add-article [name=outlet]", "The Gazette")
    tab.type(".add-article [name=text]", "A recount found 47 licences.")
    tab.click(".add-article .button")

    tab.wait(".part summary", "The coverage (3)")
    tab.unfold("The coverage")
    tab.click(".part .ready button", "A recount")
    tab.wait(".pane-article .sentence", "A recount found 47 licences.")
