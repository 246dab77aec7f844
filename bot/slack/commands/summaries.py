"""`/coverage summary`: the story, a topic, an outlet, one article or a span of time in cited lines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from bot.news import spans, summary_words
from bot.news.asked import Asked
from bot.news.catalogue import heard, speaking, spoken
from bot.news.digest.subscription import NotUnderstood
from bot.news.digest.words import Line
from bot.news.summary import Length, Scope, Summary
from bot.slack.commands.commands import Call, Said, Subcommand, known
from bot.slack.coverage import Coverage
from bot.slack.looks import kit
from bot.slack.looks.blocks import Message, dump, load, packed, plain, sources
from bot.slack.looks.escape import web_link
from bot.slack.looks.prose import BODY_CHARACTERS, Numbering
from bot.slack.looks.split import shortened, split
from bot.slack.shelf import Shelf

LEAD_CHARACTERS, LINE_CHARACTERS = 300, 900  # raw; escaped and marked, a line fits any message

SumUp = Callable[[Scope, Length, Any], Awaitable[Summary]]
"""Sums up what is in scope, for a job. Raises WrongUse, StoreError."""


class SummaryCommand:
    def __init__(self, sum_up: SumUp, coverage: Coverage, shelf: Shelf, clock: Callable[[], datetime]) -> None:
        self._sum_up = sum_up
        self._shelf = shelf
        self._coverage = coverage
        self._clock = clock

    def subcommand(self) -> Subcommand:
        return Subcommand("summary", known("summary"), self.run, works=True, again=self.again)

    async def run(self, call: Call, work: Any) -> Said:
        outlets = {outlet.name.casefold() for outlet in await self._coverage.outlets(call.channel)}
        scope, length = understood(call.text, outlets, self._clock())
        summary = await self._sum_up(scope, length, work)
        messages = drawn(summary)
        key = str(work.id)
        await self._shelf.asked(Asked(key, call.channel, "", "", call.user))
        await self._shelf.shelve(key, dump(messages))
        return Said(messages, share=key if summary.shown else None)

    async def again(self, call: Call, work: Any) -> Said:
        """What was summed up before, under its key."""
        kept = await self._shelf.messages(call.text)
        return Said(load(kept) if kept else plain(spoken().asking.forgotten))


def understood(said: str, outlets: set[str], now: datetime) -> tuple[Scope, Length]:
    """What "The Courier since 7d full" asks for. `outlets`: the names that are known, in small letters.

    Raises NotUnderstood for a time that is none.
    """
    tokens = said.split()
    length = Length.FULL if "full" in map(str.casefold, tokens[-1:]) else Length.SHORT
    if tokens and tokens[-1].casefold() in tuple(Length):
        tokens.pop()
    since = None
    if (at := _since(tokens)) is not None:
        said_since = tokens[at + 1 :]
        since = spans.begin(" ".join(said_since), now)
        if since is None and len(said_since) == 1:
            raise NotUnderstood(spoken().commands.no_such_time.format(said=said_since[0]))
        tokens = tokens if since is None else tokens[:at]
    rest = " ".join(tokens)
    if (url := web_link(rest.strip("<>"))) is not None:
        return Scope(article=url, since=since), length
    if rest.casefold() in outlets:
        return Scope(outlet=rest, since=since), length
    return Scope(topic=rest, since=since), length


def _since(tokens: Sequence[str]) -> int | None:
    """Where the last "since" stands that something follows."""
    said = [each.times.since for each in heard()]
    found = [at for at, token in enumerate(tokens[:-1]) if token.casefold() in said]
    return found[-1] if found else None


def drawn(summary: Summary) -> list[Message]:
    """The messages of a summary; nothing of it is dropped."""
    with speaking(summary.language):
        return _messages(summary)


def _messages(summary: Summary) -> list[Message]:
    numbering = Numbering()
    heading = summary_words.heading(summary)
    paragraphs = [kit.statement(heading, (), bold=True)]
    if told := summary_words.trouble(summary):
        paragraphs.append("\n\n" + kit.statement(told, (), bold=False))
    for section in summary_words.sections(summary):
        paragraphs.append("\n\n" + kit.statement(section.title, (), bold=True))
        paragraphs += ["\n" + _drawn(line, numbering) for line in section.lines]
    bodies = [""]
    for paragraph in paragraphs:
        if len(bodies[-1]) + len(paragraph) > BODY_CHARACTERS:
            bodies.append("")
        bodies[-1] += paragraph if bodies[-1] else paragraph.lstrip()
    units = [[block] for block in sources(numbering)]
    units += [[kit.context(part)] for part in split(" ".join(summary_words.notes(summary)), kit.CONTEXT_CHARACTERS)]
    return packed(heading, bodies, units)


def _drawn(line: Line, numbering: Numbering) -> str:
    lead = kit.statement(shortened(line.lead, LEAD_CHARACTERS), (), bold=True)
    text = kit.statement(shortened(line.text, LINE_CHARACTERS), numbering.marks(line.citations), bold=False)
    return f"- {' '.join(part for part in (line.sign, lead, text) if part)}"
