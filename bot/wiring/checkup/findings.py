"""What a look at one part of the bot found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

SKEW_S = 60  # Slack refuses and sends requests whose time is five minutes off; a lease is as long as this


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


def agreement(what: str, ahead: timedelta, whose: str) -> Finding:
    """Of two clocks: this machine's, and one that it is `ahead` of."""
    skew_s = ahead.total_seconds()
    if abs(skew_s) <= SKEW_S:
        return ok(what, f"agrees with {whose}")
    return trouble(
        what, f"{abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} {whose}; set it, or have NTP do so"
    )
