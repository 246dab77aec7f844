"""What the room asks about the digests that channels wish for, and how a wish is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.news.catalogue import spoken
from bot.news.digest.subscription import NotUnderstood, Wish, described, parse
from bot.news.words import moment
from bot.slack.account import Account
from bot.slack.daily import Drawn
from bot.slack.gate import is_direct
from bot.slack.trouble import SlackRefused, slack_errors


@dataclass(frozen=True, slots=True)
class Planned:
    """A channel's digest, and when the next one `comes`, at its own local time; None while it is paused."""

    channel: str
    subscriber: str
    wish: Wish
    comes: datetime | None


class Digests(Protocol):
    """Each call raises StoreError."""

    async def of(self, channel: str) -> Wish | None:
        """What a channel has wished for; None where it has no digest."""

    async def all(self) -> Sequence[Planned]: ...

    async def on(self, channel: str, person: str, wish: Wish) -> datetime | None:
        """When the next one comes, at the channel's local time; None where somebody has switched it off meanwhile."""

    async def off(self, channel: str) -> bool:
        """False where there was none."""

    async def now(self, channel: str, person: str, wish: Wish | None, key: str) -> None:
        """Have one posted; the same `key` has it posted once."""

    async def preview(self, channel: str, person: str, wish: Wish | None) -> Drawn: ...


async def absent(account: Account, channel: str) -> bool:
    """Whether the bot is not in a channel, so that no digest could come to it. Raises SlackUnavailable."""
    if is_direct(channel):
        return False
    try:
        with slack_errors("conversations.info"):
            found = await account.client.conversations_info(channel=channel)
    except SlackRefused as fault:
        return fault.code == "channel_not_found"  # a private one; what else is refused does not tell
    return not found["channel"].get("is_member", True)


async def usual(account: Account, person: str) -> Wish:
    """The usual digest, at that person's hours, as far as Slack tells their zone. Raises SlackUnavailable."""
    try:
        with slack_errors("users.info"):
            found = await account.client.users_info(user=person)
    except SlackRefused:
        return Wish()
    try:
        return parse(str(found["user"].get("tz") or "UTC"), Wish())
    except NotUnderstood:  # a zone that is not known here
        return Wish()


def switched_on(wish: Wish, comes: datetime | None) -> str:
    """What a channel has from now on."""
    if comes is None:
        return spoken().wish.off_meanwhile
    return spoken().wish.on.format(digest=described(wish), when=moment(comes))
