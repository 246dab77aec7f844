"""The one way out: messages posted effectively once.

A message carries its key in its metadata. Before anything is posted again, after a crash or a cut connection, the
thread is looked up: a message with the key is ours and stands. A stream takes its key only when it stops, so the
bot's keyless message in that thread, newer than the question, is the one whose stream was cut off: it is finished
under the key and replaced by the whole answer. So whatever else the bot posts in threads must carry metadata too.
"""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.errors import SlackUnavailable
from bot.slack.account import Account
from bot.slack.answers.stream import Stream
from bot.slack.looks.blocks import Message
from bot.slack.looks.kit import Json
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

EVENT_TYPE = "crosscheck_answer"
MOST_MESSAGES = 50  # of one answer that are looked for when a shorter one takes its place
_CLIENT_IDS = uuid.UUID("6f6a1c0e-3d0b-5c39-9c5c-8b1c5b1f7a51")  # any fixed one


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer belongs: `thread` and `asked` are the time stamps of the thread and of the question."""

    channel: str
    thread: str
    asked: str
    person: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A message of ours that already stands. `whole`: it is finished under its key."""

    ts: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Post:
    """Posts the messages of one job at one place, under one key."""

    account: Account
    place: Place
    key: str

    async def look_up(self) -> dict[str, Standing]:
        """What stands of this job, by key; an orphan is found under the first key. Raises SlackUnavailable."""
        found, orphans = await self._found()
        if orphans:
            found.setdefault(self.key, Standing(orphans[-1], whole=False))
        return found

    async def _found(self) -> tuple[dict[str, Standing], list[str]]:
        """What stands by key, and our messages that have none."""
        found: dict[str, Standing] = {}
        orphans: list[str] = []
        cursor: str | None = None
        while True:
            try:
                page = await self._replies(cursor)
            except SlackRefused as fault:  # the question was deleted, or a scope is missing: answer rather than not
                log.warning("the thread could not be looked up", extra={"reason": str(fault)})
                break
            for message in page["messages"]:
                if not self._is_ours(message):
                    continue
                metadata = message.get("metadata") or {}
                if metadata.get("event_type") == EVENT_TYPE:
                    payload = metadata.get("event_payload") or {}
                    whole = not payload.get("unfinished")
                    found[str(payload.get("key"))] = Standing(message["ts"], whole)
                else:
                    orphans.append(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return found, orphans

    async def deliver(
        self,
        messages: Sequence[Message],
        standing: dict[str, Standing],
        stream: Stream | None = None,
        streamed: str = "",
        *,
        anew: bool = False,
    ) -> None:
        """Bring all messages to stand, each once. `streamed` is the Markdown that was added to the stream; `anew`
        has messages that stand whole replaced too, and those beyond the new ones taken away.

        Raises SlackUnavailable, after which a look-up and another call end well, or SlackRefused.
        """
        first, *rest = messages
        if anew:
            standing = {key: replace(found, whole=False) for key, found in standing.items()}
        await self._first(first, standing.get(self.key), stream, streamed)
        for number, message in enumerate(rest, 2):
            key = f"{self.key}:{number}"
            known = standing.get(key)
            if known is None:
                await self._post(message, key)
            elif not known.whole:
                await self._replace(known.ts, message, key)
        if anew:
            for number in range(len(messages) + 1, MOST_MESSAGES):
                if (surplus := standing.get(f"{self.key}:{number}")) is not None:
                    await self._remove(surplus.ts)

    async def precede(self, message: Message, standing: dict[str, Standing]) -> None:
        """Post what stands before the answer, once. Raises as `deliver`."""
        if (key := f"{self.key}:before") not in standing:
            await self._post(message, key)

    async def withdraw(self) -> None:
        """Take away whatever stands under the key. Raises SlackUnavailable."""
        for key, found in (await self.look_up()).items():
            if key == self.key or key.startswith(f"{self.key}:"):
                await self.take_away(found.ts)

    async def take_away(self, ts: str) -> None:
        """Take a message of ours away, streaming or not. Raises SlackUnavailable."""
        await self._end_stream(ts, self.key)
        await self._remove(ts)

    async def take_strays_away(self) -> None:
        """After an answer stands: what an earlier run, which had lost its job, began once this one had looked would
        be finished by nobody. Raises SlackUnavailable."""
        _, orphans = await self._found()
        for ts in orphans:
            await self.take_away(ts)

    async def give_way(self, ts: str) -> None:
        """Take this message away if another stands whole under the key. Raises SlackUnavailable."""
        known = (await self.look_up()).get(self.key)
        if known is not None and known.whole and known.ts != ts:
            await self.take_away(ts)

    async def _first(self, message: Message, known: Standing | None, stream: Stream | None, streamed: str) -> None:
        if known is None and stream is not None:
            waiting = await stream.settle()
            if stream.ts is not None:
                if not stream.broken and await self._finish(stream, waiting, message, streamed):
                    return
                known = Standing(stream.ts, whole=False)
            elif stream.uncertain:
                known = (await self.look_up()).get(self.key)
        if known is None:
            await self._post(message, self.key)
        elif not known.whole:
            await self._replace(known.ts, message, self.key)

    async def _finish(self, stream: Stream, waiting: list[Json], message: Message, streamed: str) -> bool:
        """End the stream where it shows what the message begins with; True where that is all it takes."""
        if not message.body.startswith(streamed):
            return False
        rest = message.body[len(streamed) :]
        chunks = [*waiting, *([{"type": "markdown_text", "text": rest}] if rest else [])]
        try:
            await stream.stop(chunks, list(message.tail), self._metadata(self.key))
        except (SlackUnavailable, SlackRefused) as fault:
            log.info("a stream could not be finished", extra={"reason": str(fault)})
            return False
        return True

    async def _replace(self, ts: str, message: Message, key: str) -> None:
        """Make a message of ours, streaming or not, into this one."""
        client, channel = self.account.client, self.place.channel
        await self._end_stream(ts, key)
        try:
            with slack_errors("chat.update"):
                await client.chat_update(
                    channel=channel,
                    ts=ts,
                    text=message.text,
                    blocks=message.blocks,
                    metadata=self._metadata(key),
                    parse="none",
                )
        except SlackRefused as fault:  # somebody deleted it, or it may not be edited any more
            log.info("a message could not be replaced", extra={"reason": str(fault)})
            await self._remove(ts)
            await self._post(message, key)

    async def _end_stream(self, ts: str, key: str) -> None:
        """An open stream takes no update, and cannot be deleted."""
        with contextlib.suppress(SlackRefused), slack_errors("chat.stopStream"):  # it was stopped, or its time is over
            metadata = self._metadata(key, whole=False)
            await self.account.client.chat_stopStream(channel=self.place.channel, ts=ts, metadata=metadata)

    async def _remove(self, ts: str) -> None:
        """Take a half-shown message away, so that it does not stand beside the whole one."""
        with contextlib.suppress(SlackRefused), slack_errors("chat.delete"):
            await self.account.client.chat_delete(channel=self.place.channel, ts=ts)

    async def _post(self, message: Message, key: str) -> None:
        try:
            with slack_errors("chat.postMessage"):
                await self.account.client.chat_postMessage(
                    channel=self.place.channel,
                    thread_ts=self.place.thread,
                    text=message.text,
                    blocks=message.blocks,
                    metadata=self._metadata(key),
                    client_msg_id=str(uuid.uuid5(_CLIENT_IDS, key)),
                    parse="none",
                    unfurl_links=False,
                    unfurl_media=False,
                )
        except SlackUnavailable:
            if key not in await self.look_up():
                raise
        except SlackRefused as fault:
            if fault.code != "duplicate_message_not_allowed":  # Slack knows the client_msg_id: it stands
                raise

    async def _replies(self, cursor: str | None) -> Any:
        with slack_errors("conversations.replies"):
            return await self.account.client.conversations_replies(
                channel=self.place.channel,
                ts=self.place.thread,
                oldest=self.place.asked,
                include_all_metadata=True,
                limit=200,
                cursor=cursor,
            )

    def _is_ours(self, message: Json) -> bool:
        ours = message.get("bot_id") == self.account.bot or message.get("user") == self.account.user
        return ours and _stamp(message["ts"]) > _stamp(self.place.asked)

    def _metadata(self, key: str, *, whole: bool = True) -> Json:
        payload: Json = {"key": key} if whole else {"key": key, "unfinished": True}
        return {"event_type": EVENT_TYPE, "event_payload": payload}


def _stamp(ts: str) -> tuple[int, int]:
    seconds, _, micro = ts.partition(".")
    return int(seconds), int(micro or 0)
