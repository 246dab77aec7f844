"""The model's part in the ledger: which questions a new article answers otherwise than the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

from bot.llm import shown
from bot.llm.reader import ModelReader, asked_for
from bot.llm.replies import Keys, ReplyShape, Shape, Text, word
from bot.news.cite import Sheet
from bot.news.ledger.proposing import CANDIDATES, Conflict, DraftCandidate, DraftTouch, Known, Proposals
from bot.news.model import Kind, Usage

_NAME = "propose"
_NO_OTHERS = "(none)"
_CONFLICTS = {conflict.value for conflict in Conflict}
_KINDS = {kind.value for kind in Kind}


def _kind(value: Any) -> Any:
    return value if word(value) in _KINDS else Kind.OTHER


def _conflict(value: Any) -> Any:
    """An unknown rank is the lowest: it is compared if there is room."""
    return value if word(value) in _CONFLICTS else Conflict.LOOSE


class TouchReply(ReplyShape):
    label: str
    keys: Keys


class CandidateReply(ReplyShape):
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


class ProposeReply(ReplyShape):
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

    async def propose(self, sheet: Sheet, known: Sequence[Known]) -> Proposals:
        """Which questions the first source of the sheet raises. Raises ReaderUnavailable, ReaderRefused,
        ReplyUnusable."""
        new, others = Sheet(sheet.sources[:1]), Sheet(sheet.sources[1:])
        messages = self.prompts.propose.messages(
            article=shown.coverage(new),
            coverage=shown.coverage(others) or _NO_OTHERS,
            known="\n".join(map(_standing, known)) or _NO_OTHERS,
            limit=str(CANDIDATES),
        )
        about = f"{_NAME} {new.sources[0].article.title}"
        asked = asked_for(PROPOSE, about, messages, self.prompts.propose, shown.digest(sheet))
        reply, usage, _ = await self.ask_alone(PROPOSE, asked)
        return reply.draft(usage)


def _standing(known: Known) -> str:
    """A known question and its sides: `#1 "QUESTION"`, then a line a side with the keys shown of it."""
    sides = [f"- {shown.quoted(claim)} [{', '.join(keys) or 'not shown'}]" for claim, keys in known.sides]
    return "\n".join([f"{known.label} {shown.quoted(known.question)}", *sides])
