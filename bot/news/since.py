"""The span of publication that a question asks about: "since Monday", "in the last three days", "what's new?".

Only what plainly limits the coverage counts. "Since the ban was lifted" and "today" in "do they have access today?"
are about the story, not about when it was reported.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

NEW_DAYS = 7  # how far back "what's new?" looks
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "few": 3}
_UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}

_NEW = re.compile(
    r"(?:so |and |is there |do you have )?(?:what(?:['’]?s| is| has been) (?:new|changed|the latest)|"
    r"any(?:thing)? (?:new|news)|(?:the )?latest(?: news)?|any updates?|what did i miss)"
)
_LAST = re.compile(
    r"\b(?:in|over|within|during|from) the (?:last|past) (?:(\d{1,3}|[a-z]+) )?(hour|day|week|month)s?\b"
)
_WHEN = re.compile(
    r"\b(?:what(?:['’]?s| has| was| is)? (?:happened|new|changed|reported|published)|any(?:thing)? (?:new|news)) "
    r"(today|yesterday|this week)\b"
)
_SINCE = re.compile(r"\bsince (?:last |the )?([\w-]+)(?: ([\w]+))?(?: (\d{4}))?", re.ASCII)


def asked_since(question: str, now: datetime) -> datetime | None:
    """When the coverage that a question asks about begins, UTC-aware; None where it does not limit it.

    Days are those of `now`'s zone and begin at midnight.
    """
    said = " ".join(question.casefold().replace(",", " ").split()).strip(" ?!.")
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if found := _LAST.search(said):
        count = _count(found[1])
        return None if count is None else (now - count * _UNITS[found[2]]).astimezone(UTC)
    if found := _WHEN.search(said):
        back = {"today": 0, "yesterday": 1, "this week": today.weekday()}[found[1]]
        return (today - timedelta(days=back)).astimezone(UTC)
    for found in _SINCE.finditer(said):
        if (begin := _since(found, today)) is not None:
            return begin.astimezone(UTC)
    return (today - timedelta(days=NEW_DAYS)).astimezone(UTC) if _NEW.fullmatch(said) else None


def _count(said: str | None) -> int | None:
    if said is None:
        return 1
    return int(said) if said.isdigit() else _NUMBERS.get(said)


def _since(found: re.Match[str], today: datetime) -> datetime | None:
    """The latest such day that is not after today."""
    first, second, year = found[1], found[2] or "", found[3]
    if first in ("today", "yesterday"):
        return today - timedelta(days=first == "yesterday")
    if first == "week" or (first == "this" and second == "week"):
        return today - timedelta(days=7 if first == "week" else today.weekday())
    if first == "this" and second == "morning":
        return today
    for number, name in enumerate(_DAYS):
        if first in (name, name[:3]):
            back = (today.weekday() - number) % 7
            return today - timedelta(days=back or 7 * ("last " + first in found[0]))
    try:
        return _dated(first, second, year, today)
    except ValueError:
        return None


def _dated(first: str, second: str, year: str | None, today: datetime) -> datetime | None:
    """ "2026-05-20", "20 May", "May 20 2026", "May". Raises ValueError for a day that no month has."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", first):
        day = datetime.fromisoformat(first)
        return today.replace(year=day.year, month=day.month, day=day.day)
    first, second = (re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", word) for word in (first, second))
    if first.isdigit() and second != "":
        first, second = second, first
    if not _is_month(first):
        return None
    number = 1 + _MONTHS.index(first[:3])
    day_of_month = int(second) if second.isdigit() and len(second) < 3 else 1
    found = today.replace(year=int(year) if year else today.year, month=number, day=day_of_month)
    return found.replace(year=found.year - 1) if found > today and not year else found


def _is_month(word: str) -> bool:
    full = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october")
    return word in (*full, "november", "december") or (word in _MONTHS) or word == "sept"
