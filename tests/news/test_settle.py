"""The second look can withdraw a dispute, but only on what a source says, and an update only on dates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.news.cite import Sheet
from bot.news.compare import compare, settle
from bot.news.model import Comparison, DraftLook, Kind, Relation, SecondLook
from tests.given import article, draft, says, sheet

WITHDRAWN = DraftLook(False, Relation.COMPLEMENTARY, "Forty is all firms, twelve the start-ups.", ("A2", "Q1"))


def candidate(*published: str | None) -> tuple[Comparison, Sheet]:
    """Two undated sources, or two published when given, at odds about a number."""
    days = published or (None, None)
    shown = sheet(
        article("a", "Forty firms have access.", "Twelve of them are start-ups.", published=days[0]),
        article("b", "Twelve firms have access.", published=days[1]),
    )
    reply = draft(
        Relation.DISPUTE,
        [says("A", "forty"), says("B", "twelve")],
        [("forty firms have access", "A"), ("twelve firms have access", "B")],
        kind=Kind.NUMBER,
    )
    return compare("How many firms have access?", reply, shown), shown


def test_given_a_reconciliation_on_a_sentence_when_settled_then_its_relation_stands_and_says_why() -> None:
    comparison, shown = candidate()

    settled = settle(comparison, WITHDRAWN, shown)

    assert (settled.relation, settled.kind) == (Relation.COMPLEMENTARY, None)
    assert settled.second_look is SecondLook.WITHDRAWN
    assert settled.positions == comparison.positions
    assert settled.reconciled is not None
    assert settled.reconciled.text == "Forty is all firms, twelve the start-ups."
    assert [c.quote for c in settled.reconciled.citations] == ["Twelve of them are start-ups."]


@pytest.mark.parametrize(
    "look",
    [
        DraftLook(True, Relation.DISPUTE, "", ()),
        replace(WITHDRAWN, upheld=True),
        replace(WITHDRAWN, keys=()),
        replace(WITHDRAWN, keys=("A9", "C1")),
        replace(WITHDRAWN, text="  "),
        replace(WITHDRAWN, relation=Relation.DISPUTE),
        replace(WITHDRAWN, relation=Relation.NONE),
        replace(WITHDRAWN, relation=Relation.SINGLE),
        replace(WITHDRAWN, relation=Relation.UPDATE),
    ],
)
def test_given_a_look_that_rests_on_nothing_when_settled_then_the_dispute_stands(look: DraftLook) -> None:
    comparison, shown = candidate()

    settled = settle(comparison, look, shown)

    assert settled == replace(comparison, second_look=SecondLook.UPHELD)


def test_given_sentences_that_the_second_look_was_not_shown_when_settled_then_they_do_not_count() -> None:
    comparison, shown = candidate()
    narrow = shown.around(shown.citations(["A1", "B1"]), neighbours=0)

    settled = settle(comparison, WITHDRAWN, narrow)

    assert settled.second_look is SecondLook.UPHELD


def test_given_dates_that_order_when_settled_as_an_update_then_the_later_comes_first() -> None:
    comparison, shown = candidate("2026-05-01", "2026-05-04")

    settled = settle(comparison, replace(WITHDRAWN, relation=Relation.UPDATE), shown)

    assert (settled.relation, settled.kind) == (Relation.UPDATE, Kind.NUMBER)
    assert [p.readings[0].article.id for p in settled.positions] == ["b", "a"]


@pytest.mark.parametrize("published", [("2026-05-01", "2026-05-01"), (None, None)])
def test_given_dates_that_do_not_tell_when_settled_as_an_update_then_the_dispute_stands(
    published: tuple[str | None, str | None],
) -> None:
    comparison, shown = candidate(*published)

    settled = settle(comparison, replace(WITHDRAWN, relation=Relation.UPDATE), shown)

    assert (settled.relation, settled.second_look) == (Relation.DISPUTE, SecondLook.UPHELD)


@pytest.mark.parametrize(("published", "current"), [((None, "2026-05-01"), "b"), (("2026-05-01", None), "a")])
def test_given_an_undated_source_when_settled_as_an_update_then_it_never_supersedes(
    published: tuple[str | None, str | None], current: str
) -> None:
    comparison, shown = candidate(*published)

    settled = settle(comparison, replace(WITHDRAWN, relation=Relation.UPDATE), shown)

    assert settled.relation is Relation.UPDATE
    assert settled.positions[0].readings[0].article.id == current
