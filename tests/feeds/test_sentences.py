"""How a text comes apart into the sentences that are cited."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.sentences import MAX_CHARACTERS, split

HARD_LINES = (Path(__file__).parent / "hard_lines.txt").read_text("utf-8").splitlines()
PROSE = st.text(st.sampled_from("aAbI1é.…!?,'\"’” \n\t-[]。") | st.characters(codec="utf-8"))


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split(text)]


@pytest.mark.parametrize("line", HARD_LINES)
def test_given_a_hard_line_of_news_prose_when_split_then_it_parts_where_a_reader_would(line: str) -> None:
    expected = line.split(" ¦ ")

    found = texts(" ".join(expected))

    assert found == expected


def test_given_a_blank_line_without_a_full_stop_when_split_then_no_sentence_crosses_it() -> None:
    text = "Ministers split over ban\n \nThe cabinet met on Monday\n\n\nIt rose late."

    found = texts(text)

    assert found == ["Ministers split over ban", "The cabinet met on Monday", "It rose late."]


def test_given_hard_wrapped_lines_when_split_then_a_sentence_holds_its_newline() -> None:
    text = "The cabinet met on Monday and the\nPrime Minister spoke for an hour\nand a half. Nobody else did so\nmuch."

    found = texts(text)

    assert found == [
        "The cabinet met on Monday and the\nPrime Minister spoke for an hour\nand a half.",
        "Nobody else did so\nmuch.",
    ]


def test_given_a_heading_on_its_own_line_when_split_then_it_is_not_joined_to_the_text() -> None:
    text = "Cabinet split\nThe cabinet met on Monday and the Prime Minister spoke for an hour."

    found = texts(text)

    assert found == ["Cabinet split", "The cabinet met on Monday and the Prime Minister spoke for an hour."]


def test_given_a_list_without_full_stops_when_split_then_each_item_stands_alone() -> None:
    text = "The plan:\n- cut taxes for all\n- raise spending\n- hope"

    found = texts(text)

    assert found == ["The plan:", "- cut taxes for all", "- raise spending", "- hope"]


def test_given_text_without_any_stop_when_split_then_no_piece_is_too_long_to_show() -> None:
    text = "word " * 5_000 + "x" * 4_000

    found = texts(text)

    assert max(map(len, found)) <= MAX_CHARACTERS
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("text", ["", " \n\t ", "\n\n\n"])
def test_given_a_blank_text_when_split_then_there_are_no_sentences(text: str) -> None:
    assert split(text) == ()


@pytest.mark.parametrize("text", ["." * 100_000, "A. " * 30_000, "'\"" * 50_000, "\n" * 100_000, "- \n" * 30_000])
def test_given_a_text_made_to_be_slow_when_split_then_it_ends(text: str) -> None:
    sentences = split(text)

    assert all(text[s.start : s.end] == s.text for s in sentences)


@given(PROSE)
def test_given_any_text_when_split_then_offsets_give_the_sentences_and_only_white_space_is_left_out(text: str) -> None:
    sentences = split(text)

    assert [s.number for s in sentences] == list(range(1, len(sentences) + 1))
    assert all(s.text and text[s.start : s.end] == s.text == s.text.strip() for s in sentences)
    edges = [0, *(edge for s in sentences for edge in (s.start, s.end)), len(text)]
    assert not "".join(text[a:b] for a, b in list(pairwise(edges))[::2]).strip()


@given(PROSE)
def test_given_any_text_when_split_then_no_sentence_crosses_a_blank_line(text: str) -> None:
    assert not any(re.search(r"\n[^\S\n]*\n", s.text) for s in split(text))


@given(PROSE)
def test_given_any_text_when_split_twice_then_the_sentences_are_the_same(text: str) -> None:
    assert split(text) == split(text)
