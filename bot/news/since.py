"""The span of publication that a question asks about: "since Monday", "in the last three days", "what's new?".

Only what plainly limits the coverage counts. "Since the ban was lifted" and "today" in "do they have access today?"
are about the story, not about when it was reported.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.news.catalogue import heard
from bot.news.catalogue.en import Messages, Times
from bot.news.languages import language

NEW_DAYS = 7  # how far back "what's new?" looks


def asked_since(question: str, now: datetime) -> datetime | None:
    """When the coverage that a question asks about begins, UTC-aware; None where it does not limit it.

    Days are those of `now`'s zone and begin at midnight.
    """
    said = " ".join(question.casefold().replace(",", " ").split()).strip(" ?!.")
    for told in heard(language(question)):
        if (begin := _begin(said, told, now)) is not None:
            return begin.astimezone(UTC)
    return None


def begin_said(said: str, now: datetime) -> datetime | None:
    """When "last Monday" or "yesterday" was, as after "since"; None where it is no time."""
    for told in heard():
        if (begin := asked_since(f"{told.times.since} {said}", now)) is not None:
            return begin
    return None


def _begin(said: str, told: Messages, now: datetime) -> datetime | None:
    times = told.times
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if found := re.search(times.lasting, said):
        count = _count(found["count"], times)
        return None if count is None else now - timedelta(hours=count * times.hours[found["unit"]])
    if found := re.search(times.happening, said):
        return _day(found["day"], times, today)
    for found in re.finditer(times.begun, said):
        if (begin := _since(found, told, today)) is not None:
            return begin
    return today - timedelta(days=NEW_DAYS) if re.fullmatch(times.new, said) else None


def _count(said: str | None, times: Times) -> int | None:
    if said is None:
        return 1
    return int(said) if said.isdigit() else times.numbers.get(said)


def _day(said: str, times: Times, today: datetime) -> datetime | None:
    back = {times.today: 0, times.yesterday: 1, times.this_week: today.weekday(), times.last_week: 7}
    return next((today - timedelta(days=days) for names, days in back.items() if said in names), None)


def _since(found: re.Match[str], told: Messages, today: datetime) -> datetime | None:
    """The latest such day that is not after today."""
    first, second, year = found["first"], found["second"] or "", found["year"]
    for said in (f"{first} {second}", first):
        if (day := _day(said, told.times, today)) is not None:
            return day
    for number, names in enumerate(zip(map(str.casefold, told.weekdays), told.times.short_weekdays, strict=True)):
        if first in names:
            back = (today.weekday() - number) % 7
            return today - timedelta(days=back or 7 * (found["last"] is not None))
    try:
        return _dated(first, second, year, told, today)
    except ValueError:
        return None


def _dated(first: str, second: str, year: str | None, told: Messages, today: datetime) -> datetime | None:
    """ "2026-05-20", "20 May", "May 20 2026", "May", "20.5.2026". Raises ValueError for a day that no month has."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", first):
        day = datetime.fromisoformat(first)
        return today.replace(year=day.year, month=day.month, day=day.day)
    number: int | None
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.?(\d{4})?", first):
        second, number, year = found[1], int(found[2]), found[3]
    else:
        first, second = (re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", word) for word in (first, second))
        if first.isdigit() and second != "":
            first, second = second, first
        number = _month(first, told)
    if number is None:
        return None
    day_of_month = int(second) if second.isdigit() and len(second) < 3 else 1
    dated = today.replace(year=int(year) if year else today.year, month=number, day=day_of_month)
    return dated.replace(year=dated.year - 1) if dated > today and not year else dated


def _month(said: str, told: Messages) -> int | None:
    """From January, 1; None where it is none."""
    names = [name.casefold() for name in told.months]
    known = {name[:3]: number for number, name in enumerate(names, 1)}
    known |= {name: number for number, name in enumerate(names, 1)}
    known |= {short: known[short[:3]] for short in told.times.short_months}
    return known.get(said)
