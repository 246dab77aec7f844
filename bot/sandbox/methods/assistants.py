"""assistant.threads.* and agents.sessions.*: the status line, suggested prompts, titles, sessions."""

from __future__ import annotations

from bot.sandbox.core import writable_channel
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Json, Session, Status

_SESSION_STATUSES = ("processing", "active", "suspended", "closed")


def _set_status(at: At, args: Arguments) -> Json:
    channel, thread_ts = writable_channel(at.workspace, args.text("channel_id")), args.text("thread_ts")
    messages = args.get("loading_messages") or []
    if not isinstance(messages, list) or len(messages) > 10:
        raise Refused("invalid_arguments", "[ERROR] at most 10 loading_messages")
    if "status" not in args:
        raise Refused("invalid_arguments", "[ERROR] missing required field: status")
    status = Status(channel.id, thread_ts, args.text("status", ""), messages)
    show_status(at, status)
    return {}


def show_status(at: At, status: Status) -> None:
    place = (status.channel, status.thread_ts)
    at.workspace.status_log.append(status)
    if status.text:
        at.workspace.statuses[place] = status
    else:
        at.workspace.statuses.pop(place, None)
    at.slack.changes.tell({"kind": "status", "team": at.workspace.id, "channel": status.channel})


def _set_prompts(at: At, args: Arguments) -> Json:
    channel, prompts = writable_channel(at.workspace, args.text("channel_id")), args.get("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise Refused("invalid_arguments", "[ERROR] 1 to 4 prompts")
    if not all(isinstance(p, dict) and p.get("title") and p.get("message") for p in prompts):
        raise Refused("invalid_arguments", "[ERROR] a prompt has a title and a message")
    at.workspace.prompts[channel.id, args.maybe("thread_ts")] = prompts
    at.slack.changes.tell({"kind": "prompts", "team": at.workspace.id, "channel": channel.id})
    return {}


def _set_title(at: At, args: Arguments) -> Json:
    channel, thread_ts = writable_channel(at.workspace, args.text("channel_id")), args.text("thread_ts")
    at.workspace.titles[channel.id, thread_ts] = args.text("title")
    return {}


def set_session(at: At, channel: str, thread_ts: str | None, status: str, title: str) -> None:
    """Raises Refused with invalid_arguments where the status is none of Slack's."""
    if status not in _SESSION_STATUSES:
        raise Refused("invalid_arguments", f"[ERROR] status must be one of {', '.join(_SESSION_STATUSES)}")
    known = at.workspace.sessions.get((channel, thread_ts))
    kept = title or (known.title if known else "")
    at.workspace.sessions[channel, thread_ts] = Session(channel, thread_ts, status, kept)
    at.slack.changes.tell({"kind": "session", "team": at.workspace.id, "channel": channel})


def _session_status(at: At, args: Arguments) -> Json:
    channel = writable_channel(at.workspace, args.text("channel_id"))
    set_session(at, channel.id, args.maybe("thread_ts"), args.text("status"), args.text("title", ""))
    return {}


def _session_rename(at: At, args: Arguments) -> Json:
    channel, thread_ts = writable_channel(at.workspace, args.text("channel_id")), args.maybe("thread_ts")
    known = at.workspace.sessions.get((channel.id, thread_ts))
    if known is None:
        raise Refused("session_not_found")
    known.title = args.text("title")
    return {}


METHODS: dict[str, Method] = {
    "assistant.threads.setStatus": _set_status,
    "assistant.threads.setSuggestedPrompts": _set_prompts,
    "assistant.threads.setTitle": _set_title,
    "agents.sessions.setStatus": _session_status,
    "agents.sessions.rename": _session_rename,
}
