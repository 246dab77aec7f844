"""What the parts of the sandbox share: its workspaces, its settings, who waits for changes, what was called."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.sandbox.app import App
from bot.sandbox.faults import Faults
from bot.sandbox.methods.checks import Refused
from bot.sandbox.page.dev import Dev
from bot.sandbox.state import Channel, Json, Message, Person, Workspace

if TYPE_CHECKING:
    from bot.sandbox.reaching.delivery import Courier


@dataclass(frozen=True, slots=True)
class Call:
    """An accepted Web API call, its JSON fields decoded, without its token."""

    method: str
    args: Json


@dataclass(slots=True)
class Changes:
    """Wakes whoever waits for the workspace to change, and tells listeners what changed."""

    listeners: list[Callable[[Json], None]] = field(default_factory=list)
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)

    def tell(self, change: Json) -> None:
        for listener in tuple(self.listeners):
            listener(change)
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def next(self) -> None:
        """Return at the next change."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)


@dataclass(slots=True)
class Trigger:
    """What a click or a command allows once, for a few seconds: to open a view for this person."""

    user: str
    expires: float
    view: str | None = None
    used: bool = False


@dataclass(slots=True)
class Hook:
    """Where a response_url leads. It serves five times in thirty minutes."""

    workspace: Workspace
    channel: str
    user: str
    expires: float
    thread_ts: str | None = None
    message: Message | None = None
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """What a person allowed: oauth.v2.access gives the team's token for it, once."""

    workspace: Workspace
    scopes: str
    organisation: str | None = None  # whose workspaces all have it


@dataclass(slots=True)
class Slack:
    """The sandbox's inside, handed to every method. `url` ends without a slash."""

    home: Workspace
    app_token: str
    client_id: str
    client_secret: str
    signing_secret: str
    stream_lifetime_s: float
    trigger_lifetime_s: float
    file_delay_s: float
    app: App
    url: str = ""
    redirect_url: str | None = None
    recorder: Path | None = None
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    changes: Changes = field(default_factory=Changes)
    calls: list[Call] = field(default_factory=list)
    refusals: list[tuple[str, str]] = field(default_factory=list)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    hooks: dict[str, Hook] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)
    codes: dict[str, Code] = field(default_factory=dict)
    _found: dict[str, Workspace] = field(default_factory=dict)  # by what was looked for in them
    dev: Dev | None = None
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    courier: Courier = field(init=False)

    def record(self, call: Call) -> None:
        """Keep an accepted call, and write it down where a recording is wished."""
        self.calls.append(call)
        trim(self.calls)
        if self.recorder is not None:
            with self.recorder.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"method": call.method, "args": call.args}, ensure_ascii=False) + "\n")

    def message_changed(self, workspace: Workspace, message: Message) -> None:
        """Tell of a message, and of the one that its thread hangs from, which counts its replies."""
        stamps = [message.ts] + ([message.thread_ts] if message.is_reply and message.thread_ts else [])
        for ts in stamps:
            self.changes.tell({"kind": "message", "team": workspace.id, "channel": message.channel, "ts": ts})

    def workspace_of(self, some_id: str) -> Workspace:
        """The workspace in which a channel, a person or a view has this id. Raises KeyError."""
        found = self._found.get(some_id)
        if found is None or not found.knows(some_id):
            found = next((each for each in self.workspaces.values() if each.knows(some_id)), None)
            if found is None:
                raise KeyError(some_id)
            self._found[some_id] = found
        return found


def holds(workspace: Workspace, token: str) -> bool:
    """Whether this is the workspace's token. Raises Refused: token_expired, token_revoked."""
    if token in workspace.revoked:
        raise Refused("token_revoked")
    if token in workspace.expired:
        raise Refused("token_expired")
    return token == workspace.bot_token or token in workspace.older_tokens


def readable_channel(workspace: Workspace, name: str) -> Channel:
    """The channel with this id, which the bot may read. Raises Refused: channel_not_found, not_in_channel."""
    channel = workspace.channels.get(name)
    if channel is None:
        raise Refused("channel_not_found")
    if workspace.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def writable_channel(workspace: Workspace, name: str) -> Channel:
    """The channel to write to; a person's id stands for the direct message. Raises Refused: also is_archived."""
    if name in workspace.people and name != workspace.bot.id:
        return workspace.direct_with(name)
    channel = readable_channel(workspace, name)
    if channel.archived:
        raise Refused("is_archived")
    return channel


def new_workspace(number: int) -> Workspace:
    """A team with three people in three time zones, another app, two channels that the bot is in, and one not."""
    tag = "" if number == 0 else f"{number:03d}"
    bot = Person(f"U0BOT{tag or '00'}", "crosscheck", "Crosscheck", bot_id=f"B0BOT{tag or '00'}")
    made = Workspace(
        id=f"T0SAND{tag or '00'}",
        name="Sandbox" if number == 0 else f"Sandbox {number}",
        app_id="A0CROSS00",
        bot=bot,
        bot_token="xoxb-sandbox" + (f"-{number}" if number else ""),
    )
    people = (
        bot,
        Person(f"U0ANNA{tag}", "anna", "Anna Lindqvist", "Europe/London", admin=True),
        Person(f"U0BEN{tag}", "ben", "Ben Okafor", "America/New_York"),
        Person(f"U0CHIE{tag}", "chie", "Chie Tanaka", "Asia/Tokyo"),
        Person(f"U0OTHER{tag}", "newsbot", "News Bot", "Europe/London", bot_id=f"B0OTHER{tag}"),
    )
    made.people = {person.id: person for person in people}
    everybody = set(made.people)
    made.channels = {
        channel.id: channel
        for channel in (
            Channel(f"C0GENERAL{tag}", "general", set(everybody)),
            Channel(f"C0POLICY{tag}", "policy", set(everybody)),
            Channel(f"C0RANDOM{tag}", "random", everybody - {bot.id}),
        )
    }
    return made


def recorder_at(place: Path) -> Path:
    """The file to record to: the one given, or a new one in the folder given."""
    if place.is_dir() or not place.suffix:
        place.mkdir(parents=True, exist_ok=True)
        return place / f"calls-{secrets.token_hex(6)}.jsonl"
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def trim(kept: list[Any], most: int = 100_000) -> None:
    """Let go of the oldest, so that a sandbox that runs for days does not grow without end."""
    if len(kept) > 2 * most:
        del kept[:-most]
