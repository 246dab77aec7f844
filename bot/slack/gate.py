"""Who may do what in a channel, by the rules that are kept for it and for its workspace."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.news.catalogue import spoken
from bot.news.rules import Changed, ChannelRules, Rules, WorkspaceRules
from bot.slack.admins import Admins

WHOLE_WORKSPACE = ""  # in place of a channel


class Right(StrEnum):
    """What a person may do: use the bot at all, add coverage, change a channel's digest."""

    ASK = "ask"
    ADD = "add"
    DIGEST = "digest"


class Ruling(Protocol):
    """The rules that are kept. Each call raises StoreError."""

    async def holding(self, channel: str) -> Rules: ...

    async def changed(self, channel: str) -> Changed | None:
        """Who changed a channel's rules last, or those of WHOLE_WORKSPACE; None where nobody did."""

    async def change_channel(self, channel: str, now: ChannelRules, by: str) -> None: ...

    async def change_workspace(self, now: WorkspaceRules, by: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Gate:
    """Those who look after the bot may do everything."""

    rules: Ruling
    admins: Admins

    async def refusal(self, right: Right, person: str, channel: str) -> str | None:
        """What to tell somebody who may not; None where they may. Raises StoreError."""
        told = _refused(right, await self.rules.holding(channel), person, channel)
        return told if told is not None and not await self.admins.has(person) else None

    async def may_change(self, person: str, channel: str) -> bool:
        """Whether somebody may change a channel's rules; a direct message is a person's own."""
        return is_direct(channel) or await self.admins.has(person)


def is_direct(channel: str) -> bool:
    """Whether a conversation is one person's with the bot: Slack's ids of such begin so."""
    return channel.startswith("D")


def _refused(right: Right, rules: Rules, person: str, channel: str) -> str | None:
    listed = rules.workspace
    match right:
        case Right.ASK if listed.asking.anybody and not listed.asking.has(person, channel):
            return spoken().rights.ask
        case Right.ASK if rules.channel.askers and person not in rules.channel.askers:
            return spoken().rights.ask_here
        case Right.ADD if not listed.adding.has(person, channel):
            return spoken().rights.add
        case Right.DIGEST if listed.digests.anybody and not listed.digests.has(person, channel):
            return spoken().rights.change_digest
    return None
