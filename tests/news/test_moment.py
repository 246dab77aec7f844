"""When something was published, as precisely as is known: which is surely earlier, and what people read."""

from __future__ import annotations

import pytest

from bot.news import words
from bot.news.model import Moment
from tests.given import article


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-04", "2026-05"),
        ("2026-05-20", "2026-05-21"),
        ("2026-04", "2026-05-20"),
        ("2026-05-20", "2026-07"),
        ("2026-02", "2026-03-01T18:00:00+00:00"),
    ],
)
def test_given_two_moments_that_cannot_meet_when_compared_then_the_earlier_is_before_the_later(
    one: str, other: str
) -> None:
    assert Moment.parse(one).before(Moment.parse(other))
    assert not Moment.parse(other).before(Moment.parse(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("2026-05", "2026-05-20"), ("2026-05", "2026-05-31"), ("2026-05", "2026-05-01T00:00:00Z"), ("2026-05", "2026-05")],
)
def test_given_a_month_and_a_moment_within_it_when_compared_then_neither_is_before_the_other(
    one: str, other: str
) -> None:
    assert not Moment.parse(one).before(Moment.parse(other))
    assert not Moment.parse(other).before(Moment.parse(one))


@pytest.mark.parametrize("text", ["2026-13", "2026-5", "2026", "May 2026", "0001-01"])
def test_given_what_is_no_moment_when_parsed_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Moment.parse(text)


def test_given_an_article_of_a_month_when_named_then_no_day_is_made_up() -> None:
    monthly = article("m", "It is over.", outlet="The Monthly", published="2026-05")
    daily = article("d", "It is over.", outlet="The Daily", published="2026-05-20")

    assert words.dated(monthly) == "The Monthly, May 2026"
    assert words.dates([daily, monthly]) == "May 2026 to 20 May 2026"
    assert words.dates([monthly, monthly]) == "May 2026"
    assert words.dates([article("u", "It is over.", published=None)]) == ""
