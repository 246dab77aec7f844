"""When a digest is due: a pure function of a subscription, of what was delivered last, and of now.

A digest belongs to a channel and a local date, never to an instant or an offset: 02:30 comes twice on one night of the
year and never on another. Its window runs from the last delivered digest's due time to its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import WrongUse
from bot.news.digest.subscription import Delivered, Subscription

LATE = timedelta(hours=1)  # by which any digest may be late, so that one of a minute to midnight is not always missed

_DAY = timedelta(days=1)
_LOOK_BACK_DAYS = 21  # a weekly digest whose day a zone once left out is two weeks back
_LONGEST_SPAN_DAYS = 400  # missed digests are counted no further


@dataclass(frozen=True, slots=True)
class Due:
    """A digest to deliver now. `since` and `until` are UTC-aware; `until` is when it was due, `since` is in the window
    and `until` is not. `missed`: how many due digests it makes up for."""

    channel: str
    on: date
    since: datetime
    until: datetime
    missed: int = 0


def due(subscription: Subscription, delivered: Delivered | None, now: datetime) -> Due | None:
    """The digest that is due now, or late on its own local date or by less than LATE; None where there is none.

    One that was missed for longer is not due any more: the next one covers its window. Raises UnknownZone.
    """
    zone = zone_of(subscription.zone)
    found = _latest(subscription, zone, now)
    if found is None:
        return None
    on, until = found
    since = _covered(subscription, zone, delivered)
    if until <= since or (delivered is not None and on <= delivered.on):
        return None
    return Due(subscription.channel, on, since, until, _missed(subscription, zone, since, until))


def next_due(subscription: Subscription, delivered: Delivered | None, now: datetime) -> datetime:
    """When the next digest is due after now, UTC-aware. Raises UnknownZone."""
    zone = zone_of(subscription.zone)
    day = now.astimezone(zone).date() - _DAY
    while True:
        instant = _instant(day, subscription.at, zone)
        told = delivered is not None and day <= delivered.on
        if instant > now and _counts(subscription, day, zone) and not told:
            return instant
        day += _DAY


def window(subscription: Subscription, delivered: Delivered | None, now: datetime) -> tuple[datetime, datetime]:
    """What a digest would cover if it came now: since the last one, else since one would last have been due."""
    zone = zone_of(subscription.zone)
    return min(_covered(subscription, zone, delivered), now), now


def zone_of(name: str) -> ZoneInfo:
    """Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder of zones
        raise UnknownZone(f"no time zone is called {name!r}") from error


class UnknownZone(WrongUse):
    pass


def _latest(subscription: Subscription, zone: ZoneInfo, now: datetime) -> tuple[date, datetime] | None:
    """The last due date and time that lies not after now and can still go out.

    A time that a clock change leaves out comes as much later as the clock moves, which may be past midnight.
    """
    today = now.astimezone(zone).date()
    for day in (today, today - _DAY):
        instant = _instant(day, subscription.at, zone)
        in_time = instant.astimezone(zone).date() == today or now - instant < LATE
        if instant <= now and in_time and _counts(subscription, day, zone):
            return day, instant
    return None


def _covered(subscription: Subscription, zone: ZoneInfo, delivered: Delivered | None) -> datetime:
    """Up to when everything has been told, or was not asked for: a due time at or before it began, or later."""
    if delivered is not None and subscription.began <= delivered.until:
        return delivered.until
    day = subscription.began.astimezone(zone).date() + _DAY
    before = _instant(day, subscription.at, zone)
    for _ in range(_LOOK_BACK_DAYS):
        if before <= subscription.began and _counts(subscription, day, zone):
            break
        day -= _DAY
        before = _instant(day, subscription.at, zone)
    return max(before, delivered.until) if delivered is not None else before


def _missed(subscription: Subscription, zone: ZoneInfo, since: datetime, until: datetime) -> int:
    begin = max(since, until - timedelta(days=_LONGEST_SPAN_DAYS)).astimezone(zone).date() - _DAY
    days = (begin + n * _DAY for n in range((until.astimezone(zone).date() - begin).days + 1))
    return sum(
        max(since, subscription.began) < _instant(day, subscription.at, zone) < until
        for day in days
        if _counts(subscription, day, zone)
    )


def _counts(subscription: Subscription, day: date, zone: ZoneInfo) -> bool:
    """Whether a digest is wanted on this date, and the date is one in its zone: Samoa had no 30 December 2011."""
    return day.weekday() in subscription.days and _instant(day, time(), zone) < _instant(day + _DAY, time(), zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first time at which clocks there show it."""
    return datetime.combine(day, at, zone).astimezone(UTC)
