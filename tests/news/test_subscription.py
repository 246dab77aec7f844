"""How people put a wish for a digest into words, and what is about a topic."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.news.digest.subscription import (
    EVERY_DAY,
    MOST_TOPICS,
    WEEKDAYS,
    Length,
    NotUnderstood,
    Quiet,
    Wish,
    described,
    parse,
    topics,
)
from bot.news.topic import Topic, article_about
from tests.given import article

USUAL = Wish(zone="Europe/Paris", topics=(Topic(("licences",)),))


def test_given_all_that_can_be_wished_when_parsed_then_it_is_all_there() -> None:
    wish = parse("on 09:00 weekdays Europe/London short quiet skip topics AI export ban, tariffs", USUAL)

    assert wish == Wish(
        time(9),
        WEEKDAYS,
        "Europe/London",
        (Topic(("AI export ban",)), Topic(("tariffs",))),
        Length.SHORT,
        Quiet.SKIP,
    )


def test_given_no_words_when_parsed_then_all_stays_as_usual() -> None:
    assert parse("on", USUAL) == USUAL


@pytest.mark.parametrize(
    ("words", "at"),
    [("9", time(9)), ("9.30", time(9, 30)), ("6pm", time(18)), ("12am", time(0)), ("at 23:59", time(23, 59))],
)
def test_given_a_time_in_any_writing_when_parsed_then_it_is_that_time(words: str, at: time) -> None:
    assert parse(words, USUAL) == replace(USUAL, at=at)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("daily", EVERY_DAY),
        ("every day", EVERY_DAY),
        ("weekends", {5, 6}),
        ("mon, wed and fri", {0, 2, 4}),
        ("Tuesdays", {1}),
        ("mon-thu", {0, 1, 2, 3}),
        ("sat–mon", {5, 6, 0}),
    ],
)
def test_given_days_in_any_writing_when_parsed_then_they_are_those_days(words: str, days: set[int]) -> None:
    assert parse(words, USUAL) == replace(USUAL, days=frozenset(days))


def test_given_a_zone_in_small_letters_when_parsed_then_it_is_named_as_it_is() -> None:
    assert parse("america/new_york", USUAL).zone == "America/New_York"


@pytest.mark.parametrize(
    "words", ["25:00", "9:60", "13pm", "0am", "Europe/Atlantis", "soon", "quiet", "quiet please", "mo"]
)
def test_given_words_that_are_no_wish_when_parsed_then_a_person_is_told_which(words: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(words, USUAL)

    assert words.split()[-1] in refused.value.tell or "quiet" in refused.value.tell


def test_given_named_topics_when_parsed_then_each_has_its_phrases() -> None:
    assert topics("Trade: tariffs, customs duty; Ban: export ban;") == (
        Topic(("tariffs", "customs duty"), "Trade"),
        Topic(("export ban",), "Ban"),
    )


@pytest.mark.parametrize("words", ["", "everything", "All"])
def test_given_everything_when_topics_are_parsed_then_there_are_none(words: str) -> None:
    assert parse(f"topics {words}", USUAL).topics == ()


@pytest.mark.parametrize("words", [", ".join(f"topic {n}" for n in range(MOST_TOPICS + 1)), "x" * 81])
def test_given_too_many_or_too_long_topics_when_parsed_then_they_are_refused(words: str) -> None:
    with pytest.raises(NotUnderstood):
        topics(words)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (
            Wish(),
            "on all coverage, in full, on weekdays at 09:00 (UTC); a day without news gets a line that says so",
        ),
        (
            Wish(time(18, 5), frozenset({1, 6}), "Asia/Kolkata", (), Length.SHORT, Quiet.SKIP),
            "on all coverage, in short with the rest in its thread, every Tuesday and Sunday at 18:05 (Asia/Kolkata); "
            "on a day without news nothing comes",
        ),
        (
            Wish(days=EVERY_DAY, topics=(Topic(("tariffs", "customs duty"), "Trade"), Topic(("export ban",)))),
            "on “Trade” (tariffs, customs duty) and “export ban”, in full, every day at 09:00 (UTC); "
            "a day without news gets a line that says so",
        ),
        (
            Wish(days=frozenset({5, 6}), topics=(Topic(("tariffs",)),)),
            "on “tariffs”, in full, at weekends at 09:00 (UTC); a day without news gets a line that says so",
        ),
    ],
    ids=["usual", "hours and days", "named topic", "weekend"],
)
def test_given_a_wish_when_described_then_all_of_it_is_told_as_people_say_it(wish: Wish, told: str) -> None:
    assert described(wish) == told


def test_given_an_article_when_a_phrase_is_asked_for_then_every_telling_word_of_it_must_stand_there() -> None:
    told = article("a", "Washington ended the ban on exports of chips.", title="Chips")

    assert article_about(told, [Topic(("the export bans",))])
    assert article_about(told, [Topic(("tariffs", "chip ban"))])
    assert not article_about(told, [Topic(("export licences",))])
    assert article_about(told, [])


def test_given_a_topic_of_words_that_tell_nothing_when_asked_for_then_nothing_is_about_it() -> None:
    assert not article_about(article("a", "The ban is gone."), [Topic(("the of",))])


def test_given_a_place_that_is_no_time_zone_when_read_then_that_is_what_is_told() -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse("on 9am Mars/Olympus", USUAL)

    assert caught.value.tell == "There is no time zone “Mars/Olympus”. Name it by its place, for example Europe/London."
