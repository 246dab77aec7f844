"""The sandbox as tests and the command line use it: start it, be a person in it, read what stands there."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from bot.sandbox import oauth
from bot.sandbox.app import App
from bot.sandbox.core import Slack, new_workspace, recorder_at
from bot.sandbox.faults import Faults
from bot.sandbox.http import Server
from bot.sandbox.methods import assistants, chat, conversations, files, functions, people, streams, unfurling, views
from bot.sandbox.methods.api import WebApi
from bot.sandbox.page.dev import Dev
from bot.sandbox.page.routes import application
from bot.sandbox.reaching import sockets
from bot.sandbox.reaching.acting import Acting
from bot.sandbox.reaching.delivery import Courier
from bot.sandbox.reaching.sockets import SocketHub
from bot.sandbox.reading import Reading
from bot.sandbox.state import Json, Workspace

METHODS = (
    assistants.METHODS
    | chat.METHODS
    | conversations.METHODS
    | files.METHODS
    | functions.METHODS
    | oauth.METHODS
    | people.METHODS
    | sockets.METHODS
    | streams.METHODS
    | unfurling.METHODS
    | views.METHODS
)


class Sandbox(Acting, Reading):
    """A Slack on 127.0.0.1, in the running loop; an asynchronous context manager.

    `retry_after_s`: the waits before an event that was not acknowledged is brought again; Slack's are at once, a
    minute, five minutes. `record`: a file or folder for the accepted calls, as JSON Lines; by default what
    RECORD_SLACK_CALLS names. `manifest`: the app's, for its events, commands, shortcuts and scopes; without one it
    may do everything, and `/coverage` is its command. `file_delay_s`: until a completed file may be shown in blocks;
    Slack takes a moment to look it through.
    `request_url`: where events go over HTTP; without it they go over Socket Mode. `redirect_url`: where people are
    sent back to once they have allowed the app, or have not. `dev`: the bot's `/dev`, for
    the page (see `bot.sandbox.page.dev`).
    """

    def __init__(
        self,
        *,
        port: int = 0,
        record: Path | str | None = None,
        request_url: str | None = None,
        redirect_url: str | None = None,
        manifest: Json | None = None,
        ack_timeout_s: float = 3,
        retry_after_s: Sequence[float] = (0, 60, 300),
        stream_lifetime_s: float = 300,
        trigger_lifetime_s: float = 3,
        file_delay_s: float = 0,
        dev: Dev | None = None,
    ) -> None:
        home = new_workspace(0)
        wished = record or os.environ.get("RECORD_SLACK_CALLS")
        self._slack = Slack(
            home=home,
            app_token="xapp-sandbox",
            client_id="1000.2000",
            client_secret=secrets.token_hex(16),
            signing_secret=secrets.token_hex(16),
            stream_lifetime_s=stream_lifetime_s,
            trigger_lifetime_s=trigger_lifetime_s,
            file_delay_s=file_delay_s,
            app=App.read(manifest) if manifest else App(),
            redirect_url=redirect_url,
            recorder=recorder_at(Path(wished)) if wished else None,
            workspaces={home.id: home},
            dev=dev,
        )
        self._hub = SocketHub(self._slack)
        self._slack.courier = self._courier = Courier(
            self._slack, self._hub, ack_timeout_s, tuple(retry_after_s), request_url
        )
        self._server = Server(application(self, self._slack, self._hub, WebApi(self._slack, METHODS)), port)
        self._slack.url = f"http://127.0.0.1:{self._server.port}"

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._slack.closing.set()
        self._slack.changes.tell({"kind": "closing"})
        await self._courier.close()
        await self._hub.cut()
        await self._server.stop()

    # What the bot needs to connect.

    @property
    def url(self) -> str:
        """The page's address, without a final slash."""
        return self._slack.url

    @property
    def api_url(self) -> str:
        """The Web API's address, with its final slash, as SLACK_API_URL wants it."""
        return f"{self._slack.url}/api/"

    @property
    def bot_token(self) -> str:
        return self._slack.home.bot_token

    @property
    def app_token(self) -> str:
        return self._slack.app_token

    @property
    def signing_secret(self) -> str:
        return self._slack.signing_secret

    @property
    def workspace(self) -> Workspace:
        """The workspace that is there from the start."""
        return self._slack.home

    @property
    def client_id(self) -> str:
        return self._slack.client_id

    @property
    def client_secret(self) -> str:
        return self._slack.client_secret

    @property
    def bot(self) -> str:
        """The bot's user id there."""
        return self._slack.home.bot.id

    @property
    def mention(self) -> str:
        """What a person's text holds where it names the bot."""
        return f"<@{self.bot}>"

    @property
    def faults(self) -> Faults:
        return self._slack.faults

    @property
    def request_url(self) -> str | None:
        return self._courier.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._courier.request_url = url

    @property
    def redirect_url(self) -> str | None:
        return self._slack.redirect_url

    @redirect_url.setter
    def redirect_url(self, url: str | None) -> None:
        self._slack.redirect_url = url

    @property
    def dev(self) -> Dev | None:
        """The bot's own side, which the page shows; it may be set once the bot serves it."""
        return self._slack.dev

    @dev.setter
    def dev(self, dev: Dev | None) -> None:
        self._slack.dev = dev

    def add_workspace(self, *, rotating: bool = False, installed: bool = True) -> Workspace:
        """One more team with people and channels of its own; ids are unique over all teams.

        `rotating`: its tokens expire and come with refresh tokens. `installed`: whether the app is in it by now.
        """
        made = new_workspace(len(self._slack.workspaces))
        made.rotating, made.installed = rotating, installed
        if rotating or not installed:
            oauth.renew(made)
        self._slack.workspaces[made.id] = made
        return made

    def oauth_code(self, workspace: Workspace, *, organisation: str | None = None) -> str:
        """A code that oauth.v2.access exchanges once for this team's token, or for that of its whole organisation."""
        return oauth.allow(self._slack, workspace, "app_mentions:read,chat:write", organisation)

    # The connection itself.

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._hub.links)

    async def refresh_sockets(self) -> None:
        """Ask the bot to open new sockets, as Slack does every few hours."""
        await self._hub.refresh()

    async def close_sockets(self) -> None:
        """Cut every socket without a word."""
        await self._hub.cut()

    async def wait_for(self, true: Callable[[], Any], timeout_s: float = 10) -> Any:
        """What `true` returns once that is truthy; it is asked again at every change. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (found := true()):
                await self._slack.changes.next()
            return found

    async def wait_connected(self, timeout_s: float = 10) -> None:
        await self.wait_for(lambda: self._hub.links, timeout_s)
