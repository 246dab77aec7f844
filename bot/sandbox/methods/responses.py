"""response_url: what the bot posts in answer to a click or a command."""

from __future__ import annotations

import secrets
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox.core import Call, Hook, Slack
from bot.sandbox.methods.api import Arguments, At
from bot.sandbox.methods.chat import content, from_bot
from bot.sandbox.methods.checks import Refused
from bot.sandbox.reaching import events
from bot.sandbox.state import Json, Message, Workspace

HOOK_USES, HOOK_LIFETIME_S = 5, 1800


def hook(slack: Slack, workspace: Workspace, channel: str, user: str, message: Message | None = None) -> str:
    for known in [key for key, old in slack.hooks.items() if old.expires < time.monotonic()]:
        del slack.hooks[known]
    made = secrets.token_urlsafe(16)
    thread_ts = message.thread_ts if message else None
    expires = time.monotonic() + HOOK_LIFETIME_S
    slack.hooks[made] = Hook(workspace, channel, user, expires, thread_ts, message)
    return f"{slack.url}/response/{made}"


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
        return JSONResponse(refused.payload(), status_code=404)
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
    text, blocks, _ = content(at, args)
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
