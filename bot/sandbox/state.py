"""What a workspace holds: people, channels, messages, views. Plain data; nothing here checks or sends."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.texts import texts

Json = dict[str, Any]

PICTURES = ("png", "jpg", "jpeg", "gif")  # the kinds of file that blocks show


def new_id(prefix: str) -> str:
    """An id in Slack's manner: a capital letter or two, then capitals and digits."""
    return prefix + secrets.token_hex(5).upper()


@dataclass(slots=True)
class Person:
    """Somebody in the workspace. `bot_id` is set for apps alone."""

    id: str
    name: str
    real_name: str
    tz: str = "Europe/London"
    bot_id: str | None = None
    admin: bool = False
    locale: str = "en-GB"

    def payload(self, team: str, *, localised: bool = False) -> Json:
        offset = datetime.now(ZoneInfo(self.tz)).utcoffset()
        return {
            "id": self.id,
            "team_id": team,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": False,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_bot": self.bot_id is not None,
            "is_admin": self.admin,
            "is_owner": self.admin,
            "is_app_user": False,
            "profile": {"real_name": self.real_name, "display_name": self.name},
        } | ({"locale": self.locale} if localised else {})


@dataclass(slots=True)
class Channel:
    """A channel, or a direct message with the bot when `person` is set."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    person: str | None = None
    archived: bool = False

    @property
    def direct(self) -> bool:
        return self.person is not None

    @property
    def kind(self) -> str:
        """Slack's `channel_type`."""
        return "im" if self.direct else "channel"

    def payload(self, bot: str) -> Json:
        found: Json = {
            "id": self.id,
            "created": 1_700_000_000,
            "is_archived": self.archived,
            "is_im": self.direct,
            "is_channel": not self.direct,
            "is_group": False,
            "is_mpim": False,
            "is_private": False,
            "is_member": bot in self.members,
            "num_members": len(self.members),
        }
        return found | ({"user": self.person} if self.direct else {"name": self.name, "name_normalized": self.name})


@dataclass(slots=True)
class Stream:
    """The open or finished stream behind a message. Times are of the monotonic clock, in seconds."""

    mode: str
    opened: float
    open: bool = True
    items: list[Json] = field(default_factory=list)
    stopped_by_person: bool = False


