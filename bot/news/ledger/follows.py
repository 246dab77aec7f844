"""What those who follow a question or a topic hear when new coverage moves a comparison."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.news.digest.digest import Move
from bot.news.ledger.standing import Change, Entry, Happening, State
from bot.news.model import Comparison
from bot.news.topic import Topic, comparison_about

_MOVES = {
    Happening.OPENED: Move.NEW,
    Happening.CHANGED: Move.CHANGED,
    Happening.REOPENED: Move.REOPENED,
    Happening.UPDATED: Move.SETTLED,
    Happening.SETTLED: Move.SETTLED,
}


@dataclass(frozen=True, slots=True)
class News:
    """A comparison that has moved. `entry`: its id in the ledger. `owner`: whose followed question it is, and then
    nobody else's; None for a standing comparison, which is for those who follow its topic. `before`: the comparison as
    it stood until then, None where there was none.
    """

    entry: str
    owner: str | None
    move: Move
    comparison: Comparison
    before: Comparison | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TopicFollow:
    """A person's wish to hear, in a thread, when sources begin to disagree on a topic."""

    person: str
    channel: str
    thread: str
    topic: Topic

    @property
    def id(self) -> str:
        """The same for the same wish, so that one kept twice is kept once."""
        told = "\n".join([self.person, self.channel, self.thread, *self.topic.phrases])
        return hashlib.sha256(told.encode(errors="backslashreplace")).hexdigest()[:12]

    def hears(self, news: News) -> bool:
        """Whether news are that a dispute on the topic has opened, or has opened again."""
        return (
            news.owner is None
            and news.move in (Move.NEW, Move.REOPENED)
            and comparison_about(news.comparison, [self.topic])
        )

    def key(self, news: News) -> str:
        """The same whoever tells the thread of it."""
        return f"{self.id}:{news.entry}:{news.at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Follows:
    """What a person follows, oldest first."""

    questions: Sequence[Entry] = ()
    topics: Sequence[TopicFollow] = ()

    def __len__(self) -> int:
        return len(self.questions) + len(self.topics)


def standing_news(entry: Entry) -> News:
    """What those hear of an open dispute who were not there when it opened."""
    return News(entry.id, None, Move.NEW, entry.comparison, None, entry.moved)


def news_of(change: Change) -> News | None:
    """What a change tells followers; None where it is a person's own doing, the beginning of a follow, a double's, or
    of what has been dismissed since."""
    entry = change.entry
    moved = [e for e in change.events if e.happening in _MOVES and not (entry.private and change.before is None)]
    if not moved or entry.into is not None or entry.state is State.DISMISSED:
        return None
    last = moved[-1]
    return News(entry.id, entry.owner, _MOVES[last.happening], last.comparison, change.before, last.at)
