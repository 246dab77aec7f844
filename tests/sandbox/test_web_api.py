"""The Web API answers as Slack does, also when it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import ANNA, BEN, GENERAL, RANDOM, Sandbox
from tests.sandbox.conftest import client_of


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def refusal(client: AsyncWebClient, method: str, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=args)
    return str(caught.value.response["error"])


@pytest.mark.parametrize(
    ("code", "args"),
    [
        ("channel_not_found", {"channel": "C0NOWHERE", "text": "x"}),
        ("not_in_channel", {"channel": RANDOM, "text": "x"}),
        ("invalid_arguments", {"text": "x"}),
        ("no_text", {"channel": GENERAL}),
        ("msg_too_long", {"channel": GENERAL, "text": "x" * 40_001}),
        ("msg_too_long", {"channel": GENERAL, "markdown_text": "x" * 12_001}),
        ("markdown_text_conflict", {"channel": GENERAL, "markdown_text": "x", "text": "x"}),
        ("invalid_blocks_format", {"channel": GENERAL, "text": "x", "blocks": "not json"}),
        ("invalid_metadata_format", {"channel": GENERAL, "text": "x", "metadata": {"event_type": "x"}}),
        ("msg_blocks_too_long", {"channel": GENERAL, "text": "x", "blocks": [section("y" * 2900)] * 5}),
    ],
)
async def test_given_a_wrong_post_when_it_is_made_then_slack_s_own_code_comes_back(
    client: AsyncWebClient, code: str, args: dict[str, Any]
) -> None:
    assert await refusal(client, "chat.postMessage", **args) == code


@pytest.mark.parametrize(
    "block",
    [
        {"type": "nonsense"},
        {"type": "section"},
        {"type": "section", "text": {"type": "mrkdwn", "text": ""}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "colour": "red"},
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {"type": "alert", "text": {"type": "mrkdwn", "text": "for modals"}},
        {"type": "input", "label": {"type": "plain_text", "text": "x"}, "element": {"type": "plain_text_input"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11},
        {"type": "markdown", "text": "x" * 12_001},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x" * 76}}],
        },
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}}] * 2,
        },
    ],
    ids=lambda block: block["type"],
)
async def test_given_a_wrong_block_when_it_is_posted_then_it_is_refused(
    client: AsyncWebClient, block: dict[str, Any]
) -> None:
    assert await refusal(client, "chat.postMessage", channel=GENERAL, text="x", blocks=[block]) == "invalid_blocks"


async def test_given_too_many_blocks_or_one_id_twice_when_posted_then_they_are_refused(client: AsyncWebClient) -> None:
    many = [{"type": "divider"}] * 51
    twins = [{"type": "divider", "block_id": "b"}] * 2

    assert await refusal(client, "chat.postMessage", channel=GENERAL, text="x", blocks=many) == "invalid_blocks"
    assert await refusal(client, "chat.postMessage", channel=GENERAL, text="x", blocks=twins) == "invalid_blocks"


async def test_given_two_tables_when_posted_then_slack_s_odd_code_comes_back(client: AsyncWebClient) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}

    code = await refusal(client, "chat.postMessage", channel=GENERAL, text="x", blocks=[table, table])

    assert code == "invalid_attachments"


async def test_given_a_wrong_or_missing_token_when_called_then_it_is_refused(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    async with http.post(f"{sandbox.api_url}auth.test") as bare:
        without = await bare.json()

    assert without == {"ok": False, "error": "not_authed"}
    assert await refusal(client_of(sandbox, http, "xoxb-other"), "auth.test") == "invalid_auth"
    assert await refusal(client_of(sandbox, http), "apps.connections.open") == "not_allowed_token_type"
    assert await refusal(client_of(sandbox, http), "no.suchMethod") == "unknown_method"


async def test_given_an_argument_in_query_and_body_when_called_then_both_are_merged_and_the_body_wins(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    query = {"channel": "C0NOWHERE", "text": "from the query"}
    form = {"channel": GENERAL, "blocks": json.dumps([section("from the form")]), "token": sandbox.bot_token}

    async with http.post(f"{sandbox.api_url}chat.postMessage", params=query, data=form) as answer:
        told = await answer.json()

    assert told["ok"]
    (message,) = sandbox.messages(GENERAL)
    assert (message.text, message.shown) == ("from the query", "from the form")


async def test_given_a_post_with_metadata_when_history_is_read_then_metadata_shows_only_where_wished(
    client: AsyncWebClient,
) -> None:
    key = {"event_type": "answer", "event_payload": {"key": "k1"}}
    posted = await client.chat_postMessage(channel=GENERAL, text="x", metadata=key)

    plain = await client.conversations_history(channel=GENERAL)
    full = await client.conversations_history(channel=GENERAL, include_all_metadata=True)
    thread = await client.conversations_replies(channel=GENERAL, ts=posted["ts"], include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == key
    assert thread["messages"][0]["metadata"] == key


async def test_given_a_long_thread_when_paged_then_each_reply_comes_once_after_the_first_message(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    first = await sandbox.say(GENERAL, ANNA, "first")
    for number in range(7):
        await sandbox.say(GENERAL, BEN, f"reply {number}", first.ts)

    read: list[str] = []
    async for page in await client.conversations_replies(channel=GENERAL, ts=first.ts, limit=3):
        read += [message["text"] for message in page["messages"]]

    assert read == ["first"] + [f"reply {number}" for number in range(7)]


async def test_given_history_between_two_moments_when_read_then_the_ends_count_only_if_wished(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    first, second, third = [await sandbox.say(GENERAL, ANNA, text) for text in ("a", "b", "c")]

    without = await client.conversations_history(channel=GENERAL, oldest=first.ts, latest=third.ts)
    with_ends = await client.conversations_history(channel=GENERAL, oldest=first.ts, latest=third.ts, inclusive=True)

    assert [m["ts"] for m in without["messages"]] == [second.ts]
    assert [m["ts"] for m in with_ends["messages"]] == [third.ts, second.ts, first.ts]


async def test_given_own_and_others_messages_when_updated_or_deleted_then_only_own_ones_change(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    own = await client.chat_postMessage(channel=GENERAL, text="x", blocks=[section("x")])
    foreign = await sandbox.say(GENERAL, ANNA, "mine")

    await client.chat_update(channel=GENERAL, ts=own["ts"], text="y", blocks=[section("y")])

    assert [m.shown for m in sandbox.messages(GENERAL)] == ["y", "mine"]
    assert await refusal(client, "chat.update", channel=GENERAL, ts=foreign.ts, text="z") == "cant_update_message"
    assert await refusal(client, "chat.delete", channel=GENERAL, ts=foreign.ts) == "cant_delete_message"
    assert await refusal(client, "chat.update", channel=GENERAL, ts="1.000001", text="z") == "message_not_found"
    assert await refusal(client, "chat.update", channel=GENERAL, ts=own["ts"], text="z" * 4001) == "msg_too_long"
    await client.chat_delete(channel=GENERAL, ts=own["ts"])
    assert [m.text for m in sandbox.messages(GENERAL)] == ["mine"]


async def test_given_an_archived_channel_when_posted_to_then_it_is_refused(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.workspace.channels[GENERAL].archived = True

    assert await refusal(client, "chat.postMessage", channel=GENERAL, text="x") == "is_archived"


async def test_given_a_person_when_posted_to_by_id_then_it_stands_in_the_direct_message(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    opened = await client.conversations_open(users=ANNA)

    posted = await client.chat_postMessage(channel=ANNA, text="for you")

    assert posted["channel"] == opened["channel"]["id"] == sandbox.dm(ANNA)


async def test_given_an_ephemeral_post_when_read_then_only_its_person_has_it(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel=GENERAL, user=ANNA, text="between us")

    assert [m.text for m in sandbox.private(ANNA)] == ["between us"]
    assert sandbox.private(BEN) == []
    assert sandbox.messages(GENERAL) == []
    assert (await client.conversations_history(channel=GENERAL))["messages"] == []


async def test_given_the_same_client_msg_id_when_posted_twice_then_the_message_that_stands_comes_back(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    key = "0d7d9a42-6a3a-5a0e-8b0a-3d6f6b0f5a11"
    first = await client.chat_postMessage(channel=GENERAL, text="x", client_msg_id=key)

    second = await client.chat_postMessage(channel=GENERAL, text="y", client_msg_id=key)

    assert second["ts"] == first["ts"]
    assert [message.text for message in sandbox.messages(GENERAL)] == ["x"]
    await client.chat_delete(channel=GENERAL, ts=first["ts"])
    again = await refusal(client, "chat.postMessage", channel=GENERAL, text="x", client_msg_id=key)
    assert again == "duplicate_message_not_found"


async def test_given_a_question_that_was_deleted_when_replied_to_then_the_reply_stands_in_its_thread(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    asked = await sandbox.say(GENERAL, ANNA, "never mind")
    await sandbox.delete(asked)

    await client.chat_postMessage(channel=GENERAL, text="too late", thread_ts=asked.ts)

    assert sandbox.messages(GENERAL) == []
    assert [message.text for message in sandbox.messages(GENERAL, asked.ts)] == ["too late"]


async def test_given_an_update_when_metadata_or_blocks_are_left_out_then_the_old_ones_stay(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    key = {"event_type": "answer", "event_payload": {}}
    posted = await client.chat_postMessage(channel=GENERAL, text="x", blocks=[section("x")], metadata=key)
    place = {"channel": GENERAL, "ts": posted["ts"]}

    await client.chat_update(**place, text="y")
    (kept,) = [(m.text, m.shown, m.metadata) for m in sandbox.messages(GENERAL)]
    await client.chat_update(**place, text="z", blocks=[], metadata={})
    (cleared,) = [(m.text, m.shown, m.metadata) for m in sandbox.messages(GENERAL)]

    assert kept == ("y", "x", key)
    assert cleared == ("z", "z", None)


async def test_given_a_file_when_uploaded_then_its_message_links_to_its_bytes(
    sandbox: Sandbox, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    drawn = b"\x89PNG not really"

    await client.files_upload_v2(channel=GENERAL, filename="grid.png", content=drawn, alt_txt="a grid", title="Grid")

    (message,) = sandbox.messages(GENERAL)
    async with http.get(message.files[0]["url_private"]) as answer:
        assert (await answer.read(), answer.content_type) == (drawn, "image/png")
    assert message.files[0]["alt_txt"] == "a grid"


async def test_given_status_prompts_and_sessions_when_set_then_they_show_until_a_message_comes(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    asked = await sandbox.say(GENERAL, ANNA, "hello")
    place = {"channel_id": GENERAL, "thread_ts": asked.ts}

    await client.assistant_threads_setStatus(**place, status="is reading", loading_messages=["one", "two"])
    await client.agents_sessions_setStatus(**place, status="processing")
    await client.assistant_threads_setSuggestedPrompts(channel_id=GENERAL, prompts=[{"title": "t", "message": "m"}])

    status, session = sandbox.status(GENERAL, asked.ts), sandbox.session(GENERAL, asked.ts)
    assert status is not None
    assert (status.text, status.loading_messages) == ("is reading", ["one", "two"])
    assert session is not None
    assert session.status == "processing"
    assert sandbox.prompts(GENERAL)[0]["title"] == "t"
    assert await refusal(client, "agents.sessions.setStatus", **place, status="busy") == "invalid_arguments"
    await client.chat_postMessage(channel=GENERAL, thread_ts=asked.ts, text="done")
    assert sandbox.status(GENERAL, asked.ts) is None


async def test_given_a_recording_is_wished_when_calls_are_made_then_accepted_ones_are_written_decoded(
    tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    async with Sandbox(record=tmp_path / "calls.jsonl") as sandbox:
        client = client_of(sandbox, http)
        await client.api_call(
            "chat.postMessage", params={"channel": GENERAL, "text": "x", "blocks": '[{"type":"divider"}]'}
        )
        await refusal(client, "chat.postMessage", channel="C0NOWHERE", text="x")

    lines = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text().splitlines()]

    blocks = [{"type": "divider"}]
    assert lines == [{"method": "chat.postMessage", "args": {"channel": GENERAL, "text": "x", "blocks": blocks}}]


async def test_given_a_manifest_when_a_method_needs_what_it_does_not_ask_for_then_it_is_refused(
    http: aiohttp.ClientSession,
) -> None:
    manifest = {
        "features": {"app_home": {"home_tab_enabled": False}},
        "oauth_config": {"scopes": {"bot": ["chat:write", "im:history"]}},
    }
    async with Sandbox(manifest=manifest) as sandbox:
        client = client_of(sandbox, http)
        direct = (await client.chat_postMessage(channel=ANNA, text="x"))["channel"]
        home = {"type": "home", "blocks": [{"type": "divider"}]}

        await client.conversations_history(channel=direct)
        assert await refusal(client, "conversations.history", channel=GENERAL) == "missing_scope"
        assert await refusal(client, "users.info", user=ANNA) == "missing_scope"
        assert await refusal(client, "views.publish", user_id=ANNA, view=home) == "not_enabled"
