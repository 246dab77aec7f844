"""The bot's ends of the wire: the Bolt app, over Socket Mode or over HTTP. No client is made at import."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.errors import WrongUse
from bot.slack import clicks
from bot.slack.account import Account
from bot.slack.answering import Answering
from bot.slack.clicks import Clicks
from bot.slack.commands import CHECK, COMMAND, Commands
from bot.slack.home import Home
from bot.slack.intake import Inbox, Intake
from bot.slack.shelf import Shelf
from bot.slack.trouble import SlackRefused, slack_errors

WORKSPACE = "local"  # the one joined by tokens
_ANY = re.compile("")


@dataclass(frozen=True, slots=True)
class Room:
    """What the app joins: who it is, where work is kept, and what serves a person at once."""

    account: Account
    inbox: Inbox
    shelf: Shelf
    answering: Answering
    clicks: Clicks
    commands: Commands
    home: Home
    workspace: str = WORKSPACE


def bolt_app(room: Room, *, signing_secret: str = "") -> AsyncApp:
    """The app. It keeps what is asked and acks; the answering is a job's work.

    An empty signing secret serves Socket Mode alone.
    """
    account = room.account
    known = account.client
    signed_in = AuthorizeResult(
        enterprise_id=None, team_id=account.team, bot_token=known.token, bot_id=account.bot, bot_user_id=account.user
    )

    async def authorize() -> AuthorizeResult:
        # Bolt's own would call auth.test before the ack, and ack an event for which that call fails.
        return signed_in

    client = AsyncWebClient(base_url=known.base_url, session=known.session, retry_handlers=known.retry_handlers)
    app = AsyncApp(name="crosscheck", signing_secret=signing_secret, client=client, authorize=authorize)
    intake = Intake(
        account,
        room.inbox,
        room.shelf,
        room.workspace,
        wants=(room.commands.wants, clicks.wants),
        interrupt=room.answering.interrupt,
    )

    # Plain functions: Bolt looks at a listener's own parameters, which a method's first would confuse.
    async def keep(body: dict[str, Any], next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        return await intake(body, next)

    async def accepted() -> None:
        """What was asked was kept before. An event that asks nothing is acked too, or Slack would send it again."""

    async def opened(event: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            await room.home.publish(event["user"], event["channel"])
        else:
            await room.home.suggest(event["channel"])

    async def typed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await room.commands.typed(body, ack)

    async def clicked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await room.clicks.open(body)

    async def submitted(ack: AsyncAck) -> None:
        await ack()

    app.middleware(keep)
    app.event("app_home_opened")(opened)
    app.event(_ANY)(accepted)
    app.command(COMMAND)(typed)
    app.shortcut(CHECK)(submitted)
    app.action(_ANY)(clicked)
    app.view(_ANY)(submitted)
    return app


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
    handler = AsyncSocketModeHandler(app, app_token, web_client=account.client)
    handler.client.wss_uri = opened["url"]
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def http_app(room: Room, *, signing_secret: str, beside: Sequence[BaseRoute] = ()) -> Starlette:
    """Events over HTTP, and what else is served `beside` them. Raises WrongUse without a secret."""
    if not signing_secret:
        raise WrongUse("events over HTTP need SLACK_SIGNING_SECRET")
    handler = AsyncSlackRequestHandler(bolt_app(room, signing_secret=signing_secret))

    async def events(request: Request) -> Response:
        try:
            return await handler.handle(request)
        except UnicodeDecodeError:
            return Response(status_code=400)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), *beside])
