"""An answer while it comes about, as a stream: a card for each source that is read, then the settled lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from bot.news.catalogue import spoken
from bot.news.model import Answer, Reading, Statement
from bot.slack.answers.stream import Stream
from bot.slack.looks import kit
from bot.slack.looks.prose import BODY_CHARACTERS, Prose, who
from bot.slack.looks.split import shortened

CARDS = 12  # sources with a card of their own while streaming; each takes of the message's room
SAYS_CHARACTERS = 140  # on a card; Slack takes 256


class Audience(Protocol):
    """Who is told as an answer comes about."""

    async def reading(self, reading: Reading) -> None: ...

    async def second_look(self) -> None: ...

    async def statement(self, statement: Statement) -> None: ...


class Nobody:
    """An audience that waits for the whole answer."""

    async def reading(self, reading: Reading) -> None: ...

    async def second_look(self) -> None: ...

    async def statement(self, statement: Statement) -> None: ...


@dataclass(slots=True)
class Screen:
    """Shows an answer in a stream as it comes about. `shows` is False where an earlier run's message stands: it is
    replaced at the end instead. `streamed`: the Markdown added so far."""

    stream: Stream
    shows: bool
    streamed: str = ""
    _prose: Prose = field(default_factory=Prose)
    _cards: dict[str, int] = field(default_factory=dict)
    _looking: bool = False
    _full: bool = False

    async def reading(self, reading: Reading) -> None:
        if not self.shows or reading.article.id in self._cards:
            return
        if not self._cards:
            self.stream.add(kit.plan(spoken().asking.plan))
        count = self._cards[reading.article.id] = len(self._cards) + 1
        if count > CARDS:
            self.stream.add(kit.card("more", f"{spoken().asking.more_sources}: {count - CARDS}", "complete"))
            return
        says = shortened(reading.says, SAYS_CHARACTERS)
        self.stream.add(kit.source_card(f"source-{count}", who(reading.article), says, reading.article))

    async def second_look(self) -> None:
        if self.shows:
            self._looking = True
            self.stream.add(kit.card("second-look", spoken().asking.second_look, "in_progress"))

    async def statement(self, statement: Statement) -> None:
        if not self.shows:
            return
        for piece in self._prose.add(statement):
            self._full = self._full or len(self.streamed) + len(piece) > BODY_CHARACTERS
            if not self._full:  # the rest comes in the next message
                self.streamed += piece
                self.stream.add(kit.streamed(piece))

    def close(self, answer: Answer) -> None:
        """Bring what was begun to its end; the message is about to be finished."""
        if self._looking:
            self.stream.add(kit.card("second-look", spoken().asking.second_look, "complete"))
        if self._cards:
            count = len(answer.shown)
            self.stream.add(
                kit.plan(spoken().asking.plan_done.format(articles=spoken().counted(spoken().articles, count)))
            )
