"""The model's part in a digest: what the new articles report, in one call."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from bot.errors import WrongUse
from bot.llm import shown
from bot.llm.client import ModelClient
from bot.llm.kept import Asked, Kept
from bot.llm.prompts import Prompt, Prompts, shipped
from bot.llm.reader import Checkpoint, ModelReader, _today
from bot.llm.replies import Shape, StatementReply, _Shape
from bot.news.cite import Sheet
from bot.news.digest import DraftDigest
from bot.news.model import Usage

HAPPENED = 8  # lines that two minutes of reading hold
LONE = 4
_NAME = "digest"
_NOTHING = "(none)"
Lines = Annotated[list[StatementReply], BeforeValidator(lambda value: [] if value is None else value)]


class DigestReply(_Shape):
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
    """A reader that also sums up, by the same calls: kept, replayed, repaired and noted as all others.

    With a checkpoint that several share, equal requests are paid for once.
    """

    def __init__(
        self,
        client: ModelClient | None,
        prompts: Prompts,
        digest: Prompt,
        *,
        kept: Sequence[Kept] = (),
        checkpoint: Checkpoint | None = None,
        today: Callable[[], date] = _today,
    ) -> None:
        super().__init__(client, prompts, kept=kept, checkpoint=checkpoint, today=today)
        self._digest = digest

    async def summarise(self, sheet: Sheet, told: Sequence[str]) -> DraftDigest:
        """What the sheet's articles report. Raises ReaderUnavailable, ReaderRefused, ReplyUnusable."""
        messages = self._digest.messages(
            coverage=shown.coverage(sheet),
            told="\n".join(f"- {shown.quoted(question)}" for question in told) or _NOTHING,
            happened=str(HAPPENED),
            lone=str(LONE),
        )
        looks = hashlib.sha256("\n".join([shown.digest(sheet), *told]).encode()).hexdigest()
        about = f"{_NAME} of {len(sheet.sources)} articles"
        asked = Asked(DIGEST.name, about, messages, DIGEST.schema, self._digest.digest, looks)
        try:
            reply, usage, _ = await self._ask(DIGEST, asked)
        finally:
            self._repaired.discard(about)
        return reply.draft(usage)


def load_digest(folder: Path | None = None) -> Prompt:
    """The prompt from a folder, else from where the bot is installed. Raises WrongUse."""
    path = (folder or shipped()) / f"{_NAME}.md"
    try:
        return Prompt.parse(_NAME, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"The prompt {path} cannot be read.") from error
