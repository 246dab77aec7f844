"""Slack's JSON, built from raw text. Escaping happens here, as the last step, and nowhere else.

Quotes and names go into rich text, where Slack parses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.news.model import Article, Citation
from bot.slack.looks import escape
from bot.slack.looks.split import shortened

Json = dict[str, Any]

HEADER_CHARACTERS = 150
CONTEXT_CHARACTERS = 1_900  # of one text element; Slack takes 2,000
VALUE_CHARACTERS = 1_900  # of what a button carries; Slack takes 2,000
ALT_CHARACTERS = 2_000  # of what a picture shows, in words
MARKS_CHARACTERS = 2_500  # of one statement's marks with their addresses
BLOCK_CHARACTERS = 4_000  # of one rich text block's JSON, so that a few fit a message


def size(found: Json | Sequence[Json]) -> int:
    """Characters of its JSON, as Slack counts a message."""
    return len(json.dumps(found, ensure_ascii=False))


def text(words: str, *, bold: bool = False, spaced: bool = True) -> Json:
    """A run of rich text. `spaced`: with one space after it."""
    found: Json = {"type": "text", "text": escape.visible(words) + (" " if spaced else "")}
    return found | {"style": {"bold": True}} if bold else found


def line_break() -> Json:
    return {"type": "text", "text": "\n"}


def mark(number: int, article: Article) -> Json:
    """A citation's mark, "[1]", linked where the article has an address."""
    url = escape.web_link(article.url)
    return {"type": "link", "url": url, "text": f"[{number}]"} if url else {"type": "text", "text": f"[{number}]"}


def titled(article: Article, words: str) -> Json:
    """Words that link to an article where it has an address."""
    url, shown = escape.web_link(article.url), escape.visible(words)
    return {"type": "link", "url": url, "text": shown} if url and shown else {"type": "text", "text": shown}


def paragraph(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def quoted(*elements: Json) -> Json:
    return {"type": "rich_text_quote", "elements": list(elements)}


def rich(parts: Iterable[Json]) -> list[Json]:
    """Paragraphs and quotations in as few rich text blocks as hold them within BLOCK_CHARACTERS."""
    found: list[list[Json]] = []
    for part in parts:
        if found and size([*found[-1], part]) <= BLOCK_CHARACTERS:
            found[-1].append(part)
        else:
            found.append([part])
    return [{"type": "rich_text", "elements": elements} for elements in found]


def told(words: str) -> list[Json]:
    """The bot's own words as a paragraph."""
    return rich([paragraph(text(words, spaced=False))])


def lines(groups: Iterable[Sequence[Json]], between: Json) -> list[Json]:
    """Paragraphs of groups of elements, none of them over BLOCK_CHARACTERS unless one group alone is."""
    found: list[list[Json]] = []
    for group in groups:
        if found and size([*found[-1], between, *group]) <= BLOCK_CHARACTERS:
            found[-1] += [between, *group]
        else:
            found.append(list(group))
    return [paragraph(*elements) for elements in found]


def header(words: str) -> Json:
    return {"type": "header", "text": plain(words)}


def context(words: str) -> Json:
    return {"type": "context", "elements": [plain(words)]}


def picture(file: str, told: str) -> Json:
    """A picture that was uploaded, and what it shows in words."""
    alt = shortened(escape.label(told), ALT_CHARACTERS)
    return {"type": "image", "slack_file": {"id": file}, "alt_text": alt}


def plain(words: str) -> Json:
    """Plain text of the bot's own, or escaped like it."""
    return {"type": "plain_text", "text": escape.label(words), "emoji": False}


def button(action: str, words: str, value: str) -> Json:
    return {"type": "button", "action_id": action, "text": plain(words), "value": value}


def markdown(prepared: str) -> Json:
    """A block of Markdown that `statement` prepared."""
    return {"type": "markdown", "text": prepared}


def statement(words: str, citations: Sequence[tuple[int, Citation]], *, bold: bool) -> str:
    """Words and the marks of their citations as Markdown, each article marked once."""
    shown = escape.markdown(words)
    if bold and shown:
        shown = f"**{shown}**"
    articles = {number: citation.article for number, citation in citations}
    linked = "".join(_mark(number, escape.web_link(article.url)) for number, article in articles.items())
    # So many that their addresses would fill the message are linked in the list of sources alone.
    marks = linked if len(linked) <= MARKS_CHARACTERS else "".join(_mark(number, None) for number in articles)
    return " ".join(part for part in (shown, marks) if part)


def _mark(number: int, url: str | None) -> str:
    return f"[\\[{number}\\]]({url})" if url else f"\\[{number}\\]"


def source_card(id: str, title: str, says: str, article: Article, status: str = "complete") -> Json:
    """A streamed task: one source's reading, with its address where it has one."""
    found: Json = {"type": "task_update", "id": id, "title": escape.label(title), "status": status}
    if shown := escape.label(says):
        found["output"] = shown
    if url := escape.web_link(article.url):
        found["sources"] = [
            {"type": "url", "url": url, "text": shortened(escape.label(article.outlet), 100) or "source"}
        ]
    return found


def card(id: str, title: str, status: str) -> Json:
    return {"type": "task_update", "id": id, "title": escape.label(title), "status": status}


def plan(title: str) -> Json:
    return {"type": "plan_update", "title": escape.label(title)}


def streamed(prepared: str) -> Json:
    """A chunk of Markdown that `statement` prepared."""
    return {"type": "markdown_text", "text": prepared}
