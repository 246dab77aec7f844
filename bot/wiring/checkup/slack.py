"""Slack's side of `doctor`: the tokens, what they may do, and the clock against Slack's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CrosscheckError, SealedAway, SlackUnavailable, StoreError, WrongUse
from bot.settings import Settings
from bot.slack.manifest import bot_scopes
from bot.slack.trouble import SlackRefused, slack_errors
from bot.store.database import Clock, Database
from bot.store.installations import Installations
from bot.store.seal import Seal
from bot.wiring.checkup.findings import Finding, agreement, ok, trouble

CALL_S = 10


async def check_slack(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Nothing where no bot token is set, and no workspaces install the app by themselves."""
    if settings.slack_trouble is not None or not settings.in_slack:
        return
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_S)) as session:
        client = AsyncWebClient(base_url=settings.slack_api_url, session=session, retry_handlers=[])
        if settings.slack_bot_token is None:
            async for finding in _installations(settings, client, clock):
                yield finding
            return
        refused = "Slack does not take SLACK_BOT_TOKEN ({code}); copy it again from the app's Install page"
        async for finding in _signed_in(client, settings.slack_bot_token, clock, "Slack", refused):
            yield finding
        if settings.slack_app_token:
            yield await _app_token(client, settings.slack_app_token.get_secret_value())


async def _signed_in(
    client: AsyncWebClient, token: SecretStr, clock: Clock, what: str, refused: str
) -> AsyncIterator[Finding]:
    """Who a token is, what it may do, and the clock. `refused`: what to do where Slack does not take it."""
    try:
        with slack_errors("auth.test"):
            who = await client.auth_test(token=token.get_secret_value())
    except SlackRefused as fault:
        yield trouble(what, refused.format(code=fault.code))
        return
    except SlackUnavailable as fault:
        yield trouble(what, f"{fault}; check the network and SLACK_API_URL")
        return
    yield ok(what, f"signed in as {who.get('user')} in {who.get('team')}")
    headers = {str(name).lower(): str(value) for name, value in who.headers.items()}
    yield _scopes(headers)
    yield _time(headers, clock())


async def _installations(settings: Settings, client: AsyncWebClient, clock: Clock) -> AsyncIterator[Finding]:
    """The keys, and each workspace that the app is installed in."""
    assert settings.token_keys is not None
    try:
        seal = Seal(settings.token_keys)
        async with await Database.open(settings.database_url) as database:
            installations = Installations(database, seal)
            current = await installations.current()
            if not current:
                yield ok("Slack", "no workspace has installed the app yet; /slack/install is where they do")
            for each in current:
                what = f"workspace {each.name} ({each.workspace})"
                try:
                    tokens = await installations.tokens(each)
                except SealedAway as fault:
                    yield trouble(what, f"{fault}, or have the app installed there again")
                    continue
                if tokens is not None:
                    refused = "Slack does not take its token ({code}); have the app installed there again"
                    async for finding in _signed_in(client, tokens.access, clock, what, refused):
                        yield finding
    except WrongUse as fault:
        yield trouble("keys", str(fault))
    except StoreError as fault:
        yield trouble("Slack", f"no workspace can be looked up: {fault}")


async def _app_token(client: AsyncWebClient, token: str) -> Finding:
    try:
        with slack_errors("apps.connections.open"):
            await client.apps_connections_open(app_token=token)
    except SlackRefused as fault:
        said = f"Slack does not take SLACK_APP_TOKEN ({fault.code}); it needs the scope connections:write"
        return trouble("Socket Mode", said)
    except CrosscheckError as fault:
        return trouble("Socket Mode", f"{fault}; try again later")
    return ok("Socket Mode", "SLACK_APP_TOKEN is good")


def _scopes(headers: Mapping[str, str]) -> Finding:
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip()}
    if not granted:
        return ok("scopes", "Slack does not say which the token has")
    missing = sorted(set(bot_scopes()) - granted)
    if missing:
        said = f"the token lacks {', '.join(missing)}; paste manifest.json into the app again, and reinstall it"
        return trouble("scopes", said)
    return ok("scopes", "all that manifest.json asks for")


def _time(headers: Mapping[str, str], now: datetime) -> Finding:
    try:
        return agreement("clock", now - parsedate_to_datetime(headers.get("date", "")), "Slack's")
    except (ValueError, TypeError):
        return ok("clock", "Slack does not say what time it is")
