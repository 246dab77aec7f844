"""What Slack checks before it takes a message or a view; each refusal carries Slack's own error code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.sandbox.state import Json, new_id

MAX_TEXT = 40_000
MAX_UPDATED_TEXT = 4_000
MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MAX_MARKDOWN = 12_000
# Not documented: whole messages were seen to fail from about 13,000 shown characters.
MAX_SHOWN = 13_000
MAX_TASK_TEXT = 256
MAX_VIEW_BYTES = 250_000
MAX_METADATA_BYTES = 8_000

_FILE_ID = re.compile("^[F][A-Z0-9]{8,}$")
_MODELLESS = {"data_table", "data_visualization"}
_NOT_ON = {
    "message": {"alert"},
    "modal": {"table", "task_card", "plan", "context_actions", "carousel"},
    "home": {"alert", "table", "task_card", "plan", "context_actions", "carousel"},
}
_RICH_BLOCKS = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
_RICH_PARTS = {
    "text": "text",
    "link": "url",
    "emoji": "name",
    "user": "user_id",
    "channel": "channel_id",
    "usergroup": "usergroup_id",
    "broadcast": "range",
    "date": "timestamp",
    "color": "value",
    "team": "team_id",
}


Shows = Callable[[Json], bool]
"""Whether a `slack_file` names a picture that the app may show; Slack takes no other."""


def _no_file(named: Json) -> bool:
    return False


class Refused(Exception):
    """Slack says no: `code` is its `error`; `messages` its `response_metadata.messages`."""

    def __init__(self, code: str, *messages: str, retry_after_s: int | None = None) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = messages
        self.retry_after_s = retry_after_s

    def payload(self) -> Json:
        found: Json = {"ok": False, "error": self.code}
        if self.messages:
            found |= {"errors": list(self.messages), "response_metadata": {"messages": list(self.messages)}}
        return found


def blocks(found: Any, surface: str = "message", shows: Shows = _no_file) -> list[Json]:
    """The blocks as they are kept: each with a block_id, and every interactive element with an action_id.

    Raises Refused: invalid_blocks, msg_blocks_too_long, invalid_attachments.
    """
    if not isinstance(found, list) or not all(isinstance(block, dict) for block in found):
        raise Refused("invalid_blocks_format")
    if len(found) > MAX_BLOCKS[surface]:
        raise Refused("invalid_blocks", f"[ERROR] no more than {MAX_BLOCKS[surface]} items allowed")
    kept: list[Json] = json.loads(json.dumps(found))
    for at, block in enumerate(kept):
        _one(block, at, surface)
        _pictures(block, f"[json-pointer:/blocks/{at}", shows)
    _unique([block["block_id"] for block in kept if block.get("block_id")], "block_id")
    if sum(len(b.get("text", "")) for b in kept if b["type"] == "markdown") > MAX_MARKDOWN:
        raise Refused("msg_blocks_too_long", "[ERROR] markdown blocks hold too much text together")
    if sum(b["type"] == "table" for b in kept) > 1:
        raise Refused("invalid_attachments", "only_one_table_allowed")
    if surface == "message" and shown_length(kept) > MAX_SHOWN:
        raise Refused("msg_blocks_too_long")
    for block in kept:
        block.setdefault("block_id", new_id("b"))
        for element in interactive(block):
            element.setdefault("action_id", new_id("a"))
    return kept


def _one(block: Json, at: int, surface: str) -> None:
    where, kind = f"[json-pointer:/blocks/{at}]", block.get("type")
    if kind in _NOT_ON[surface] or (kind == "input" and surface == "message"):
        raise Refused("invalid_blocks", f"[ERROR] unsupported type: {kind} {where}")
    if kind not in _MODELLESS:
        _model(block, where)
    for text in _text_objects(block):
        if not isinstance(text.get("text"), str) or not text["text"]:
            raise Refused("invalid_blocks", f"[ERROR] must be more than 0 characters {where}")
    for rich in _nodes(block, "rich_text"):
        for element in rich.get("elements", []):
            _rich(element, where)
    if kind == "table":
        _table(block, where)
    _unique([e["action_id"] for e in interactive(block) if e.get("action_id")], "action_id")


def _model(block: Json, where: str) -> None:
    try:
        parsed = Block.parse(dict(block))
        if parsed is None:
            raise Refused("invalid_blocks", f"[ERROR] unsupported type: {block.get('type')} {where}")
        parsed.to_dict()
    except (SlackObjectFormationError, TypeError, AttributeError, KeyError, ValueError) as fault:
        raise Refused("invalid_blocks", f"[ERROR] {fault} {where}") from fault
    odd = sorted(set(block) - set(parsed.attributes) - {"type", "block_id"})
    if odd:
        raise Refused("invalid_blocks", f"[ERROR] no more than allowed fields: {', '.join(odd)} {where}")


def _pictures(node: Any, where: str, shows: Shows) -> None:
    """Each picture has one source; a file of Slack's is one that may be shown."""
    if isinstance(node, list):
        for at, item in enumerate(node):
            _pictures(item, f"{where}/{at}", shows)
    elif isinstance(node, dict):
        if node.get("type") == "image":
            named = node.get("slack_file")
            if (named is None) == (node.get("image_url") is None):
                raise Refused("invalid_blocks", f"[ERROR] exactly one of image_url and slack_file {where}]")
            if named is not None:
                _file(named, f"{where}/slack_file", shows)
        for key, value in node.items():
            _pictures(value, f"{where}/{key}", shows)


