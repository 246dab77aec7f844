"""What a look at one part of the bot found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at; `said`: how it is, and where it is not well, what to do."""

    what: str
    well: bool
    said: str


def ok(what: str, said: str) -> Finding:
    return Finding(what, True, said)


def trouble(what: str, said: str) -> Finding:
    return Finding(what, False, said)
