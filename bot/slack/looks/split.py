"""Cuts long text where a reader would: after a sentence, else between words, else where it must."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]]*\s+")


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` characters that hold everything but the white space they were cut at."""
    text, pieces = text.strip(), []
    while len(text) > limit:
        head = text[: limit + 1]
        ends = [found.end() for found in _SENTENCE_END.finditer(head)]
        space = head.rfind(" ")
        cut = ends[-1] if ends else space if space > 0 else limit
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


def shortened(text: str, limit: int) -> str:
    """The text, or as many of its words as fit with an ellipsis."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut].rstrip(" ,;:") if cut > 0 else head) + "…"
