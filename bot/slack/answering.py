"""The work behind an accepted question: show that it is read, stream what is settled, leave one finished answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import CrosscheckError
from bot.news.model import Answer, Reading, Statement
from bot.slack import blocks, kit, words
from bot.slack.account import Account
from bot.slack.post import Place, Post, Standing
from bot.slack.prose import BODY_CHARACTERS, Prose, who
from bot.slack.split import shortened
from bot.slack.status import at_work
from bot.slack.stream import Stream

log = logging.getLogger(__name__)

CARDS = 12  # sources with a card of their own while streaming; each takes of the message's room
SAYS_CHARACTERS = 140  # on a card; Slack takes 256

POSTING = "post"  # note: a message may stand in the thread from here on
ANSWERED = "answer"  # note: the finished messages, so that a crash while posting asks nothing again


class Work(Protocol):
    """A claimed job whose payload `intake` made."""

    @property
    def id(self) -> str: ...

    @property
    def payload(self) -> Mapping[str, Any]: ...

    @property
    def notes(self) -> Mapping[str, str]: ...

    async def note(self, name: str, value: str) -> None: ...


class Audience(Protocol):
    """Who is told as an answer comes about."""

    async def reading(self, reading: Reading) -> None: ...

    async def second_look(self) -> None: ...

    async def statement(self, statement: Statement) -> None: ...


class Ask(Protocol):
    """Answers a question. The job's payload names its `channel` and `thread`, by which earlier turns are found."""

    async def __call__(self, work: Work, question: str, audience: Audience) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Answering:
    """Runs jobs of kind `intake.ANSWER`. Every step may be cut off and run again."""

    account: Account
    ask: Ask

    async def run(self, work: Work) -> None:
        """Raises what `ask` raises, SlackUnavailable (another run ends well) or SlackRefused."""
        place = place_of(work)
        post = Post(self.account, place, work.id)
        question = str(work.payload["text"])
        standing = await post.look_up() if POSTING in work.notes else {}
        said = words.short_word(question)
        if said is not None:
            await self._say(work, post, said, standing)
            return
        async with at_work(self.account, place):
            await self._answer(work, post, question, standing)

    async def give_up(self, work: Work, fault: BaseException) -> None:
        """Tell, once, that this question will not be answered; a half-shown answer gives way to that."""
        told = fault.tell if isinstance(fault, CrosscheckError) else CrosscheckError.tell
        post = Post(self.account, place_of(work), work.id)
        async with at_work(self.account, post.place):
            await self._say(work, post, told, await post.look_up())

    async def _say(self, work: Work, post: Post, said: str, standing: dict[str, Standing]) -> None:
        await work.note(POSTING, post.key)
        await post.deliver(blocks.plain(said), standing)

    async def _answer(self, work: Work, post: Post, question: str, standing: dict[str, Standing]) -> None:
        kept = work.notes.get(ANSWERED)
        if kept is not None:
            await post.deliver(blocks.load(kept), standing)
            return
        await work.note(POSTING, post.key)
        place = post.place
        stream = Stream(self.account, channel=place.channel, thread=place.thread, person=place.person)
        screen = Screen(stream, shows=not standing)
        try:
            answer = await self.ask(work, question, screen)
            messages = blocks.compose(answer)
            await work.note(ANSWERED, blocks.dump(messages))
            screen.close(answer)
            await post.deliver(messages, standing, stream, screen.streamed)
        finally:
            await stream.cancel()


def place_of(work: Work) -> Place:
    payload = work.payload
    return Place(payload["channel"], payload["thread"], payload["ts"], payload["user"])


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
            self.stream.add(kit.plan(words.PLAN))
        count = self._cards[reading.article.id] = len(self._cards) + 1
        if count > CARDS:
            self.stream.add(kit.card("more", f"{words.MORE_SOURCES}: {count - CARDS}", "complete"))
            return
        says = shortened(reading.says, SAYS_CHARACTERS)
        self.stream.add(kit.source_card(f"source-{count}", who(reading.article), says, reading.article))

    async def second_look(self) -> None:
        if self.shows:
            self._looking = True
            self.stream.add(kit.card("second-look", words.SECOND_LOOK, "in_progress"))

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
            self.stream.add(kit.card("second-look", words.SECOND_LOOK, "complete"))
        if self._cards:
            count = len(answer.shown)
            self.stream.add(kit.plan(words.PLAN_DONE.format(articles=f"{count} article{'s' if count != 1 else ''}")))
