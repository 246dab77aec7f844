"""The forms and lists that open above the conversation. Pure: no Slack is called here.

A form carries what its submission needs in `private_metadata`, so that any process can take it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.news.asked import Shown
from bot.news.catalogue import spoken
from bot.news.model import Article, Citation
from bot.slack.looks import kit
from bot.slack.looks.kit import Json
from bot.slack.looks.prose import who
from bot.slack.looks.sides import QUOTE_CHARACTERS
from bot.slack.looks.split import shortened, split

VIEW_BLOCKS = 95  # Slack takes 100
VIEW_CHARACTERS = 120_000  # of a view's JSON; Slack takes 250,000
WORDS_CHARACTERS = 2_000
QUESTION_CHARACTERS = 3_000
NEIGHBOURS = 1  # sentences shown on either side of a cited one

FEEDBACK_WORDS, MISSED_WORDS, ASK = "feedback_words", "missed_words", "ask"
FIELD = "words"


def loading(title: str, told: str) -> Json:
    return modal(title, [kit.context(told)])


def notice(title: str, told: str) -> Json:
    return modal(title, kit.told(told))


def quotes(shown: Shown) -> Json:
    """Every cited sentence in its neighbours, article by article, as many as a view holds; the rest is counted."""
    blocks: list[Json] = [kit.context(spoken().clicks.quotes_intro)]
    articles = _by_article(shown.cited)
    for number, (article, cited) in enumerate(articles, 1):
        more = [*_heading(number, article), *kit.rich(_in_place(article, cited))]
        if len(blocks) + len(more) > VIEW_BLOCKS or kit.size([*blocks, *more]) > VIEW_CHARACTERS:
            blocks.append(kit.context(spoken().clicks.quotes_left.format(count=len(articles) - number + 1)))
            break
        blocks += more
    return modal(spoken().clicks.quotes_title, blocks)


def form(
    kind: str,
    title: str,
    hint: str,
    carries: Mapping[str, Any],
    *,
    limit: int = WORDS_CHARACTERS,
    under: Sequence[Json] = (),
) -> Json:
    """One field of words, and what else is shown `under` it. `kind` is its callback_id, `carries` comes back with
    it."""
    field: Json = {
        "type": "plain_text_input",
        "action_id": FIELD,
        "multiline": True,
        "max_length": limit,
        "focus_on_load": True,
    }
    block = {
        "type": "input",
        "block_id": FIELD,
        "label": kit.plain(spoken().clicks.in_your_words),
        "element": field,
        "hint": kit.plain(hint),
    }
    found = modal(title, [block, *under])
    return found | {
        "callback_id": kind,
        "private_metadata": json.dumps(carries),
        "submit": kit.plain(spoken().clicks.send),
    }


def filled(view: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The words of a submitted form, and what it carries."""
    value = view["state"]["values"][FIELD][FIELD].get("value") or ""
    return str(value).strip(), json.loads(view["private_metadata"])


def modal(title: str, blocks: list[Json]) -> Json:
    return {"type": "modal", "title": kit.plain(title), "close": kit.plain(spoken().clicks.close), "blocks": blocks}


def _by_article(cited: Iterable[Citation]) -> list[tuple[Article, list[int]]]:
    """Articles in the order of showing, each with the numbers of its cited sentences."""
    found: dict[str, tuple[Article, list[int]]] = {}
    for citation in cited:
        found.setdefault(citation.article.id, (citation.article, []))[1].append(citation.sentence.number)
    return [(article, sorted(set(numbers))) for article, numbers in found.values()]


def _heading(number: int, article: Article) -> list[Json]:
    title = shortened(article.title, kit.HEADER_CHARACTERS)
    named = kit.text(f"[{number}] {who(article)}", bold=True)
    return kit.rich([kit.paragraph(named, *([kit.titled(article, title)] if title else []))])


def _in_place(article: Article, cited: list[int]) -> list[Json]:
    """The cited sentences, bold, with their neighbours; each run of neighbours is a quotation of its own."""
    parts = []
    for run in _runs(cited, len(article.sentences)):
        for number in run:
            text = article.sentences[number - 1].text
            parts += [
                kit.quoted(kit.text(piece, bold=number in cited, spaced=False))
                for piece in split(text, QUOTE_CHARACTERS)
            ]
        parts.append(kit.paragraph(kit.text(" ", spaced=True)))
    return parts[:-1]


def _runs(cited: list[int], last: int) -> list[list[int]]:
    near = sorted({n for c in cited for n in range(c - NEIGHBOURS, c + NEIGHBOURS + 1) if 1 <= n <= last})
    runs: list[list[int]] = []
    for number in near:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
