"""Every route of the sandbox's server, and a plain page to write in."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from bot.sandbox import acts, files
from bot.sandbox.api import WebApi
from bot.sandbox.core import Slack
from bot.sandbox.sockets import SocketHub

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Dev:
    """Where the bot serves its `/dev`, and the token that it wants to see."""

    url: str
    token: str


def application(sandbox: Sandbox, slack: Slack, hub: SocketHub, api: WebApi, dev: Dev | None) -> Starlette:
    page = Page(sandbox, slack)
    return Starlette(
        routes=[
            Route("/api/{method:path}", api.__call__, methods=["GET", "POST"]),
            WebSocketRoute("/link/", hub.serve),
            Route("/response/{hook}", partial(acts.respond, slack), methods=["POST"]),
            Route("/upload/{file}", partial(files.receive, slack), methods=["POST"]),
            Route("/files/{file}/{name}", partial(files.serve, slack), methods=["GET"]),
            Route("/", page.show, methods=["GET"]),
            Route("/say", page.say, methods=["POST"]),
        ]
    )


@dataclass(frozen=True, slots=True)
class Page:
    """A box to write in, and the channel's messages as text."""

    sandbox: Sandbox
    slack: Slack

    async def show(self, request: Request) -> Response:
        channel = next(iter(self.slack.home.channels))
        lines = []
        for message in self.sandbox.messages(channel):
            for shown in self.sandbox.messages(channel, message.ts):
                name = self.slack.home.people[shown.user].real_name
                lines.append(f"<p><b>{html.escape(name)}</b> <pre>{html.escape(shown.shown)}</pre></p>")
        form = '<form method="post" action="/say"><input name="text" size="80" autofocus><button>Send</button></form>'
        title = json.dumps(self.slack.home.name)
        return HTMLResponse(f"<!doctype html><title>{title}</title>{''.join(lines)}{form}")

    async def say(self, request: Request) -> Response:
        text = parse_qs((await request.body()).decode("utf-8", "replace")).get("text", [""])[0]
        channel = next(iter(self.slack.home.channels))
        human = next(p.id for p in self.slack.home.people.values() if p.bot_id is None)
        if text:
            await self.sandbox.say(channel, human, f"{self.sandbox.mention} {text}")
        return RedirectResponse("/", status_code=303)
