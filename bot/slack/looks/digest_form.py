"""What a channel wishes of its digest, as a form. Pure: no Slack is called here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import time
from typing import Any

from bot.news.digest.subscription import DAYS, Length, NotUnderstood, Quiet, Wish, told_topics, zone_named
from bot.slack import words
from bot.slack.looks import fields, kit
from bot.slack.looks.buttons import DIGEST_OFF
from bot.slack.looks.fields import Misfilled, field
from bot.slack.looks.kit import Json

KIND = "digest"  # the form's callback_id
AT, ON_DAYS, ZONE, TOPICS, LENGTH, QUIET = "at", "days", "zone", "topics", "length", "quiet"
TOPICS_CHARACTERS, ZONE_CHARACTERS = 1_000, 60


def form(channel: str, wish: Wish, *, stands: bool) -> Json:
    """The form with a wish filled in. `stands`: the channel has a digest, which can be switched off here."""
    days = {str(number): day for number, day in enumerate(DAYS)}
    blocks = [
        field(AT, words.DIGEST_AT, {"type": "timepicker", "initial_time": f"{wish.at:%H:%M}"}),
        field(ZONE, words.DIGEST_ZONE, fields.text(wish.zone, ZONE_CHARACTERS), words.DIGEST_ZONE_HINT),
        field(ON_DAYS, words.DIGEST_DAYS, fields.boxes(days, map(str, sorted(wish.days)))),
        field(
            TOPICS,
            words.DIGEST_TOPICS,
            fields.text(told_topics(wish.topics), TOPICS_CHARACTERS),
            words.DIGEST_TOPICS_HINT,
            optional=True,
        ),
        field(LENGTH, words.DIGEST_LENGTH, fields.menu(words.DIGEST_LENGTHS, wish.length)),
        field(QUIET, words.DIGEST_QUIET, fields.menu(words.DIGEST_QUIETS, wish.quiet)),
    ]
    if stands:
        off = kit.button(DIGEST_OFF, words.SWITCH_OFF, channel)
        blocks.append({"type": "actions", "elements": [off | {"style": "danger"}]})
    return {
        "type": "modal",
        "callback_id": KIND,
        "private_metadata": json.dumps({"channel": channel}),
        "title": kit.plain(words.DIGEST_TITLE),
        "submit": kit.plain(words.CHANGE_DIGEST if stands else words.SWITCH_ON),
        "close": kit.plain(words.CLOSE),
        "blocks": blocks,
    }


def filled(view: Mapping[str, Any]) -> tuple[str, Wish]:
    """The channel, and what is wished for it. Raises Misfilled."""
    values = fields.filled(view)
    days = frozenset(map(int, fields.ticked(values, ON_DAYS)))
    if not days:
        raise Misfilled(ON_DAYS, words.NO_DAY)
    at = (values.get(AT) or {}).get("selected_time")
    if not at:
        raise Misfilled(AT, words.NO_TIME)
    wish = Wish(
        time.fromisoformat(at),
        days,
        _zone(fields.said(values, ZONE)),
        fields.topics_in(values, TOPICS),
        Length(fields.chosen(values, LENGTH)),
        Quiet(fields.chosen(values, QUIET)),
    )
    return str(json.loads(view["private_metadata"])["channel"]), wish


def _zone(said: str) -> str:
    try:
        return zone_named(said)
    except NotUnderstood as fault:
        raise Misfilled(ZONE, fault.tell) from fault