def _file(named: Any, where: str, shows: Shows) -> None:
    if not isinstance(named, dict) or len(named) != 1 or not set(named) <= {"id", "url"}:
        raise Refused("invalid_blocks", f"[ERROR] exactly one of id and url {where}]")
    if "id" in named and not _FILE_ID.fullmatch(str(named["id"])):
        raise Refused("invalid_blocks", f"[ERROR] input must match regex pattern: {_FILE_ID.pattern} {where}/id]")
    if not shows(named):
        raise Refused("invalid_blocks", f"[ERROR] invalid slack file {where}]")


def _rich(element: Any, where: str) -> None:
    if not isinstance(element, dict) or element.get("type") not in _RICH_BLOCKS:
        raise Refused("invalid_blocks", f"[ERROR] unsupported rich text element {where}")
    for part in element.get("elements", []):
        if element["type"] == "rich_text_list":
            _rich(part, where)
            continue
        needed = _RICH_PARTS.get(str(part.get("type"))) if isinstance(part, dict) else None
        if needed is None or part.get(needed) in (None, ""):
            raise Refused("invalid_blocks", f"[ERROR] bad part of rich text {where}")


def _table(block: Json, where: str) -> None:
    rows = block.get("rows") or []
    if not rows or len(rows) > 100 or any(not 0 < len(row) <= 20 for row in rows):
        raise Refused("invalid_blocks", f"[ERROR] a table has 1 to 100 rows of 1 to 20 cells {where}")
    for cell in (cell for row in rows for cell in row):
        if cell.get("type") == "raw_text" and not cell.get("text"):
            raise Refused("invalid_blocks", f"[ERROR] must be more than 0 characters {where}")
        if cell.get("type") not in ("raw_text", "rich_text", "raw_number"):
            raise Refused("invalid_blocks", f"[ERROR] unsupported cell {where}")


def _unique(found: Sequence[str], name: str) -> None:
    for value in found:
        if found.count(value) > 1:
            raise Refused("invalid_blocks", f"[ERROR] `{name}` {value!r} already exists")


def interactive(node: Any) -> Iterator[Json]:
    """The elements of a block that a person can use."""
    if isinstance(node, list):
        for item in node:
            yield from interactive(item)
    elif isinstance(node, dict):
        if node.get("type") in INTERACTIVE:
            yield node
        for key in ("elements", "element", "accessory", "child_blocks", "actions", "blocks"):
            yield from interactive(node.get(key))


INTERACTIVE = {
    "button",
    "overflow",
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    "feedback_buttons",
    "icon_button",
    "workflow_button",
} | {
    f"{many}{of}_select"
    for many in ("", "multi_")
    for of in ("static", "external", "users", "channels", "conversations")
}


def shown_length(node: Any) -> int:
    """Characters that a message's blocks show."""
    if isinstance(node, list):
        return sum(shown_length(item) for item in node)
    if not isinstance(node, dict):
        return 0
    own = sum(len(node[key]) for key in ("text", "alt_text") if isinstance(node.get(key), str))
    return own + sum(shown_length(value) for value in node.values() if isinstance(value, dict | list))


def _text_objects(node: Any) -> Iterator[Json]:
    yield from _nodes(node, "plain_text")
    yield from _nodes(node, "mrkdwn")


def _nodes(node: Any, kind: str) -> Iterator[Json]:
    if isinstance(node, list):
        for item in node:
            yield from _nodes(item, kind)
    elif isinstance(node, dict):
        if node.get("type") == kind:
            yield node
        for value in node.values():
            yield from _nodes(value, kind)


def view(found: Any, kinds: Sequence[str], shows: Shows = _no_file) -> Json:
    """The view as it is kept. Raises Refused: invalid_arguments, view_too_large, invalid_blocks."""
    if not isinstance(found, dict) or found.get("type") not in kinds:
        raise Refused("invalid_arguments", f"[ERROR] view must be of type {' or '.join(kinds)}")
    if len(json.dumps(found)) > MAX_VIEW_BYTES:
        raise Refused("view_too_large")
    if found["type"] == "modal" and not found.get("title"):
        raise Refused("invalid_arguments", "[ERROR] missing required field: title [json-pointer:/view]")
    odd = sorted(set(found) - View.attributes - {"type", "submit_disabled"})
    if odd:
        raise Refused("invalid_arguments", f"[ERROR] unknown fields: {', '.join(odd)} [json-pointer:/view]")
    kept = found | {"blocks": blocks(found.get("blocks") or [], found["type"], shows)}
    has_input = any(block["type"] == "input" for block in kept["blocks"])
    if found["type"] == "modal" and has_input and not found.get("submit"):
        raise Refused("invalid_arguments", "[ERROR] missing required field: submit [json-pointer:/view]")
    try:
        View(**{**found, "blocks": [{"type": "divider"}] if kept["blocks"] else None}).to_dict()
    except (SlackObjectFormationError, TypeError) as fault:
        raise Refused("invalid_arguments", f"[ERROR] {fault} [json-pointer:/view]") from fault
    return kept


def metadata(found: Any) -> Json:
    """Raises Refused with invalid_metadata_format, or metadata_too_large."""
    if not isinstance(found, dict) or set(found) - {"event_type", "event_payload", "entities"}:
        raise Refused("invalid_metadata_format")
    if not isinstance(found.get("event_type"), str) or not isinstance(found.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(found)) > MAX_METADATA_BYTES:
        raise Refused("metadata_too_large")
    return found
