"""Without a model each source is quoted side by side, and nothing is said about how they stand to each other."""

from __future__ import annotations

from bot.news.offline import side_by_side
from tests.given import article, sheet

WIRE = (
    "The ministry said on Tuesday that 340 licences had been granted to British firms since the ban was lifted.",
    "Most of them went to start-ups in London and Manchester, according to figures released by the department.",
    "Officials expect another hundred applications to be decided before the end of the summer recess.",
)


def test_given_sources_when_asked_then_each_is_quoted_in_its_own_words() -> None:
    shown = sheet(
        article("a", "It rained in Leeds.", "Forty licences were granted in May."),
        article("b", "Twelve licences were granted in May.", "Nobody minded much."),
    )

    told = side_by_side("How many licences were granted?", shown)

    assert [s.text for s in told] == ["Forty licences were granted in May.", "Twelve licences were granted in May."]
    assert all(s.text == " ".join(c.quote for c in s.citations) for s in told)


def test_given_two_good_sentences_when_quoted_then_they_stand_in_the_order_of_the_article() -> None:
    shown = sheet(article("a", "Of forty licences, ten were granted in April.", "Forty licences were granted in May."))

    (told,) = side_by_side("forty licences granted", shown)

    assert [c.sentence.number for c in told.citations] == [1, 2]


def test_given_no_word_of_the_question_when_asked_then_nothing_is_told() -> None:
    shown = sheet(article("a", "It rained in Leeds all day."))

    assert side_by_side("Who won the cup?", shown) == ()
    assert side_by_side("", shown) == ()
    assert side_by_side("What is it that they were?", shown) == ()


def test_given_a_source_on_something_else_when_asked_then_only_those_that_share_words_are_quoted() -> None:
    shown = sheet(article("a", "It rained in Leeds all day."), article("b", "Forty licences were granted."))

    told = side_by_side("licences", shown)

    assert [s.citations[0].article.id for s in told] == ["b"]


def test_given_copies_and_a_second_article_of_an_outlet_when_quoted_then_one_statement_stands_for_each_source() -> None:
    shown = sheet(
        article("a", *WIRE, outlet="Agency"),
        article("b", *(s.replace("ministry", "department") for s in WIRE), outlet="Post"),
        article("c", "The 340 licences pleased the Agency's own writer too.", outlet="agency"),
        article("d", "We counted 430 licences ourselves, says this paper.", outlet="Herald"),
    )

    told = side_by_side("How many licences?", shown)

    assert sorted(s.citations[0].article.outlet.casefold() for s in told) == ["agency", "herald"]


def test_given_a_longer_piece_that_holds_the_wire_when_its_own_words_answer_then_it_is_heard() -> None:
    shown = sheet(
        article("wire", *WIRE),
        article("longer", *WIRE, "We have counted 430 licences in the public register, says this paper."),
    )

    told = side_by_side("How many licences?", shown)

    assert {s.citations[0].article.id for s in told} == {"longer", "wire"}


def test_given_word_forms_when_asked_then_licences_meet_a_licence() -> None:
    shown = sheet(article("a", "The first licence was granted in May."))

    assert len(side_by_side("Were licences granted?", shown)) == 1
