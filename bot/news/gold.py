"""Labelled questions: what a person says the right answer to each is, and which part of an answer that is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from bot.errors import WrongUse
from bot.news.model import Article, Relation

Told = Mapping[str, Any]  # an answer, a position or a reading, as `ask --json` tells it


class Label(StrEnum):
    """What a question is to the coverage."""

    DISAGREE = "disagree"
    AGREE = "agree"
    COMPLEMENTARY = "complementary"
    SINGLE_SOURCE = "single_source"
    UNANSWERABLE = "unanswerable"
    UPDATE = "update"


LABEL_OF = {
    Relation.DISPUTE: Label.DISAGREE,
    Relation.AGREE: Label.AGREE,
    Relation.COMPLEMENTARY: Label.COMPLEMENTARY,
    Relation.OPINION: Label.COMPLEMENTARY,
    Relation.SINGLE: Label.SINGLE_SOURCE,
    Relation.NONE: Label.UNANSWERABLE,
    Relation.UPDATE: Label.UPDATE,
}


@dataclass(frozen=True, slots=True)
class GoldPosition:
    """A distinct answer: the sources that give it, with a verbatim quote of those that have one.

    A source names the article whose id equals it, or starts with it and "_".
    """

    claim: str
    sources: tuple[str, ...]
    quotes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled question. `accept` holds every label that counts as right, its own included."""

    id: str
    question: str
    label: Label
    hard: bool
    accept: frozenset[Label]
    positions: tuple[GoldPosition, ...]

    @property
    def disputed(self) -> bool | None:
        """Whether a flag is right; None where it is a matter of taste, and does not count."""
        if Label.DISAGREE not in self.accept:
            return False
        return True if len(self.accept) == 1 else None

    def accepts(self, relation: str | None) -> bool:
        return relation is not None and LABEL_OF[Relation(relation)] in self.accept


def parse_items(text: str) -> tuple[Item, ...]:
    """The items of a file of labelled questions: a JSON list. Raises WrongUse, which says what is wrong and where."""
    try:
        listed = json.loads(text)
    except ValueError as error:
        raise WrongUse(f"the labelled questions are no JSON: {error}") from error
    if not isinstance(listed, list) or not listed:
        raise WrongUse("the labelled questions are not a JSON list of items")
    items = tuple(_item(raw, f"item {number}") for number, raw in enumerate(listed, 1))
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise WrongUse(f"two labelled questions have the id {item.id!r}")
        seen.add(item.id)
    return items


def names(source: str, article: str) -> bool:
    """Whether a gold source names the article of this id."""
    return article == source or article.startswith(f"{source}_")


def matched(item: Item, positions: Sequence[Told]) -> tuple[Told | None, ...]:
    """For each gold position the given one that is matched to it, one to one, by most shared sources over all."""

    @cache
    def best(gold: int, taken: frozenset[int]) -> tuple[int, tuple[int | None, ...]]:
        if gold == len(item.positions):
            return 0, ()
        count, chosen = best(gold + 1, taken)
        found: tuple[int, tuple[int | None, ...]] = (count, (None, *chosen))
        for index, given in enumerate(positions):
            shared = len(shared_sources(item.positions[gold], given))
            if shared and index not in taken:
                count, chosen = best(gold + 1, taken | {index})
                if count + shared > found[0]:
                    found = (count + shared, (index, *chosen))
        return found

    return tuple(None if index is None else positions[index] for index in best(0, frozenset())[1])


def shared_sources(gold: GoldPosition, given: Told) -> tuple[str, ...]:
    """The gold position's sources that the given one holds."""
    return tuple(s for s in gold.sources if any(names(s, r["article"]) for r in given["readings"]))


def gold_sentences(quote: str, article: Article, neighbours: int = 0) -> frozenset[int]:
    """The numbers of the sentences that hold a quote, with their neighbours; empty where the article lacks it."""
    start = article.text.find(quote)
    if start < 0 or not quote:
        return frozenset()
    held = [s.number for s in article.sentences if s.start < start + len(quote) and start < s.end]
    return frozenset(n + step for n in held for step in range(-neighbours, neighbours + 1))


def _item(raw: object, where: str) -> Item:
    if not isinstance(raw, dict):
        raise WrongUse(f"{where} of the labelled questions is not an object")
    where = f"{where} ({raw['id']})" if isinstance(raw.get("id"), str) else where
    label = _label(raw.get("kind"), where)
    accept = raw.get("accept_kinds", [label.value])
    if not isinstance(accept, list):
        raise WrongUse(f"{where}: `accept_kinds` is not a list")
    hard = raw.get("hard", False)
    if not isinstance(hard, bool):
        raise WrongUse(f"{where}: `hard` is neither true nor false")
    positions = raw.get("positions", [])
    if not isinstance(positions, list):
        raise WrongUse(f"{where}: `positions` is not a list")
    return Item(
        _text(raw, "id", where),
        _text(raw, "question", where),
        label,
        hard,
        frozenset({label, *(_label(each, where) for each in accept)}),
        tuple(_position(each, where) for each in positions),
    )


def _position(raw: object, where: str) -> GoldPosition:
    if not isinstance(raw, dict):
        raise WrongUse(f"{where}: a position is not an object")
    sources, quotes = raw.get("sources"), raw.get("quotes", {})
    if not isinstance(sources, list) or not sources or not all(isinstance(s, str) and s for s in sources):
        raise WrongUse(f"{where}: a position's `sources` is not a list of article ids")
    if not isinstance(quotes, dict) or not all(isinstance(q, str) for q in quotes.values()):
        raise WrongUse(f"{where}: a position's `quotes` is not an object of texts by source")
    return GoldPosition(_text(raw, "claim", where), tuple(dict.fromkeys(sources)), quotes)


def _text(raw: Mapping[str, object], name: str, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise WrongUse(f"{where}: `{name}` is missing or empty")
    return value


def _label(raw: object, where: str) -> Label:
    try:
        return Label(str(raw))
    except ValueError:
        allowed = ", ".join(Label)
        raise WrongUse(f"{where}: {raw!r} is no kind of question; it is one of {allowed}") from None
