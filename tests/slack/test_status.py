"""The line that says the bot is at work outlives neither its work nor a moment's trouble at Slack."""

from __future__ import annotations

import pytest

from bot.sandbox import ANNA, GENERAL, Sandbox
from bot.slack.account import Account
from bot.slack.answers.status import at_work
from bot.slack.posting.post import Place

CALLS = ("assistant.threads.setStatus", "agents.sessions.setStatus")


@pytest.fixture
async def place(sandbox: Sandbox) -> Place:
    asked = await sandbox.say(GENERAL, ANNA, "?")
    return Place(GENERAL, asked.ts, asked.ts, ANNA)


@pytest.mark.parametrize("method", CALLS)
async def test_given_slack_fails_for_a_moment_when_the_work_ends_then_nothing_shows_as_at_work(
    sandbox: Sandbox, account: Account, place: Place, method: str
) -> None:
    async with at_work(account, place, again_s=(0, 0)):
        await sandbox.wait_for(lambda: sandbox.session(GENERAL, place.thread))
        sandbox.faults.fail(method, 2)

    session = sandbox.session(GENERAL, place.thread)
    assert session is not None
    assert session.status == "active"
    assert sandbox.status(GENERAL, place.thread) is None


async def test_given_slack_cut_the_call_that_set_the_session_when_the_work_ends_then_it_is_cleared_all_the_same(
    sandbox: Sandbox, account: Account, place: Place
) -> None:
    sandbox.faults.cut("agents.sessions.setStatus")

    async with at_work(account, place, again_s=(0, 0)):
        await sandbox.wait_for(lambda: sandbox.session(GENERAL, place.thread))

    session = sandbox.session(GENERAL, place.thread)
    assert session is not None
    assert session.status == "active"


@pytest.mark.parametrize("method", CALLS)
async def test_given_a_workspace_without_the_method_when_the_work_ends_then_it_is_not_asked_again(
    sandbox: Sandbox, account: Account, place: Place, method: str
) -> None:
    sandbox.faults.refuse(method, "unknown_method")

    async with at_work(account, place, again_s=(0, 0)):
        await sandbox.wait_for(lambda: any(refused == method for refused, _ in sandbox.refusals))

    assert len([refused for refused, _ in sandbox.refusals if refused == method]) <= 2
