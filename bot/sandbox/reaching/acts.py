"""What a person does that reaches the bot: clicks, forms, commands and shortcuts, in the shapes that Slack sends."""

from __future__ import annotations

import secrets
import time
from typing import Any

from bot.sandbox.core import Slack, Trigger
from bot.sandbox.methods import checks, views
from bot.sandbox.methods.responses import hook
from bot.sandbox.reaching.delivery import Delivery
from bot.sandbox.reaching.elements import PRESSED, NoSuchElement, element, entered
from bot.sandbox.state import Json, Message, OpenView, Workspace

_KEPT_S = 60  # how long a trigger that has expired is still known as such


def trigger(slack: Slack, user: str, view: str | None = None) -> str:
    now = time.monotonic()
    for known in [key for key, old in slack.triggers.items() if old.expires < now - _KEPT_S]:
        del slack.triggers[known]
    made = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(8)}"
    slack.triggers[made] = Trigger(user, now + slack.trigger_lifetime_s, view)
    return made


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


def _action(block: Json, found: Json, value: Any) -> Json:
    made = {"type": found["type"], "action_id": found["action_id"], "block_id": block["block_id"]}
    if found["type"] == "button":
        made["text"] = found["text"]
    return made | entered(found, value) | {"action_ts": f"{time.time():.6f}"}


def click_message(
    slack: Slack, workspace: Workspace, message: Message, user: str, action_id: str, value: Any
) -> Delivery:
    block, found = element(message.blocks, action_id, value)
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
    block, found = element(view.view["blocks"], action_id, value)
    action = _action(block, found, value)
    if found["type"] not in PRESSED:
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
            if found["type"] in PRESSED:
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
        views.replace(slack, workspace, view, checks.view(answer.get("view"), ("modal",), workspace.shows))
    elif action == "push":
        views.place(
            slack, workspace, view.user, checks.view(answer.get("view"), ("modal",), workspace.shows), push=True
        )
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
