"""What a person does that reaches the bot: clicks, forms, commands, shortcuts, and the replies to them."""

from __future__ import annotations

import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox import checks, events, views
from bot.sandbox.api import Arguments, At
from bot.sandbox.chat import content, from_bot
from bot.sandbox.checks import Refused
from bot.sandbox.core import Call, Hook, Slack, Trigger
from bot.sandbox.delivery import Delivery
from bot.sandbox.state import Json, Message, OpenView, Workspace

HOOK_USES, HOOK_LIFETIME_S = 5, 1800
_KEPT_S = 60  # how long a trigger that has expired is still known as such


class NoSuchElement(LookupError):
    """The message or view holds no such button, menu or field."""


def trigger(slack: Slack, user: str, view: str | None = None) -> str:
    now = time.monotonic()
    for known in [key for key, old in slack.triggers.items() if old.expires < now - _KEPT_S]:
        del slack.triggers[known]
    made = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(8)}"
    slack.triggers[made] = Trigger(user, now + slack.trigger_lifetime_s, view)
    return made


def hook(slack: Slack, workspace: Workspace, channel: str, user: str, message: Message | None = None) -> str:
    for known in [key for key, old in slack.hooks.items() if old.expires < time.monotonic()]:
        del slack.hooks[known]
    made = secrets.token_urlsafe(16)
    thread_ts = message.thread_ts if message else None
    expires = time.monotonic() + HOOK_LIFETIME_S
    slack.hooks[made] = Hook(workspace, channel, user, expires, thread_ts, message)
    return f"{slack.url}/response/{made}"


