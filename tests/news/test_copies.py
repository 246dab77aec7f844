"""Copies are one source: who printed whose text, and how many voices stand behind a position."""

from __future__ import annotations

import pytest

from bot.news.copies import are_copies, copied_pairs, echoes, independent_sources, same_voice
from bot.news.model import Article, Citation, Excerpt, Manner, Reading
from tests.given import article

WIRE = (
    "The ministry said on Tuesday that 340 licences had been granted to British firms since the ban was lifted.",
    "Most of them went to start-ups in London and Manchester, according to figures released by the department.",
    "Officials expect another hundred applications to be decided before the end of the summer recess.",
)
OWN = (
    "In Cardiff, two founders told this newspaper that they had waited for an answer since early April.",
    "Neither has heard anything from the office that handles requests, and both are thinking of moving abroad.",
)
OTHER = (
    "Farmers along the Severn are counting their losses after the wettest spring in a generation.",
    "Insurers have sent assessors to the villages that were cut off when the river broke its banks.",
)


def reading(source: Article, *numbers: int) -> Reading:
    cites = tuple(Citation(source, source.sentences[n - 1]) for n in numbers or (1,))
    return Reading(source, "340 licences", Manner.FACT, cites)


def whole(*articles: Article) -> list[Excerpt]:
    return [Excerpt(a, 1, len(a.sentences)) for a in articles]


def test_given_the_same_text_when_compared_then_it_is_a_copy() -> None:
    one, other = article("one", *WIRE), article("two", *WIRE)

    assert are_copies(one, other)


def test_given_a_wire_text_inside_a_longer_piece_when_compared_then_it_is_a_copy() -> None:
    wire, longer = article("wire", *WIRE), article("longer", *OWN, *WIRE, *OTHER)

    assert are_copies(wire, longer)
    assert are_copies(longer, wire)


def test_given_a_lightly_edited_text_when_compared_then_it_is_a_copy() -> None:
    edited = [s.replace("Tuesday", "Wednesday").replace("decided", "settled") for s in WIRE]

    assert are_copies(article("one", *WIRE), article("two", *edited))


def test_given_two_stories_when_compared_then_they_are_no_copies() -> None:
    assert not are_copies(article("one", *WIRE), article("two", *OTHER))


def test_given_short_texts_that_share_a_set_phrase_when_compared_then_they_are_no_copies() -> None:
    pairs = [
        ("The bridge opened on Monday.", "The bridge opened on Friday."),
        ("Forty licences were granted in May.", "Twelve licences were granted in May."),
        ("The ban was lifted for Anthropic alone, said Ann Lee.", "The ban was lifted for everyone, said Bo Roy."),
    ]
    for one, other in pairs:
        articles = [article("one", one), article("two", other)]

        assert not are_copies(*articles)
        assert copied_pairs(articles) == set()
        assert independent_sources([reading(a) for a in articles]) == 2


def test_given_a_short_text_printed_whole_when_compared_then_it_is_a_copy() -> None:
    brief, longer = (
        article("brief", "The bridge opened on Monday."),
        article("longer", *OTHER, "The bridge opened on Monday."),
    )

    assert are_copies(brief, longer)
    assert copied_pairs([brief, longer]) == {frozenset(("brief", "longer"))}


def test_given_an_empty_text_when_compared_then_it_is_no_copy_of_anything() -> None:
    assert not are_copies(article("one", *WIRE), article("two"))
    assert not are_copies(article("one"), article("two"))


def test_given_many_articles_when_paired_then_exactly_the_copies_are_found() -> None:
    articles = [article("a", *WIRE), article("b", *OTHER), article("c", *OWN, *WIRE), article("d", *OTHER)]

    pairs = copied_pairs(articles)

    assert pairs == {frozenset("ac"), frozenset("bd")}


def test_given_pairs_found_together_when_compared_one_by_one_then_they_are_the_same() -> None:
    articles = [
        article("a", *WIRE),
        article("b", *WIRE[:1], *OTHER),
        article("c", *OWN, *WIRE[1:]),
        article("d", *OWN[:1], *OTHER[1:]),
    ]

    pairs = copied_pairs(articles)

    one_by_one = {frozenset((x.id, y.id)) for x in articles for y in articles if x.id < y.id and are_copies(x, y)}
    assert pairs == one_by_one


def test_given_three_outlets_print_one_agency_report_when_counted_then_it_is_one_source() -> None:
    printed = [reading(article(id, *WIRE)) for id in ("a", "b", "c")]

    assert independent_sources(printed) == 1


def test_given_one_outlet_writes_twice_when_counted_then_it_is_one_source_whatever_the_capitals() -> None:
    first = reading(article("a", *WIRE, outlet="The Courier"))
    second = reading(article("b", *OTHER, outlet="the courier"))

    assert same_voice(first, second)
    assert independent_sources([first, second]) == 1


