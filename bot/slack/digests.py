"""`/coverage digest`: a channel's wish for a digest, told in words, and one at a person's word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

from bot.news.digest.subscription import NotUnderstood, Wish, described, parse
from bot.slack import words
from bot.slack.account import Account
from bot.slack.blocks import plain
from bot.slack.commands import Call, Said, Subcommand
from bot.slack.daily import Drawn
from bot.slack.gate import Gate, Right
from bot.slack.trouble import SlackRefused, slack_errors

PREVIEW = "preview"


class Digests(Protocol):
    """What the room asks about digests. Each call raises StoreError."""

    async def of(self, channel: str) -> Wish | None:
        """What a channel has wished for; None where it has no digest."""

    async def on(self, channel: str, person: str, wish: Wish) -> datetime | None:
        """When the next one comes, at the channel's local time; None where somebody has switched it off meanwhile."""

    async def off(self, channel: str) -> bool:
        """False where there was none."""

    async def now(self, channel: str, person: str, wish: Wish | None, key: str) -> None:
        """Have one posted; the same `key` has it posted once."""

    async def preview(self, channel: str, person: str, wish: Wish | None) -> Drawn: ...


_CHANGES = ("on", "off", "now")  # what everybody in the channel sees


class DigestCommand:
    def __init__(self, account: Account, digests: Digests, gate: Gate) -> None:
        self._account = account
        self._gate = gate
        self._digests = digests

    def subcommand(self) -> Subcommand:
        def begun(call: Call) -> str | None:
            return words.DIGEST_BEGUN if _verb(call)[0] == PREVIEW else None

        return Subcommand("digest", *words.TOLD_DIGEST, self.run, works=True, begun=begun)

    async def run(self, call: Call, work: Any) -> Said:
        verb, said = _verb(call)
        serve = self._served().get(verb)
        if serve is None:
            known = await self._digests.of(call.channel)
            told = words.SET_DIGEST.format(digest=described(known)) if known else words.NO_DIGEST
            return Said(plain(f"{words.DIGEST_USAGE} {told}"))
        if verb in _CHANGES:
            refused = await self._gate.refusal(Right.DIGEST, call.user, call.channel)
            if refused is not None:
                return Said(plain(refused))
        try:
            return await serve(call, said, work)
        except NotUnderstood as fault:
            return Said(plain(fault.tell))

    def _served(self) -> dict[str, Callable[[Call, str, Any], Awaitable[Said]]]:
        return {"on": self._on, "off": self._off, "now": self._now, PREVIEW: self._preview}

    async def _on(self, call: Call, said: str, work: Any) -> Said:
        wish = parse(said, await self._digests.of(call.channel) or await self._usual(call.user))
        comes = await self._digests.on(call.channel, call.user, wish)
        if comes is None:
            return Said(plain(words.DIGEST_OFF_MEANWHILE))
        when = f"{comes:%A} {comes.day} {comes:%B, %H:%M}"
        return Said(plain(words.DIGEST_ON.format(digest=described(wish), when=when)))

    async def _off(self, call: Call, said: str, work: Any) -> Said:
        off = await self._digests.off(call.channel)
        return Said(plain(words.DIGEST_OFF if off else words.NO_DIGEST))

    async def _now(self, call: Call, said: str, work: Any) -> Said:
        await self._digests.now(call.channel, call.user, await self._wish(call, said), str(work.id))
        return Said(plain(words.DIGEST_NOW))

    async def _preview(self, call: Call, said: str, work: Any) -> Said:
        drawn = await self._digests.preview(call.channel, call.user, await self._wish(call, said))
        return Said([drawn.main, *drawn.thread], pictures=drawn.pictures)

    async def _wish(self, call: Call, said: str) -> Wish | None:
        """What was said for this once; None where the channel's own wish counts."""
        if not said.strip():
            return None
        return parse(said, await self._digests.of(call.channel) or await self._usual(call.user))

    async def _usual(self, person: str) -> Wish:
        """The usual digest, at that person's hours, as far as Slack tells their zone."""
        try:
            with slack_errors("users.info"):
                found = await self._account.client.users_info(user=person)
        except SlackRefused:
            return Wish()
        try:
            return parse(str(found["user"].get("tz") or "UTC"), Wish())
        except NotUnderstood:  # a zone that is not known here
            return Wish()


def _verb(call: Call) -> tuple[str, str]:
    """What is to be done, and the words after it."""
    verb, _, said = call.text.partition(" ")
    return verb.casefold(), said
