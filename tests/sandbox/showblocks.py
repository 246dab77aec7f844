"""The messages and forms of the bot that the page is tested with: every kind of block."""

from __future__ import annotations

from typing import Any

QUESTION = "Do British firms have access?"
ARTICLE_URL = "https://example.org/harbour-post/access"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def line(*parts: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": kind, "elements": list(parts)}


def said(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def cite(number: int, sentence: int) -> dict[str, Any]:
    return {"type": "link", "url": f"{ARTICLE_URL}#sentence={sentence}", "text": f"[{number}]"}


FEEDBACK = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": plain("Good"), "value": "up"},
            "negative_button": {"text": plain("Bad"), "value": "down"},
        }
    ],
}

DISPUTE: list[dict[str, Any]] = [
    rich(line(said("⚠️ "), said("Sources disagree: do British firms have access?", bold=True))),
    rich(
        line(said("They do. ", bold=True), said("2 independent sources")),
        line(said("The Harbour Post, 20 May: ", bold=True), kind="rich_text_section"),
        line(said("“UK firms can integrate it overnight.” "), cite(1, 2), kind="rich_text_quote"),
        line(said("They don’t. ", bold=True), said("1 source")),
        line(said("“British start-ups are left without access.” "), cite(2, 4), kind="rich_text_quote"),
        line(said("Nothing in the coverage reconciles the two.", italic=True)),
    ),
    {
        "type": "actions",
        "elements": [
            button("Show quotes", "quotes"),
            button("Follow", "follow"),
            button(
                "Not a disagreement", "not_one", confirm={"title": plain("Dismiss it?"), "text": plain("It closes.")}
            ),
        ],
    },
    FEEDBACK,
    {"type": "context", "elements": [mrkdwn("1 The Harbour Post, _Access at last_ · 2 Northern Ledger, _Left out_")]},
    {"type": "context", "elements": [mrkdwn("Written by AI from 5 articles. Check the quotes before you rely on it.")]},
]

ZOO: list[dict[str, Any]] = [
    {"type": "header", "text": plain("Every kind of block")},
    section(
        "*Bold*, _italic_, ~struck~, `code`, <https://example.org|a link>, :warning: and <!channel>\n&gt; a quoted line"
    ),
    {"type": "section", "fields": [mrkdwn("*Outlets*\n5"), mrkdwn("*Disagreements*\n2")]},
    {"type": "divider"},
    {
        "type": "markdown",
        "text": "# Markdown\n\n- one **bold**\n- two\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    },
    {
        "type": "table",
        "column_settings": [{"is_wrapped": True}, {"align": "center"}],
        "rows": [
            [{"type": "raw_text", "text": t} for t in ("Claim", "Harbour Post", "Northern Ledger")],
            [{"type": "raw_text", "text": t} for t in ("British firms have access", "says", "says otherwise")],
            [{"type": "raw_text", "text": t} for t in ("Only one company was freed", "silent", "says")],
        ],
    },
    {"type": "image", "image_url": "https://example.org/grid.png", "alt_text": "A grid of claims by outlets"},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [line(said("first")), line(said("second, "), {"type": "emoji", "name": "tada"})],
            },
            line(said("preformatted   text"), kind="rich_text_preformatted"),
        ],
    },
    {"type": "task_card", "task_id": "t1", "title": "Reading the Harbour Post", "status": "complete"},
    {
        "type": "plan",
        "title": "Reading 2 sources",
        "tasks": [
            {"type": "task_card", "task_id": "a", "title": "Harbour Post", "status": "complete"},
            {"type": "task_card", "task_id": "b", "title": "Northern Ledger", "status": "in_progress"},
        ],
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "static_select",
                "action_id": "length",
                "placeholder": plain("Length"),
                "options": [{"text": plain(t), "value": t} for t in ("short", "full")],
            },
            {"type": "overflow", "action_id": "more", "options": [{"text": plain("Archive"), "value": "archive"}]},
            {"type": "datepicker", "action_id": "since", "initial_date": "2026-05-20"},
            button("Delete", "delete", style="danger"),
        ],
    },
    FEEDBACK,
]


def form(title: str = "What was wrong?") -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "words",
        "title": plain(title),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "alert", "text": mrkdwn("Nobody else reads this."), "level": "info"},
            {
                "type": "input",
                "block_id": "why",
                "label": plain("In your words"),
                "element": {"type": "plain_text_input", "action_id": "why", "multiline": True},
                "hint": plain("A sentence is enough."),
            },
            {
                "type": "input",
                "block_id": "which",
                "optional": True,
                "label": plain("Which part?"),
                "element": {
                    "type": "radio_buttons",
                    "action_id": "which",
                    "options": [{"text": plain(t), "value": t} for t in ("the answer", "a citation", "the flag")],
                },
            },
        ],
    }
