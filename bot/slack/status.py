"""The line that says the bot is at work. Slack may refuse it; that never matters."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SlackUnavailable
from bot.slack import words
from bot.slack.account import Account
from bot.slack.post import Place
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def at_work(account: Account, place: Place) -> AsyncIterator[None]:
    """Show the status while the body runs, and clear it however the body ends."""
    shown = asyncio.create_task(_show(account, place), name="slack-status")
    try:
        yield
    finally:
        session = await shown
        await _set(account, place, "")
        if session:
            await _session(account, place, "active")


async def _show(account: Account, place: Place) -> bool:
    """True where the workspace has agent sessions."""
    await _set(account, place, words.READING, words.LOADING)
    return await _session(account, place, "processing")


async def _set(account: Account, place: Place, status: str, loading: list[str] | None = None) -> None:
    with _harmless("assistant.threads.setStatus"):
        await account.client.assistant_threads_setStatus(
            channel_id=place.channel, thread_ts=place.thread, status=status, loading_messages=loading
        )


async def _session(account: Account, place: Place, status: str) -> bool:
    response: AsyncSlackResponse | None = None
    with _harmless("agents.sessions.setStatus"):
        response = await account.client.agents_sessions_setStatus(
            channel_id=place.channel, thread_ts=place.thread, status=status
        )
    return response is not None


@contextlib.contextmanager
def _harmless(method: str) -> Iterator[None]:
    try:
        with slack_errors(method):
            yield
    except (SlackUnavailable, SlackRefused) as fault:
        log.debug("a status was not taken", extra={"reason": str(fault)})
