"""What a person follows, each with a button that lets it go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.news.catalogue import spoken
from bot.news.ledger.follows import Follows
from bot.news.ledger.standing import Entry
from bot.news.topic import Topic
from bot.news.words import comparisons_provenance
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
        stop = {"type": "actions", "elements": [kit.button(UNFOLLOW, spoken().buttons.unfollow, id)]}
        found += [*kit.rich([kit.paragraph(*line)]), stop]
    if len(shown) > most:
        found.append(kit.context(more.format(count=len(shown) - most)))
    return found


def title(topic: Topic) -> str:
    return shortened(topic.title, TOPIC_CHARACTERS)


def opening(topic: Topic, found: Sequence[Entry]) -> Message:
    """The first message of a topic's thread: what it is for, and where the sources disagree already."""
    told = spoken().follow.topic_opens.format(topic=title(topic))
    tail: list[Json] = []
    if found:
        tail += kit.told(spoken().follow.topic_stands)
        tail += kit.rich(kit.paragraph(*lists.entry_line(entry)) for entry in found[:STANDING])
    if len(found) > STANDING:
        more = spoken().follow.topic_more.format(count=len(found) - STANDING, topic=title(topic))
        tail.append(kit.context(more))
    notes = comparisons_provenance(entry.comparison for entry in found[:STANDING])
    tail += [kit.context(note) for note in notes]
    return replace(plain(told)[0], tail=tuple(tail))


def _topic_line(topic: Topic) -> list[Json]:
    return [kit.text(spoken().follow.topic.format(topic=title(topic)), bold=True, spaced=False)]


def form(carries: Mapping[str, Any], follows: Follows) -> Json:
    """Asks for something to follow, and shows what is followed already."""
    under = [*kit.told(spoken().follow.all), *lines(follows, IN_A_FORM, spoken().follow.left)] if follows else []
    limit = modals.QUESTION_CHARACTERS
    return modals.form(modals.ASK, spoken().follow.title, spoken().follow.hint, carries, limit=limit, under=under)
