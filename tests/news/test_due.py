"""When a digest is due: local dates, clock changes, zones that change, catching up. Property: windows meet."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.news.digest.due import Due, UnknownZone, due, next_due, window
from bot.news.digest.subscription import EVERY_DAY, WEEKDAYS, Delivered, Subscription, Wish

MAY = datetime(2026, 5, 20, 15, 0, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def daily(
    at: str = "09:00", zone: str = "Europe/London", days: frozenset[int] = EVERY_DAY, began: datetime = MAY
) -> Subscription:
    return Subscription("C1", "U1", Wish(at=time.fromisoformat(at), days=days, zone=zone), began)


def london(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return local("Europe/London", year, month, day, hour, minute)


def local(zone: str, year: int, month: int, day: int, hour: int = 0, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def lived_through(
    subscription: Subscription, begin: datetime, end: datetime, step: timedelta = timedelta(minutes=10)
) -> list[Due]:
    """What is delivered where somebody looks every `step`."""
    told, delivered, now = [], None, begin
    while now < end:
        found = due(subscription, delivered, now)
        if found is not None:
            told.append(found)
            delivered = Delivered(found.on, found.until)
        now += step
    return told


def test_given_a_subscription_when_its_time_comes_then_it_is_due_once_from_then_on() -> None:
    subscription = daily()

    before = due(subscription, None, london(2026, 5, 21, 8, 59))
    found = due(subscription, None, london(2026, 5, 21, 9))
    assert found is not None
    again = due(subscription, Delivered(found.on, found.until), london(2026, 5, 21, 9, 1))

    assert (before, again) == (None, None)
    assert found == Due("C1", date(2026, 5, 21), london(2026, 5, 20, 9), london(2026, 5, 21, 9))


def test_given_a_time_that_is_over_today_when_subscribed_then_the_first_comes_tomorrow() -> None:
    assert due(daily(), None, MAY + HOUR) is None
    assert next_due(daily(), None, MAY) == london(2026, 5, 21, 9)


def test_given_weekdays_when_monday_comes_then_it_covers_the_weekend_and_nothing_was_missed() -> None:
    delivered = Delivered(date(2026, 5, 22), london(2026, 5, 22, 9))

    saturday = due(daily(days=WEEKDAYS), delivered, london(2026, 5, 23, 12))
    monday = due(daily(days=WEEKDAYS), delivered, london(2026, 5, 25, 9))

    assert saturday is None
    assert monday == Due("C1", date(2026, 5, 25), london(2026, 5, 22, 9), london(2026, 5, 25, 9))


def test_given_an_outage_of_hours_when_it_ends_the_same_day_then_the_digest_is_late() -> None:
    delivered = Delivered(date(2026, 5, 20), london(2026, 5, 20, 9))

    found = due(daily(), delivered, london(2026, 5, 21, 23, 59))

    assert found == Due("C1", date(2026, 5, 21), london(2026, 5, 20, 9), london(2026, 5, 21, 9))


def test_given_an_outage_of_days_when_it_ends_then_one_digest_covers_them_all_and_counts_them() -> None:
    delivered = Delivered(date(2026, 5, 20), london(2026, 5, 20, 9))

    early = due(daily(), delivered, london(2026, 5, 24, 8))
    found = due(daily(), delivered, london(2026, 5, 24, 9))

    assert early is None
    assert found == Due("C1", date(2026, 5, 24), london(2026, 5, 20, 9), london(2026, 5, 24, 9), missed=3)


def test_given_an_outage_since_before_the_first_digest_when_it_ends_then_nothing_since_then_is_lost() -> None:
    found = due(daily(), None, london(2026, 5, 23, 10))

    assert found == Due("C1", date(2026, 5, 23), london(2026, 5, 20, 9), london(2026, 5, 23, 9), missed=2)


def test_given_a_time_that_comes_twice_when_the_clocks_go_back_then_it_is_due_the_first_time_alone() -> None:
    berlin = daily("02:30", "Europe/Berlin", began=local("Europe/Berlin", 2026, 10, 20))

    told = lived_through(berlin, local("Europe/Berlin", 2026, 10, 24), local("Europe/Berlin", 2026, 10, 27))

    assert [d.on.day for d in told] == [24, 25, 26]
    assert told[1].until == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_given_a_time_that_never_comes_when_the_clocks_go_forward_then_it_is_due_as_much_later() -> None:
    berlin = daily("02:30", "Europe/Berlin", began=local("Europe/Berlin", 2026, 3, 20))

    told = lived_through(berlin, local("Europe/Berlin", 2026, 3, 28), local("Europe/Berlin", 2026, 3, 31))

    assert [d.on.day for d in told] == [28, 29, 30]
    assert told[1].until == local("Europe/Berlin", 2026, 3, 29, 3, 30)


def test_given_a_time_left_out_up_to_past_midnight_when_that_comes_then_it_is_due_for_the_date_it_was_of() -> None:
    # In 2024 Greenland's clocks went from 23:00 on 30 March to midnight.
    nuuk = daily("23:30", "America/Nuuk", began=local("America/Nuuk", 2024, 3, 25))

    told = lived_through(nuuk, local("America/Nuuk", 2024, 3, 29, 12), local("America/Nuuk", 2024, 4, 1, 12))

    assert [d.on.day for d in told] == [29, 30, 31]
    assert told[1].until == local("America/Nuuk", 2024, 3, 31, 0, 30)


def test_given_a_minute_to_midnight_when_it_takes_longer_than_that_then_it_is_late_and_not_missed() -> None:
    nightly = daily("23:59")

    late = due(nightly, None, london(2026, 5, 21, 0, 30))
    missed = due(nightly, None, london(2026, 5, 21, 1))

    assert late == Due("C1", date(2026, 5, 20), london(2026, 5, 19, 23, 59), london(2026, 5, 20, 23, 59))
    assert missed is None


def test_given_a_date_that_a_zone_left_out_when_it_would_come_then_there_is_no_digest_for_it() -> None:
    samoa = daily("09:00", "Pacific/Apia", began=local("Pacific/Apia", 2011, 12, 26))

    told = lived_through(samoa, local("Pacific/Apia", 2011, 12, 28), local("Pacific/Apia", 2012, 1, 2))

    assert [d.on.isoformat() for d in told] == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]
    assert [d.missed for d in told[1:]] == [0, 0, 0]


def test_given_the_weekday_that_a_zone_left_out_when_the_next_comes_then_the_window_goes_on() -> None:
    samoa = daily("09:00", "Pacific/Apia", frozenset({4}), began=local("Pacific/Apia", 2011, 12, 20))

    told = lived_through(samoa, local("Pacific/Apia", 2011, 12, 22), local("Pacific/Apia", 2012, 1, 8), HOUR)

    assert [d.on.isoformat() for d in told] == ["2011-12-23", "2012-01-06"]
    assert told[1].since == told[0].until


def test_given_a_leap_year_when_29_february_comes_then_it_has_its_digest() -> None:
    told = lived_through(daily(began=london(2028, 2, 1)), london(2028, 2, 28), london(2028, 3, 2))

    assert [d.on.isoformat() for d in told] == ["2028-02-28", "2028-02-29", "2028-03-01"]


def test_given_a_person_who_moves_west_when_the_date_comes_again_then_it_has_no_second_digest() -> None:
    auckland = daily(zone="Pacific/Auckland", began=MAY)
    (last, *_) = lived_through(auckland, MAY, MAY + DAY)
    honolulu = replace(auckland, wish=replace(auckland.wish, zone="Pacific/Honolulu"))

    told = [last]
    for hours in range(72):
        found = due(honolulu, Delivered(told[-1].on, told[-1].until), last.until + hours * HOUR)
        told += [found] if found else []

    dates = [d.on for d in told]
    assert len(dates) == len(set(dates)) == 3
    assert all(later.since == earlier.until for earlier, later in pairwise(told))


def test_given_a_wish_for_a_later_time_when_today_was_delivered_then_the_next_is_tomorrow() -> None:
    delivered = Delivered(date(2026, 5, 21), london(2026, 5, 21, 9))
    evening = daily("18:00")

    assert due(evening, delivered, london(2026, 5, 21, 18)) is None
    assert next_due(evening, delivered, london(2026, 5, 21, 12)) == london(2026, 5, 22, 18)


def test_given_digests_switched_off_for_a_month_when_on_again_then_the_month_is_not_told() -> None:
    delivered = Delivered(date(2026, 4, 20), london(2026, 4, 20, 9))

    found = due(daily(), delivered, london(2026, 5, 21, 9))

    assert found is not None
    assert (found.since, found.missed) == (london(2026, 5, 20, 9), 0)


def test_given_digests_off_and_on_within_a_day_when_the_next_comes_then_nothing_is_told_twice() -> None:
    delivered = Delivered(date(2026, 5, 20), london(2026, 5, 20, 14))  # it was due at two then

    found = due(daily(), delivered, london(2026, 5, 21, 9))

    assert found is not None
    assert found.since == delivered.until


def test_given_a_clock_that_is_set_back_when_looked_at_then_nothing_is_due() -> None:
    delivered = Delivered(date(2026, 5, 25), london(2026, 5, 25, 9))

    assert due(daily(), delivered, london(2026, 5, 22, 10)) is None


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd", "Europe", "Europe/London\0"])
def test_given_a_zone_that_is_none_when_looked_at_then_it_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZone):
        due(daily(zone=zone), None, MAY)


def test_given_a_first_digest_at_a_persons_word_when_windowed_then_it_covers_what_the_next_one_would() -> None:
    assert window(daily(), None, MAY + HOUR) == (london(2026, 5, 20, 9), MAY + HOUR)
    delivered = Delivered(date(2026, 5, 21), london(2026, 5, 21, 9))
    assert window(daily(), delivered, london(2026, 5, 21, 10)) == (delivered.until, london(2026, 5, 21, 10))


@pytest.mark.parametrize(
    "zone",
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca", "Asia/Tokyo"],
)
@pytest.mark.parametrize("at", ["00:00", "00:30", "02:30", "09:00", "23:45"])
def test_given_a_year_with_outages_when_lived_through_then_windows_meet_and_no_date_comes_twice(
    zone: str, at: str
) -> None:
    chance = random.Random(f"{zone} {at}")
    begin = local(zone, 2026, 1, 1)
    subscription = daily(at, zone, began=begin)
    told: list[Due] = []
    now, end = begin, begin + 365 * DAY
    while now < end:
        delivered = Delivered(told[-1].on, told[-1].until) if told else None
        found = due(subscription, delivered, now)
        told += [found] if found else []
        now += timedelta(hours=chance.choice([*[0.25] * 30, *[3] * 5, 30, 80]) * chance.uniform(0.5, 1))

    dates = [d.on for d in told]
    assert dates == sorted(set(dates))
    assert all(later.since == earlier.until for earlier, later in pairwise(told))
    covered = {d.on + n * DAY for d in told for n in range(-d.missed, 1)}
    assert covered >= {dates[0] + n * DAY for n in range((dates[-1] - dates[0]).days)}
    assert len(dates) > 30
