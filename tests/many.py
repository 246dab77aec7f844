"""A bot that many workspaces install by themselves: the sandbox on one side, replicas on the other, and a browser."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import aiohttp
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.sandbox import Message, Sandbox
from bot.sandbox.reaching.delivery import signed
from bot.sandbox.state import Workspace
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.wiring.service import service
from tests.given import article
from tests.running import finished, free_port

KEY = Fernet.generate_key().decode()


@dataclass
class Browser:
    """A person's browser: it keeps the cookies that it is given."""

    http: aiohttp.ClientSession
    cookies: dict[str, str] = field(default_factory=dict)

    async def open(self, url: str) -> tuple[int, str]:
        """The page's status and its text."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        async with self.http.get(url, headers={"Cookie": jar} if jar else {}, allow_redirects=False) as page:
            for set_cookie in page.headers.getall("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(set_cookie).items()}
            return page.status, await page.text()

    async def links(self, url: str) -> list[str]:
        status, page = await self.open(url)
        assert status == 200, page
        return [html.unescape(found) for found in re.findall('href="([^"]+)"', page) if not found.startswith("data:")]


@dataclass
class Many:
    """The sandbox and the replicas of the bot that its workspaces are served by, on one database."""

    sandbox: Sandbox
    database: Database
    settings: Settings
    browser: Browser
    stack: AsyncExitStack
    urls: list[str] = field(default_factory=list)

    async def replica(self, **settings: object) -> str:
        """Start one more; where it is served. `settings`: those that are its own."""
        port = free_port()
        await self.stack.enter_async_context(service(self.settings.model_copy(update={"port": port, **settings})))
        self.urls.append(f"http://127.0.0.1:{port}")
        self.serve_from(self.urls[-1])
        return self.urls[-1]

    def serve_from(self, url: str) -> None:
        """Have Slack send to this replica."""
        self.sandbox.request_url, self.sandbox.redirect_url = f"{url}/slack/events", f"{url}/slack/oauth_redirect"

    def team(self, *, rotating: bool = False) -> Workspace:
        """A team that the app is not installed in yet."""
        return self.sandbox.add_workspace(rotating=rotating, installed=False)

    async def begin(self, workspace: Workspace, browser: Browser | None = None) -> list[str]:
        """Press "Add to Slack"; the links that Slack shows then: to allow it, and to cancel."""
        browser = browser or self.browser
        [leads] = await browser.links(f"{self.urls[-1]}/slack/install?{urlencode({'team': workspace.id})}")
        return await browser.links(leads)

    async def install(self, workspace: Workspace) -> None:
        allow, _ = await self.begin(workspace)
        status, page = await self.browser.open(allow)
        assert status == 200, page

    async def comes(self, workspace: Workspace, id: str, text: str) -> None:
        """An article comes into a workspace's coverage."""
        await Library(self.database, workspace.id).add(article(id, text, url=f"https://example.org/{id}"))

    async def ask(self, workspace: Workspace, text: str, *, channel: str | None = None) -> Message:
        """Anna asks, with a mention."""
        return await self.sandbox.say(channel or general(workspace), anna(workspace), f"<@{workspace.bot.id}> {text}")

    async def answer(self, asked: Message) -> str:
        """What stands under a question once its answer is whole."""
        found: list[Message] = await self.sandbox.wait_for(lambda: finished(self.sandbox, asked), 20)
        return "\n".join(each.shown for each in found)

    async def interact(self, body: dict[str, Any]) -> int:
        """Send what a click would, in Slack's name; the status of the answer."""
        return await self.form({"payload": json.dumps(body)})

    async def form(self, told: dict[str, str]) -> int:
        """Send what a command would, in Slack's name; the status of the answer."""
        form = urlencode(told)
        headers = signed(self.sandbox.signing_secret, form) | {"Content-Type": "application/x-www-form-urlencoded"}
        assert self.sandbox.request_url is not None
        async with self.browser.http.post(self.sandbox.request_url, data=form, headers=headers) as answer:
            return answer.status


def environment(sandbox: Sandbox) -> dict[str, str]:
    """The settings of a process that workspaces install the app in by themselves."""
    return {
        "SLACK_BOT_TOKEN": "",
        "SLACK_APP_TOKEN": "",
        "SLACK_CLIENT_ID": sandbox.client_id,
        "SLACK_CLIENT_SECRET": sandbox.client_secret,
        "SLACK_SIGNING_SECRET": sandbox.signing_secret,
        "TOKEN_KEYS": KEY,
    }


def general(workspace: Workspace) -> str:
    return next(iter(workspace.channels))


def anna(workspace: Workspace) -> str:
    return next(person.id for person in workspace.people.values() if person.admin)


@asynccontextmanager
async def many(database_url: str, **more: Any) -> AsyncIterator[Many]:
    """With one replica that runs, under these settings, too."""
    async with (
        Sandbox(manifest=manifest(), retry_after_s=(0.1, 0.2, 0.4)) as sandbox,
        await Database.open(database_url) as database,
        aiohttp.ClientSession() as http,
        AsyncExitStack() as stack,
    ):
        settings = Settings(
            _env_file=None,
            slack_client_id=sandbox.client_id,
            slack_client_secret=SecretStr(sandbox.client_secret),
            slack_signing_secret=SecretStr(sandbox.signing_secret),
            slack_api_url=sandbox.api_url,
            token_keys=SecretStr(KEY),
            database_url=database_url,
            **more,
        )
        made = Many(sandbox, database, settings, Browser(http), stack)
        await made.replica()
        yield made
