"""Every route of the sandbox's server, and what its page reads: the workspace, messages, and changes as they come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.sandbox import oauth
from bot.sandbox.core import Slack
from bot.sandbox.methods import files, responses
from bot.sandbox.methods.api import WebApi
from bot.sandbox.page.acts import ACTS, PageActs
from bot.sandbox.page.guard import Guard
from bot.sandbox.reaching.sockets import SocketHub
from bot.sandbox.state import Json, Message, Workspace

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

STATIC = Path(__file__).parent / "static"


def application(sandbox: Sandbox, slack: Slack, hub: SocketHub, api: WebApi) -> Starlette:
    page, page_acts = Page(slack, hub), PageActs(sandbox, slack)
    return Starlette(
        routes=[
            Route("/api/{method:path}", api.__call__, methods=["GET", "POST"]),
            WebSocketRoute("/link/", hub.serve),
            Route(oauth.PATH, partial(oauth.ask, slack), methods=["GET"]),
            Route("/response/{hook}", partial(responses.respond, slack), methods=["POST"]),
            Route("/upload/{file}", partial(files.receive, slack), methods=["POST"]),
            Route("/files/{file}/{name}", partial(files.serve, slack), methods=["GET"]),
            Route("/", page.show, methods=["GET"]),
            Route("/archives/{rest:path}", page.show, methods=["GET"]),
            Route("/page/state", page.state, methods=["GET"]),
            Route("/page/messages", page.messages, methods=["GET"]),
            Route("/page/changes", page.changes, methods=["GET"]),
            *(Route(f"/page/{name}", partial(page_acts.do, act), methods=["POST"]) for name, act in ACTS.items()),
            Route("/dev/{path:path}", page.dev, methods=["GET", "POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard)],
    )


@dataclass(slots=True, eq=False)
class Feed:
    """The changes that one open page has not seen yet; a later one takes the place of an earlier one alike."""

    waiting: dict[str, Json] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, change: Json) -> None:
        self.waiting[json.dumps(change)] = change
        self.woken.set()

    async def next(self) -> list[Json]:
        await self.woken.wait()
        self.woken.clear()
        found, self.waiting = list(self.waiting.values()), {}
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """What the page reads, as one person sees it."""

    slack: Slack
    hub: SocketHub

    async def show(self, request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def dev(self, request: Request) -> Response:
        """What the bot tells of itself; null in a sandbox that shows Slack's side alone."""
        if self.slack.dev is None:
            return JSONResponse(None)
        return await self.slack.dev.pass_on(request)

    async def state(self, request: Request) -> Response:
        """The workspace as one person sees it; the first person where none is named."""
        workspace = self.slack.home
        humans = [person for person in workspace.people.values() if person.bot_id is None]
        named = request.query_params.get("person", "")
        person = named if named in workspace.people else humans[0].id
        workspace.direct_with(person)
        return JSONResponse(
            {
                "team": {"id": workspace.id, "name": workspace.name},
                "bot": workspace.bot.id,
                "me": person,
                "people": [p.payload(workspace.id) for p in workspace.people.values()],
                "channels": [
                    channel.payload(workspace.bot.id)
                    for channel in workspace.channels.values()
                    if channel.person in (None, person)
                ],
                "commands": self.slack.app.commands,
                "shortcuts": self.slack.app.shortcuts,
                "has_home": self.slack.app.home,
                "stoppable": "agent_session_stopped" in self.slack.app.events,
                "connected": self._connected(),
                "faults": faults_payload(self.slack),
            }
            | self._screen(person)
        )

    def _connected(self) -> bool:
        return bool(self.hub.links) or self.slack.courier.request_url is not None

    def _screen(self, person: str) -> Json:
        """The modal on top, and Home."""
        workspace = self.slack.home
        stack, home = workspace.stacks.get(person, []), workspace.homes.get(person)
        return {
            "view": workspace.views[stack[-1]].payload(workspace) if stack else None,
            "depth": len(stack),
            "home": home.payload(workspace) if home else None,
        }

    async def messages(self, request: Request) -> Response:
        """All of a channel that this person sees, replies and private ones included, oldest first."""
        workspace, channel = self.slack.home, request.query_params.get("channel", "")
        person = request.query_params.get("person", "")
        if channel not in workspace.channels:
            return JSONResponse({"error": "There is no such channel."}, status_code=404)
        private = [m for m in workspace.private if m.only_for == person and m.channel == channel]
        found = sorted([*workspace.messages.get(channel, {}).values(), *private], key=lambda m: m.ts)
        return JSONResponse(
            {"messages": [shown(workspace, message) for message in found], "around": self._around(channel)}
        )

    def _around(self, channel: str) -> Json:
        """What stands around a channel's messages: status lines, sessions, suggested prompts."""
        workspace = self.slack.home
        return {
            "statuses": [
                {"thread_ts": s.thread_ts, "text": s.text, "loading_messages": s.loading_messages}
                for s in workspace.statuses.values()
                if s.channel == channel
            ],
            "sessions": [
                {"thread_ts": s.thread_ts, "status": s.status, "title": s.title}
                for s in workspace.sessions.values()
                if s.channel == channel
            ],
            "prompts": workspace.prompts.get((channel, None), self.slack.app.prompts),
        }

    async def changes(self, request: Request) -> Response:
        """Server-sent events: every change that this person sees, from now on."""
        person, feed = request.query_params.get("person", ""), Feed()

        async def lines() -> AsyncIterator[str]:
            self.slack.changes.listeners.append(feed.tell)
            try:
                yield ": open\n\n"
                while not self.slack.closing.is_set():
                    for change in await feed.next():
                        if (told := self._told(change, person)) is not None:
                            yield f"data: {json.dumps(told)}\n\n"
            finally:
                self.slack.changes.listeners.remove(feed.tell)

        return StreamingResponse(lines(), media_type="text/event-stream")

    def _told(self, change: Json, person: str) -> Json | None:
        workspace, kind = self.slack.home, change["kind"]
        if change.get("team", workspace.id) != workspace.id:
            return None
        if kind == "message":
            message = self._message(change["channel"], change["ts"], person)
            return message and {"kind": kind, "channel": change["channel"], "message": message}
        if kind == "view":
            return {"kind": kind} | self._screen(person) if change["user"] == person else None
        if kind in ("status", "session", "prompts"):
            return {"kind": "around", "channel": change["channel"], "around": self._around(change["channel"])}
        if kind == "faults":
            return {"kind": kind, "faults": faults_payload(self.slack)}
        if kind == "connection":
            return {"kind": kind, "connected": self._connected()}
        return change if kind == "deleted" else None

    def _message(self, channel: str, ts: str, person: str) -> Json | None:
        workspace = self.slack.home
        found = workspace.find(channel, ts)
        if found is None:
            alone = [m for m in workspace.private if (m.channel, m.ts, m.only_for) == (channel, ts, person)]
            found = alone[0] if alone else None
        hidden = workspace.channels[channel].person not in (None, person)
        return None if found is None or hidden else shown(workspace, found)


def shown(workspace: Workspace, message: Message) -> Json:
    """A message for the page: Slack's own JSON under `slack`, and what the page needs beside it."""
    return {
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "user": message.user,
        "private": message.ephemeral,
        "broadcast": message.broadcast,
        "streaming": message.streaming,
        "slack": message.payload(workspace.id, metadata=True),
    }


def faults_payload(slack: Slack) -> Json:
    """The troubles that the page can switch, each on or off."""
    kinds = {(fault.kind, fault.method) for fault in slack.faults.switched}
    return {
        "slow": ("slow", "*") in kinds,
        "limit": ("limit", "chat.postMessage") in kinds,
        "fail": ("fail", "chat.postMessage") in kinds,
        "cut": ("cut", "chat.postMessage") in kinds,
        "no_streams": ("refuse", "chat.startStream") in kinds,
    }
