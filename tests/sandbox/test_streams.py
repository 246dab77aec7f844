"""Streams: what grows, what is refused meanwhile, and how they end."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import BlocksChunk, MarkdownTextChunk, PlanUpdateChunk, TaskUpdateChunk
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import ANNA, GENERAL, Message, Sandbox
from tests.sandbox.conftest import client_of
from tests.sandbox.test_web_api import refusal


async def opened(sandbox: Sandbox, client: AsyncWebClient, **more: Any) -> tuple[Message, AsyncChatStream]:
    """A question and a stream under it."""
    asked = await sandbox.say(GENERAL, ANNA, "hello")
    stream = await client.chat_stream(
        channel=GENERAL,
        thread_ts=asked.ts,
        recipient_team_id=sandbox.workspace.id,
        recipient_user_id=ANNA,
        buffer_size=1,
        **more,
    )
    return asked, stream


async def test_given_a_stream_when_it_grows_and_stops_then_one_message_holds_all_of_it(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    asked, stream = await opened(sandbox, client)

    await stream.append(markdown_text="**one** ")
    (growing,) = sandbox.replies(asked)
    while_open = growing.streaming
    await stream.append(markdown_text="two")
    footer = {"type": "context", "elements": [{"type": "mrkdwn", "text": "three"}]}
    await stream.stop(blocks=[footer], metadata={"event_type": "answer", "event_payload": {"key": "k"}})

    (message,) = sandbox.replies(asked)
    assert while_open
    assert not message.streaming
    assert message.shown == "**one** two\nthree"
    assert message.metadata == {"event_type": "answer", "event_payload": {"key": "k"}}


async def test_given_tasks_in_a_plan_when_updated_then_status_replaces_and_details_grow(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    asked, stream = await opened(sandbox, client, task_display_mode="plan")

    await stream.append(chunks=[PlanUpdateChunk(title="Reading")])
    await stream.append(chunks=[TaskUpdateChunk(id="a", title="Outlet A", status="in_progress", details="one ")])
    await stream.append(chunks=[TaskUpdateChunk(id="a", title="Outlet A", status="complete", details="two")])
    await stream.append(chunks=[MarkdownTextChunk(text="said"), BlocksChunk(blocks=[{"type": "divider"}])])

    (message,) = sandbox.replies(asked)
    plan, said, divider = message.blocks
    assert plan["title"] == "Reading"
    assert [task["status"] for task in plan["tasks"]] == ["complete"]
    assert plan["tasks"][0]["details"]["elements"][0]["elements"][0]["text"] == "one two"
    assert (said["text"], divider["type"]) == ("said", "divider")


async def test_given_an_open_stream_when_updated_or_deleted_then_slack_refuses(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    _, stream = await opened(sandbox, client)
    await stream.append(markdown_text="one")
    place = {"channel": GENERAL, "ts": stream.ts}

    assert await refusal(client, "chat.update", **place, text="x") == "streaming_state_conflict"
    assert await refusal(client, "chat.delete", **place) == "cant_delete_message"
    await stream.stop()
    await client.chat_update(**place, text="x")
    assert await refusal(client, "chat.stopStream", **place) == "message_not_in_streaming_state"


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("missing_recipient_team_id", {"recipient_team_id": None}),
        ("missing_recipient_user_id", {"recipient_user_id": None}),
        ("invalid_arguments", {"metadata": {"event_type": "a", "event_payload": {}}}),
        ("invalid_chunks", {"chunks": [{"type": "task_update", "id": "a", "title": "x" * 257, "status": "complete"}]}),
        ("invalid_chunks", {"chunks": [{"type": "task_update", "id": "a", "title": "x", "status": "done"}]}),
        ("msg_too_long", {"chunks": [{"type": "markdown_text", "text": "x" * 12_001}]}),
    ],
)
async def test_given_a_wrong_start_when_made_then_slack_s_own_code_comes_back(
    sandbox: Sandbox, client: AsyncWebClient, code: str, changed: dict[str, Any]
) -> None:
    asked = await sandbox.say(GENERAL, ANNA, "hello")
    right = {
        "channel": GENERAL,
        "thread_ts": asked.ts,
        "recipient_team_id": sandbox.workspace.id,
        "recipient_user_id": ANNA,
    }

    assert await refusal(client, "chat.startStream", **(right | changed)) == code
    assert sandbox.replies(asked) == []


async def test_given_a_stream_past_its_lifetime_when_appended_to_then_it_is_over_and_can_be_updated(
    http: aiohttp.ClientSession,
) -> None:
    async with Sandbox(stream_lifetime_s=0) as sandbox:
        client = client_of(sandbox, http)
        asked, stream = await opened(sandbox, client)
        await stream.append(markdown_text="one")

        with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
            await stream.append(markdown_text="two")
        await client.chat_update(channel=GENERAL, ts=str(stream.ts), text="whole")

        (message,) = sandbox.replies(asked)
        assert (message.text, message.streaming) == ("whole", False)


async def test_given_a_stream_when_a_person_stops_it_then_the_bot_is_told_and_further_text_refused(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    asked, stream = await opened(sandbox, client)
    await stream.append(markdown_text="one")
    (message,) = sandbox.replies(asked)

    stopping = asyncio.create_task(sandbox.stop_stream(message, ANNA))
    await sandbox.wait_for(lambda: not message.streaming)

    with pytest.raises(SlackApiError, match="stopped_by_user"):
        await stream.append(markdown_text="two")
    told = sandbox.deliveries[-1].body["event"]
    assert (told["type"], told["thread_ts"]) == ("agent_session_stopped", asked.ts)
    stopping.cancel()
