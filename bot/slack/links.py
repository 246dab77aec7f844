"""A card under a link to the coverage: what other outlets say otherwise."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from bot.slack.account import Account
from bot.slack.coverage import Coverage
from bot.slack.gate import Gate, Right
from bot.slack.looks.link_card import link_card
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkCards:
    account: Account
    coverage: Coverage
    gate: Gate

    async def run(self, work: Any) -> None:
        """A job of kind `intake.LINKS`. Done again it puts the same cards in their own place.

        Raises SlackUnavailable and StoreError. Nobody asked, so nobody is told where there is nothing to show.
        """
        channel, person = work.payload["channel"], work.payload["user"]
        if await self.gate.refusal(Right.ASK, person, channel) is not None:
            return
        found = await self.coverage.linked(channel, work.payload["urls"])
        if not found:
            return
        cards = {url: {"blocks": link_card(linked)} for url, linked in found.items()}
        try:
            with slack_errors("chat.unfurl"):
                await self.account.client.chat_unfurl(channel=channel, ts=work.payload["ts"], unfurls=cards)
        except SlackRefused as fault:
            log.info("a link has no card", extra={"reason": str(fault)})
