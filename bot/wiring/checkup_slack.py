"""Slack's side of `doctor`: the tokens, what they may do, and the clock against Slack's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.resources import files
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CrosscheckError, SlackUnavailable
from bot.settings import Settings
from bot.slack.trouble import SlackRefused, slack_errors
from bot.store.database import Clock
from bot.wiring.findings import Finding, agreement, ok, trouble

CALL_S = 10


async def check_slack(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Nothing where no bot token is set."""
    if settings.slack_bot_token is None:
        return
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_S)) as session:
        client = AsyncWebClient(base_url=settings.slack_api_url, session=session, retry_handlers=[])
        try:
            with slack_errors("auth.test"):
                who = await client.auth_test(token=settings.slack_bot_token.get_secret_value())
        except SlackRefused as fault:
            said = f"Slack does not take SLACK_BOT_TOKEN ({fault.code}); copy it again from the app's Install page"
            yield trouble("Slack", said)
            return
        except SlackUnavailable as fault:
            yield trouble("Slack", f"{fault}; check the network and SLACK_API_URL")
            return
        yield ok("Slack", f"signed in as {who.get('user')} in {who.get('team')}")
        headers = {str(name).lower(): str(value) for name, value in who.headers.items()}
        yield _scopes(headers)
        yield _time(headers, clock())
        if settings.slack_app_token:
            yield await _app_token(client, settings.slack_app_token.get_secret_value())


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
    manifest = shipped_manifest()
    missing = sorted(set(json.loads(manifest.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"]) - granted)
    if missing:
        said = f"the token lacks {', '.join(missing)}; paste manifest.json into the app again, and reinstall it"
        return trouble("scopes", said)
    return ok("scopes", "all that manifest.json asks for")


def _time(headers: Mapping[str, str], now: datetime) -> Finding:
    try:
        return agreement("clock", now - parsedate_to_datetime(headers.get("date", "")), "Slack's")
    except (ValueError, TypeError):
        return ok("clock", "Slack does not say what time it is")


def shipped_manifest() -> Path:
    """Beside the package's modules where it was installed from a wheel, else in the checkout."""
    package = Path(str(files("bot")))
    inside = package / "manifest.json"
    return inside if inside.exists() else package.parent / "manifest.json"
