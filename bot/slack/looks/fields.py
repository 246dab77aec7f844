"""Fields of forms, and what somebody filled in. Pure: no Slack is called here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.news.catalogue import explained, spoken
from bot.news.digest.subscription import NotUnderstood, topics
from bot.news.offline import stems
from bot.news.topic import Topic
from bot.slack.looks import kit
from bot.slack.looks.kit import Json
from bot.slack.looks.split import shortened

OPTION_CHARACTERS = 75


class Misfilled(Exception):
    """A field that cannot be taken as it is: its block, and what to tell."""

    def __init__(self, block: str, told: str) -> None:
        super().__init__(block)
        self.block = block
        self.told = told


def field(name: str, label: str, element: Json, hint: str = "", *, optional: bool = False) -> Json:
    """A field under its label; `name` is its block's and its element's id."""
    found: Json = {
        "type": "input",
        "block_id": name,
        "label": kit.plain(label),
        "element": element | {"action_id": name},
        "optional": optional,
    }
    return found | ({"hint": kit.plain(hint)} if hint else {})


def text(now: str, limit: int) -> Json:
    return {"type": "plain_text_input", "max_length": limit} | ({"initial_value": now} if now else {})


def menu(offered: Mapping[str, str], now: str) -> Json:
    """One of some values, each with its label."""
    options = {value: option(label, value) for value, label in offered.items()}
    return {"type": "static_select", "options": list(options.values()), "initial_option": options[now]}


def boxes(offered: Mapping[str, str], now: Iterable[str]) -> Json:
    """Any of some values; Slack takes ten."""
    options = {value: option(label, value) for value, label in offered.items()}
    ticked = [options[value] for value in now]
    return {"type": "checkboxes", "options": list(options.values())} | ({"initial_options": ticked} if ticked else {})


def option(label: str, value: str) -> Json:
    return {"text": kit.plain(shortened(label, OPTION_CHARACTERS)), "value": value}


def filled(view: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in each field of a form that was sent, by name."""
    return {name: found for block in view["state"]["values"].values() for name, found in block.items()}


def said(values: Mapping[str, Any], name: str) -> str:
    return str((values.get(name) or {}).get("value") or "").strip()


def chosen(values: Mapping[str, Any], name: str) -> str:
    found = (values.get(name) or {}).get("selected_option") or {}
    return str(found.get("value") or "")


def ticked(values: Mapping[str, Any], name: str) -> list[str]:
    return [str(found["value"]) for found in (values.get(name) or {}).get("selected_options") or ()]


def topics_in(values: Mapping[str, Any], name: str) -> tuple[Topic, ...]:
    """Topics in words. Raises Misfilled."""
    try:
        found = topics(said(values, name))
    except NotUnderstood as fault:
        raise Misfilled(name, explained(fault)) from fault
    for phrase in (phrase for topic in found for phrase in topic.phrases):
        if not stems(phrase):
            raise Misfilled(name, spoken().settings.empty_topic.format(phrase=phrase))
    return found
