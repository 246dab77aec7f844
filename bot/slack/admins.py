"""Who looks after the bot in a workspace: those who are named, and Slack's own admins and owners."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

from bot.errors import CrosscheckError
from bot.slack.account import Account
from bot.slack.trouble import slack_errors

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admins:
    """`named`: the ids of people (U…) who count beside Slack's admins."""

    account: Account
    named: Collection[str] = ()

    async def has(self, person: str) -> bool:
        """False too where Slack does not tell."""
        if person in self.named:
            return True
        try:
            with slack_errors("users.info"):
                found = await self.account.client.users_info(user=person)
        except CrosscheckError as fault:
            log.info("nobody could be looked up", extra={"error": type(fault).__name__})
            return False
        user = found["user"]
        return bool(user.get("is_admin") or user.get("is_owner"))
