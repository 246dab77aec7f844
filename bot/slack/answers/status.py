"""The line that says the bot is at work. Slack may refuse it; that never matters."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

from bot.errors import SlackUnavailable
from bot.news.catalogue import spoken
from bot.slack.account import Account
from bot.slack.posting.post import Place
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

AGAIN_S = (0.5, 2.0)  # before a clearing that failed is tried again; a line that stays tells people to wait for nothing


@contextlib.asynccontextmanager
async def at_work(account: Account, place: Place, *, again_s: Sequence[float] = AGAIN_S) -> AsyncIterator[None]:
    """Show the status while the body runs, and clear it however the body ends.

    `again_s`: the waits before a clearing that failed is tried again, in seconds.
    """
    shown = asyncio.create_task(_show(account, place), name="slack-status")
    try:
        yield
    finally:
        has_sessions = await shown
        await clear(account, place, again_s=again_s)
        if has_sessions:
            await _surely(lambda: _session(account, place, "active"), again_s)


async def wait_in_line(account: Account, place: Place, before: int) -> None:
    """Show how many questions come first; what `at_work` shows takes its place."""
    with _harmless():
        await _set(account, place, spoken().asking.waiting, [spoken().counted(spoken().asking.before, before)])


async def clear(account: Account, place: Place, *, again_s: Sequence[float] = AGAIN_S) -> None:
    """Leave no status."""
    await _surely(lambda: _set(account, place, ""), again_s)


async def _show(account: Account, place: Place) -> bool:
    """False where the workspace has no agent sessions."""
    with _harmless():
        await _set(account, place, spoken().asking.reading, spoken().asking.loading)
    try:
        await _session(account, place, "processing")
    except SlackRefused:
        return False
    except SlackUnavailable as fault:  # it may have been taken all the same
        log.debug("a status was not taken", extra={"reason": str(fault)})
    return True


async def _surely(call: Callable[[], Awaitable[None]], again_s: Sequence[float]) -> None:
    """Make the call, again after each of the waits while Slack is not available."""
    for wait_s in again_s:
        with _harmless():
            try:
                await call()
            except SlackUnavailable:
                await asyncio.sleep(wait_s)
                continue
        return
    with _harmless():
        await call()


async def _set(account: Account, place: Place, status: str, loading: Sequence[str] = ()) -> None:
    with slack_errors("assistant.threads.setStatus"):
        await account.client.assistant_threads_setStatus(
            channel_id=place.channel, thread_ts=place.thread, status=status, loading_messages=list(loading) or None
        )


async def _session(account: Account, place: Place, status: str) -> None:
    with slack_errors("agents.sessions.setStatus"):
        await account.client.agents_sessions_setStatus(channel_id=place.channel, thread_ts=place.thread, status=status)


@contextlib.contextmanager
def _harmless() -> Iterator[None]:
    try:
        yield
    except (SlackUnavailable, SlackRefused) as fault:
        log.debug("a status was not taken", extra={"reason": str(fault)})
