"""The real AsyncApp behind signed HTTP events, through its Starlette adapter."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox import ANNA, GENERAL, Sandbox
from bot.sandbox.http import Server
from bot.sandbox.reaching.delivery import signed


@pytest.fixture
def app(sandbox: Sandbox, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=sandbox.signing_secret)


@pytest.fixture
async def served(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[str]:
    """The app's request URL, to which the sandbox sends."""
    handler = AsyncSlackRequestHandler(app)

    async def take(request: Request) -> Response:
        answer: Response = await handler.handle(request)
        return answer

    server = Server(Starlette(routes=[Route("/slack/events", take, methods=["POST"])]), 0)
    await server.start()
    sandbox.request_url = f"http://127.0.0.1:{server.port}/slack/events"
    yield sandbox.request_url
    await server.stop()


async def test_given_an_app_over_http_when_mentioned_clicked_and_commanded_then_each_is_answered(
    sandbox: Sandbox, app: AsyncApp, served: str
) -> None:
    button = {"type": "button", "action_id": "press", "text": {"type": "plain_text", "text": "Press"}, "value": "v"}

    @app.event("app_mention")
    async def answer(event: dict[str, Any], say: Any) -> None:
        await say(text="x", blocks=[{"type": "actions", "elements": [button]}], thread_ts=event["ts"])

    @app.event("message")
    async def overlook() -> None: ...

    @app.action("press")
    async def pressed(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text=f"pressed {body['actions'][0]['value']}", replace_original=False)

    @app.command("/coverage")
    async def commanded(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"asked for {command['text']}")

    asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} hello")
    (reply,) = await sandbox.wait_for(lambda: sandbox.replies(asked))
    await sandbox.click(reply, "press", user=ANNA)
    await sandbox.wait_for(lambda: sandbox.private(ANNA))
    await sandbox.command("/coverage", "summary", channel=GENERAL, user=ANNA)

    assert [m.text for m in sandbox.private(ANNA)] == ["pressed v", "asked for summary"]


async def test_given_an_event_when_it_fails_and_is_brought_again_then_headers_tell_the_number_and_reason(
    sandbox: Sandbox, app: AsyncApp, served: str
) -> None:
    seen: list[tuple[str, str]] = []

    @app.middleware
    async def fail_twice(req: Any, next_: Any) -> None:
        number = req.headers.get("x-slack-retry-num", ["0"])[0]
        seen.append((number, req.headers.get("x-slack-retry-reason", [""])[0]))
        if len(seen) > 2:
            await next_()

    @app.event("message")
    async def overlook() -> None: ...

    await sandbox.say(sandbox.dm(ANNA), ANNA, "hello")
    await sandbox.wait_for(lambda: sandbox.deliveries[0].settled.is_set())

    assert sandbox.deliveries[0].acked
    assert seen == [("0", ""), ("1", "http_error"), ("2", "http_error")]


@pytest.mark.parametrize(("stamp_offset", "secret"), [(-301, None), (0, "wrong")])
async def test_given_an_old_stamp_or_a_wrong_secret_when_sent_then_bolt_refuses_the_signature(
    sandbox: Sandbox, served: str, http: aiohttp.ClientSession, stamp_offset: int, secret: str | None
) -> None:
    body = '{"type":"event_callback","event":{"type":"message"}}'
    headers = signed(secret or sandbox.signing_secret, body, int(time.time()) + stamp_offset)

    async with http.post(served, data=body, headers=headers | {"Content-Type": "application/json"}) as answer:
        status = answer.status

    assert status == 401
