"""What asks something of the bot becomes a job before Slack is told that it arrived.

Slack is acked before any listener runs, so the keeping stands in a global middleware; where it fails, an event is not
acked and Slack sends it again, and a person who pressed or typed something is told by Slack that it failed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.news.asked import Asked, Fate
from bot.slack.account import Account
from bot.slack.shelf import Questions

ANSWER = "answer"  # the kinds of job
WITHDRAW = "withdraw"
WELCOME = "welcome"
LINKS = "links"
A_PERSON_WAITS = 10  # priority
# What the app subscribes to, as the manifest names it.
EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "function_executed",
    "link_shared",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
_REMOVALS = ("app_uninstalled", "tokens_revoked")
_MOST_LINKS = 5  # of one message; a list of links is no place for cards
_ASKING_SUBTYPES = (None, "file_share", "thread_broadcast")

_MENTION = re.compile(r"<@(\w+)(?:\|([^>]*))?>")
_ADDRESSED = re.compile(r"<@|<!(?:here|channel|everyone|subteam)")
_SPECIAL = re.compile(r"<[#!@][^>|]*(?:\|([^>]*))?>")
_BLANKS = re.compile(r"[ \t]{2,}")
_LINK = re.compile(r"<([^>|\s]+)(?:\|([^>]*))?>")

Body = Mapping[str, Any]
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A job to be kept. Any of its `keys` that is known makes it one that was kept before."""

    kind: str
    payload: Payload
    keys: Sequence[str]
    lane: str = ""


class Inbox(Protocol):
    """Where accepted work is kept."""

    async def put(
        self, kind: str, payload: Mapping[str, Any], *, keys: Sequence[str], workspace: str, lane: str, priority: int
    ) -> str | None:
        """Keep a job, and with one of kind ANSWER the question, both or neither; one that is known stays as it is, but
        that it is edited where the job says so. The job's id, or None where any of its keys is known already. Raises
        StoreError."""


