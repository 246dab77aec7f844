"""A modal that is opened at once and filled as soon as what stands in it is found."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from bot.errors import CrosscheckError
from bot.news.catalogue import explained, spoken
from bot.slack.account import Account
from bot.slack.looks import modals
from bot.slack.looks.kit import Json
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

CLOSED = "not_found"  # Slack's word for a view that is no longer open


async def open_modal(
    account: Account, trigger: str, title: str, loading: str, found: Callable[[], Awaitable[Json]]
) -> bool:
    """Open it, then show what is `found`, or why that failed. False where the person sees nothing of either, and has to
    be told in another way."""
    try:
        # First something, for the trigger lasts three seconds and the store may be busy.
        with slack_errors("views.open"):
            opened = await account.client.views_open(trigger_id=trigger, view=modals.loading(title, loading))
    except CrosscheckError as fault:
        log.warning("a modal could not be opened", extra={"reason": str(fault)})
        return False
    try:
        view = await found()
    except CrosscheckError as fault:
        log.warning("what stands in a modal could not be found", extra={"error": type(fault).__name__})
        view = modals.notice(title, explained(fault))
    for shown in (view, modals.notice(title, spoken().clicks.not_filled)):
        try:
            with slack_errors("views.update"):
                await account.client.views_update(view_id=str(opened["view"]["id"]), view=shown)
        except SlackRefused as fault:
            if fault.code == CLOSED:
                log.info("a modal was closed before it was filled")
                return True
            log.warning("a modal could not be filled", extra={"reason": str(fault)})
        except CrosscheckError as fault:
            log.warning("a modal could not be filled", extra={"reason": str(fault)})
        else:
            return True
    return False
