"""A message that grows while it is read. One task writes; whoever has something to show only adds it."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CrosscheckError, SlackUnavailable
from bot.slack.account import Account
from bot.slack.looks.kit import Json
from bot.slack.trouble import code, slack_errors

log = logging.getLogger(__name__)

FLUSH_S = 0.6  # between two writes: about 100 a minute, which is what Slack allows a workspace for appending
FLUSH_CHARACTERS = 1_500  # that wait no longer


class Stream:
    """Opens with the first thing added. A fault of Slack's ends the writing, not the answer: what was added since
    is simply not shown until the message is finished or replaced.

    `ts`: the message's, once Slack has told it. `uncertain`: a message may stand in the thread that Slack never
    confirmed. `broken`: what the message shows is not all that was added.
    """

    def __init__(self, account: Account, *, channel: str, thread: str, person: str, flush_s: float = FLUSH_S) -> None:
        self.broken = False
        self.uncertain = False
        self._account, self._channel, self._thread, self._person = account, channel, thread, person
        self._flush_s = flush_s
        self._pending: list[Json] = []
        self._changed = asyncio.Event()
        self._hurry = asyncio.Event()
        self._closing = False
        self._stream: AsyncChatStream | None = None
        self._writer: asyncio.Task[None] | None = None

    @property
    def ts(self) -> str | None:
        return self._stream.ts if self._stream else None

    def add(self, chunk: Json) -> None:
        """Show a chunk soon. Text joins text, and a card replaces its earlier state where that still waits."""
        if self.broken:
            return
        last = self._pending[-1] if self._pending else {}
        if chunk["type"] == last.get("type") == "markdown_text":
            last["text"] += chunk["text"]
        else:
            if "id" in chunk:
                self._pending = [c for c in self._pending if c.get("id") != chunk["id"]]
            self._pending.append(dict(chunk))
        self._changed.set()
        if sum(len(c.get("text", "")) for c in self._pending) >= FLUSH_CHARACTERS:
            self._hurry.set()
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="slack-stream")

    async def settle(self) -> list[Json]:
        """Stop the writer; what it had not written yet, for the call that finishes the message."""
        if self._writer is not None:
            self._closing = True
            self._hurry.set()
            self._changed.set()
            await self._writer
        rest, self._pending = self._pending, []
        return rest

    async def cancel(self) -> None:
        """Stop the writer at once, as when the work is handed over."""
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer

    async def stop(self, chunks: list[Json], blocks: list[Json], metadata: Json) -> None:
        """Finish the message. Raises SlackUnavailable or SlackRefused; the message may then be finished or not."""
        assert self._stream is not None
        with slack_errors("chat.stopStream"):
            await self._stream.stop(chunks=chunks, blocks=blocks or None, metadata=metadata)

    async def _write(self) -> None:
        while not self._closing:
            await self._changed.wait()
            self._changed.clear()
            if self._closing:
                return
            chunks, self._pending = self._pending, []
            if chunks and not await self._append(chunks):
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), self._flush_s)
            self._hurry.clear()

    async def _append(self, chunks: list[Json]) -> bool:
        started = self._stream is not None and self._stream.ts is not None
        try:
            if self._stream is None:
                self._stream = await self._open()
            with slack_errors("chat.appendStream" if started else "chat.startStream"):
                await self._stream.append(chunks=chunks)
        except CrosscheckError as fault:
            self.broken = True
            self.uncertain = not started and isinstance(fault, SlackUnavailable) and not _limited(fault)
            log.warning("streaming gave way to one message", extra={"reason": str(fault)})
            return False
        return True

    async def _open(self) -> AsyncChatStream:
        known = self._account.client
        # Where the quota is gone, waiting would hold up the answer; one message at the end needs less of it.
        client = AsyncWebClient(token=known.token, base_url=known.base_url, session=known.session, retry_handlers=[])
        return await client.chat_stream(
            channel=self._channel,
            thread_ts=self._thread,
            recipient_team_id=self._account.team,
            recipient_user_id=self._person,
            task_display_mode="plan",
        )


def _limited(fault: CrosscheckError) -> bool:
    cause = fault.__cause__
    return isinstance(cause, SlackApiError) and code(cause) == "ratelimited"
