"""The model's part in a digest: what the new articles report, in one call."""

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
from bot.news.digest.digest import DraftDigest
from bot.news.model import Usage

HAPPENED = 8  # lines that two minutes of reading hold
LONE = 4
_NAME = "digest"
_NOTHING = "(none)"
Lines = Annotated[list[StatementReply], BeforeValidator(lambda value: [] if value is None else value)]


class DigestReply(ReplyShape):
    happened: Lines
    lone: Lines

    def draft(self, usage: Usage) -> DraftDigest:
        return DraftDigest(
            tuple(line.draft() for line in self.happened[:HAPPENED]),
            tuple(line.draft() for line in self.lone[:LONE]),
            usage,
        )


DIGEST = Shape(_NAME, DigestReply)


class ModelSummariser(ModelReader):
    """A reader that also sums up what is new, by the same calls: kept, replayed, repaired and noted as all others.

    With a checkpoint that several share, equal requests are paid for once.
    """

    async def summarise(self, sheet: Sheet, told: Sequence[str]) -> DraftDigest:
        """What the sheet's articles report. Raises ReaderUnavailable, ReaderRefused, ReplyUnusable."""
        messages = self.prompts.digest.messages(
            coverage=shown.coverage(sheet),
            told="\n".join(f"- {shown.quoted(question)}" for question in told) or _NOTHING,
            happened=str(HAPPENED),
            lone=str(LONE),
        )
        looks = hashlib.sha256("\n".join([shown.digest(sheet), *told]).encode()).hexdigest()
        about = f"{_NAME} of {len(sheet.sources)} articles"
        asked = asked_for(DIGEST, about, messages, self.prompts.digest, looks)
        reply, usage, replayed = await self.ask_alone(DIGEST, asked)
        return replace(reply.draft(usage), replayed=replayed)
