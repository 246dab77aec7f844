"""A reply to a question while it is being written: drafts of whole items, parsed only when an item closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import from_json

from bot.llm.replies import PositionReply, ReadingReply, StatementReply, body, word
from bot.llm.shown import one_line
from bot.news.model import Draft, Relation


class _SoFar(BaseModel):
    """The beginning of an answer's reply. `kind` waits for the whole."""

    readings: list[ReadingReply] = []
    positions: list[PositionReply] = []
    could_all_be_true: str | None = None
    relation: Annotated[Relation | None, BeforeValidator(word)] = None
    statements: list[StatementReply] = []


class GrowingDraft:
    """Hears the pieces of a reply and passes on a longer draft whenever an item of a list has closed."""

    def __init__(self, tell: Callable[[Draft], None]) -> None:
        self._tell = tell
        self._text = ""

    def __call__(self, piece: str) -> None:
        self._text += piece
        if "}" not in piece:
            return
        try:
            # With the list and the reply closed after it, this is JSON only where the brace closed an item:
            # not within a text, nor at the reply's own end, which is checked as a whole elsewhere.
            so_far = _SoFar.model_validate(from_json(body(self._text) + "]}"))
        except (ValidationError, ValueError):
            return
        self._tell(
            Draft(
                readings=tuple(r.draft() for r in so_far.readings),
                positions=tuple(p.draft() for p in so_far.positions),
                could_all_be_true=one_line(so_far.could_all_be_true or ""),
                relation=so_far.relation,
                statements=tuple(s.draft() for s in so_far.statements),
            )
        )
