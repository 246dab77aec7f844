"""chat.unfurl: a card under a message for each of its links that the app knows more of."""

from __future__ import annotations

from bot.sandbox.core import writable_channel
from bot.sandbox.methods import checks
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.reaching import events
from bot.sandbox.state import Json


def _unfurl(at: At, args: Arguments) -> Json:
    """Cards stand under the addresses that the message holds; a later call for one of them takes its card's place."""
    channel = writable_channel(at.workspace, args.text("channel"))
    message = at.workspace.find(channel.id, args.text("ts"))
    if message is None:
        raise Refused("cannot_find_message")
    given = args.get("unfurls")
    if not isinstance(given, dict) or not given:
        raise Refused("missing_unfurls")
    if not given.keys() <= set(events.links(message)):
        raise Refused("cannot_unfurl_url")
    before = message.payload(at.workspace.id)
    cards = {str(card.get("from_url")): card for card in message.attachments}
    for url, card in given.items():
        if not isinstance(card, dict) or not card.get("blocks"):
            raise Refused("invalid_unfurls_format")
        shown = checks.blocks(card["blocks"], shows=at.workspace.shows)
        cards[url] = {"from_url": url, "original_url": url, "blocks": shown, "is_app_unfurl": True}
    message.attachments = [card | {"id": number} for number, card in enumerate(cards.values(), 1)]
    at.slack.message_changed(at.workspace, message)
    events.changed(at.slack, at.workspace, message, before)
    return {}


METHODS: dict[str, Method] = {"chat.unfurl": _unfurl}
