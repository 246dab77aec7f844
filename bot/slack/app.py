"""The bot's ends of the wire: the Bolt app, over Socket Mode or over HTTP. No client is made at import."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import CrosscheckError, WrongUse
from bot.news.catalogue import spoken
from bot.slack.account import Account, like
from bot.slack.acks import has_left, leaving
from bot.slack.answers import clicks
from bot.slack.answers.answering import Answering
from bot.slack.answers.clicks import Clicks
from bot.slack.commands import digest_forms, setting, step
from bot.slack.commands.commands import CHECK, COMMAND, Commands
from bot.slack.home import Home
from bot.slack.intake import Inbox, Intake, removed
from bot.slack.languages import Languages
from bot.slack.shelf import Shelf
from bot.slack.trouble import BROKEN, SlackRefused, slack_errors

log = logging.getLogger(__name__)

WORKSPACE = "local"  # the one joined by tokens
_ANY = re.compile("")
# An address that holds a code goes no further, and nobody's page frames the button that installs.
_PAGE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
_ROOM = "room"  # in a request's context: the room of the workspace that it comes from


@dataclass(frozen=True, slots=True)
class Room:
    """What serves one workspace: who it is, where work is kept, and what serves a person at once."""

    account: Account
    inbox: Inbox
    shelf: Shelf
    answering: Answering
    clicks: Clicks
    commands: Commands
    home: Home
    languages: Languages
    workspace: str = WORKSPACE

    @property
    def intake(self) -> Intake:
        return Intake(
            self.account,
            self.inbox,
            self.shelf,
            self.workspace,
            wants=(self.commands.wants, clicks.wants, setting.wants, digest_forms.wants, step.wants),
            interrupt=self.answering.interrupt,
        )


class Rooms(Protocol):
    """The workspaces that the app serves. Each call raises StoreError."""

    @property
    def client(self) -> AsyncWebClient:
        """A client of no workspace."""

    async def room(self, team: str) -> Room | None:
        """None where the app is not installed in this team (T…)."""

    async def removed(self, team: str, at: datetime) -> None:
        """The app was removed from a team, at this time."""


@dataclass(frozen=True, slots=True)
class OneRoom:
    """The workspace that is joined by tokens: what is asked is asked there, whatever team is named."""

    only: Room

    @property
    def client(self) -> AsyncWebClient:
        return like(self.only.account.client)

    async def room(self, team: str) -> Room:
        return self.only

    async def removed(self, team: str, at: datetime) -> None:
        log.warning("the app was removed from its workspace; install it again, and copy its new token")


class _Authorize(AsyncAuthorize):
    """Tells which workspace a request comes from. Bolt's own would call auth.test before the ack, and ack an event for
    which that call fails."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def __call__(self, *, context: Any, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        room = await self._rooms.room(team_id or "")
        if room is None:
            return None
        context[_ROOM] = room
        account = room.account
        return AuthorizeResult(
            enterprise_id=None,
            team_id=account.team,
            bot_token=account.client.token,
            bot_id=account.bot,
            bot_user_id=account.user,
        )


