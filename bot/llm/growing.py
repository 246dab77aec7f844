"""A reply to a question while it is being written: drafts of whole items, parsed only when an item closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

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
        self._draft = Draft()

    def __call__(self, piece: str) -> None:
        self._text += piece
        if "}" not in piece:
            return
        try:
            # With the list and the reply closed after it, this is JSON only where the brace closed an item:
            # not within a text, nor at the reply's own end, which is checked as a whole elsewhere.
            more = _SoFar.model_validate(self._without_known(from_json(body(self._text) + "]}")))
        except (ValidationError, ValueError):
            return
        known = self._draft
        self._draft = Draft(
            readings=(*known.readings, *(r.draft() for r in more.readings)),
            positions=(*known.positions, *(p.draft() for p in more.positions)),
            could_all_be_true=one_line(more.could_all_be_true or ""),
            relation=more.relation,
            statements=(*known.statements, *(s.draft() for s in more.statements)),
        )
        self._tell(self._draft)

    def _without_known(self, reply: Any) -> Any:
        """Without the items that the last draft holds: what has closed changes no more, and to check it takes time."""
        for name in ("readings", "positions", "statements"):
            if isinstance(reply.get(name), list):
                del reply[name][: len(getattr(self._draft, name))]
        return reply
