"""Words to admins by direct message."""

from __future__ import annotations

import pytest

from bot.errors import SlackUnavailable
from bot.sandbox import ANNA, BEN, Sandbox
from bot.slack.account import signed_in
from bot.slack.posting.notices import tell

TEXT = "This workspace has used 80% of its share. <!channel> & <https://evil.example|more>"


async def test_given_admins_when_told_twice_under_one_key_then_each_hears_it_once_and_it_pings_nobody() -> None:
    async with Sandbox() as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        for _ in range(2):
            await tell(account, [ANNA, BEN], TEXT, "warning:1")
        told = [sandbox.messages(sandbox.dm(person)) for person in (ANNA, BEN)]

    assert [len(messages) for messages in told] == [1, 1]
    assert "80%" in told[0][0].text
    assert "<!channel>" not in told[0][0].text
    assert "<https" not in told[0][0].text


async def test_given_an_admin_who_cannot_be_reached_when_told_then_the_others_are() -> None:
    async with Sandbox() as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        await tell(account, ["U0NOBODY", BEN], TEXT, "warning:1")

        assert len(sandbox.messages(sandbox.dm(BEN))) == 1


async def test_given_slack_is_away_when_told_then_it_may_be_told_again() -> None:
    async with Sandbox() as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        sandbox.faults.fail("chat.postMessage")

        with pytest.raises(SlackUnavailable):
            await tell(account, [ANNA], TEXT, "warning:1")
