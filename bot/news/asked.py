"""A question as a person asked it, what became of it, and what stands under its answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.news.model import Citation, Comparison


class Fate(StrEnum):
    """What became of a question. `edited`: its asker changed it, and it is asked anew; `stopped`: a person pressed
    Stop; `withdrawn`: its asker deleted it."""

    ASKED = "asked"
    EDITED = "edited"
    ANSWERED = "answered"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's question. `key` names it and its answer for good; `ts` is its own time stamp, `thread` that of the
    thread it is answered in; both are empty for a question put by a command."""

    key: str
    channel: str
    thread: str
    ts: str
    person: str
    fate: Fate = Fate.ASKED


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer showed: its comparison, and every sentence that it cited, in the order of showing."""

    asked: Asked
    comparison: Comparison
    cited: tuple[Citation, ...]
