"""The work behind an accepted question: show that it is read, stream what is settled, leave one finished answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import NotForUs, SlackUnavailable
from bot.news.asked import Fate
from bot.news.catalogue import explained, spoken
from bot.news.model import Answer
from bot.slack import words
from bot.slack.account import Account
from bot.slack.answers.screen import Audience, Screen
from bot.slack.answers.status import at_work, clear
from bot.slack.answers.stream import Stream
from bot.slack.gate import Gate, Right
from bot.slack.intake import key_of
from bot.slack.looks import blocks
from bot.slack.looks.buttons import suggested, under
from bot.slack.posting.post import Place, Post, Standing
from bot.slack.shelf import Shelf

log = logging.getLogger(__name__)

LOOK_S = 2.0  # between two looks at a question's fate, which a person may change through another process

ANSWERED = "answer"  # note: the finished messages, so that a crash while posting asks nothing again
_OVER = (Fate.STOPPED, Fate.WITHDRAWN, Fate.EDITED)


class Work(Protocol):
    """A claimed job whose payload `intake` made."""

    @property
    def id(self) -> str: ...

    @property
    def payload(self) -> Mapping[str, Any]: ...

    @property
    def again(self) -> bool:
        """Whether it was run before, so that a message of it may stand in the thread."""

    @property
    def notes(self) -> Mapping[str, str]: ...

    async def note(self, name: str, value: str) -> None: ...


class Ask(Protocol):
    """Answers a question. The job's payload names its `channel` and `thread`, by which earlier turns are found."""

    async def __call__(self, work: Work, question: str, audience: Audience) -> Answer: ...


class _Over(Exception):
    """The question is not to be answered any more."""

    def __init__(self, fate: Fate) -> None:
        self.fate = fate


@dataclass(frozen=True, slots=True)
class Answering:
    """Runs jobs of kind `intake.ANSWER` and `intake.WITHDRAW`, for those who may ask. Every step may be cut off
    and run again."""

    account: Account
    ask: Ask
    shelf: Shelf
    gate: Gate
    look_s: float = LOOK_S
    _running: dict[str, asyncio.Event] = field(default_factory=dict)

    def interrupt(self, keys: Iterable[str]) -> None:
        """Have the answers that are being made look at what became of their questions at once."""
        for key in keys:
            if key in self._running:
                self._running[key].set()

    async def run(self, work: Work) -> bool:
        """True where an answer stands at the end; else the question was stopped, edited or deleted meanwhile, or is
        passed over.

        Raises what `ask` raises, SlackUnavailable (another run ends well) or SlackRefused.
        """
        key, anew = key_of(work.id, work.payload), "answer" in work.payload
        if anew and ANSWERED not in work.notes:
            await self._begin_anew(key)
        place = place_of(work.payload)
        post = Post(self.account, place, key)
        text = str(work.payload["text"])
        again = work.again
        standing = await post.look_up() if anew or again else {}
        try:
            await self._look(key)
            refused = await self.gate.refusal(Right.ASK, place.person, place.channel)
            if refused is not None and work.payload.get("unbidden"):  # one who is refused talks to others by and by
                await self.shelf.becomes(key, Fate.ANSWERED)
                return False
            said = refused or (spoken().asking.quiet if words.asks_for_quiet(text) else words.short_word(text))
            if said is not None:
                if said == spoken().asking.quiet:
                    await self.shelf.hush(place.channel, place.thread)
                await post.deliver(blocks.plain(said), standing, anew=anew)
                await self.shelf.becomes(key, Fate.ANSWERED)
            else:
                async with at_work(self.account, place):
                    if work.payload.get("clicked"):
                        await post.precede(blocks.asking(place.person, text), standing)
                    await self._answer(work, post, text, standing, anew=anew)
                    if again:
                        await post.take_strays_away()
        except _Over as over:
            await self._end(post, over.fate)
            return False
        return True

    async def withdraw(self, work: Work) -> None:
        """A question was deleted: what it was answered goes too. Raises SlackUnavailable."""
        post = Post(self.account, place_of(work.payload), key_of(work.id, work.payload))
        await post.withdraw()
        await clear(self.account, post.place)  # it may have waited in line
        await self.shelf.withdraw(post.key)

    async def give_up(self, work: Work, fault: BaseException) -> None:
        """Tell, once, that this question will not be answered; a half-shown answer gives way to that."""
        post = Post(self.account, place_of(work.payload), key_of(work.id, work.payload))
        async with at_work(self.account, post.place):
            await post.deliver(blocks.plain(explained(fault)), await post.look_up(), anew="answer" in work.payload)
        await self.shelf.becomes(post.key, Fate.ANSWERED)

    async def _begin_anew(self, key: str) -> None:
        """An edited question is asked again, unless it was deleted since."""
        if await self.shelf.fate(key) is Fate.WITHDRAWN:
            raise NotForUs(key)
        await self.shelf.ask_anew(key)

    async def _answer(self, work: Work, post: Post, text: str, standing: dict[str, Standing], *, anew: bool) -> None:
        kept = work.notes.get(ANSWERED)
        if kept is not None:
            await post.deliver(blocks.load(kept), standing, anew=anew)
            return
        place = post.place
        stream = Stream(self.account, channel=place.channel, thread=place.thread, person=place.person)
        screen = Screen(stream, shows=not standing)
        try:
            answer = await self._asked(post.key, self.ask(work, text, screen))
            messages = blocks.with_buttons(blocks.compose(answer), under(answer, post.key), suggested(answer))
            if not await self.shelf.answered(post.key, answer):
                await self._look(post.key)
            if work.payload.get("follow"):
                await self.shelf.follow(post.key, place.person, place.channel, place.thread)
            await work.note(ANSWERED, blocks.dump(messages))
            screen.close(answer)
            await post.deliver(messages, standing, stream, screen.streamed, anew=anew)
        except _Over as over:
            await stream.cancel()
            if over.fate is Fate.WITHDRAWN and stream.ts is not None:  # its thread may be gone, and no look-up find it
                await post.take_away(stream.ts)
            raise
        except asyncio.CancelledError:  # the job may be another run's by now, which has answered
            await stream.settle()
            if stream.ts is not None:
                with contextlib.suppress(SlackUnavailable):
                    await post.give_way(stream.ts)
            raise
        finally:
            await stream.cancel()

    async def _asked(self, key: str, asking: Any) -> Answer:
        """The answer, unless the question's fate is seen to change meanwhile. Raises _Over."""
        changed = self._running.setdefault(key, asyncio.Event())
        answering: asyncio.Task[Answer] = asyncio.ensure_future(asking)
        try:
            while not answering.done():
                looking = asyncio.ensure_future(changed.wait())
                await asyncio.wait((answering, looking), timeout=self.look_s, return_when=asyncio.FIRST_COMPLETED)
                looking.cancel()
                changed.clear()
                if not answering.done():
                    await self._look(key)
            return await answering
        finally:
            self._running.pop(key, None)
            answering.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await answering

    async def _look(self, key: str) -> None:
        fate = await self.shelf.fate(key)
        if fate in _OVER:
            raise _Over(fate)

    async def _end(self, post: Post, fate: Fate) -> None:
        """Leave nothing half-shown: a stopped answer says so, a withdrawn one goes, an edited one is asked anew."""
        if fate is Fate.STOPPED:
            await post.deliver(blocks.plain(spoken().asking.stopped), await post.look_up(), anew=True)


def place_of(payload: Mapping[str, Any]) -> Place:
    return Place(payload["channel"], payload["thread"], payload["ts"], payload["user"])
