"""The page with the bot itself behind it, as `python -m bot sandbox` starts both."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.sample import FIRST_QUESTION
from tests.sandbox.browser import ENTER, ESCAPE, TAB, Tab
from tests.scripted_model import Request, ScriptedModel, look, reads, reply

ROOT = Path(__file__).parents[2]
QUESTION = "How many licences were granted?"
DISPUTE = reply(
    readings=[reads("A", "54 licences were granted", ["A1"]), reads("B", "41 licences were granted", ["B1"])],
    positions=[("54 licences were granted", ["A"]), ("41 licences were granted", ["B"])],
    relation="dispute",
    kind="number",
    statements=[],
)
RECOUNT = "A recount found that 47 licences were granted."
RECOUNTED = reply(
    readings=[*DISPUTE["readings"], reads("C", "47 licences were granted", ["C1"])],
    positions=[*[(p["claim"], p["sources"]) for p in DISPUTE["positions"]], ("47 licences were granted", ["C"])],
    relation="dispute",
    kind="number",
    statements=[],
)
LINE = {"text": "The ministry granted licences.", "keys": ["A1", "B1"]}
SUMMARY = {"happened": [LINE], "agreed": [], "lone": [], "unknown": []}
DIGEST = {"happened": [LINE], "lone": []}


def answered(request: Request) -> dict[str, Any]:
    return RECOUNTED if RECOUNT in request.text else DISPUTE


@pytest.fixture
def keyless(driver: Any, tmp_path: Path) -> Iterator[Tab]:
    """The page of a bot without a model, on the sample coverage."""
    yield from serving(driver, tmp_path, {})


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
        model.always(
            answer=answered,
            second_look=look(upheld=True, text=""),
            summary=SUMMARY,
            digest=DIGEST,
            propose={"known": [], "candidates": []},
        )
        settings = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": model.base_url}
        command = [sys.executable, "-m", "bot", "ingest", "coverage"]
        subprocess.run(command, cwd=tmp_path, env=environment(settings), check=True, capture_output=True)
        yield from serving(driver, tmp_path, settings)


def environment(settings: dict[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SANDBOX_PORT": "0", **settings}


def serving(driver: Any, folder: Path, settings: dict[str, str]) -> Iterator[Tab]:
    """The page of a bot in this folder; the console must stay free of complaints."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "sandbox"],
        cwd=folder,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as bot:
        try:
            driver.set_window_size(1360, 900)
            yield Tab(driver, _address(bot))
            assert Tab(driver, "").troubles() == []
        finally:
            driver.get("about:blank")  # a page that outlives its bot would complain in the next test
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


def command(tab: Tab, text: str) -> None:
    tab.type(".main .composer textarea", text, ENTER)


def answer_to(tab: Tab) -> None:
    """Ask, and wait until the answer stands."""
    tab.open()
    ask(tab)
    tab.wait(".pane .message button", "Follow")


def add(tab: Tab, title: str, text: str) -> None:
    tab.click(".try-it")
    tab.unfold("Add an article")
    tab.type(".add-article [name=title]", title)
    tab.type(".add-article [name=outlet]", "The Gazette")
    tab.type(".add-article [name=text]", text)
    tab.click(".add-article .button")
    tab.wait(".part summary", "The coverage (3)")


def test_given_an_answer_when_its_quotes_are_opened_then_every_cited_sentence_stands_there(tab: Tab) -> None:
    answer_to(tab)

    tab.click(".pane .message button", "Show quotes")

    tab.wait("dialog[open]", "The ministry granted 54 licences.")
    tab.wait("dialog[open]", "Only 41 licences were granted.")
    tab.picture("bot-quotes")
    tab.press(ESCAPE)
    tab.gone("dialog[open]")


def test_given_a_flag_when_someone_says_that_it_is_none_then_the_bot_thanks_for_the_word(tab: Tab) -> None:
    answer_to(tab)

    tab.click(".pane .message button", "Not a disagreement")

    tab.wait(".pane .message", "It is noted as “Not a disagreement”")
    tab.wait(".pane .message", "Only visible to you")


