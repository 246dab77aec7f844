"""Which part of the coverage a question asks about, told on Friday 22 May 2026, 15:30 in London."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.news.answer import answer
from bot.news.catalogue import speaking
from bot.news.since import asked_since
from tests.fakes import FakeArchive
from tests.given import article

NOW = datetime(2026, 5, 22, 15, 30, tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("What’s new?", "2026-05-15"),
        ("what is new", "2026-05-15"),
        ("Any news?", "2026-05-15"),
        ("What has been reported since Monday?", "2026-05-18"),
        ("And since Friday?", "2026-05-22"),
        ("Since last Friday, what changed?", "2026-05-15"),
        ("since yesterday", "2026-05-21"),
        ("What happened since 20 May?", "2026-05-20"),
        ("What happened since May 20th, 2025?", "2025-05-20"),
        ("What happened since 2026-05-01?", "2026-05-01"),
        ("Which licences were granted since 1 December?", "2025-12-01"),
        ("Anything since March?", "2026-03-01"),
        ("What happened today?", "2026-05-22"),
        ("What has changed this week?", "2026-05-18"),
        ("What did they say since last week?", "2026-05-15"),
    ],
)
def test_given_a_question_that_limits_the_coverage_when_read_then_it_begins_on_that_day(
    question: str, begins: str
) -> None:
    found = asked_since(question, NOW)

    assert found is not None
    assert found.astimezone(NOW.tzinfo).isoformat()[:16] == f"{begins}T00:00"


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("What was said in the last 3 hours?", datetime(2026, 5, 22, 11, 30, tzinfo=UTC)),
        ("Who spoke over the past two days?", datetime(2026, 5, 20, 14, 30, tzinfo=UTC)),
        ("in the last week", datetime(2026, 5, 15, 14, 30, tzinfo=UTC)),
    ],
)
def test_given_a_time_before_now_when_read_then_it_is_counted_back(question: str, begins: datetime) -> None:
    assert asked_since(question, NOW) == begins


@pytest.mark.parametrize(
    "question",
    [
        "What has happened since the ban was lifted?",
        "Do British firms have access today?",
        "How has trade grown since 2019?",
        "Since when is it allowed?",
        "What is new about the licence?",
        "Since 31 February?",
        "",
    ],
)
def test_given_a_question_about_the_story_when_read_then_all_coverage_counts(question: str) -> None:
    assert asked_since(question, NOW) is None


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Was gibt es Neues?", "2026-05-15"),
        ("Was ist neu?", "2026-05-15"),
        ("Was hat die Regierung seit Montag gesagt?", "2026-05-18"),
        ("Was wurde seit letztem Freitag berichtet?", "2026-05-15"),
        ("seit gestern", "2026-05-21"),
        ("Was geschah seit dem 20. Mai?", "2026-05-20"),
        ("Was geschah seit dem 20. Mai 2025?", "2025-05-20"),
        ("Was ist seit dem 20.5. passiert?", "2026-05-20"),
        ("Was ist seit dem 20.5.2025 passiert?", "2025-05-20"),
        ("Gab es etwas seit März?", "2026-03-01"),
        ("Was ist heute passiert?", "2026-05-22"),
        ("Was gibt es Neues diese Woche?", "2026-05-18"),
        ("Was haben sie seit letzter Woche gesagt?", "2026-05-15"),
    ],
)
def test_given_a_german_question_that_limits_the_coverage_when_read_then_it_begins_on_that_day(
    question: str, begins: str
) -> None:
    with speaking("de"):
        found = asked_since(question, NOW)

    assert found is not None
    assert found.astimezone(NOW.tzinfo).isoformat()[:16] == f"{begins}T00:00"


def test_given_german_when_english_is_typed_or_german_to_an_english_ear_then_both_are_understood() -> None:
    with speaking("de"):
        assert asked_since("What happened since Monday?", NOW) is not None
        assert asked_since("Wer sprach in den letzten drei Tagen?", NOW) == NOW - timedelta(days=3)
    assert asked_since("Was ist der Stand seit Montag?", NOW) is not None


@pytest.mark.parametrize(
    "question",
    [
        "Was ist seit die Sperre aufgehoben wurde passiert?",
        "Haben Firmen heute Zugang?",
        "Wie ist der Handel seit 2019 gewachsen?",
        "Seit wann ist es erlaubt?",
        "Seit so vielen Jahren?",
        "Seit dem 31. Februar?",
        "Was ist heute der Preis?",
    ],
)
def test_given_a_german_question_about_the_story_when_read_then_all_coverage_counts(question: str) -> None:
    with speaking("de"):
        assert asked_since(question, NOW) is None


OLD = article("old", "The ban was imposed by the ministry.", published="2026-05-10")
NEW = article("new", "The ban was lifted by the ministry.", published="2026-05-20")
SINCE = datetime(2026, 5, 18, tzinfo=UTC)


async def test_given_a_beginning_when_answered_then_only_later_coverage_is_read() -> None:
    found = await answer("Who acted on the ban?", archive=FakeArchive(OLD, NEW), reader=None, since=SINCE)

    assert [a.id for a in found.shown] == ["new"]


async def test_given_nothing_later_when_answered_then_it_says_from_when_on_there_is_nothing() -> None:
    found = await answer("Who acted on the ban?", archive=FakeArchive(OLD), reader=None, since=SINCE)

    assert found.shown == ()
    assert not found.library_empty
    assert found.trouble == "Nothing in the coverage is dated 18 May 2026 or later."


async def test_given_more_than_fits_and_no_telling_word_when_answered_then_the_newest_of_the_span_is_read() -> None:
    many = [
        article(f"n{n}", *["Some sentence of length here."] * 40, published=f"2026-05-{n:02}") for n in range(1, 29)
    ]

    found = await answer("What's new?", archive=FakeArchive(*many), reader=None, since=SINCE, excerpt_tokens=300)

    assert found.shown
    assert min(a.published.day.day for a in found.shown if a.published) >= 18
    assert "n28" in [a.id for a in found.shown]
