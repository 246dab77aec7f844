"""The real AsyncApp over Socket Mode, unmodified."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.sandbox import ANNA, GENERAL, Sandbox
from tests.sandbox.conftest import Connect


async def test_given_a_bolt_app_when_it_is_mentioned_then_its_answer_stands_in_the_thread(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    @app.event("app_mention")
    async def answer(event: dict[str, Any], say: Any) -> None:
        await say(text=f"heard {event['text']}", thread_ts=event["ts"])

    @app.event("message")
    async def overlook() -> None: ...

    await connect(app)

    asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} hello")
    (reply,) = await sandbox.wait_for(lambda: sandbox.replies(asked))

    assert reply.text == f"heard {sandbox.mention} hello"
    assert reply.thread_ts == asked.ts


async def test_given_an_event_that_nobody_acknowledges_when_time_passes_then_it_is_brought_four_times(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    retries: list[int] = []

    @app.middleware
    async def note(req: Any, next_: Any) -> None:
        retries.append(int(req.headers.get("x-slack-retry-num", ["0"])[0]))
        await next_()

    @app.event("app_mention")
    async def overlook() -> None: ...

    @app.event("message")
    async def overlook_too() -> None: ...

    await connect(app)
    sandbox.faults.lose_acks(100)

    await sandbox.say(sandbox.dm(ANNA), ANNA, "hello")
    (delivery,) = sandbox.deliveries
    await sandbox.wait_for(lambda: delivery.settled.is_set())

    assert delivery.given_up
    assert delivery.attempts == 4
    assert len(retries) == 4


async def test_given_an_event_when_its_socket_is_cut_then_it_arrives_on_the_next_one(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    heard: list[str] = []

    @app.event("message")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    await connect(app)

    await sandbox.close_sockets()
    await sandbox.say(sandbox.dm(ANNA), ANNA, "still there?")
    await sandbox.wait_for(lambda: all(d.acked for d in sandbox.deliveries))

    assert heard == ["still there?"]


async def test_given_a_socket_when_slack_asks_for_a_new_one_then_the_app_reconnects(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    @app.event("message")
    async def overlook() -> None: ...

    await connect(app)
    opened = len([call for call in sandbox.calls if call.method == "apps.connections.open"])

    await sandbox.refresh_sockets()
    await sandbox.wait_for(
        lambda: len([c for c in sandbox.calls if c.method == "apps.connections.open"]) > opened and sandbox.connections
    )
    await sandbox.say(sandbox.dm(ANNA), ANNA, "hello")
    await sandbox.wait_for(lambda: all(d.acked for d in sandbox.deliveries))

    assert sandbox.deliveries
