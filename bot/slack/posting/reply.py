"""Answers to a command or a click, for the one person who asked."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.errors import SlackUnavailable
from bot.news.catalogue import spoken
from bot.news.catalogue.en import Forms
from bot.slack.account import Account
from bot.slack.looks import blocks
from bot.slack.looks.blocks import Message
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

MESSAGES = 4  # to one address; Slack takes five in half an hour
PRESSED = ("actions", "context_actions")  # the blocks of buttons


async def reply(account: Account, url: str, messages: Sequence[Message]) -> None:
    """Show messages to whoever asked. Raises SlackUnavailable where Slack cannot be reached; an address whose half
    hour is over is given up."""
    try:
        await bring(account, url, messages)
    except SlackRefused as fault:
        log.info("a private reply was not taken", extra={"reason": str(fault)})


async def bring(account: Account, url: str, messages: Sequence[Message]) -> None:
    """The same for whom it matters why one is not taken. Raises SlackUnavailable, SlackRefused."""
    client = AsyncWebhookClient(url, session=account.client.session, timeout=account.client.timeout, retry_handlers=[])
    for message in fitting(messages, spoken().commands.left):
        with slack_errors("response_url"):
            response = await client.send(
                text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False
            )
        if response.status_code >= 500 or response.status_code == 429:
            raise SlackUnavailable(f"response_url: {response.status_code}")
        if response.status_code != 200:
            raise SlackRefused("response_url", _code(response.body))


def fitting(messages: Sequence[Message], told: Forms) -> list[Message]:
    """As many messages as one address takes. Where some are left out, the last one tells how many, as `told` counts
    them, and has what could be pressed under the whole."""
    if len(messages) <= MESSAGES:
        return list(messages)
    shown = messages[: MESSAGES - 1]
    (word,) = blocks.plain(spoken().counted(told, len(messages) - len(shown)))
    pressed = [block for block in messages[-1].tail if block["type"] in PRESSED]
    return [*shown, replace(word, tail=tuple(pressed))]


def _code(body: str) -> str:
    """Slack's error code: in JSON, or as the bare word that some refusals are."""
    try:
        return str(json.loads(body)["error"])
    except (ValueError, TypeError, KeyError):
        return body
