"""What a person follows, each with a button that lets it go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.news.ledger.follows import Follows
from bot.news.ledger.standing import Entry
from bot.news.topic import Topic
from bot.news.words import comparisons_provenance
from bot.slack import words
from bot.slack.looks import kit, lists, modals
from bot.slack.looks.blocks import Message, plain
from bot.slack.looks.buttons import UNFOLLOW
from bot.slack.looks.kit import Json
from bot.slack.looks.split import shortened

TOPIC_CHARACTERS = 150
STANDING = 5  # disagreements that a topic's thread begins with; the rest is counted
IN_A_FORM = 40  # each takes two blocks of a view's hundred


def named(follows: Follows) -> list[tuple[list[Json], str]]:
    """A line for each, and its id."""
    questions = [(lists.entry_line(entry), entry.id) for entry in follows.questions]
    return [*questions, *((_topic_line(follow.topic), follow.id) for follow in follows.topics)]


def lines(follows: Follows, most: int, more: str) -> list[Json]:
    """The first of them; `more` tells the count of the rest."""
    shown = named(follows)
    found: list[Json] = []
    for line, id in shown[:most]:
        stop = {"type": "actions", "elements": [kit.button(UNFOLLOW, words.UNFOLLOW, id)]}
        found += [*kit.rich([kit.paragraph(*line)]), stop]
    if len(shown) > most:
        found.append(kit.context(more.format(count=len(shown) - most)))
    return found


def title(topic: Topic) -> str:
    return shortened(topic.title, TOPIC_CHARACTERS)


def opening(topic: Topic, found: Sequence[Entry]) -> Message:
    """The first message of a topic's thread: what it is for, and where the sources disagree already."""
    told = words.TOPIC_OPENS.format(topic=title(topic))
    tail: list[Json] = []
    if found:
        tail += kit.told(words.TOPIC_STANDS)
        tail += kit.rich(kit.paragraph(*lists.entry_line(entry)) for entry in found[:STANDING])
    if len(found) > STANDING:
        more = words.TOPIC_MORE.format(count=len(found) - STANDING, topic=title(topic))
        tail.append(kit.context(more))
    notes = comparisons_provenance(entry.comparison for entry in found[:STANDING])
    tail += [kit.context(note) for note in notes]
    return replace(plain(told)[0], tail=tuple(tail))


def _topic_line(topic: Topic) -> list[Json]:
    return [kit.text(words.FOLLOWED_TOPIC.format(topic=title(topic)), bold=True, spaced=False)]


def form(carries: Mapping[str, Any], follows: Follows) -> Json:
    """Asks for something to follow, and shows what is followed already."""
    under = [*kit.told(words.FOLLOWS), *lines(follows, IN_A_FORM, words.FOLLOWS_LEFT)] if follows else []
    limit = modals.QUESTION_CHARACTERS
    return modals.form(modals.ASK, words.FOLLOW_TITLE, words.FOLLOW_HINT, carries, limit=limit, under=under)
