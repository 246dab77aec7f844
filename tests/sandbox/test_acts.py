"""What a person does: clicks, forms, Home, shortcuts, edits and deletions, as the real AsyncApp meets them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import ANNA, BEN, GENERAL, RANDOM, Message, Sandbox
from bot.sandbox.reaching.elements import NoSuchElement
from tests.sandbox.conftest import Connect
from tests.sandbox.test_web_api import refusal


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(action_id: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(action_id)}


def words() -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "words", "initial_value": "as it was"}
    return {"type": "input", "block_id": "why", "label": plain("Why?"), "element": element}


def menu() -> dict[str, Any]:
    options = [{"text": plain(name), "value": name} for name in ("short", "full")]
    element = {"type": "static_select", "action_id": "length", "options": options}
    return {"type": "input", "block_id": "how", "label": plain("How?"), "element": element}


def modal(title: str, *blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "modal", "title": plain(title), "submit": plain("Send"), "blocks": list(blocks)}


async def posted(sandbox: Sandbox, client: AsyncWebClient, *elements: dict[str, Any]) -> Message:
    await client.chat_postMessage(channel=GENERAL, text="x", blocks=[{"type": "actions", "elements": list(elements)}])
    return sandbox.messages(GENERAL)[-1]


async def test_given_a_click_when_a_form_is_opened_and_sent_then_the_bot_reads_what_was_entered(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, connect: Connect
) -> None:
    sent: list[dict[str, Any]] = []

    @app.action("open")
    async def open_form(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"], view=modal("Form", words(), menu()) | {"callback_id": "f"}
        )

    @app.view("f")
    async def take(ack: Any, view: dict[str, Any]) -> None:
        sent.append(view["state"]["values"])
        await (ack() if len(sent) > 1 else ack(response_action="errors", errors={"why": "Say more"}))

    await connect(app)
    message = await posted(sandbox, client, button("open"))

    await sandbox.click(message, "open", user=ANNA)
    view = await sandbox.wait_for(lambda: sandbox.view(ANNA))
    errors = await sandbox.submit(view, {"length": "full"})
    still_open = sandbox.view(ANNA) is view
    taken = await sandbox.submit(view, {"words": "because"})

    assert errors == {"why": "Say more"}
    assert still_open
    assert taken == {}
    assert sandbox.view(ANNA) is None
    assert [state["why"]["words"]["value"] for state in sent] == ["as it was", "because"]
    assert sent[1]["how"]["length"]["selected_option"]["value"] == "full"


async def test_given_a_trigger_when_used_twice_late_or_invented_then_slack_refuses(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, connect: Connect
) -> None:
    triggers: list[str] = []

    @app.action("press")
    async def press(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        triggers.append(body["trigger_id"])

    await connect(app)
    message = await posted(sandbox, client, button("press"))
    await sandbox.click(message, "press", user=ANNA)
    await sandbox.click(message, "press", user=ANNA)
    await sandbox.wait_for(lambda: len(triggers) == 2)
    first, second = triggers
    view = modal("Form", words())

    await client.views_open(trigger_id=first, view=view)
    sandbox._slack.triggers[second].expires = 0

    assert await refusal(client, "views.open", trigger_id=first, view=view) == "exchanged_trigger_id"
    assert await refusal(client, "views.open", trigger_id=second, view=view) == "expired_trigger_id"
    assert await refusal(client, "views.open", trigger_id="1.2.3", view=view) == "invalid_trigger_id"


@pytest.mark.parametrize(
    "changed",
    [
        {"title": None},
        {"title": plain("x" * 25)},
        {"submit": None},
        {"private_metadata": "x" * 3001},
        {"type": "home"},
        {"colour": "red"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_given_a_wrong_modal_when_opened_then_it_is_refused(
    client: AsyncWebClient, changed: dict[str, Any]
) -> None:
    view = {k: v for k, v in (modal("Form", words()) | changed).items() if v is not None}

    assert await refusal(client, "views.open", trigger_id="1.2.3", view=view) == "invalid_arguments"


async def test_given_feedback_buttons_when_one_is_pressed_then_its_value_arrives(
    sandbox: Sandbox, app: AsyncApp, client: AsyncWebClient, connect: Connect
) -> None:
    heard: list[str] = []

    @app.action("feedback")
    async def feedback(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        heard.append(body["actions"][0]["value"])

    await connect(app)
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    await client.chat_postMessage(channel=GENERAL, text="x", blocks=[{"type": "context_actions", "elements": [thumbs]}])
    (message,) = sandbox.messages(GENERAL)

    await sandbox.click(message, "feedback", "down", user=BEN)

    await sandbox.wait_for(lambda: heard)
    assert heard == ["down"]
    with pytest.raises(NoSuchElement):
        await sandbox.click(message, "feedback", "sideways", user=BEN)
    with pytest.raises(NoSuchElement):
        await sandbox.click(message, "no_such", user=BEN)


async def test_given_home_when_opened_then_what_the_bot_publishes_shows_and_its_buttons_work(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    pressed: list[str] = []

    @app.event("app_home_opened")
    async def publish(event: dict[str, Any], client: AsyncWebClient) -> None:
        blocks = [{"type": "section", "text": plain(event["tab"]), "accessory": button("go")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("go")
    async def go(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        pressed.append(body["view"]["type"])

    await connect(app)

    await sandbox.open_home(ANNA)
    home = await sandbox.wait_for(lambda: sandbox.home(ANNA))
    await sandbox.click(home, "go")
    await sandbox.wait_for(lambda: pressed)

    assert pressed == ["home"]
    assert sandbox.home(BEN) is None


async def test_given_a_message_shortcut_when_used_then_the_bot_reads_the_message_and_answers_privately(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    @app.shortcut("check")
    async def check(ack: Any, shortcut: dict[str, Any], respond: Any) -> None:
        await ack()
        await respond(text=f"read: {shortcut['message']['text']}")

    @app.event("message")
    async def overlook() -> None: ...

    await connect(app)
    claim = await sandbox.say(GENERAL, BEN, "the ban is over")

    await sandbox.shortcut("check", user=ANNA, message=claim)

    (private,) = await sandbox.wait_for(lambda: sandbox.private(ANNA, GENERAL))
    assert private.text == "read: the ban is over"


async def test_given_a_response_url_when_used_a_sixth_time_then_it_no_longer_serves(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    statuses: list[int] = []
    finished = asyncio.Event()

    @app.command("/coverage")
    async def many(ack: Any, respond: Any) -> None:
        await ack()
        for number in range(6):
            statuses.append((await respond(text=f"part {number}")).status_code)
        finished.set()

    await connect(app)

    await sandbox.command("/coverage", "", channel=GENERAL, user=ANNA)
    await finished.wait()

    assert statuses == [200] * 5 + [404]
    assert len(sandbox.private(ANNA)) == 5


async def test_given_a_private_answer_when_its_button_deletes_or_shares_it_then_it_goes_or_all_see_it(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/coverage")
    async def answer(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="x", blocks=[{"type": "actions", "elements": [button("share")]}])

    @app.action("share")
    async def share(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="for all", response_type="in_channel", replace_original=False)
        await respond(delete_original=True)

    @app.event("message")
    async def overlook() -> None: ...

    await connect(app)
    await sandbox.command("/coverage", "", channel=GENERAL, user=ANNA)
    (private,) = await sandbox.wait_for(lambda: sandbox.private(ANNA))

    await sandbox.click(private, "share")
    await sandbox.wait_for(lambda: sandbox.messages(GENERAL) and not sandbox.private(ANNA))

    assert [m.text for m in sandbox.messages(GENERAL)] == ["for all"]


async def test_given_a_question_when_edited_and_deleted_then_the_bot_is_told_what_stood_there(
    sandbox: Sandbox, app: AsyncApp, connect: Connect
) -> None:
    told: list[tuple[str, str]] = []
    heard = asyncio.Semaphore(0)

    @app.event({"type": "message", "subtype": "message_changed"})
    async def changed(event: dict[str, Any]) -> None:
        told.append((event["previous_message"]["text"], event["message"]["text"]))
        heard.release()

    @app.event({"type": "message", "subtype": "message_deleted"})
    async def deleted(event: dict[str, Any]) -> None:
        told.append((event["previous_message"]["text"], ""))
        heard.release()

    @app.event("message")
    async def overlook() -> None: ...

    await connect(app)
    plain_one = await sandbox.say(GENERAL, ANNA, "one")
    with_replies = await sandbox.say(GENERAL, ANNA, "two")
    await sandbox.say(GENERAL, BEN, "reply", with_replies.ts)

    await sandbox.edit(plain_one, "one, better")
    await heard.acquire()
    await sandbox.delete(plain_one)
    await heard.acquire()
    await sandbox.delete(with_replies)
    await heard.acquire()

    assert told == [("one", "one, better"), ("one, better", ""), ("two", "This message was deleted.")]
    assert [m.subtype for m in sandbox.messages(GENERAL)] == ["tombstone"]


async def test_given_a_mention_in_a_channel_when_said_then_it_arrives_as_mention_and_as_message(
    sandbox: Sandbox,
) -> None:
    await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} hello")
    await sandbox.say(RANDOM, ANNA, f"{sandbox.mention} hello")

    told = [(d.body["event"]["type"], d.body["event"]["channel"]) for d in sandbox.deliveries]

    assert told == [("app_mention", GENERAL), ("message", GENERAL), ("app_mention", RANDOM)]


async def test_given_a_manifest_when_things_happen_then_only_what_it_subscribes_to_is_sent() -> None:
    manifest = {"features": {}, "settings": {"event_subscriptions": {"bot_events": ["message.im"]}}}
    async with Sandbox(manifest=manifest) as sandbox:
        await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} hello")
        home = await sandbox.open_home(ANNA)
        await sandbox.say(sandbox.dm(ANNA), ANNA, "hello")

        told = [delivery.body["event"]["channel_type"] for delivery in sandbox.deliveries]

    assert told == ["im"]
    assert home.attempts == 0


async def test_given_a_reply_when_said_then_it_names_the_threads_first_author(sandbox: Sandbox) -> None:
    first = await sandbox.say(GENERAL, ANNA, "first")
    await sandbox.say(GENERAL, BEN, "second", first.ts)

    event = sandbox.deliveries[-1].body["event"]

    assert (event["thread_ts"], event["parent_user_id"]) == (first.ts, ANNA)


async def test_given_an_app_that_is_not_there_when_a_command_is_typed_then_it_fails_once(sandbox: Sandbox) -> None:
    delivery = await sandbox.command("/coverage", "help", channel=GENERAL, user=ANNA)

    assert (delivery.acked, delivery.given_up, delivery.attempts) == (False, True, 1)
