"""Spans of time as people write them, in a terminal and in Slack."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.errors import WrongUse
from bot.news.since import begin_said

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def begin(said: str, now: datetime) -> datetime | None:
    """When "7d", a date, "yesterday" or "last Monday" was, UTC-aware; None where it is no time."""
    try:
        return since(said, now)
    except WrongUse:
        return begin_said(said, now)


def since(said: str, now: datetime) -> datetime:
    """When "7d", "12h", "2w", a date or a time was, UTC-aware. Raises WrongUse."""
    found = re.fullmatch(r"(\d{1,4})([hdw])", said.strip())
    try:
        if found:
            return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
        when = datetime.fromisoformat(said.strip())
    except (ValueError, OverflowError) as error:
        raise WrongUse(f"since {said}: give a date (2026-05-20), a time, or how long ago (12h, 7d, 2w)") from error
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
