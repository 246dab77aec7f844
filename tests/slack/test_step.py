"""The workflow step "Summarise coverage", over real Socket Mode and HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.errors import ReaderUnavailable
from bot.news.catalogue import ENGLISH, of
from bot.news.model import Check
from bot.news.rules import ChannelRules
from bot.news.summary import Length, Scope, Summary
from bot.sandbox import ANNA, GENERAL, Sandbox
from bot.slack.commands.step import STEP, SUMMARISE, SummaryStep, as_text
from bot.slack.looks.escape import web_link
from bot.slack.manifest import manifest
from tests.slack import answers
from tests.slack.conftest import NOON, Bot
from tests.slack.test_escape import harmless
from tests.slack.test_summaries import summed_up
from tests.slack.texts import ODD_TEXTS


@dataclass
class Sums:
    """Sums up as given, and keeps what it was asked for."""

    made: Summary = field(default_factory=lambda: summed_up(Scope()))
    asked: list[tuple[Scope, Length]] = field(default_factory=list)

    async def __call__(self, scope: Scope, length: Length, work: Any) -> Summary:
        self.asked.append((scope, length))
        return self.made


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(manifest=manifest(), ack_timeout_s=0.5, retry_after_s=(0.05, 0.05, 0.1)) as made:
        yield made


@pytest.fixture
def sums(idle: Bot) -> Sums:
    sums = Sums()
    step = SummaryStep(idle.account, sums, idle.coverage, idle.gate, lambda: NOON)
    idle.runs[STEP] = idle.languages.around(step.run)
    return sums


async def test_given_a_workflow_when_it_comes_to_the_step_then_it_goes_on_with_a_cited_summary(
    bot: Bot, sums: Sums
) -> None:
    run = await bot.sandbox.run_step(SUMMARISE, {"topic": "licences", "since": "7d", "channel": GENERAL})
    await bot.quiet()

    ((scope, length),) = sums.asked
    assert (scope.topic, scope.since is not None, length) == ("licences", True, Length.SHORT)
    assert run.outputs is not None
    text = run.outputs["summary"]
    assert "• Forty-one licences were granted. 0. [1]" in text
    assert f"[1] The Courier, 20 May 2026: {web_link(answers.COURIER.url)}" in text
    assert "Check the quotes before you rely on it." in text


async def test_given_events_over_http_when_the_step_is_run_without_inputs_then_all_coverage_is_summed_up(
    bot_over_http: Bot, sums: Sums
) -> None:
    run = await bot_over_http.sandbox.run_step(SUMMARISE)
    await bot_over_http.quiet()

    assert sums.asked == [(Scope(), Length.SHORT)]
    assert run.outputs


async def test_given_an_event_that_comes_twice_when_the_step_is_run_then_it_is_done_once(bot: Bot, sums: Sums) -> None:
    bot.inbox.failures = 1  # so that Slack brings it again
    run = await bot.sandbox.run_step(SUMMARISE)
    await bot.quiet()

    assert len(sums.asked) == 1
    assert run.outputs


async def test_given_a_job_that_runs_again_after_it_ended_the_step_when_it_does_then_that_stands(
    bot: Bot, sums: Sums
) -> None:
    run = await bot.sandbox.run_step(SUMMARISE)
    await bot.quiet()
    ended = run.outputs

    sums.made = summed_up(Scope(), "Another text.")
    await bot.runs[STEP](bot.inbox.jobs[-1])

    assert run.outputs == ended
    assert bot.faults == []


async def test_given_a_time_that_is_none_when_the_step_is_run_then_the_workflow_is_told_what_would_be(
    bot: Bot, sums: Sums
) -> None:
    run = await bot.sandbox.run_step(SUMMARISE, {"since": "whenever"})
    await bot.quiet()

    assert run.outputs is None
    assert run.error is not None
    assert "since 7d" in run.error
    assert sums.asked == []


async def test_given_a_channel_where_only_some_may_ask_when_the_step_is_run_for_it_then_it_is_refused(
    bot: Bot, sums: Sums
) -> None:
    bot.rules.channels[GENERAL] = ChannelRules(askers=(ANNA,))

    run = await bot.sandbox.run_step(SUMMARISE, {"channel": GENERAL})
    await bot.quiet()

    assert run.error == ENGLISH.rights.ask_here
    assert sums.asked == []


async def test_given_a_channel_that_is_set_to_german_when_the_step_fails_there_then_it_says_so_in_german(
    bot: Bot, sums: Sums
) -> None:
    bot.rules.channels[GENERAL] = ChannelRules(askers=(ANNA,), language="de")

    run = await bot.sandbox.run_step(SUMMARISE, {"channel": GENERAL})
    await bot.quiet()

    assert run.error == of("de").rights.ask_here


async def test_given_work_that_is_given_up_when_it_was_a_step_then_the_workflow_is_told_in_a_sentence(
    bot: Bot, sums: Sums
) -> None:
    run = await bot.sandbox.run_step(SUMMARISE)
    await bot.quiet()
    run.outputs = None  # as if it had never been summed up
    step = SummaryStep(bot.account, sums, bot.coverage, bot.gate, lambda: NOON)

    await step.give_up(bot.inbox.jobs[-1], ReaderUnavailable("502 Bad Gateway <html>"))

    assert run.error
    assert "502" not in run.error


def test_given_no_model_when_a_summary_is_told_as_text_then_it_says_that_nothing_was_summed_up() -> None:
    text = as_text(replace(summed_up(Scope()), check=Check.NOT_RUN))

    assert ENGLISH.answer.no_model in text


def test_given_more_lines_than_a_step_can_give_when_told_then_those_left_out_are_counted() -> None:
    text = as_text(summed_up(Scope(), "Forty-one licences were granted on a long day in May.", lines=300))

    assert len(text) < 12_000
    assert "And " in text


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_given_odd_texts_when_a_summary_is_told_as_text_then_nothing_in_it_acts(text: str) -> None:
    told = as_text(summed_up(Scope(topic=text), text))

    for line in told.split("\n"):
        head, _, address = line.partition(": https://")
        harmless(head)
        assert not address or f"https://{address}" in {web_link(a.url) for a in answers.dispute().shown}
