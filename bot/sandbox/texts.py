"""The texts that blocks show, for tests and for those who only listen."""

from __future__ import annotations

from typing import Any


def texts(node: Any) -> list[str]:
    """The texts inside blocks, in the order they are shown."""
    if isinstance(node, list):
        return [text for item in node for text in texts(item)]
    if not isinstance(node, dict):
        return []
    if node.get("type") in _INLINE:
        line = "".join(_part(part) for part in node.get("elements", []))
        return [line] if line else []
    found = []
    for key in _TEXT_KEYS:
        value = node.get(key)
        if isinstance(value, str):
            found.append(value)
        elif value is not None:
            found += texts(value)
    return found


_INLINE = {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}
_TEXT_KEYS = (
    "title",
    "subtitle",
    "label",
    "text",
    "body",
    "fields",
    "rows",
    "elements",
    "element",
    "accessory",
    "options",
    "positive_button",
    "negative_button",
    "details",
    "output",
    "sources",
    "tasks",
    "alt_text",
    "hint",
    "child_blocks",
)


def _part(part: dict[str, Any]) -> str:
    kind = part.get("type")
    if kind == "emoji":
        return f":{part.get('name', '')}:"
    if kind == "user":
        return f"<@{part.get('user_id', '')}>"
    if kind == "channel":
        return f"<#{part.get('channel_id', '')}>"
    if kind == "broadcast":
        return f"@{part.get('range', '')}"
    return str(part.get("text") or part.get("url") or part.get("fallback") or "")
