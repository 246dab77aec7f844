"""Keys to sentences: a quote is verbatim by construction, and what cannot be cited is not said."""

from __future__ import annotations

import pytest

from bot.news.cite import Sheet, cited
from bot.news.model import Citation, DraftStatement, Excerpt
from tests.given import article, sheet

TWO = (article("one", "It rained.", "It stopped."), article("two", "It snowed.", "It thawed.", "It froze."))


def test_given_a_key_that_was_shown_when_cited_then_its_sentence_stands_letter_for_letter() -> None:
    shown = sheet(*TWO)

    citation = shown.citation("B2")

    assert citation == Citation(TWO[1], TWO[1].sentences[1])
    assert citation.quote == "It thawed."
    assert citation.quote in TWO[1].text


@pytest.mark.parametrize("key", ["[B2]", " B2 ", "B02"])
def test_given_a_key_written_a_little_differently_when_cited_then_it_is_found(key: str) -> None:
    shown = sheet(*TWO)

    citation = shown.citation(key)

    assert citation is not None
    assert citation.quote == "It thawed."


@pytest.mark.parametrize("key", ["", "B", "2", "B0", "B4", "C1", "b2", "B-2", "B2.", "A1 B2", "A1B2", "two.2"])
def test_given_a_key_that_was_not_shown_when_cited_then_there_is_no_sentence(key: str) -> None:
    shown = sheet(*TWO)

    citation = shown.citation(key)

    assert citation is None


def test_given_a_sentence_between_excerpts_when_cited_then_it_does_not_count_as_shown() -> None:
    shown = Sheet.of([Excerpt(TWO[1], 1, 1), Excerpt(TWO[1], 3, 3)])

    found = shown.citations(["A1", "A2", "A3"])

    assert [c.sentence.number for c in found] == [1, 3]


def test_given_a_key_twice_when_cited_then_its_sentence_stands_once_in_the_order_given() -> None:
    shown = sheet(*TWO)

    found = shown.citations(["B3", "A1", "[B3]", "Z9"])

    assert [c.quote for c in found] == ["It froze.", "It rained."]


def test_given_more_than_26_sources_when_shown_then_labels_go_on_with_two_letters() -> None:
    many = [article(f"a{n:02}", f"Only number {n} says this.") for n in range(1, 56)]

    shown = sheet(*many)

    assert [shown.sources[n].label for n in (0, 25, 26, 27, 51, 52, 54)] == ["A", "Z", "AA", "AB", "AZ", "BA", "BC"]
    citation = shown.citation("BC1")
    assert citation is not None
    assert citation.article.id == "a55"


def test_given_overlapping_excerpts_when_shown_then_each_sentence_stands_once_under_one_label() -> None:
    shown = Sheet.of([Excerpt(TWO[1], 2, 3), Excerpt(TWO[0], 1, 1), Excerpt(TWO[1], 1, 2)])

    assert [(s.label, [x.number for x in s.sentences]) for s in shown.sources] == [("A", [1, 2, 3]), ("B", [1])]


def test_given_gaps_when_shown_then_runs_part_where_sentences_are_missing() -> None:
    long = article("long", "One.", "Two.", "Three.", "Four.", "Five.")
    shown = Sheet.of([Excerpt(long, 1, 2), Excerpt(long, 4, 5)])

    runs = shown.sources[0].runs()

    assert [[s.number for s in run] for run in runs] == [[1, 2], [4, 5]]


def test_given_no_sentence_left_when_parted_into_runs_then_there_are_none() -> None:
    shown = Sheet.of([Excerpt(TWO[0], 2, 1)])

    assert shown.sources == ()


def test_given_cited_sentences_when_narrowed_then_labels_stay_and_neighbours_are_kept() -> None:
    shown = sheet(*TWO, article("three", "One.", "Two.", "Three.", "Four."))

    narrow = shown.around(shown.citations(["C3", "B1"]), neighbours=1)

    assert [(s.label, [x.number for x in s.sentences]) for s in narrow.sources] == [("B", [1, 2]), ("C", [2, 3, 4])]
    assert narrow.citation("A1") is None


def test_given_statements_when_cited_then_those_without_a_shown_sentence_or_words_are_dropped() -> None:
    drafts = [
        DraftStatement(" It rained. ", ("A1", "Q7")),
        DraftStatement("Aliens landed.", ("A9",)),
        DraftStatement("It may snow.", ()),
        DraftStatement("  ", ("A1",)),
    ]

    statements = cited(drafts, sheet(*TWO))

    assert [(s.text, [c.quote for c in s.citations]) for s in statements] == [("It rained.", ["It rained."])]
