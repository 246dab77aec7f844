"""chat.startStream, appendStream and stopStream: messages that grow while they are read."""

from __future__ import annotations

import json
import time
from typing import Any

from bot.sandbox.core import writable_channel
from bot.sandbox.methods import checks
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.assistants import set_session
from bot.sandbox.methods.chat import from_bot, own, publish
from bot.sandbox.methods.checks import Refused
from bot.sandbox.reaching import events
from bot.sandbox.state import Json, Message, Stream

_TASK_FIELDS = {"type", "id", "title", "status", "details", "output", "sources"}
_TASK_STATUSES = {"pending", "in_progress", "complete", "error"}


def _start(at: At, args: Arguments) -> Json:
    channel = writable_channel(at.workspace, args.text("channel"))
    if args.get("metadata") is not None or args.get("blocks") is not None:
        raise Refused("invalid_arguments", "[ERROR] a stream takes metadata and blocks when it stops")
    thread_ts = args.maybe("thread_ts")
    if channel.direct and thread_ts is None:
        raise Refused("invalid_arguments", "[ERROR] missing required field: thread_ts")
    if not channel.direct:
        _check_recipient(at, args)
    mode = args.text("task_display_mode", "timeline")
    if mode not in ("timeline", "plan", "dense"):
        raise Refused("invalid_arguments", "[ERROR] unknown task_display_mode")
    given = _chunks(at, args)
    message = from_bot(at, channel.id, "", [], thread_ts)
    message.stream = Stream(mode, time.monotonic())
    _grow(message, given)
    publish(at, message)
    return {"channel": channel.id, "ts": message.ts}


def _check_recipient(at: At, args: Arguments) -> None:
    if not args.get("recipient_team_id"):
        raise Refused("missing_recipient_team_id")
    if not args.get("recipient_user_id"):
        raise Refused("missing_recipient_user_id")
    if args["recipient_team_id"] != at.workspace.id:
        raise Refused("team_not_found")
    if args["recipient_user_id"] not in at.workspace.people:
        raise Refused("user_not_found")


def _open_stream(at: At, args: Arguments) -> tuple[Message, Stream]:
    message = own(at, args, "message_not_owned_by_app")
    stream = message.stream
    if stream is not None and stream.open and time.monotonic() - stream.opened > at.slack.stream_lifetime_s:
        close(at, message)
    if stream is None or not stream.open:
        raise Refused("stopped_by_user" if stream and stream.stopped_by_person else "message_not_in_streaming_state")
    return message, stream


def close(at: At, message: Message) -> None:
    """End a stream; the message keeps what it holds."""
    if message.stream is not None and message.stream.open:
        message.stream.open = False
        at.slack.message_changed(at.workspace, message)


def _append(at: At, args: Arguments) -> Json:
    message, _ = _open_stream(at, args)
    given = _chunks(at, args)
    if not given:
        raise Refused("no_text")
    _grow(message, given)
    at.slack.message_changed(at.workspace, message)
    return {"channel": message.channel, "ts": message.ts}


