"""What the room asks to be kept of questions and answers, in its own words. Each call raises StoreError."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.news.asked import Asked, Fate, Shown
from bot.news.labels import Verdict
from bot.news.model import Answer


class Questions(Protocol):
    """Who asked what where, and what became of it. A job's question is kept with it: see `intake.Inbox`."""

    async def asked(self, question: Asked) -> None:
        """Keep a question that a command put; one that is known stays as it is."""

    async def question(self, channel: str, ts: str) -> Asked | None:
        """The question that a message asked, if it asked one."""

    async def fate(self, key: str) -> Fate | None: ...

    async def becomes(self, key: str, fate: Fate) -> None: ...

    async def stop(self, channel: str, thread: str) -> Sequence[str]:
        """Stop what is asked in a thread and not answered yet; the keys of it."""

    async def withdraw(self, key: str) -> None:
        """Forget what a question was answered."""

    async def ask_anew(self, key: str) -> None:
        """As `withdraw`, of a question that is to be answered once more."""

    async def listens(self, channel: str, thread: str, person: str) -> bool:
        """Whether this person asked in the thread, and nobody has asked for quiet since."""

    async def hush(self, channel: str, thread: str) -> None:
        """Whoever asked in the thread mentions the bot again from now on."""


class Shelf(Questions, Protocol):
    """Also what answers showed, and what people say of them."""

    async def answered(self, key: str, answer: Answer, messages: str | None = None) -> bool:
        """Keep what an answer shows, and that the question is answered; False where it is over, or is not known.
        `messages` are those that one person alone is shown."""

    async def shown(self, key: str) -> Shown | None:
        """None where it is forgotten."""

    async def shelve(self, key: str, messages: str) -> None:
        """Keep messages that one person alone is shown, beside what they asked."""

    async def messages(self, key: str) -> str | None: ...

    async def judged(self, key: str, person: str, *, good: bool, words: str) -> None: ...

    async def label(self, key: str, verdict: Verdict, person: str, words: str) -> bool:
        """Keep a verdict on an answer's comparison; a standing disagreement that is none is dismissed. False where
        the answer is forgotten."""

    async def follow(self, key: str, person: str, channel: str, thread: str) -> bool:
        """Tell this thread when the answer changes. False where the answer is forgotten."""