Wants = Callable[[Body], Accepted | None]
Interrupt = Callable[[Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Intake:
    """What one workspace asks. `wants`: what other than events makes a job; `interrupt` tells running answers of a new
    fate."""

    account: Account
    inbox: Inbox
    questions: Questions
    workspace: str
    wants: Sequence[Wants] = ()
    interrupt: Interrupt = lambda keys: None

    async def keep(self, body: Body) -> None:
        """Keep what a request asks, if it asks something. Raises StoreError."""
        for found in (wants(body) for wants in self.wants):
            if found is not None:
                await self._put(found)
                return
        if body.get("type") != "event_callback":
            return
        event = body.get("event") or {}
        if event.get("type") == "agent_session_stopped":
            await self._stop(event)
        elif event.get("type") == "member_joined_channel":
            await self._joined(body, event)
        elif event.get("type") == "link_shared":
            await self._linked(body, event)
        elif event.get("subtype") == "message_changed":
            await self._changed(body, event)
        elif event.get("subtype") == "message_deleted":
            await self._withdraw(body, event.get("previous_message") or {})
        else:
            await self._ask(body)

    async def _put(self, job: Accepted) -> str | None:
        return await self.inbox.put(
            job.kind, job.payload, keys=job.keys, workspace=self.workspace, lane=job.lane, priority=A_PERSON_WAITS
        )

    async def _ask(self, body: Body) -> None:
        payload = asked(body, self.account) or await self._goes_on(body)
        if payload is None:
            return
        keys = [f"event:{body['event_id']}", f"message:{payload['team']}:{payload['channel']}:{payload['ts']}"]
        await self._put(Accepted(ANSWER, payload, keys, lane_of(payload)))

    async def _goes_on(self, body: Body) -> Payload | None:
        """The payload where a thread's asker goes on in it without a mention, and addresses nobody else."""
        event = body.get("event") or {}
        text, thread = str(event.get("text") or ""), event.get("thread_ts")
        if event.get("type") != "message" or not thread or _ADDRESSED.search(text):
            return None
        payload = _payload(body, self.account)
        if payload is None or not payload["text"]:
            return None
        listens = await self.questions.listens(payload["channel"], payload["thread"], payload["user"])
        return payload | {"unbidden": True} if listens else None

    async def _changed(self, body: Body, event: Body) -> None:
        """A person's edit of a question has it answered again; a deletion may come as a tombstone."""
        now, before = event.get("message") or {}, event.get("previous_message") or {}
        if now.get("subtype") == "tombstone":
            await self._withdraw(body, before)
            return
        if not _from_a_person(now, self.account) or now.get("text") == before.get("text"):
            return
        known = await self.questions.question(str(event["channel"]), str(now["ts"]))
        if known is None or known.person != now["user"]:
            return
        text = written(str(now.get("text") or ""), self.account.user)
        edited = (now.get("edited") or {}).get("ts") or event.get("ts")
        payload = _at(body, self.account, known) | {"text": text, "answer": known.key}
        keys = [f"event:{body['event_id']}", f"edit:{known.channel}:{known.ts}:{edited}"]
        if await self._put(Accepted(ANSWER, payload, keys, lane_of(payload))) is not None:
            self.interrupt([known.key])

    async def _withdraw(self, body: Body, before: Body) -> None:
        event = body["event"]
        ts = before.get("ts") or event.get("deleted_ts")
        known = await self.questions.question(str(event["channel"]), str(ts)) if ts else None
        if known is None:
            return
        await self.questions.becomes(known.key, Fate.WITHDRAWN)
        self.interrupt([known.key])
        payload = _at(body, self.account, known) | {"answer": known.key}
        keys = [f"event:{body['event_id']}", f"deleted:{known.channel}:{known.ts}"]
        await self._put(Accepted(WITHDRAW, payload, keys, lane_of(payload)))

    async def _joined(self, body: Body, event: Body) -> None:
        """The bot introduces itself in a channel that it is new to."""
        if event.get("user") == self.account.user:
            payload = {"channel": str(event["channel"]), "user": str(event.get("inviter") or "")}
            await self._put(Accepted(WELCOME, payload, [f"welcome:{_team(body, self.account)}:{event['channel']}"]))

    async def _linked(self, body: Body, event: Body) -> None:
        """Links in a message that stands, where the bot was invited; one that is still being written has none yet."""
        urls = [str(link["url"]) for link in event.get("links") or ()][:_MOST_LINKS]
        if not urls or event.get("source") == "composer" or not event.get("is_bot_user_member"):
            return
        payload = {
            "channel": str(event["channel"]),
            "ts": str(event["message_ts"]),
            "user": str(event.get("user") or ""),
            "urls": urls,
        }
        await self._put(Accepted(LINKS, payload, [f"event:{body['event_id']}"]))

    async def _stop(self, event: Body) -> None:
        thread = event.get("thread_ts")
        if thread:
            self.interrupt(await self.questions.stop(str(event["channel"]), str(thread)))


def removed(body: Body) -> datetime | None:
    """When the app was removed from the workspace that an event is of, to the second; None where it tells no such
    thing. Slack tells it twice: by the removal, and by the bot's token that is revoked with it."""
    event = body.get("event") or {}
    if event.get("type") == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
        return None
    return datetime.fromtimestamp(int(body["event_time"]), UTC) if event.get("type") in _REMOVALS else None


def asked(body: Body, account: Account) -> Payload | None:
    """The payload of a job where an event asks something of the bot by itself; None where it does not.

    `ts` is the question's time stamp, `thread` that of the thread it is answered in, `text` what was written
    without the mention of the bot.
    """
    event = body.get("event") or {}
    direct = event.get("type") == "message" and event.get("channel_type") == "im"
    return _payload(body, account) if direct or event.get("type") == "app_mention" else None


def key_of(job: str, payload: Mapping[str, Any]) -> str:
    """What names the question and its answer: the first job that asked it."""
    return str(payload.get("answer") or job)


def question(job: str, payload: Mapping[str, Any]) -> Asked:
    fate = Fate.EDITED if "answer" in payload else Fate.ASKED
    return Asked(key_of(job, payload), payload["channel"], payload["thread"], payload["ts"], payload["user"], fate)


def lane_of(payload: Mapping[str, Any]) -> str:
    """What is asked in one thread is answered in order."""
    return f"{payload['team']}:{payload['channel']}:{payload['thread']}"


def written(text: str, bot_user: str) -> str:
    """What a person wrote, as they saw it: Slack's tokens give way to their labels, the bot's mention to nothing."""
    text = _MENTION.sub(lambda found: "" if found[1] == bot_user else f"@{found[2] or 'someone'}", text)
    text = _SPECIAL.sub(lambda found: found[1] or "", text)
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    return _BLANKS.sub(" ", html.unescape(text)).strip()


def _payload(body: Body, account: Account) -> Payload | None:
    event = body.get("event") or {}
    if body.get("type") != "event_callback" or not _from_a_person(event, account):
        return None
    if event.get("subtype") not in _ASKING_SUBTYPES or event.get("hidden"):
        return None
    return {
        "team": _team(body, account),
        "channel": str(event["channel"]),
        "thread": str(event.get("thread_ts") or event["ts"]),
        "ts": str(event["ts"]),
        "user": str(event["user"]),
        "text": written(str(event.get("text") or ""), account.user),
    }


def _at(body: Body, account: Account, known: Asked) -> Payload:
    return {
        "team": _team(body, account),
        "channel": known.channel,
        "thread": known.thread,
        "ts": known.ts,
        "user": known.person,
    }


def _team(body: Body, account: Account) -> str:
    return str(body.get("team_id") or (body.get("event") or {}).get("team") or account.team)


def _from_a_person(event: Body, account: Account) -> bool:
    user = event.get("user")
    return bool(user) and user not in (account.user, "USLACKBOT") and not event.get("bot_id")
