"""Finding an element in blocks, and what Slack reports of what was entered into it."""

from __future__ import annotations

from typing import Any

from bot.sandbox.methods import checks
from bot.sandbox.state import Json


class NoSuchElement(LookupError):
    """The message or view holds no such button, menu or field."""


def element(blocks: list[Json], action_id: str, value: Any = None) -> tuple[Json, Json]:
    """The block and the element with this action_id: of several in blocks of their own, as Slack allows, the one whose
    value this is, else the first. Raises NoSuchElement."""
    known = [(block, found) for block in blocks for found in checks.interactive(block)]
    named = [each for each in known if each[1].get("action_id") == action_id]
    if not named:
        raise NoSuchElement(f"no element {action_id!r}; there are {[found.get('action_id') for _, found in known]}")
    return next((each for each in named if value is not None and each[1].get("value") == value), named[0])


def entered(found: Json, value: Any) -> Json:
    """An element's value as Slack reports it; `value` is text, an option's value, an id, or a list of them.

    None leaves what the element starts with.
    """
    kind = found["type"]
    if kind == "button":
        return {"value": found["value"]} if "value" in found else {}
    if kind == "feedback_buttons":
        sides = [found["positive_button"], found["negative_button"]]
        side = next((side for side in sides if side["value"] == value), None)
        if side is None:
            raise NoSuchElement(f"no feedback {value!r}; there are {[side['value'] for side in sides]}")
        return {"value": value, "text": side["text"]}
    if kind == "icon_button":
        return {"value": found["value"]} if "value" in found else {}
    if kind in ("checkboxes", "multi_static_select", "multi_external_select"):
        if value is None:
            return {"selected_options": found.get("initial_options", [])}
        return {"selected_options": [_option(found, one) for one in value]}
    if kind in ("static_select", "external_select", "radio_buttons", "overflow"):
        if value is None:
            return {"selected_option": found.get("initial_option")}
        return {"selected_option": _option(found, value)}
    key, initial = _PLAIN[kind]
    return {key: found.get(initial) if value is None else value}


# These tell the bot of a press and hold no value of a form.
PRESSED = {"button", "overflow", "feedback_buttons", "icon_button", "workflow_button"}
_PLAIN = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "file_input": ("files", "initial_files"),
    "workflow_button": ("value", "value"),
}


def _option(found: Json, value: Any) -> Json:
    if isinstance(value, dict):
        return value
    options = list(found.get("options", []))
    for group in found.get("option_groups", []):
        options += group["options"]
    for option in options:
        if option["value"] == value:
            return dict(option)
    if "external" in found["type"]:
        return {"text": {"type": "plain_text", "text": str(value)}, "value": value}
    raise NoSuchElement(f"no option {value!r}; there are {[o['value'] for o in options]}")
