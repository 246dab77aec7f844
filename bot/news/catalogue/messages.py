"""What a language says: each message of an answer, with the names that are filled into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.news.model import Manner, Relation

Forms = tuple[str, ...]
"""One message in the forms that a count can take, in the order that `plural` gives."""


def one_or_more(count: int) -> int:
    return int(count != 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """`plural`: which of the forms a count takes. In a message, `number` is a count in words as far as `numbers` go,
    from 0, and `count` one in digits; `read` is how much was read, by `read_articles` and `read_of`; after `read` a
    count may stand in another case."""

    plural: Callable[[int], int] = one_or_more
    numbers: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    month: str
    undated: str
    days: str
    names: str

    headings: Mapping[Relation, str]
    section: str
    now: str
    before: str
    manners: Mapping[Manner, str]
    independent: Forms
    outlets: str
    also: str
    spoken: str
    others: str
    citing: str
    as_of: str
    first_side: Forms
    next_side: Forms
    another_side: str
    current: str
    earlier: str

    agree: str
    complementary: str
    opinion: str
    single: str
    silent: Forms
    nothing_reconciles: str
    second_look_failed: str
    none_answers: Forms
    no_match: str
    nothing_since: str
    nothing_counts: str
    empty_library: str
    not_compared: str
    not_compared_nor_found: str
    no_model: str
    uncited: str

    closest: str
    also_disputed: str
    sources: str
    articles: Forms
    read_articles: Forms
    read_of: str
    written: str
    quoted: str
    invented: str
    some_invented: str
    recorded: str
    earlier_prompt: str
    left_out: Forms

    empty_question: str
    long_question: str

    whole: str
    happened: str
    agreed: str
    disputed: str
    lone: str
    unknown: str
    beginnings: str
    nothing_fits: str
    not_summed_up: str
    no_lines: str
    shortened: str
    since: str
    until: str

    show_quotes: str
    follow: str
    not_a_disagreement: str
    missed: str
    good: str
    bad: str
    good_label: str
    bad_label: str
    ask_next: str

    def counted(self, forms: Forms, count: int, **named: str) -> str:
        """A message for a count."""
        return forms[self.plural(count)].format(count=count, number=self.number(count), **named)

    def number(self, count: int) -> str:
        return self.numbers[count] if count < len(self.numbers) else str(count)