def _base(workspace: Workspace, user: str) -> Json:
    person = workspace.people[user]
    return {
        "user": {"id": user, "username": person.name, "name": person.name, "team_id": workspace.id},
        "api_app_id": workspace.app_id,
        "token": "sandbox",
        "team": {"id": workspace.id, "domain": "sandbox"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def element(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
    """The block and the element with this action_id. Raises NoSuchElement."""
    for block in blocks:
        for found in checks.interactive(block):
            if found.get("action_id") == action_id:
                return block, found
    known = [e.get("action_id") for block in blocks for e in checks.interactive(block)]
    raise NoSuchElement(f"no element {action_id!r}; there are {known}")


def entered(found: Json, value: Any) -> Json:
    """An element's value as Slack reports it; `value` is text, an option's value, an id, or a list of them.

    None leaves what the element starts with.
    """
    kind = found["type"]
    if kind == "button":
        return {"value": found["value"]} if "value" in found else {}
    if kind == "feedback_buttons":
        sides = [found["positive_button"], found["negative_button"]]
        side = next((side for side in sides if side["value"] == value), None)
        if side is None:
            raise NoSuchElement(f"no feedback {value!r}; there are {[side['value'] for side in sides]}")
        return {"value": value, "text": side["text"]}
    if kind == "icon_button":
        return {"value": found["value"]} if "value" in found else {}
    if kind in ("checkboxes", "multi_static_select", "multi_external_select"):
        if value is None:
            return {"selected_options": found.get("initial_options", [])}
        return {"selected_options": [_option(found, one) for one in value]}
    if kind in ("static_select", "external_select", "radio_buttons", "overflow"):
        if value is None:
            return {"selected_option": found.get("initial_option")}
        return {"selected_option": _option(found, value)}
    key, initial = _PLAIN[kind]
    return {key: found.get(initial) if value is None else value}


# These tell the bot of a press and hold no value of a form.
_PRESSED = {"button", "overflow", "feedback_buttons", "icon_button", "workflow_button"}
_PLAIN = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "file_input": ("files", "initial_files"),
    "workflow_button": ("value", "value"),
}


def _option(found: Json, value: Any) -> Json:
    if isinstance(value, dict):
        return value
    options = list(found.get("options", []))
    for group in found.get("option_groups", []):
        options += group["options"]
    for option in options:
        if option["value"] == value:
            return dict(option)
    if "external" in found["type"]:
        return {"text": {"type": "plain_text", "text": str(value)}, "value": value}
    raise NoSuchElement(f"no option {value!r}; there are {[o['value'] for o in options]}")


def _action(block: Json, found: Json, value: Any) -> Json:
    made = {"type": found["type"], "action_id": found["action_id"], "block_id": block["block_id"]}
    if found["type"] == "button":
        made["text"] = found["text"]
    return made | entered(found, value) | {"action_ts": f"{time.time():.6f}"}


def click_message(
    slack: Slack, workspace: Workspace, message: Message, user: str, action_id: str, value: Any
) -> Delivery:
    block, found = element(message.blocks, action_id)
    channel = workspace.channels[message.channel]
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    body = _base(workspace, user) | {
        "type": "block_actions",
        "container": container,
        "trigger_id": trigger(slack, user),
        "channel": {"id": channel.id, "name": "directmessage" if channel.direct else channel.name},
        "state": {"values": {}},
        "response_url": hook(slack, workspace, channel.id, user, message),
        "actions": [_action(block, found, value)],
    }
    if not message.ephemeral:
        body["message"] = message.payload(workspace.id, metadata=True)
    return slack.courier.send("interactive", body)


def click_view(slack: Slack, workspace: Workspace, view: OpenView, action_id: str, value: Any) -> Delivery:
    block, found = element(view.view["blocks"], action_id)
    action = _action(block, found, value)
    if found["type"] not in _PRESSED:
        enter(view, action_id, value)
    body = _base(workspace, view.user) | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger(slack, view.user, view.id),
        "view": view.payload(workspace),
        "actions": [action],
    }
    return slack.courier.send("interactive", body)


def enter(view: OpenView, action_id: str, value: Any) -> None:
    """Keep a field's value with the view."""
    block, found = element(view.view["blocks"], action_id)
    view.state.setdefault(block["block_id"], {})[action_id] = {"type": found["type"]} | entered(found, value)


def submit(slack: Slack, workspace: Workspace, view: OpenView, values: Json) -> Delivery:
    """Send a form; `values` gives each action_id its value, others keep what they start with."""
    known = set()
    for block in view.view["blocks"]:
        for found in checks.interactive(block):
            if found["type"] in _PRESSED:
                continue
            known.add(found["action_id"])
            kept = view.state.get(block["block_id"], {}).get(found["action_id"])
            if found["action_id"] in values or kept is None:
                kept = {"type": found["type"]} | entered(found, values.get(found["action_id"]))
            view.state.setdefault(block["block_id"], {})[found["action_id"]] = kept
    if odd := set(values) - known:
        raise NoSuchElement(f"no fields {sorted(odd)}; there are {sorted(known)}")
    body = _base(workspace, view.user) | {
        "type": "view_submission",
        "trigger_id": trigger(slack, view.user, view.id),
        "view": view.payload(workspace),
        "response_urls": [],
    }
    return slack.courier.send("interactive", body)


def submitted(slack: Slack, workspace: Workspace, view: OpenView, delivery: Delivery) -> dict[str, str]:
    """Do what the bot answered to a form; its errors by block_id, none where it was taken."""
    answer = delivery.response or {}
    action, stack = answer.get("response_action"), workspace.stacks.get(view.user, [])
    if not delivery.acked:
        return {"": "We had some trouble connecting. Try again?"}
    if action == "errors":
        return {str(key): str(value) for key, value in answer.get("errors", {}).items()}
    if action == "update" and view.id in workspace.views:
        views.replace(slack, workspace, view, checks.view(answer.get("view"), ("modal",)))
    elif action == "push":
        views.place(slack, workspace, view.user, checks.view(answer.get("view"), ("modal",)), push=True)
    elif action == "clear":
        views.clear(workspace, view.user)
    elif view.id in stack:
        stack.remove(view.id)
        workspace.views.pop(view.id, None)
    slack.changes.tell({"kind": "view", "team": workspace.id, "user": view.user})
    return {}


def close_view(slack: Slack, workspace: Workspace, view: OpenView) -> Delivery | None:
    """Close the top view; the bot hears of it where it asked to."""
    stack = workspace.stacks.get(view.user, [])
    if view.id in stack:
        stack.remove(view.id)
    workspace.views.pop(view.id, None)
    slack.changes.tell({"kind": "view", "team": workspace.id, "user": view.user})
    if not view.view.get("notify_on_close"):
        return None
    body = _base(workspace, view.user) | {
        "type": "view_closed",
        "view": view.payload(workspace),
        "is_cleared": False,
    }
    return slack.courier.send("interactive", body)


def suggest(slack: Slack, workspace: Workspace, view: OpenView, action_id: str, typed: str) -> Delivery:
    """Ask the bot for the options of an external menu."""
    block, _ = element(view.view["blocks"], action_id)
    body = _base(workspace, view.user) | {
        "type": "block_suggestion",
        "action_id": action_id,
        "block_id": block["block_id"],
        "value": typed,
        "container": {"type": "view", "view_id": view.id},
        "view": view.payload(workspace),
    }
    return slack.courier.send("interactive", body)


def shortcut(slack: Slack, workspace: Workspace, user: str, callback_id: str, message: Message | None) -> Delivery:
    body = _base(workspace, user) | {
        "type": "shortcut" if message is None else "message_action",
        "callback_id": callback_id,
        "action_ts": f"{time.time():.6f}",
        "trigger_id": trigger(slack, user),
    }
    if message is not None:
        channel = workspace.channels[message.channel]
        body |= {
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message_ts": message.ts,
            "message": message.payload(workspace.id),
            "response_url": hook(slack, workspace, message.channel, user),
        }
    return slack.courier.send("interactive", body)


def command(slack: Slack, workspace: Workspace, channel: str, user: str, name: str, text: str) -> Delivery:
    place = workspace.channels[channel]
    body = {
        "token": "sandbox",
        "team_id": workspace.id,
        "team_domain": "sandbox",
        "channel_id": channel,
        "channel_name": "directmessage" if place.direct else place.name,
        "user_id": user,
        "user_name": workspace.people[user].name,
        "command": name,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": hook(slack, workspace, channel, user),
        "trigger_id": trigger(slack, user),
    }
    return slack.courier.send("slash_commands", body)


async def respond(slack: Slack, request: Request) -> Response:
    """What is posted to a response_url."""
    found = slack.hooks.get(request.path_params["hook"])
    if found is None or time.monotonic() > found.expires:
        return JSONResponse({"ok": False, "error": "expired_url"}, status_code=404)
    if found.uses >= HOOK_USES:
        return JSONResponse({"ok": False, "error": "used_url"}, status_code=404)
    try:
        args = Arguments(await request.json())
    except (ValueError, TypeError):
        return PlainTextResponse("invalid_payload", status_code=400)
    try:
        _answer(slack, found, args)
    except Refused as refused:
        slack.refusals.append(("response_url", refused.code))
        return PlainTextResponse(refused.code, status_code=400)
    found.uses += 1
    slack.record(Call("response_url", dict(args)))
    return PlainTextResponse("ok")


def said(slack: Slack, workspace: Workspace, channel: str, user: str, response: Json) -> None:
    """What a command's acknowledgement says is shown like a post to its response_url."""
    _answer(slack, Hook(workspace, channel, user, 0.0), Arguments(response))


def _answer(slack: Slack, found: Hook, args: Arguments) -> None:
    at, old = At(slack, found.workspace), found.message
    if args.flag("delete_original") and old is not None:
        _delete(slack, found.workspace, old)
        return
    text, blocks, _ = content(args)
    if args.flag("replace_original") and old is not None:
        before = old.payload(found.workspace.id)
        old.text, old.blocks = text, blocks
        slack.message_changed(found.workspace, old)
        if not old.ephemeral:
            events.changed(slack, found.workspace, old, before)
        return
    message = from_bot(at, found.channel, text, blocks, args.maybe("thread_ts") or found.thread_ts)
    if args.text("response_type", "ephemeral") == "in_channel":
        found.workspace.add(message)
        events.posted(slack, found.workspace, message)
    else:
        message.only_for = found.user
        found.workspace.private.append(message)
    slack.message_changed(found.workspace, message)


def _delete(slack: Slack, workspace: Workspace, message: Message) -> None:
    if not message.ephemeral:
        events.withdraw(slack, workspace, message)
        return
    workspace.private.remove(message)
    slack.changes.tell({"kind": "deleted", "team": workspace.id, "channel": message.channel, "ts": message.ts})
