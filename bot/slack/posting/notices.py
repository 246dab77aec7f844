"""Words to those who look after the bot in a workspace, by direct message."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from bot.slack.account import Account
from bot.slack.looks import blocks
from bot.slack.posting.post import EVENT_TYPE
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

_CLIENT_IDS = uuid.UUID("0a8a52c5-6f60-5f0e-9d44-6f8c4f7a1d2b")  # any fixed one


async def tell(account: Account, people: Sequence[str], text: str, key: str) -> None:
    """Tell each of them; told again under the same key, Slack shows it once. One who cannot be reached is passed over.

    Raises SlackUnavailable: then it may be told again.
    """
    [message] = blocks.plain(text)
    for person in people:
        own_key = f"{key}:{person}"
        try:
            with slack_errors("chat.postMessage"):
                await account.client.chat_postMessage(
                    channel=person,
                    text=message.text,
                    metadata={"event_type": EVENT_TYPE, "event_payload": {"key": own_key}},
                    client_msg_id=str(uuid.uuid5(_CLIENT_IDS, own_key)),
                    parse="none",
                )
        except SlackRefused as fault:
            log.info("an admin could not be told", extra={"reason": str(fault)})
