"""Uploads in Slack's three steps, and the pictures that blocks show of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import ANNA, GENERAL, Sandbox
from tests.sandbox.conftest import client_of

PICTURE = b"\x89PNG not really"
INVALID = "[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"


def image(**source: Any) -> dict[str, Any]:
    return {"type": "image", "alt_text": "A grid", **source}


async def announced(client: AsyncWebClient, name: str = "grid.png") -> str:
    """The id of a file that has its bytes and waits to be completed."""
    asked = await client.files_getUploadURLExternal(filename=name, length=len(PICTURE))
    assert client.session is not None
    async with client.session.post(asked["upload_url"], data=PICTURE) as answer:
        assert answer.status == 200
    return str(asked["file_id"])


async def uploaded(client: AsyncWebClient, name: str = "grid.png") -> dict[str, Any]:
    done = await client.files_completeUploadExternal(files=[{"id": await announced(client, name), "title": "Grid"}])
    file: dict[str, Any] = done["files"][0]
    return file


async def refusal(client: AsyncWebClient, block: dict[str, Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=GENERAL, text="x", blocks=[block])
    assert caught.value.response["error"] == "invalid_blocks"
    return str(caught.value.response["errors"][0])


@pytest.mark.parametrize("named", ["id", "url_private", "permalink"])
async def test_given_a_completed_picture_when_a_block_names_it_then_it_is_taken_and_served(
    sandbox: Sandbox, client: AsyncWebClient, http: aiohttp.ClientSession, named: str
) -> None:
    file = await uploaded(client)

    source = {"id" if named == "id" else "url": file[named]}
    await client.chat_postMessage(channel=GENERAL, text="x", blocks=[image(slack_file=source)])

    (message,) = sandbox.messages(GENERAL)
    assert message.files == []
    async with http.get(file["url_private"]) as answer:
        assert (await answer.read(), answer.content_type) == (PICTURE, "image/png")


async def test_given_a_picture_that_is_not_there_or_not_complete_when_named_then_the_block_is_refused(
    client: AsyncWebClient,
) -> None:
    waiting, text = await announced(client), await uploaded(client, "notes.txt")

    for id in ("F0000000000", waiting, text["id"]):
        assert await refusal(client, image(slack_file={"id": id})) == INVALID


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"slack_file": {"id": "F0AAAAAAAA"}, "image_url": "https://example.org/grid.png"},
        {"slack_file": {"id": "F0AAAAAAAA", "url": "https://example.org/grid.png"}},
        {"slack_file": {"id": "https://example.org/grid.png"}},
    ],
)
async def test_given_a_picture_named_in_no_way_that_slack_knows_when_posted_then_it_is_refused(
    client: AsyncWebClient, source: dict[str, Any]
) -> None:
    assert "json-pointer:/blocks/0" in await refusal(client, image(**source))


async def test_given_a_picture_deep_in_a_block_or_a_view_when_it_is_not_there_then_that_is_refused_too(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    deep = {"type": "context", "elements": [image(slack_file={"id": "F0000000000"})]}
    home = {"type": "home", "blocks": [image(slack_file={"id": "F0000000000"})]}

    assert "invalid slack file" in await refusal(client, deep)
    with pytest.raises(SlackApiError):
        await client.views_publish(user_id=ANNA, view=home)
    assert sandbox.messages(GENERAL) == []


@pytest.fixture
async def slow() -> AsyncIterator[Sandbox]:
    async with Sandbox(file_delay_s=3600) as made:
        yield made


async def test_given_a_picture_that_is_still_looked_through_when_named_then_it_is_refused_for_now(
    slow: Sandbox, http: aiohttp.ClientSession
) -> None:
    client = client_of(slow, http)
    file = await uploaded(client)

    assert await refusal(client, image(slack_file={"id": file["id"]})) == INVALID


async def test_given_a_description_that_is_too_long_when_announced_then_it_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.files_getUploadURLExternal(filename="grid.png", length=1, alt_txt="x" * 1_001)

    assert caught.value.response["error"] == "alt_txt_too_large"


@pytest.mark.parametrize(
    "content",
    [PICTURE, bytes(range(256)) * 40, b"\r\n--\r\n\n\r", b"one\rtwo\n\r\n"],
    ids=["png", "any", "breaks", "ends"],
)
async def test_given_a_form_with_a_file_when_sent_then_its_bytes_are_taken_as_they_are(
    client: AsyncWebClient, http: aiohttp.ClientSession, content: bytes
) -> None:
    asked = await client.files_getUploadURLExternal(filename="grid.png", length=len(content))
    form = aiohttp.FormData({"note": "no file"})
    form.add_field("filename", content, filename="grid.png", content_type="image/png")

    async with http.post(asked["upload_url"], data=form) as answer:
        told = (answer.status, await answer.text())

    done = await client.files_completeUploadExternal(files=[{"id": asked["file_id"]}])
    async with http.get(done["files"][0]["url_private"]) as answer:
        assert (told, await answer.read()) == ((200, f"OK - {len(content)}"), content)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
async def test_given_a_form_without_a_file_when_sent_then_nothing_is_taken(
    client: AsyncWebClient, http: aiohttp.ClientSession, kind: str
) -> None:
    asked = await client.files_getUploadURLExternal(filename="grid.png", length=len(PICTURE))

    async with http.post(asked["upload_url"], data=b"--y\r\n", headers={"Content-Type": kind}) as answer:
        assert answer.status == 400


async def test_given_bytes_of_another_length_when_sent_then_they_are_not_taken(
    client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    asked = await client.files_getUploadURLExternal(filename="grid.png", length=3)

    async with http.post(asked["upload_url"], data=b"four") as answer:
        assert answer.status == 400
    with pytest.raises(SlackApiError):
        await client.files_completeUploadExternal(files=[{"id": asked["file_id"]}])