def test_given_the_summary_command_when_it_is_shared_then_the_channel_has_it(tab: Tab) -> None:
    tab.open()

    command(tab, "/coverage summary")

    tab.wait(".main .message", "What happened")
    tab.wait(".main .message", "The ministry granted licences.")
    tab.picture("bot-summary")
    tab.click(".main .message button", "Share")
    tab.until(lambda: [m for m in tab.all(".main .message") if shared(m.text)])


def shared(text: str) -> bool:
    return "The ministry granted licences." in text and "Only visible to you" not in text


def test_given_the_settings_form_when_outlets_are_chosen_and_saved_then_the_channel_hears_of_it_and_lists_only_those(
    tab: Tab,
) -> None:
    tab.open()
    command(tab, "/coverage settings")
    tab.wait("dialog[open] label", "Courier")
    tab.picture("bot-settings")

    tab.type("dialog[open] select[aria-label='Which outlets']", "Only", TAB)
    tab.click("dialog[open] label", "Courier")
    tab.click("dialog[open] button", "Save")

    tab.wait(".main .message", "The settings of this channel were changed by")
    tab.wait(".main .message", "Outlets: only Courier")
    tab.click(".main .composer textarea")
    command(tab, "/coverage sources")
    tab.wait(".main .message", "1 outlet, 1 article")


def test_given_a_digest_is_on_when_the_clock_says_nine_tomorrow_then_it_arrives(tab: Tab) -> None:
    tab.open()
    command(tab, "/coverage digest on 09:00 every day Europe/London")
    tab.wait(".main .message", "The next one comes on")

    tab.click(".try-it")
    tab.click(".part button", "Now is 09:00 tomorrow")

    tab.wait(".main .message", "2 new articles")
    tab.wait(".main .message", "The ministry granted licences.")
    tab.picture("bot-digest")


def test_given_a_followed_question_when_an_article_changes_its_answer_then_the_thread_hears_of_it(tab: Tab) -> None:
    answer_to(tab)
    tab.click(".pane .message button", "Follow")
    tab.wait(".pane .message", "You follow this question")

    add(tab, "A recount", RECOUNT)
    tab.click(".pane-head button[aria-label='Close pane']")
    tab.click(".main .message .replies", "2 replies")

    tab.wait(".pane .message", "47 licences were granted")
    tab.picture("bot-follow")


def test_given_no_key_when_a_ready_article_corrects_a_followed_answer_then_the_thread_hears_of_it(keyless: Tab) -> None:
    keyless.open()
    question = "Do private companies have to follow the human oversight rule?"
    keyless.type(".main .composer textarea", "@cross", TAB, question, ENTER)
    keyless.wait(".pane .message", "Sources disagree")
    keyless.click(".pane .message button", "Follow")
    keyless.wait(".pane .message", "You follow this question")

    keyless.click(".try-it")
    keyless.unfold("Add an article")
    keyless.click(".part .ready button", "Correction: the oversight rule")
    keyless.click(".add-article .button")
    keyless.click(".pane-head button[aria-label='Close pane']")
    keyless.click(".main .message .replies", "2 replies")

    keyless.wait(".pane .message", "The answer has changed")
    keyless.wait(".pane .message", "Corrected or updated since")
    keyless.picture("bot-follow-keyless")


def test_given_a_dark_phone_and_only_keys_when_a_question_is_typed_then_the_whole_answer_is_read(keyless: Tab) -> None:
    keyless.driver.set_window_size(500, 900)
    keyless.open()
    keyless.driver.execute_script("localStorage.setItem('theme', 'dark')")
    keyless.open()
    while keyless.focused() != "Message #general":
        keyless.press(TAB)

    keyless.press("@cross", TAB, FIRST_QUESTION, ENTER)

    keyless.wait(".pane .message", "Sources disagree")
    keyless.wait(".pane .message", "Nothing in the coverage reconciles them")
    assert keyless.driver.execute_script("return !!document.activeElement.closest('.pane')")
    keyless.picture("bot-answer-phone-dark")
    wide = keyless.driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    keyless.press(ESCAPE)
    keyless.gone(".pane")
    assert keyless.focused() == "Message #general"
    keyless.driver.execute_script("localStorage.removeItem('theme')")


