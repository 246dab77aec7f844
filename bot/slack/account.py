"""The bot's own account in a workspace: its client and who it is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import WrongUse
from bot.slack.trouble import SlackRefused, slack_errors

CALL_TIMEOUT_S = 10  # well below a job's lease, so that a call never outlives the claim it was made under


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-in bot. `user` is its user id (U…), `bot` its bot id (B…), `team` the workspace's id (T…)."""

    client: AsyncWebClient
    team: str
    user: str
    bot: str


def like(client: AsyncWebClient, token: str | None = None) -> AsyncWebClient:
    """A client with another token, or none, and the same address and session."""
    return AsyncWebClient(
        token=token, base_url=client.base_url, session=client.session, retry_handlers=client.retry_handlers
    )


@asynccontextmanager
async def web_api(api_url: str, *, timeout_s: float = CALL_TIMEOUT_S) -> AsyncIterator[AsyncWebClient]:
    """A client without a token, and an HTTP session for all that are made like it; the session ends with the
    context."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s)) as session:
        yield AsyncWebClient(
            base_url=api_url if api_url.endswith("/") else f"{api_url}/",
            session=session,
            # The SDK's default also retries broken connections: a post cut after Slack took it would stand twice.
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
        )


@asynccontextmanager
async def signed_in(bot_token: str, api_url: str, *, timeout_s: float = CALL_TIMEOUT_S) -> AsyncIterator[Account]:
    """Sign in; it ends with the context.

    Raises SlackUnavailable, or WrongUse where the token is not a bot's or no longer good.
    """
    async with web_api(api_url, timeout_s=timeout_s) as without:
        client = like(without, bot_token)
        try:
            with slack_errors("auth.test"):
                who = await client.auth_test()
        except SlackRefused as fault:
            raise WrongUse(f"Slack does not take SLACK_BOT_TOKEN: {fault.code}") from fault
        if not who.get("bot_id"):
            raise WrongUse("SLACK_BOT_TOKEN is not a bot's token, which begins with xoxb-")
        yield Account(client, team=str(who["team_id"]), user=str(who["user_id"]), bot=str(who["bot_id"]))