def _stop(at: At, args: Arguments) -> Json:
    message, stream = _open_stream(at, args)
    given = _chunks(at, args)
    last = checks.blocks(args["blocks"], shows=at.workspace.shows) if args.get("blocks") else []
    metadata = checks.metadata(args["metadata"]) if args.get("metadata") else None
    before = message.payload(at.workspace.id)
    _grow(message, [*given, {"type": "blocks", "blocks": last}])
    message.metadata = metadata
    stream.open = False
    if args.get("session_status"):
        set_session(at, message.channel, message.thread_ts, args.text("session_status"), "")
    at.slack.message_changed(at.workspace, message)
    events.changed(at.slack, at.workspace, message, before)
    shown = message.payload(at.workspace.id, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": shown}


def _chunks(at: At, args: Arguments) -> list[Json]:
    """The call's chunks, checked; `markdown_text` counts as one. Raises Refused: invalid_chunks, msg_too_long."""
    found, text = args.get("chunks"), args.text("markdown_text", "")
    if text and found:
        raise Refused("markdown_text_conflict")
    if text:
        found = [{"type": "markdown_text", "text": text}]
    if found is not None and not isinstance(found, list):
        raise Refused("invalid_chunks")
    return [_chunk(at, chunk) for chunk in found or []]


def _chunk(at: At, chunk: Any) -> Json:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if kind == "markdown_text" and isinstance(chunk.get("text"), str):
        if len(chunk["text"]) > checks.MAX_MARKDOWN:
            raise Refused("msg_too_long")
        return dict(chunk)
    if kind == "plan_update" and chunk.get("title") and len(chunk["title"]) <= checks.MAX_TASK_TEXT:
        return dict(chunk)
    if kind == "blocks":
        return {"type": "blocks", "blocks": checks.blocks(chunk.get("blocks"), shows=at.workspace.shows)}
    if kind == "task_update" and _is_task(chunk):
        return json.loads(json.dumps(chunk))  # type: ignore[no-any-return]
    raise Refused("invalid_chunks")


def _is_task(chunk: Json) -> bool:
    long = [key for key in ("title", "details", "output") if len(chunk.get(key) or "") > checks.MAX_TASK_TEXT]
    sources = chunk.get("sources") or []
    return (
        not set(chunk) - _TASK_FIELDS
        and bool(chunk.get("id") and chunk.get("title"))
        and chunk.get("status") in _TASK_STATUSES
        and not long
        and all(s.get("type") == "url" and s.get("url") and s.get("text") for s in sources)
    )


def _grow(message: Message, given: list[Json]) -> None:
    stream = message.stream
    assert stream is not None
    for chunk in given:
        if chunk["type"] == "markdown_text":
            message.text += chunk["text"]
            if stream.items and stream.items[-1]["type"] == "markdown":
                stream.items[-1]["text"] += chunk["text"]
            elif chunk["text"]:
                stream.items.append({"type": "markdown", "text": chunk["text"]})
        elif chunk["type"] == "task_update":
            _task(stream, chunk)
        elif chunk["type"] == "plan_update":
            stream.items = [i for i in stream.items if i["type"] != "plan_title"]
            stream.items.append({"type": "plan_title", "title": chunk["title"]})
        else:
            stream.items += chunk["blocks"]
    message.blocks = _composed(stream)


def _task(stream: Stream, chunk: Json) -> None:
    """A task's title and status replace what stood there; its details grow."""
    known = next((i for i in stream.items if i.get("task_id") == chunk["id"]), None)
    if known is None:
        known = {"type": "task_card", "task_id": chunk["id"]}
        stream.items.append(known)
    known |= {"title": chunk["title"], "status": chunk["status"]}
    for key in ("details", "output"):
        if chunk.get(key):
            before = known[key]["elements"][0]["elements"][0]["text"] if key in known else ""
            known[key] = _rich(before + chunk[key])
    if chunk.get("sources"):
        known["sources"] = known.get("sources", []) + chunk["sources"]


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _composed(stream: Stream) -> list[Json]:
    """The blocks that the stream shows: in `plan` mode its tasks are gathered under one title at the top."""
    shown = [item for item in stream.items if item["type"] != "plan_title"]
    title = next((i["title"] for i in stream.items if i["type"] == "plan_title"), "")
    tasks = [item for item in shown if item["type"] == "task_card"]
    if stream.mode == "plan" and tasks:
        plan = {"type": "plan", "title": title or tasks[-1]["title"], "tasks": tasks}
        shown = [plan] + [item for item in shown if item["type"] != "task_card"]
    return json.loads(json.dumps(shown))  # type: ignore[no-any-return]


METHODS: dict[str, Method] = {
    "chat.startStream": _start,
    "chat.appendStream": _append,
    "chat.stopStream": _stop,
}