def test_given_no_key_when_the_disagreements_are_asked_for_then_recorded_ones_stand_in_a_table(keyless: Tab) -> None:
    keyless.open()

    until_stand(keyless, 17)

    keyless.wait(".main .message .table", "The Albion Courier")
    keyless.wait(".main .message", "A recorded reply by claude")
    keyless.picture("bot-disagreements")


def test_given_a_link_to_an_article_when_posted_then_a_card_under_it_tells_who_says_otherwise(keyless: Tab) -> None:
    keyless.open()
    until_stand(keyless, 17)

    command(keyless, "Have you seen https://example.org/albion-courier/washington-frees-claude yet?")

    keyless.wait(".main .message .attachment")
    keyless.picture("bot-link-card")
    keyless.wait(".main .message .attachment", "more disagreements: /coverage disagreements")
    keyless.picture("bot-link-card")


def waiting(folder: Path) -> int:
    """How many articles a bot in this folder has not compared yet."""
    with closing(sqlite3.connect(f"file:{folder / 'crosscheck.db'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM ledger_waiting").fetchone()[0])


LEDGER_S = 1.5  # left to the ledger between two commands: what people ask goes before its work


def until_stand(tab: Tab, count: int) -> None:
    """Ask for the disagreements until so many stand: the ledger takes seconds to go through what came."""

    def told() -> list[str]:
        script = "return [...document.querySelectorAll('.main .message')].map(e => e.textContent)"
        return [text for text in tab.driver.execute_script(script) if "disagree" in text]

    def stand() -> bool:
        before = len(told())
        command(tab, "/coverage disagreements")
        tab.until(lambda: len(told()) > before)
        if f"disagree on {count} questions" in told()[-1]:
            return True
        time.sleep(LEDGER_S)
        return False

    tab.until(stand)


def test_given_questions_under_an_answer_when_one_is_pressed_then_the_thread_has_its_answer_under_who_asked(
    keyless: Tab,
) -> None:
    keyless.open()
    until_stand(keyless, 17)
    keyless.type(".main .composer textarea", "@cross", TAB, FIRST_QUESTION, ENTER)
    keyless.wait(".pane .message", "Ask next:")

    keyless.click(".pane .message button", "Did Anthropic make a public statement")

    keyless.wait(".pane .message", "Asked by")
    keyless.wait(".pane .message", "Sources disagree: Did Anthropic make a public statement")
    keyless.picture("bot-ask-next")


def test_given_topics_that_are_followed_when_follow_alone_is_typed_then_each_is_listed_and_let_go(
    keyless: Tab,
) -> None:
    keyless.open()
    until_stand(keyless, 17)
    for topic in ("open letter", "whales"):
        command(keyless, f"/coverage follow {topic}")
        keyless.wait(".main .message", f"begin to disagree on “{topic}”")
    keyless.wait(".main .message", "names did the open letter")

    command(keyless, "/coverage follow")
    keyless.wait("dialog[open]", "New disagreements on “whales”")
    keyless.picture("bot-follows")
    [_, whales] = [b for b in keyless.all("dialog[open] button") if b.text == "Stop following"]
    whales.click()

    keyless.gone("dialog[open]", "whales")
    keyless.wait("dialog[open]", "New disagreements on “open letter”")


def test_given_no_key_when_the_digest_comes_after_a_ready_article_then_it_is_led_by_what_is_disputed(
    keyless: Tab, tmp_path: Path
) -> None:
    keyless.open()
    command(keyless, "/coverage digest on 09:00 every day Europe/London")
    keyless.wait(".main .message", "The next one comes on")
    until_stand(keyless, 17)
    keyless.until(lambda: waiting(tmp_path) == 0)  # a reply was kept for each article as it came, one by one
    keyless.click(".try-it")
    keyless.unfold("Add an article")
    keyless.click(".part .ready button", "British buyers of Claude need no export licence")
    keyless.click(".add-article .button")
    until_stand(keyless, 18)

    keyless.click(".part button", "Now is 09:00 tomorrow")

    keyless.click(".pane-head button[aria-label='Close pane']")
    digest = keyless.wait(".main .message", "18 new disagreements")
    keyless.driver.execute_script("arguments[0].scrollIntoView()", digest)
    keyless.wait(".main .message", "A recorded reply by claude")
    keyless.picture("bot-digest-keyless")
