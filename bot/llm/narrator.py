"""The model's part in a summary."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import BeforeValidator

from bot.llm import shown
from bot.llm.reader import ModelReader, asked_for
from bot.llm.replies import ReplyShape, Shape, StatementReply
from bot.news.cite import Sheet
from bot.news.model import Usage
from bot.news.summary import DraftSummary, Length

NAME = "summary"
_ALL = "the whole story"
_NOTHING = "(none)"
_COVERAGES_OWN = "the language of the coverage; where that differs, in that of most of it"
# Lines a list: happened, agreed, lone, unknown. A short summary fits a laptop's screen.
_LINES = {Length.SHORT: (6, 3, 3, 2), Length.FULL: (16, 8, 8, 6)}
Lines = Annotated[list[StatementReply], BeforeValidator(lambda value: [] if value is None else value)]


class SummaryReply(ReplyShape):
    happened: Lines
    agreed: Lines
    lone: Lines
    unknown: Lines

    def draft(self, usage: Usage) -> DraftSummary:
        happened, agreed, lone, unknown = (
            tuple(line.draft() for line in lines) for lines in (self.happened, self.agreed, self.lone, self.unknown)
        )
        return DraftSummary(happened, agreed, lone, unknown, usage)


SUMMARY = Shape(NAME, SummaryReply)


class ModelNarrator(ModelReader):
    """A reader that also sums up, by the same calls: kept, replayed, repaired and noted as all others."""

    async def narrate(self, sheet: Sheet, about: str, length: Length, disputed: Sequence[str]) -> DraftSummary:
        """Raises ReaderUnavailable, ReaderRefused, ReplyUnusable."""
        happened, agreed, lone, unknown = map(str, _LINES[length])
        questions = "\n".join(f"- {shown.quoted(question)}" for question in disputed) or _NOTHING
        messages = self.prompts.summary.messages(
            about=shown.quoted(about) if about else _ALL,
            coverage=shown.coverage(sheet),
            count=str(len(sheet.sources)),
            disputed=questions,
            happened=happened,
            agreed=agreed,
            lone=lone,
            unknown=unknown,
            language=self.language or _COVERAGES_OWN,
        )
        looks = hashlib.sha256("\n".join([shown.digest(sheet), questions]).encode()).hexdigest()
        first = sheet.sources[0]  # tells the parts of one summary apart: each has a repair of its own
        question = f"{NAME}, {length}, from {first.key(first.sentences[0])}: {about or _ALL}"
        asked = asked_for(SUMMARY, question, messages, self.prompts.summary, looks)
        reply, usage, replayed = await self.ask_alone(SUMMARY, asked)
        return replace(reply.draft(usage), replayed=replayed)
