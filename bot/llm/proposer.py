"""The model's part in the ledger: which questions a new article answers otherwise than the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from bot.errors import WrongUse
from bot.llm import shown
from bot.llm.client import ModelClient
from bot.llm.kept import Asked, Kept
from bot.llm.prompts import Prompt, Prompts, shipped
from bot.llm.reader import Checkpoint, ModelReader, _today
from bot.llm.replies import Keys, Shape, Text, _Shape, word
from bot.news.cite import Sheet
from bot.news.model import Kind, Usage
from bot.news.proposing import CANDIDATES, Conflict, DraftCandidate, DraftTouch, Known, Proposals

_NAME = "propose"
_NO_OTHERS = "(none)"
_CONFLICTS = {conflict.value for conflict in Conflict}
_KINDS = {kind.value for kind in Kind}


def _kind(value: Any) -> Any:
    return value if word(value) in _KINDS else Kind.OTHER


def _conflict(value: Any) -> Any:
    """An unknown rank is the lowest: it is compared if there is room."""
    return value if word(value) in _CONFLICTS else Conflict.LOOSE


class TouchReply(_Shape):
    label: str
    keys: Keys


class CandidateReply(_Shape):
    """In the order in which the model is to think: the sentences, what clashes in them, the question, its rank."""

    here: Keys
    there: Keys
    clash: Text
    question: str
    kind: Annotated[Kind, BeforeValidator(word), BeforeValidator(_kind)]
    conflict: Annotated[Conflict, BeforeValidator(word), BeforeValidator(_conflict)]

    def draft(self) -> DraftCandidate:
        question = shown.one_line(self.question)
        return DraftCandidate(question, self.kind, self.conflict, tuple(self.here), tuple(self.there))


class ProposeReply(_Shape):
    known: list[TouchReply]
    candidates: list[CandidateReply]

    def draft(self, usage: Usage) -> Proposals:
        return Proposals(
            tuple(c.draft() for c in self.candidates),
            tuple(DraftTouch(touch.label, tuple(touch.keys)) for touch in self.known),
            usage,
        )


PROPOSE = Shape(_NAME, ProposeReply)


class ModelProposer(ModelReader):
    """A reader that also proposes, by the same calls: kept, replayed, repaired and noted as all others."""

    def __init__(
        self,
        client: ModelClient | None,
        prompts: Prompts,
        propose: Prompt,
        *,
        kept: Sequence[Kept] = (),
        checkpoint: Checkpoint | None = None,
        today: Callable[[], date] = _today,
    ) -> None:
        super().__init__(client, prompts, kept=kept, checkpoint=checkpoint, today=today)
        self._propose = propose

    async def propose(self, sheet: Sheet, known: Sequence[Known]) -> Proposals:
        """Which questions the first source of the sheet raises. Raises ReaderUnavailable, ReaderRefused,
        ReplyUnusable."""
        new, others = Sheet(sheet.sources[:1]), Sheet(sheet.sources[1:])
        messages = self._propose.messages(
            article=shown.coverage(new),
            coverage=shown.coverage(others) or _NO_OTHERS,
            known="\n".join(map(_standing, known)) or _NO_OTHERS,
            limit=str(CANDIDATES),
        )
        about = f"{_NAME} {new.sources[0].article.title}"
        asked = Asked(PROPOSE.name, about, messages, PROPOSE.schema, self._propose.digest, shown.digest(sheet))
        try:
            reply, usage, _ = await self._ask(PROPOSE, asked)
        finally:
            self._repaired.discard(about)
        return reply.draft(usage)


def load_propose(folder: Path | None = None) -> Prompt:
    """The prompt from a folder, else from where the bot is installed. Raises WrongUse."""
    path = (folder or shipped()) / f"{_NAME}.md"
    try:
        return Prompt.parse(_NAME, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"The prompt {path} cannot be read.") from error


def _standing(known: Known) -> str:
    """A known question and its sides: `#1 "QUESTION"`, then a line a side with the keys shown of it."""
    sides = [f"- {shown.quoted(claim)} [{', '.join(keys) or 'not shown'}]" for claim, keys in known.sides]
    return "\n".join([f"{known.label} {shown.quoted(known.question)}", *sides])
