"""Troubles on request, and Slack's tiers."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import GENERAL, Sandbox
from tests.sandbox.test_web_api import refusal


async def raw(sandbox: Sandbox, http: aiohttp.ClientSession, method: str) -> tuple[int, str | None]:
    headers = {"Authorization": f"Bearer {sandbox.bot_token}"}
    form = {"channel": GENERAL, "text": "x"}
    async with http.post(f"{sandbox.api_url}{method}", data=form, headers=headers) as answer:
        return answer.status, answer.headers.get("Retry-After")


async def test_given_a_limit_when_called_then_429_says_how_long_to_wait_and_the_next_call_passes(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    sandbox.faults.limit("chat.postMessage", retry_after_s=7)

    first = await raw(sandbox, http, "chat.postMessage")
    second = await raw(sandbox, http, "chat.postMessage")

    assert (first, second) == ((429, "7"), (200, None))
    assert len(sandbox.messages(GENERAL)) == 1


async def test_given_a_broken_method_when_called_then_500_and_nothing_is_done(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    sandbox.faults.fail("chat.postMessage")

    status, _ = await raw(sandbox, http, "chat.postMessage")

    assert status == 500
    assert sandbox.messages(GENERAL) == []


async def test_given_a_cut_when_called_then_the_call_is_carried_out_and_no_answer_comes(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.faults.cut("chat.postMessage")

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=GENERAL, text="x")

    assert len(sandbox.messages(GENERAL)) == 1


async def test_given_a_workspace_without_streams_when_one_is_started_then_the_method_is_unknown(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.faults.refuse("chat.startStream", "unknown_method")

    codes = [await refusal(client, "chat.startStream", channel=GENERAL) for _ in range(2)]
    sandbox.faults.clear()
    after = await refusal(client, "chat.startStream", channel=GENERAL)

    assert codes == ["unknown_method"] * 2
    assert after == "missing_recipient_team_id"


async def test_given_tiers_when_a_team_calls_too_often_then_it_waits_and_another_does_not(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.faults.tiers = True
    other = sandbox.add_workspace()
    bare = AsyncWebClient(base_url=sandbox.api_url, session=client.session)

    for _ in range(20):
        await client.conversations_list()
    with pytest.raises(SlackApiError) as caught:
        await bare.conversations_list(token=sandbox.bot_token)
    theirs = await bare.conversations_list(token=other.bot_token)

    assert caught.value.response["error"] == "ratelimited"
    assert 1 <= int(caught.value.response.headers["Retry-After"]) <= 60
    assert theirs["ok"]
