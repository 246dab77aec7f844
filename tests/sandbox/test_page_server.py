"""What the page's server gives, to whom, and whom it refuses."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox import ANNA, BEN, GENERAL, Sandbox
from tests.sandbox.conftest import client_of
from tests.sandbox.showbot import shown


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: " ".join(*headers.items()),
)
@pytest.mark.parametrize("path", ["/", "/page/state", "/dev/ready", "/api/auth.test", "/static/js/main.js"])
async def test_given_another_page_or_a_rebound_name_when_it_asks_then_it_is_refused(
    sandbox: Sandbox, http: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with http.get(sandbox.url + path, headers=headers) as answer:
        assert answer.status == 403


async def test_given_another_page_when_it_opens_a_socket_then_it_is_refused(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    client = client_of(sandbox, http, sandbox.app_token)
    opened = await client.apps_connections_open(app_token=sandbox.app_token)

    with pytest.raises(aiohttp.WSServerHandshakeError):
        await http.ws_connect(opened["url"], headers={"Origin": "https://elsewhere.example"})

    assert sandbox.connections == 0


async def test_given_the_page_when_it_loads_then_its_policy_allows_its_own_files_alone(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    async with http.get(sandbox.url) as answer:
        policy, text = answer.headers["Content-Security-Policy"], await answer.text()

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in text.replace("http://www.w3.org", "")
    assert "https:" not in text


async def test_given_a_form_instead_of_json_when_posted_then_it_is_refused(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    body = {"channel": GENERAL, "person": ANNA, "text": "x"}

    async with http.post(f"{sandbox.url}/page/say", data=body) as answer:
        assert answer.status == 415

    assert sandbox.messages(GENERAL) == []


async def test_given_a_body_that_names_nothing_when_posted_then_a_sentence_comes_back(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    async with http.post(f"{sandbox.url}/page/click", json={"channel": GENERAL, "ts": "1.0", "person": ANNA}) as answer:
        assert answer.status == 404
        assert (await answer.json())["error"] == "That no longer stands here. Reload the page."


async def test_given_two_people_when_they_look_then_each_sees_own_private_messages_and_direct_ones_alone(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    client = client_of(sandbox, http)
    await client.chat_postEphemeral(channel=GENERAL, user=ANNA, text="for Anna")
    await client.chat_postMessage(channel=BEN, text="for Ben")

    async def seen(person: str, channel: str) -> list[str]:
        query = {"person": person, "channel": channel}
        async with http.get(f"{sandbox.url}/page/messages", params=query) as answer:
            return [message["slack"]["text"] for message in (await answer.json())["messages"]]

    async def places(person: str) -> list[str]:
        async with http.get(f"{sandbox.url}/page/state", params={"person": person}) as answer:
            return [channel["id"] for channel in (await answer.json())["channels"]]

    assert await seen(ANNA, GENERAL) == ["for Anna"]
    assert await seen(BEN, GENERAL) == []
    assert sandbox.dm(BEN) in await places(BEN)
    assert sandbox.dm(BEN) not in await places(ANNA)


async def changes(http: aiohttp.ClientSession, sandbox: Sandbox, person: str, told: asyncio.Queue[Any]) -> None:
    """Read the page's feed until it ends."""
    async with http.get(f"{sandbox.url}/page/changes", params={"person": person}) as answer:
        async for line in answer.content:
            if line.startswith(b": open"):
                told.put_nowait("open")
            if line.startswith(b"data: "):
                told.put_nowait(json.loads(line[6:]))


async def test_given_an_open_page_when_things_happen_then_they_are_told_as_they_happen(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    told: asyncio.Queue[Any] = asyncio.Queue()
    reading = asyncio.create_task(changes(http, sandbox, ANNA, told))
    await told.get()

    message = await sandbox.say(GENERAL, BEN, "hello")
    posted = await told.get()
    await sandbox.edit(message, "hello all")
    edited = await told.get()
    await sandbox.delete(message)
    deleted = await told.get()

    reading.cancel()
    assert [posted["message"]["slack"]["text"], edited["message"]["slack"]["text"]] == ["hello", "hello all"]
    assert (deleted["kind"], deleted["ts"]) == ("deleted", message.ts)


async def test_given_a_sandbox_alone_when_the_page_asks_for_the_bots_side_then_there_is_none(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"{sandbox.url}/dev/ready") as answer:
        assert (answer.status, await answer.json()) == (200, None)


async def test_given_a_bots_dev_when_the_page_asks_then_the_token_goes_along_and_the_answer_comes_back(
    http: aiohttp.ClientSession,
) -> None:
    async with shown() as (sandbox, told):
        async with http.get(f"{sandbox.url}/dev/ready") as ready:
            questions = (await ready.json())["questions"]
        async with http.post(f"{sandbox.url}/dev/faults", json={"model": "down"}) as faults:
            model = await faults.json()
        async with http.get(f"{sandbox.url}/dev/unheard-of") as unknown:
            nothing = await unknown.json()

    assert questions[0]["kind"] == "dispute"
    assert model == {"model": "down"}
    assert told.model == "down"
    assert nothing is None
