"""A word to one person alone, beside the conversation."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from bot.slack.account import Account
from bot.slack.looks import escape
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)


async def tell(account: Account, payload: Mapping[str, Any], told: str) -> None:
    """Tell the payload's `user` in its `channel` and, where it has one, its `thread`.

    Raises SlackUnavailable; somebody who has left the channel is not told.
    """
    try:
        with slack_errors("chat.postEphemeral"):
            await account.client.chat_postEphemeral(
                channel=payload["channel"],
                user=payload["user"],
                thread_ts=payload.get("thread") or None,
                text=escape.mrkdwn(told),
                parse="none",
            )
    except SlackRefused as fault:
        log.info("a word to one person was not taken", extra={"reason": str(fault)})