def bolt_app(rooms: Rooms, *, signing_secret: str = "", flow: AsyncOAuthFlow | None = None) -> AsyncApp:
    """The app. It keeps what is asked and acks; the answering is a job's work.

    An empty signing secret serves Socket Mode alone. `flow`: how workspaces install the app by themselves.
    """
    app = AsyncApp(
        name="crosscheck",
        signing_secret=signing_secret,
        client=rooms.client,
        authorize=_Authorize(rooms),  # type: ignore[arg-type]  # Bolt takes its own kind, too
        oauth_flow=flow,
        attaching_conversation_kwargs_enabled=False,  # what is said goes through Post alone
        user_facing_authorize_error_message=spoken().installing.not_installed,
    )

    # Plain functions: Bolt looks at a listener's own parameters, which a method's first would confuse.
    async def keep(
        body: dict[str, Any], context: AsyncBoltContext, next: Callable[[], Awaitable[Any]]
    ) -> BoltResponse | None:
        try:
            if (at := removed(body)) is not None:
                await rooms.removed(context.team_id or "", at)
            elif (room := context.get(_ROOM)) is not None:
                await room.intake.keep(body)
        except CrosscheckError as fault:
            log.error("an event could not be kept; Slack will send it again", extra={"reason": str(fault)})
            return BoltResponse(status=503, body="")
        await next()
        return None

    async def accepted() -> None:
        """What was asked was kept before. An event that asks nothing is acked too, or Slack would send it again."""

    async def opened(event: dict[str, Any], context: AsyncBoltContext) -> None:
        room: Room = context[_ROOM]
        person, channel = event["user"], event["channel"]
        async with room.languages.to(person, channel):
            await (room.home.publish if event.get("tab") == "home" else room.home.suggest)(person, channel)

    async def typed(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        room: Room = context[_ROOM]
        async with room.languages.to(body["user_id"], body["channel_id"]):
            await room.commands.typed(body, ack)

    async def clicked(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        room: Room = context[_ROOM]
        async with room.languages.to(body["user"]["id"], _where(body)):
            await room.clicks.open(body)

    async def pressed(ack: AsyncAck) -> None:
        await ack()

    async def submitted(ack: AsyncAck, body: dict[str, Any], view: dict[str, Any], context: AsyncBoltContext) -> None:
        room: Room = context[_ROOM]
        async with room.languages.to(body["user"]["id"], _where(body)):
            found = setting.faults(view) | digest_forms.faults(view)
        if found:
            await ack(response_action="errors", errors=found)
        else:
            await ack()

    app.middleware(keep)
    app.event("app_home_opened")(opened)
    app.event(_ANY)(accepted)
    app.command(COMMAND)(typed)
    app.shortcut(CHECK)(pressed)
    app.action(_ANY)(clicked)
    app.view(_ANY)(submitted)
    return app


def _where(body: Mapping[str, Any]) -> str:
    """The channel that somebody clicked in, or that the form which they sent is for."""
    carried = str((body.get("view") or {}).get("private_metadata") or "")
    if carried.startswith("{"):
        return str(json.loads(carried).get("channel") or "")
    return str((body.get("container") or {}).get("channel_id") or carried)


class _SocketMode(AsyncSocketModeHandler):
    """Says when an ack has left."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        with leaving() as ack:
            try:
                await super().handle(client, req)
            finally:
                await has_left(ack)


@asynccontextmanager
async def socket_mode(app: AsyncApp, account: Account, app_token: str) -> AsyncIterator[AsyncSocketModeHandler]:
    """Listen over Socket Mode for as long as the context lasts.

    Raises SlackUnavailable, or WrongUse where the token is refused: the client alone would try it for ever.
    """
    try:
        with slack_errors("apps.connections.open"):
            opened = await account.client.apps_connections_open(app_token=app_token)
    except SlackRefused as fault:
        raise WrongUse(f"Slack does not take SLACK_APP_TOKEN: {fault.code}") from fault
    handler = _SocketMode(app, app_token, web_client=account.client)
    handler.client.wss_uri = opened["url"]
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def http_app(
    rooms: Rooms, *, signing_secret: str, flow: AsyncOAuthFlow | None = None, beside: Sequence[BaseRoute] = ()
) -> Starlette:
    """Events over HTTP, the installing of the app where there is a `flow`, and what else is served `beside` them.

    Raises WrongUse without a secret.
    """
    if not signing_secret:
        raise WrongUse("events over HTTP need SLACK_SIGNING_SECRET")
    handler = AsyncSlackRequestHandler(bolt_app(rooms, signing_secret=signing_secret, flow=flow))

    async def events(request: Request) -> Response:
        with leaving() as ack:
            try:
                answer = await handler.handle(request)
            except UnicodeDecodeError:
                answer = Response(status_code=400)
        answer.background = BackgroundTask(has_left, ack)  # Starlette runs it once the answer is sent
        return answer

    async def installing(request: Request) -> Response:
        try:
            page = await handler.handle(request)
        except (CrosscheckError, *BROKEN) as fault:
            log.warning("an installation was cut short", extra={"error": type(fault).__name__})
            page = PlainTextResponse(spoken().installing.later, 503)
        page.headers.update(_PAGE)
        return page

    paths = (flow.install_path, flow.redirect_uri_path) if flow else ()
    install = [Route(path, installing, methods=["GET"]) for path in paths]
    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), *install, *beside])