@dataclass(slots=True)
class Message:
    """One message as the workspace shows it now."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    subtype: str | None = None
    only_for: str | None = None
    broadcast: bool = False
    client_msg_id: str | None = None
    stream: Stream | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    reply_count: int = 0
    latest_reply: str | None = None

    @property
    def streaming(self) -> bool:
        """True while its stream is open."""
        return self.stream is not None and self.stream.open

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def shown(self) -> str:
        """Every text that a person sees in it, block by block, parted by line breaks."""
        return "\n".join(texts(self.blocks)) if self.blocks else self.text

    def payload(self, team: str, *, metadata: bool = False) -> Json:
        """The message in Slack's JSON."""
        found: Json = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text, "team": team}
        optional = {
            "subtype": self.subtype,
            "blocks": self.blocks or None,
            "attachments": self.attachments or None,
            "thread_ts": self.thread_ts,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "edited": self.edited,
            "client_msg_id": self.client_msg_id,
            "files": self.files or None,
            "metadata": self.metadata if metadata else None,
            "streaming_state": None if self.stream is None else "in_progress" if self.stream.open else "completed",
        }
        found |= {key: value for key, value in optional.items() if value is not None}
        if self.reactions:
            found["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in self.reactions.items()]
        if self.reply_count:
            found |= {"reply_count": self.reply_count, "latest_reply": self.latest_reply, "thread_ts": self.ts}
        return found


@dataclass(slots=True)
class OpenView:
    """A modal on a person's screen, or a person's Home."""

    id: str
    user: str
    view: Json
    root: str
    previous: str | None = None
    hash: str = ""
    state: dict[str, dict[str, Json]] = field(default_factory=dict)

    def payload(self, workspace: Workspace) -> Json:
        return {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **self.view,
            "id": self.id,
            "team_id": workspace.id,
            "app_id": workspace.app_id,
            "bot_id": workspace.bot.bot_id,
            "app_installed_team_id": workspace.id,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "hash": self.hash,
            "state": {"values": self.state},
        }


@dataclass(slots=True)
class Status:
    """The line under a thread that says what the bot is doing; empty text clears it."""

    channel: str
    thread_ts: str | None
    text: str
    loading_messages: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Session:
    """An agent's session in a thread: processing, active, suspended or closed."""

    channel: str
    thread_ts: str | None
    status: str
    title: str = ""


@dataclass(slots=True)
class File:
    """An upload: announced, then filled, then completed; Slack looks it through, and shows it from `ready_at` on, in
    seconds of the monotonic clock."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    alt_text: str = ""
    ready_at: float | None = None

    @property
    def kind(self) -> str:
        return self.name.rpartition(".")[2].lower()

    @property
    def completed(self) -> bool:
        return self.ready_at is not None


@dataclass(slots=True)
class Execution:
    """A custom step that a workflow runs: what it was given, and how it ended. `error` is what its author reads."""

    id: str
    callback_id: str
    inputs: Json
    outputs: Json | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        return self.outputs is not None or self.error is not None


@dataclass(slots=True)
class Workspace:
    """One team and everything in it."""

    id: str
    name: str
    app_id: str
    bot: Person
    bot_token: str
    installed: bool = True  # else nothing is told to the bot, and it has no token
    rotating: bool = False
    refresh_token: str | None = None
    older_tokens: set[str] = field(default_factory=set)
    expired: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[str, dict[str, Message]] = field(default_factory=dict)
    threads: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    private: list[Message] = field(default_factory=list)
    views: dict[str, OpenView] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, OpenView] = field(default_factory=dict)
    statuses: dict[tuple[str, str | None], Status] = field(default_factory=dict)
    status_log: list[Status] = field(default_factory=list)
    sessions: dict[tuple[str, str | None], Session] = field(default_factory=dict)
    prompts: dict[tuple[str, str | None], list[Json]] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    last_ts: int = 0

    def new_ts(self) -> str:
        """A time stamp that no other message of this workspace has; later ones are greater."""
        self.last_ts = max(self.last_ts + 1, time.time_ns() // 1000)
        return f"{self.last_ts // 1_000_000}.{self.last_ts % 1_000_000:06d}"

    def knows(self, some_id: str) -> bool:
        """Whether a channel, a person or a view here has this id."""
        return some_id in self.channels or some_id in self.people or some_id in self.views

    def shows(self, named: Json) -> bool:
        """Whether a `slack_file` names a picture that is here and ready."""
        wished = next(iter(named.values()))
        found = self.files.get(wished) or next((f for f in self.files.values() if f"/files/{f.id}/" in wished), None)
        if found is None or found.ready_at is None or found.kind not in PICTURES:
            return False
        return time.monotonic() >= found.ready_at

    def add(self, message: Message) -> None:
        """Put a message into its channel, and into its thread where it is a reply."""
        self.messages.setdefault(message.channel, {})[message.ts] = message
        if message.is_reply and message.thread_ts:
            self.threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)
            self._count(message.channel, message.thread_ts)

    def remove(self, message: Message) -> None:
        del self.messages[message.channel][message.ts]
        if message.is_reply and message.thread_ts:
            self.threads[message.channel, message.thread_ts].remove(message.ts)
            self._count(message.channel, message.thread_ts)

    def find(self, channel: str, ts: str) -> Message | None:
        return self.messages.get(channel, {}).get(ts)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The thread's first message, where it still stands, and its replies, oldest first."""
        first = self.find(channel, ts)
        replies = [self.messages[channel][at] for at in self.threads.get((channel, ts), ())]
        return ([first] if first else []) + replies

    def top_level(self, channel: str) -> list[Message]:
        """What the channel itself shows, oldest first: no replies but broadcast ones."""
        return [m for m in self.messages.get(channel, {}).values() if not m.is_reply or m.broadcast]

    def direct_with(self, person: str) -> Channel:
        """The direct message of the bot with this person; it is made where it does not stand yet."""
        for channel in self.channels.values():
            if channel.person == person:
                return channel
        made = Channel(new_id("D"), "", {person, self.bot.id}, person=person)
        self.channels[made.id] = made
        return made

    def _count(self, channel: str, thread_ts: str) -> None:
        first = self.find(channel, thread_ts)
        if first is not None:
            replies = self.threads.get((channel, thread_ts), [])
            first.reply_count = len(replies)
            first.latest_reply = replies[-1] if replies else None
