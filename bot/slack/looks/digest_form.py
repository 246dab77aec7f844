"""What a channel wishes of its digest, as a form. Pure: no Slack is called here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import time
from typing import Any

from bot.news.catalogue import explained, spoken
from bot.news.digest.subscription import Length, NotUnderstood, Quiet, Wish, told_topics, zone_named
from bot.slack.looks import fields, kit
from bot.slack.looks.buttons import DIGEST_OFF
from bot.slack.looks.fields import Misfilled, field
from bot.slack.looks.kit import Json

KIND = "digest"  # the form's callback_id
AT, ON_DAYS, ZONE, TOPICS, LENGTH, QUIET = "at", "days", "zone", "topics", "length", "quiet"
TOPICS_CHARACTERS, ZONE_CHARACTERS = 1_000, 60


def form(channel: str, wish: Wish, *, stands: bool) -> Json:
    """The form with a wish filled in. `stands`: the channel has a digest, which can be switched off here."""
    days = {str(number): day for number, day in enumerate(spoken().weekdays)}
    blocks = [
        field(AT, spoken().wish.at, {"type": "timepicker", "initial_time": f"{wish.at:%H:%M}"}),
        field(ZONE, spoken().wish.zone, fields.text(wish.zone, ZONE_CHARACTERS), spoken().wish.zone_hint),
        field(ON_DAYS, spoken().wish.days, fields.boxes(days, map(str, sorted(wish.days)))),
        field(
            TOPICS,
            spoken().wish.topics,
            fields.text(told_topics(wish.topics), TOPICS_CHARACTERS),
            spoken().wish.topics_hint,
            optional=True,
        ),
        field(LENGTH, spoken().wish.length, fields.menu(spoken().wish.lengths, wish.length)),
        field(QUIET, spoken().wish.quiet, fields.menu(spoken().wish.quiets, wish.quiet)),
    ]
    if stands:
        off = kit.button(DIGEST_OFF, spoken().wish.switch_off, channel)
        blocks.append({"type": "actions", "elements": [off | {"style": "danger"}]})
    return {
        "type": "modal",
        "callback_id": KIND,
        "private_metadata": json.dumps({"channel": channel}),
        "title": kit.plain(spoken().wish.title),
        "submit": kit.plain(spoken().wish.change if stands else spoken().wish.switch_on),
        "close": kit.plain(spoken().clicks.close),
        "blocks": blocks,
    }


def filled(view: Mapping[str, Any]) -> tuple[str, Wish]:
    """The channel, and what is wished for it. Raises Misfilled."""
    values = fields.filled(view)
    days = frozenset(map(int, fields.ticked(values, ON_DAYS)))
    if not days:
        raise Misfilled(ON_DAYS, spoken().wish.no_day)
    at = (values.get(AT) or {}).get("selected_time")
    if not at:
        raise Misfilled(AT, spoken().wish.no_time)
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
        raise Misfilled(ZONE, explained(fault)) from fault
