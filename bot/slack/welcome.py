"""The bot introduces itself, once, where it is invited."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from bot.news.catalogue import spoken
from bot.slack.account import Account
from bot.slack.daily import DailyPost
from bot.slack.looks import escape, kit
from bot.slack.looks.blocks import Message
from bot.slack.trouble import SlackRefused

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Welcome:
    account: Account

    async def run(self, work: Any) -> None:
        """A job of kind `intake.WELCOME`. Raises SlackUnavailable; a channel that it was taken out of again is left."""
        first, second = spoken().asking.welcome.split("\n")
        body = "\n".join(kit.statement(line, (), bold=False) for line in (first, second))
        post = DailyPost(self.account, work.payload["channel"], f"welcome:{work.payload['channel']}", "")
        try:
            await post.main(Message(escape.mrkdwn(first), body), "0")
        except SlackRefused as fault:
            log.info("nobody was greeted", extra={"reason": str(fault)})
