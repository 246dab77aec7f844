"""Labelled questions are read strictly, and what is wrong with a file is said with the place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.errors import WrongUse
from bot.news.gold import Label, gold_sentences, matched, names, parse_items
from bot.sample import QUESTIONS
from tests.given import article

ITEM: dict[str, Any] = {
    "id": "d01",
    "question": "How many firms have access?",
    "kind": "disagree",
    "hard": True,
    "accept_kinds": ["disagree", "complementary"],
    "positions": [{"claim": "Forty", "sources": ["a", "c"], "quotes": {"a": "Forty firms"}}],
}


def test_given_an_item_when_parsed_then_its_label_positions_and_quotes_are_there() -> None:
    (item,) = parse_items(json.dumps([ITEM]))

    assert (item.id, item.question, item.label, item.hard) == (
        *("d01", "How many firms have access?", Label.DISAGREE, True),
    )
    assert item.accept == {Label.DISAGREE, Label.COMPLEMENTARY}
    assert item.positions[0].sources == ("a", "c")
    assert item.positions[0].quotes == {"a": "Forty firms"}


def test_given_an_item_with_the_least_when_parsed_then_its_kind_alone_counts_as_right() -> None:
    (item,) = parse_items('[{"id": "u1", "question": "Who won?", "kind": "unanswerable"}]')

    assert (item.accept, item.hard, item.positions) == ({Label.UNANSWERABLE}, False, ())


def test_given_the_samples_own_file_when_parsed_then_every_item_is_read() -> None:
    text = QUESTIONS.read_text(encoding="utf-8")

    items = parse_items(text)

    assert [i.id for i in items] == [raw["id"] for raw in json.loads(text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("{}", "not a JSON list"),
        ("[]", "not a JSON list"),
        ("[1]", "item 1 of the labelled questions is not an object"),
        ('[{"question": "Who?", "kind": "agree"}]', "item 1: `id` is missing"),
        (json.dumps([ITEM, ITEM]), "two labelled questions have the id 'd01'"),
        (json.dumps([ITEM | {"question": " "}]), "item 1 (d01): `question` is missing or empty"),
        (json.dumps([ITEM | {"kind": "dispute"}]), "item 1 (d01): 'dispute' is no kind of question"),
        (json.dumps([ITEM | {"kind": None}]), "item 1 (d01): None is no kind of question"),
        (json.dumps([ITEM | {"accept_kinds": ["none"]}]), "'none' is no kind"),
        (json.dumps([ITEM | {"accept_kinds": "agree"}]), "`accept_kinds` is not a list"),
        (json.dumps([ITEM | {"hard": "yes"}]), "`hard` is neither true nor false"),
        (json.dumps([ITEM | {"positions": {}}]), "`positions` is not a list"),
        (json.dumps([ITEM | {"positions": ["x"]}]), "a position is not an object"),
        (json.dumps([ITEM | {"positions": [{"claim": "x", "sources": []}]}]), "`sources` is not a list"),
        (json.dumps([ITEM | {"positions": [{"claim": "x", "sources": [1]}]}]), "`sources` is not a list"),
        (json.dumps([ITEM | {"positions": [{"sources": ["a"]}]}]), "`claim` is missing"),
        (json.dumps([ITEM | {"positions": [{"claim": "x", "sources": ["a"], "quotes": ["q"]}]}]), "`quotes`"),
    ],
)
def test_given_a_file_that_is_wrong_when_parsed_then_it_says_what_and_where(text: str, told: str) -> None:
    with pytest.raises(WrongUse) as caught:
        parse_items(text)

    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("accept", "disputed"), [(["disagree"], True), (["disagree", "agree"], None), (["agree", "update"], False)]
)
def test_given_what_an_item_accepts_when_a_flag_is_judged_then_taste_does_not_count(
    accept: list[str], disputed: bool | None
) -> None:
    (item,) = parse_items(json.dumps([ITEM | {"kind": accept[0], "accept_kinds": accept}]))

    assert item.disputed is disputed


def test_given_opinion_when_complementary_is_accepted_then_it_is_right_and_no_check_never_is() -> None:
    (item,) = parse_items(json.dumps([ITEM | {"kind": "complementary", "accept_kinds": ["complementary"]}]))

    assert item.accepts("opinion")
    assert item.accepts("complementary")
    assert not item.accepts("dispute")
    assert not item.accepts(None)


def test_given_a_source_when_it_names_an_article_then_it_is_the_id_or_its_start_up_to_an_underscore() -> None:
    assert names("003", "003")
    assert names("003", "003_1faf")
    assert not names("003", "0031")
    assert not names("003", "00")


def test_given_positions_when_matched_then_the_most_sources_are_shared_over_all() -> None:
    golds = [{"claim": "x", "sources": ["a", "b", "c"]}, {"claim": "y", "sources": ["d", "e"]}]
    (item,) = parse_items(json.dumps([ITEM | {"positions": golds}]))
    given = [{"readings": [{"article": id} for id in ids]} for ids in ("abd", "c", "f")]

    first, second = matched(item, given)

    assert first is given[0]  # two shared and none for the second beat one and one, since a match is one to one
    assert second is None


def test_given_the_largest_share_would_leave_another_empty_when_matched_then_the_best_over_all_is_taken() -> None:
    golds = [{"claim": "x", "sources": list("abchi")}, {"claim": "y", "sources": ["e", "f"]}]
    (item,) = parse_items(json.dumps([ITEM | {"positions": golds}]))
    given = [{"readings": [{"article": id} for id in ids]} for ids in ("abcef", "hi")]

    assert matched(item, given) == (given[1], given[0])


def test_given_a_quote_when_looked_for_then_every_sentence_it_touches_and_their_neighbours_are_found() -> None:
    found = article("a", "One is here.", "Two is here.", "Three is here.", "Four is here.")

    assert gold_sentences("Two is", found) == {2}
    assert gold_sentences("here. Three", found) == {2, 3}
    assert gold_sentences("Two is", found, neighbours=1) == {1, 2, 3}
    assert gold_sentences("Nine is", found) == gold_sentences("", found) == set()
