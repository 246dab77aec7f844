"""What asks something of the bot becomes a job before Slack is told that the event arrived.

Slack is acked before any listener runs, so the keeping stands in a global middleware; where it fails, the event
is not acked and Slack sends it again.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from slack_bolt.response import BoltResponse

from bot.errors import CrosscheckError
from bot.slack.account import Account

log = logging.getLogger(__name__)

ANSWER = "answer"  # the kind of job
A_PERSON_WAITS = 10  # priority
EVENTS = ("app_mention", "message.im")  # what the app subscribes to, as the manifest names them
_ASKING_SUBTYPES = (None, "file_share", "thread_broadcast")

_MENTION = re.compile(r"<@(\w+)(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<[#!@][^>|]*(?:\|([^>]*))?>")
_BLANKS = re.compile(r"[ \t]{2,}")
_LINK = re.compile(r"<([^>|\s]+)(?:\|([^>]*))?>")


class Inbox(Protocol):
    """Where accepted work is kept."""

    async def put(
        self, kind: str, payload: Mapping[str, Any], *, keys: Sequence[str], workspace: str, lane: str, priority: int
    ) -> str | None:
        """Keep a job; None where any of its keys is known already. Raises StoreError."""


def keeper(account: Account, inbox: Inbox, workspace: str) -> Callable[..., Awaitable[BoltResponse | None]]:
    """The middleware."""

    async def keep(body: Mapping[str, Any], next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        payload = asked(body, account)
        if payload is not None:
            team, channel = payload["team"], payload["channel"]
            keys = [f"event:{body['event_id']}", f"message:{team}:{channel}:{payload['ts']}"]
            lane = f"{team}:{channel}:{payload['thread']}"
            try:
                await inbox.put(ANSWER, payload, keys=keys, workspace=workspace, lane=lane, priority=A_PERSON_WAITS)
            except CrosscheckError as fault:
                log.error("an event could not be kept; Slack will send it again", extra={"reason": str(fault)})
                return BoltResponse(status=503, body="")
        await next()
        return None

    return keep


def asked(body: Mapping[str, Any], account: Account) -> dict[str, Any] | None:
    """The payload of a job where an event asks something of the bot; None where it asks nothing.

    `ts` is the question's time stamp, `thread` that of the thread it is answered in, `text` what was written
    without the mention of the bot.
    """
    event = body.get("event") or {}
    if body.get("type") != "event_callback" or not _from_a_person(event, account):
        return None
    name = event["type"] if event["type"] != "message" else f"message.{event.get('channel_type')}"
    if name not in EVENTS or event.get("subtype") not in _ASKING_SUBTYPES or event.get("hidden"):
        return None
    return {
        "team": str(body.get("team_id") or event.get("team") or account.team),
        "channel": str(event["channel"]),
        "thread": str(event.get("thread_ts") or event["ts"]),
        "ts": str(event["ts"]),
        "user": str(event["user"]),
        "text": written(str(event.get("text") or ""), account.user),
    }


def written(text: str, bot_user: str) -> str:
    """What a person wrote, as they saw it: Slack's tokens give way to their labels, the bot's mention to nothing."""
    text = _MENTION.sub(lambda found: "" if found[1] == bot_user else f"@{found[2] or 'someone'}", text)
    text = _SPECIAL.sub(lambda found: found[1] or "", text)
    text = _LINK.sub(lambda found: found[2] or found[1], text)
    return _BLANKS.sub(" ", html.unescape(text)).strip()


def _from_a_person(event: Mapping[str, Any], account: Account) -> bool:
    user = event.get("user")
    return bool(user) and user not in (account.user, "USLACKBOT") and not event.get("bot_id")
