"""`/coverage summary` as people type it, over real Socket Mode."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.news.catalogue import ENGLISH
from bot.news.digest.subscription import NotUnderstood
from bot.news.model import Check, Standing, Statement
from bot.news.summary import Length, Scope, Summary
from bot.sandbox import ANNA, GENERAL
from bot.slack.commands.commands import Subcommand
from bot.slack.commands.summaries import SummaryCommand, drawn, understood
from tests.slack import answers, entries
from tests.slack.conftest import Bot
from tests.slack.fakes import FixedCoverage, MemoryShelf
from tests.slack.snapshot import assert_kept
from tests.slack.texts import ODD_TEXTS

NOW = datetime(2026, 5, 22, 12, tzinfo=UTC)
OUTLETS = {"the courier"}


def summed_up(scope: Scope, text: str = "Forty-one licences were granted.", lines: int = 1) -> Summary:
    told = tuple(Statement(f"{text} {n}", answers.cites(answers.COURIER)) for n in range(lines))
    disputed = (Standing(answers.QUESTION, answers.dispute().comparison.positions),)
    shown = answers.dispute().shown
    return Summary(scope, Check.CHECKED, happened=told, lone=told, disputed=disputed, shown=shown)


@pytest.mark.parametrize(
    ("said", "scope", "length"),
    [
        ("", Scope(), Length.SHORT),
        ("full", Scope(), Length.FULL),
        ("AI export ban", Scope(topic="AI export ban"), Length.SHORT),
        ("The Courier since 7d full", Scope(outlet="The Courier", since=NOW - timedelta(days=7)), Length.FULL),
        ("since 2026-05-20", Scope(since=datetime(2026, 5, 20, tzinfo=UTC)), Length.SHORT),
        ("bans since yesterday", Scope(topic="bans", since=datetime(2026, 5, 21, tzinfo=UTC)), Length.SHORT),
        ("bans since 20 May full", Scope(topic="bans", since=datetime(2026, 5, 20, tzinfo=UTC)), Length.FULL),
        ("what happened since the ban", Scope(topic="what happened since the ban"), Length.SHORT),
        ("<https://example.org/a>", Scope(article="https://example.org/a"), Length.SHORT),
    ],
)
def test_given_words_when_a_summary_is_asked_for_then_they_say_of_what_and_how_long(
    said: str, scope: Scope, length: Length
) -> None:
    assert understood(said, OUTLETS, NOW) == (scope, length)


def test_given_a_time_that_is_none_when_read_then_it_is_refused() -> None:
    with pytest.raises(NotUnderstood) as refused:
        understood("bans since whenever", OUTLETS, NOW)

    assert "since whenever" in refused.value.tell


def test_given_a_summary_in_german_when_drawn_then_the_bot_s_own_words_are_german_too() -> None:
    found = summed_up(Scope(topic="Lizenzen", since=datetime(2026, 5, 20, tzinfo=UTC)))

    (message,) = drawn(replace(found, language="de"))

    assert message.text == "Lizenzen · seit 20. Mai 2026 · 4 Artikel"
    for said in ("Was geschah", "Die Quellen widersprechen sich", "Nur eine Quelle sagt"):
        assert f"**{said}**" in message.body
    assert "Von KI geschrieben aus 4 Artikeln, " in json.dumps(message.tail, ensure_ascii=False)


def test_given_a_summary_when_drawn_then_it_reads_as_kept() -> None:
    (message,) = drawn(summed_up(Scope(topic="licences")))

    assert_kept("summary", {"text": message.text, "blocks": message.blocks})


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_given_odd_text_when_drawn_then_it_is_harmless(text: str) -> None:
    told = json.dumps([m.blocks for m in drawn(summed_up(Scope(topic=text), text))])

    assert "https://evil" not in told
    assert "<!channel>" not in told


def test_given_a_long_summary_when_drawn_then_every_line_is_in_some_message() -> None:
    messages = drawn(summed_up(Scope(), "Something of some length happened then. " * 5, 100))

    told = " ".join(m.body for m in messages)
    assert len(messages) > 1
    missing = [n for n in range(100) if not re.search(rf"then\. {n}\b", told)]
    assert missing == [], told[:600]


@pytest.fixture
def calls() -> list[Scope]:
    return []


@pytest.fixture
def subcommands(calls: list[Scope]) -> list[Subcommand]:
    async def sum_up(scope: Scope, length: Length, work: Any) -> Summary:
        calls.append(scope)
        return Summary(scope, Check.CHECKED) if scope.topic == "whales" else summed_up(scope)

    coverage = FixedCoverage(headings=entries.HEADINGS)
    return [SummaryCommand(sum_up, coverage, MemoryShelf(), lambda: NOW).subcommand()]


async def test_given_a_time_that_is_none_when_typed_then_that_is_told_and_no_work_is_given_up(bot: Bot) -> None:
    await bot.sandbox.command("/coverage", "summary bans since whenever", channel=GENERAL, user=ANNA)
    await bot.quiet()

    assert any("since whenever" in told.text for told in bot.sandbox.private(ANNA))
    assert bot.faults == []


async def test_given_nothing_to_sum_up_when_asked_for_then_there_is_nothing_to_share(bot: Bot) -> None:
    await bot.sandbox.command("/coverage", "summary whales", channel=GENERAL, user=ANNA)
    await bot.quiet()

    assert "share" not in str([m.blocks for m in bot.sandbox.private(ANNA)])


async def test_given_a_topic_when_summed_up_by_command_then_it_is_private_and_can_be_shared(
    bot: Bot, calls: list[Scope]
) -> None:
    await bot.sandbox.command("/coverage", "summary licences", channel=GENERAL, user=ANNA)
    await bot.quiet()
    told = next(m for m in bot.sandbox.private(ANNA) if m.text != ENGLISH.commands.begun)

    await bot.sandbox.click(told, "share", user=ANNA)
    await bot.quiet()

    (shared,) = [m for m in bot.sandbox.messages(GENERAL) if m.bot_id == bot.sandbox.workspace.bot.bot_id]
    assert "licences" in shared.text
    assert calls == [Scope(topic="licences")]
    assert bot.faults == []
