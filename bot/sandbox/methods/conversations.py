"""conversations.*: reading channels and threads."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.core import readable_channel
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Json, Message

T = TypeVar("T")


def page(found: Sequence[T], args: Arguments, most: int = 1000) -> tuple[list[T], Json]:
    """One page of a list, and the answer's cursor for the next. Raises Refused with invalid_cursor."""
    start, limit = 0, args.number("limit", 100, most)
    if cursor := args.maybe("cursor"):
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("at:"))
        except ValueError as fault:
            raise Refused("invalid_cursor") from fault
    end = start + limit
    more = end < len(found)
    following = base64.b64encode(f"at:{end}".encode()).decode() if more else ""
    return list(found[start:end]), {"has_more": more, "response_metadata": {"next_cursor": following}}


def _between(found: list[Message], args: Arguments) -> list[Message]:
    oldest, latest, inclusive = args.text("oldest", "0"), args.text("latest", "9999999999"), args.flag("inclusive")

    def inside(ts: str) -> bool:
        at, low, high = float(ts), float(oldest), float(latest)
        return low <= at <= high if inclusive else low < at < high

    return [m for m in found if inside(m.ts)]


def _shown(at: At, args: Arguments, found: list[Message]) -> list[Json]:
    metadata = args.flag("include_all_metadata")
    return [message.payload(at.workspace.id, metadata=metadata) for message in found]


def _history(at: At, args: Arguments) -> Json:
    channel = readable_channel(at.workspace, args.text("channel"))
    found = _between(at.workspace.top_level(channel.id), args)
    some, cursor = page(found[::-1], args)
    return {"messages": _shown(at, args, some), "pin_count": 0} | cursor


def _replies(at: At, args: Arguments) -> Json:
    channel, ts = readable_channel(at.workspace, args.text("channel")), args.text("ts")
    named = at.workspace.find(channel.id, ts)
    found = at.workspace.thread(channel.id, named.thread_ts if named and named.thread_ts else ts)
    if not found:
        raise Refused("thread_not_found")
    first = [m for m in found if not m.is_reply]
    some, cursor = page(first + _between([m for m in found if m.is_reply], args), args)
    return {"messages": _shown(at, args, some)} | cursor


def _info(at: At, args: Arguments) -> Json:
    channel = at.workspace.channels.get(args.text("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    return {"channel": channel.payload(at.workspace.bot.id)}


def _list(at: At, args: Arguments) -> Json:
    kinds = args.text("types", "public_channel").split(",")
    found = [
        channel
        for channel in at.workspace.channels.values()
        if ("im" if channel.direct else "public_channel") in kinds
        and not (args.flag("exclude_archived") and channel.archived)
    ]
    some, cursor = page(found, args)
    return {"channels": [channel.payload(at.workspace.bot.id) for channel in some]} | cursor


def _open(at: At, args: Arguments) -> Json:
    if channel := args.maybe("channel"):
        return {"channel": {"id": readable_channel(at.workspace, channel).id}}
    users = [user for user in args.text("users").split(",") if user]
    if len(users) != 1 or users[0] not in at.workspace.people:
        raise Refused("user_not_found" if len(users) == 1 else "not_enough_users")
    known = {channel.person for channel in at.workspace.channels.values()}
    made = at.workspace.direct_with(users[0])
    shown = made.payload(at.workspace.bot.id) if args.flag("return_im") else {"id": made.id}
    return {"channel": shown, "already_open": users[0] in known}


def _members(at: At, args: Arguments) -> Json:
    channel = readable_channel(at.workspace, args.text("channel"))
    some, cursor = page(sorted(channel.members), args)
    return {"members": some} | cursor


METHODS: dict[str, Method] = {
    "conversations.history": _history,
    "conversations.replies": _replies,
    "conversations.info": _info,
    "conversations.list": _list,
    "conversations.open": _open,
    "conversations.members": _members,
}