def test_given_a_reading_of_an_outlets_own_text_beside_the_wire_when_counted_then_it_counts_for_that_outlet() -> None:
    wire, longer = article("wire", *WIRE), article("longer", *WIRE, *OWN)

    assert independent_sources([reading(wire, 1), reading(longer, 1)]) == 1
    assert independent_sources([reading(wire, 1), reading(longer, 4)]) == 2
    assert independent_sources([reading(longer, 4), reading(wire, 1)]) == 2
    assert independent_sources([reading(wire, 1), reading(longer, 1, 4)]) == 2


def test_given_copies_and_an_outlets_second_article_when_counted_then_they_are_joined_through_one_another() -> None:
    wire_at_a = reading(article("a", *WIRE, outlet="A"))
    wire_at_b = reading(article("b", *WIRE, outlet="B"))
    other_at_b = reading(article("c", *OTHER, outlet="B"))
    alone = reading(article("d", *OWN, outlet="D"))

    assert not same_voice(wire_at_a, other_at_b)
    assert independent_sources([wire_at_a, other_at_b, wire_at_b, alone]) == 2


def test_given_an_edited_copy_with_another_figure_when_counted_then_the_figure_is_that_outlets_own_word() -> None:
    wire = article("wire", *WIRE)
    edited = article("edited", WIRE[0].replace("340", "430"), *WIRE[1:])

    assert are_copies(wire, edited)
    assert not same_voice(reading(wire, 1), reading(edited, 1))
    assert same_voice(reading(wire, 2), reading(edited, 2))


def test_given_an_edited_copy_that_names_the_others_figure_elsewhere_when_counted_then_it_is_still_its_own_word() -> (
    None
):
    wire = article("wire", *WIRE)
    edited = article("edited", WIRE[0].replace("340", "430"), *WIRE[1:], "Of these, 340 are in the capital.")

    assert not same_voice(reading(wire, 1), reading(edited, 1))


@pytest.mark.parametrize(
    ("was", "now"),
    [("340", "430"), ("Tuesday", "Thursday"), ("had been", "had not been"), ("another hundred", "another thousand")],
)
def test_given_an_edit_of_a_telling_word_when_counted_then_the_sentence_is_that_outlets_own(was: str, now: str) -> None:
    wire = article("wire", *WIRE)
    edited = article("edited", *(s.replace(was, now) for s in WIRE))
    number = next(n for n, s in enumerate(WIRE, 1) if was in s)

    assert are_copies(wire, edited)
    assert independent_sources([reading(wire, number), reading(edited, number)]) == 2


def test_given_an_edit_of_style_when_counted_then_it_is_still_one_source() -> None:
    wire = article("wire", *WIRE)
    joined = article("edited", f"{WIRE[0][:-1]}; {WIRE[1]}".replace("granted", "issued"), WIRE[2])

    assert independent_sources([reading(wire, 1), reading(joined, 1)]) == 1


def test_given_a_copy_when_its_sentences_are_shown_before_then_they_are_echoes_of_those() -> None:
    wire, longer = article("wire", *WIRE), article("longer", OWN[0], WIRE[0], WIRE[2])

    found = echoes(whole(wire, longer))

    assert found == {
        ("longer", 2): Citation(wire, wire.sentences[0]),
        ("longer", 3): Citation(wire, wire.sentences[2]),
    }


def test_given_a_copy_in_which_figure_or_word_differs_when_shown_then_that_sentence_is_no_echo() -> None:
    wire = article("wire", *WIRE)
    edited = article("edited", WIRE[0].replace("340", "430"), WIRE[1].replace("start-ups", "banks"), WIRE[2])

    found = echoes(whole(wire, edited))

    assert list(found) == [("edited", 3)]


def test_given_a_copy_that_differs_in_punctuation_alone_when_shown_then_it_is_an_echo() -> None:
    wire, curly = article("wire", *WIRE), article("curly", WIRE[0].replace(".", " …"), *WIRE[1:])

    found = echoes(whole(wire, curly))

    assert ("curly", 1) in found


def test_given_a_stock_phrase_in_two_stories_that_are_no_copies_when_shown_then_it_is_no_echo() -> None:
    one = article("one", *WIRE, "The ministry declined to comment.")
    other = article("two", *OTHER, "The ministry declined to comment.")

    assert echoes(whole(one, other)) == {}


def test_given_an_original_that_is_not_shown_when_its_copy_is_then_the_copy_is_no_echo() -> None:
    wire, copy = article("wire", *WIRE), article("copy", *WIRE)

    found = echoes([Excerpt(wire, 1, 1), Excerpt(copy, 1, 3)])

    assert list(found) == [("copy", 1)]


def test_given_a_copy_of_a_copy_when_shown_then_every_echo_points_to_a_sentence_that_is_shown() -> None:
    chain = [article(id, *WIRE) for id in ("a", "b", "c")]

    found = echoes(whole(*chain))

    assert {c.article.id for c in found.values()} == {"a"}
    assert len(found) == 6
