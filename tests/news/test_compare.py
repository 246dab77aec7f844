"""What holds for any comparison, whatever the model wrote."""

from __future__ import annotations

import pytest

from bot.news.compare import Unciteable, compare, current_first, reading, strongest_first, with_copies
from bot.news.model import Article, Check, Comparison, Draft, DraftReading, Kind, Manner, Relation
from tests.given import article, draft, says, sheet, silent

A = article("a", "Forty firms have access.", "More will follow.")
B = article("b", "Twelve firms have access.", "It took weeks.")
C = article("c", "The minister opened a bridge.", "It was raining.")
FORTY, TWELVE = ("forty firms have access", "A"), ("twelve firms have access", "B")
DISPUTE = draft(
    Relation.DISPUTE,
    [says("A", "forty"), says("B", "twelve"), silent("C")],
    [FORTY, TWELVE],
    kind=Kind.NUMBER,
)


def compared(reply: Draft, *articles: Article) -> Comparison:
    return compare("How many firms have access?", reply, sheet(*(articles or (A, B, C))))


def holders(comparison: Comparison) -> list[list[str]]:
    return [[r.article.id for r in p.readings] for p in comparison.positions]


def weights(comparison: Comparison) -> list[int]:
    return [p.independent for p in comparison.positions]


def test_given_two_sources_in_conflict_when_compared_then_it_is_a_dispute_with_both_positions() -> None:
    comparison = compared(DISPUTE)

    assert (comparison.check, comparison.relation, comparison.kind) == (Check.CHECKED, Relation.DISPUTE, Kind.NUMBER)
    assert holders(comparison) == [["a"], ["b"]]
    assert weights(comparison) == [1, 1]
    assert [p.claim for p in comparison.positions] == ["forty firms have access", "twelve firms have access"]
    assert comparison.silent == (C,)


def test_given_a_reading_that_cites_another_source_when_read_then_only_its_own_sentences_count() -> None:
    shown = sheet(A, B)

    mixed = reading(says("A", "forty", "B1", "A2", "A1"), shown)
    foreign = reading(says("A", "forty", "B1"), shown)

    assert mixed is not None
    assert [c.quote for c in mixed.citations] == ["More will follow.", "Forty firms have access."]
    assert foreign is None


def test_given_a_reading_without_words_when_read_then_its_sentence_speaks_for_it() -> None:
    found = reading(says("A", "  ", "A1"), sheet(A))

    assert found is not None
    assert found.says == "Forty firms have access."


@pytest.mark.parametrize("unknown", [says("D", "ninety", "D1"), says("", "ninety", "A1"), silent("A")])
def test_given_an_unknown_or_silent_source_when_read_then_there_is_no_reading(unknown: DraftReading) -> None:
    assert reading(unknown, sheet(A, B)) is None


def test_given_an_article_read_twice_when_compared_then_its_first_citeable_reading_counts_once() -> None:
    reply = draft(
        Relation.DISPUTE,
        [silent("A"), says("A", "ninety", "B1"), says("A", "forty"), says("A", "twelve"), says("B", "twelve")],
        [FORTY, ("twelve", "A B")],
    )

    comparison = compared(reply, A, B)

    assert holders(comparison) == [["a"], ["b"]]
    assert comparison.positions[0].readings[0].says == "forty"
    assert comparison.silent == ()


def test_given_a_source_in_two_groups_when_compared_then_it_stands_in_the_first_alone() -> None:
    reply = draft(Relation.DISPUTE, [says("A", "forty"), says("B", "twelve")], [("forty", "A B A"), ("twelve", "B A")])

    comparison = compared(reply, A, B)

    assert holders(comparison) == [["a", "b"]]
    assert comparison.relation is Relation.AGREE


def test_given_a_group_of_unknown_and_silent_sources_when_compared_then_it_is_no_position() -> None:
    reply = draft(
        Relation.DISPUTE,
        [says("A", "forty"), says("B", "twelve"), silent("C")],
        [FORTY, ("ninety", "Z C"), ("none", ""), TWELVE],
    )

    comparison = compared(reply)

    assert holders(comparison) == [["a"], ["b"]]


def test_given_a_reading_in_no_group_when_compared_then_it_stands_alone_under_its_own_words() -> None:
    reply = draft(Relation.DISPUTE, [says("A", "forty"), says("B", "twelve firms")], [FORTY])

    comparison = compared(reply, A, B)

    assert holders(comparison) == [["a"], ["b"]]
    assert comparison.positions[1].claim == "twelve firms"


def test_given_labels_in_brackets_when_compared_then_they_are_understood() -> None:
    reply = draft(
        Relation.DISPUTE,
        [says("[A]", "forty", "[A1]"), says("B", "twelve", " B1 ")],
        [("forty", "[A]"), ("twelve", "B")],
    )

    comparison = compared(reply, A, B)

    assert holders(comparison) == [["a"], ["b"]]
    assert comparison.silent == ()


def test_given_a_claim_with_a_full_stop_or_none_at_all_when_compared_then_it_can_follow_says_that() -> None:
    reply = draft(Relation.DISPUTE, [says("A", "forty"), says("B", "twelve")], [("forty firms. ", "A"), (" ", "B")])

    comparison = compared(reply, A, B)

    assert [p.claim for p in comparison.positions] == ["forty firms", "twelve"]


def test_given_nothing_but_unknown_keys_when_compared_then_it_cannot_be_cited_rather_than_none() -> None:
    reply = draft(Relation.AGREE, [says("A", "forty", "Z9"), says("B", "twelve", "A1")], [("forty", "A B")])

    with pytest.raises(Unciteable):
        compared(reply, A, B)


def test_given_readings_that_lose_every_key_when_the_model_still_says_none_then_it_cannot_be_cited() -> None:
    reply = draft(Relation.NONE, [says("A", "forty", "Z9"), silent("B")], [])

    with pytest.raises(Unciteable):
        compared(reply, A, B)


def test_given_a_relation_without_any_reading_when_compared_then_it_cannot_be_cited() -> None:
    for reply in (draft(Relation.AGREE, [], []), draft(Relation.SINGLE, [silent("A"), silent("B")], [])):
        with pytest.raises(Unciteable):
            compared(reply, A, B)


def test_given_every_source_silent_when_compared_then_nothing_answers() -> None:
    comparison = compared(draft(Relation.NONE, [silent("A"), silent("B"), silent("C")], []))

    assert (comparison.check, comparison.relation) == (Check.CHECKED, Relation.NONE)
    assert comparison.positions == ()
    assert comparison.silent == (A, B, C)


def test_given_a_reading_lost_for_its_keys_when_compared_then_its_source_is_not_called_silent() -> None:
    reply = draft(Relation.SINGLE, [says("A", "forty"), says("B", "twelve", "B9"), silent("C")], [FORTY])

    comparison = compared(reply)

    assert comparison.relation is Relation.SINGLE
    assert comparison.silent == with_copies(comparison, sheet(A, B, C)).silent == (C,)


def test_given_a_source_that_the_reply_leaves_out_when_compared_then_it_is_silent() -> None:
    comparison = compared(draft(Relation.SINGLE, [says("A", "forty")], [FORTY]))

    assert comparison.silent == (B, C)


@pytest.mark.parametrize("claimed", [r for r in Relation if r is not Relation.NONE])
def test_given_one_source_when_compared_then_it_is_single_whatever_is_claimed(claimed: Relation) -> None:
    comparison = compared(draft(claimed, [says("A", "forty"), silent("B")], [FORTY], kind=Kind.NUMBER))

    assert (comparison.relation, comparison.kind) == (Relation.SINGLE, None)


@pytest.mark.parametrize("claimed", [r for r in Relation if r is not Relation.NONE])
def test_given_one_position_of_two_sources_when_compared_then_they_agree_whatever_is_claimed(claimed: Relation) -> None:
    reply = draft(claimed, [says("A", "forty"), says("B", "forty")], [("forty", "A B")], kind=Kind.NUMBER)

    comparison = compared(reply, A, B)

    assert (comparison.relation, comparison.kind) == (Relation.AGREE, None)
    assert weights(comparison) == [2]


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        (Relation.SINGLE, Relation.COMPLEMENTARY),
        (Relation.AGREE, Relation.COMPLEMENTARY),
        (Relation.COMPLEMENTARY, Relation.COMPLEMENTARY),
        (Relation.OPINION, Relation.OPINION),
        (Relation.DISPUTE, Relation.DISPUTE),
        (Relation.UPDATE, Relation.DISPUTE),
    ],
)
def test_given_two_undated_positions_when_compared_then_the_claim_holds_as_far_as_they_bear_it_out(
    claimed: Relation, found: Relation
) -> None:
    reply = draft(claimed, [says("A", "forty"), says("B", "twelve")], [FORTY, TWELVE], kind=Kind.NUMBER)

    comparison = compared(reply, A, B)

    assert comparison.relation is found
    assert comparison.kind is (Kind.NUMBER if found is Relation.DISPUTE else None)


def test_given_an_outlet_at_odds_with_itself_when_compared_then_it_is_no_dispute() -> None:
    again = article("d", "Twelve firms have access.", outlet="outlet A")

    comparison = compared(DISPUTE, A, again, C)

    assert comparison.relation is Relation.SINGLE
    assert weights(comparison) == [1, 1]


def test_given_an_outlet_that_corrects_itself_when_called_a_dispute_then_it_is_an_update() -> None:
    first = article("a", "Forty firms have access.", outlet="The Courier", published="2026-05-01")
    later = article("b", "It is twelve firms, not forty.", outlet="The Courier", published="2026-05-03")

    comparison = compared(DISPUTE, first, later, C)

    assert comparison.relation is Relation.UPDATE
    assert holders(comparison) == [["b"], ["a"]]


@pytest.mark.parametrize("manner", [Manner.OPINION, Manner.FORECAST])
@pytest.mark.parametrize("claimed", [Relation.DISPUTE, Relation.UPDATE])
def test_given_judgements_alone_when_called_a_dispute_then_opinions_differ(claimed: Relation, manner: Manner) -> None:
    reply = draft(
        claimed,
        [says("A", "good", manner=Manner.OPINION), says("B", "bad", manner=manner)],
        [("it is good", "A"), ("it is bad", "B")],
        kind=Kind.REACTION,
    )

    comparison = compared(reply, A, B)

    assert (comparison.relation, comparison.kind) == (Relation.OPINION, None)


def test_given_one_fact_among_judgements_when_called_a_dispute_then_it_is_one() -> None:
    reply = draft(
        Relation.DISPUTE, [says("A", "forty"), says("B", "few, I think", manner=Manner.OPINION)], [FORTY, TWELVE]
    )

    assert compared(reply, A, B).relation is Relation.DISPUTE


WIRE = (
    "The ministry said on Tuesday that 340 licences had been granted to British firms since the ban was lifted.",
    "Most of them went to start-ups in London and Manchester, according to figures released by the department.",
    "Officials expect another hundred applications to be decided before the end of the summer recess.",
)


def test_given_three_outlets_with_one_agency_report_when_compared_then_one_source_stands_behind_three_outlets() -> None:
    wire, copy, third = (article(id, *WIRE) for id in "xyz")
    shown = sheet(wire, B, copy, third)
    reply = draft(Relation.DISPUTE, [says("A", "340"), says("B", "twelve")], [("340 firms have access", "A"), TWELVE])

    comparison = with_copies(compare("How many?", reply, shown), shown)

    position = next(p for p in comparison.positions if "340" in p.claim)
    assert [r.article.id for r in position.readings] == ["x", "y", "z"]
    assert position.independent == 1
    assert comparison.relation is Relation.DISPUTE
    for copied in position.readings[1:]:
        assert copied.says == "340"
        assert [c.quote for c in copied.citations] == [WIRE[0]]
        assert all(c.article is copied.article for c in copied.citations)


def test_given_a_copy_added_when_compared_then_verdict_and_weights_stay() -> None:
    wire, copy = article("x", *WIRE), article("y", *WIRE)
    reply = draft(Relation.DISPUTE, [says("A", "340"), says("B", "twelve")], [("340 firms have access", "A"), TWELVE])

    before = compared(reply, wire, B)
    after = compared(reply, wire, B, copy)

    assert (after.relation, after.positions) == (before.relation, before.positions)


def test_given_two_outlets_joined_through_another_position_when_weighed_then_they_count_once() -> None:
    wire_at_x, own_at_x = article("w", *WIRE, outlet="X"), article("o", "All told, 340 firms have it.", outlet="X")
    wire_at_y = article("e", *(s.replace("granted", "issued") for s in WIRE), outlet="Y")
    reply = draft(
        Relation.DISPUTE, [says(label, label) for label in "ABC"], [("340", "B C"), ("340 were granted", "A")]
    )

    comparison = compared(reply, wire_at_x, own_at_x, wire_at_y)

    assert (comparison.relation, weights(comparison)) == (Relation.SINGLE, [1, 1])


def test_given_the_copy_is_what_is_shown_when_an_outlet_wrote_twice_then_it_still_counts_once() -> None:
    wire_at_x = article("x", *WIRE, outlet="X")
    more_at_x = article("m", "All told, 340 licences were granted.", outlet="X")
    copy = article("c", *WIRE, outlet="Copyist")
    reply = draft(Relation.AGREE, [says("A", "340"), says("B", "340")], [("340", "A B")])

    before = compared(reply, wire_at_x, more_at_x)
    after = compared(reply, copy, more_at_x, wire_at_x)

    assert (before.relation, weights(before)) == (Relation.SINGLE, [1])
    assert (after.relation, weights(after)) == (Relation.SINGLE, [1])


def test_given_an_outlet_at_odds_with_the_wire_it_prints_when_a_copy_of_that_is_shown_then_it_is_no_dispute() -> None:
    wire_at_x = article("x", *WIRE, outlet="X")
    own_at_x = article("m", "It was 430 licences.", outlet="X")
    copy = article("c", *WIRE, outlet="Copyist")
    reply = draft(Relation.DISPUTE, [says("A", "340"), says("B", "430")], [("340", "A"), ("430", "B")])

    before = compared(reply, wire_at_x, own_at_x)
    after = compared(reply, copy, own_at_x, wire_at_x)

    assert before.relation is after.relation is Relation.SINGLE


def test_given_a_longer_piece_that_holds_the_wire_when_its_own_text_is_read_then_it_counts_and_is_no_copy() -> None:
    wire = article("x", *WIRE)
    longer = article("y", *WIRE, "This newspaper has counted 430 licences in the public register.")
    shown = sheet(wire, longer)
    reply = draft(
        Relation.DISPUTE, [says("A", "340"), says("B", "430", "B4")], [("340 licences", "A"), ("430 licences", "B")]
    )

    comparison = with_copies(compare("How many?", reply, shown), shown)

    assert comparison.relation is Relation.DISPUTE
    assert holders(comparison) == [["x"], ["y"]]
    assert weights(comparison) == [1, 1]


def test_given_a_longer_piece_silent_in_its_own_text_when_the_wire_answers_then_it_says_so_too() -> None:
    wire = article("x", *WIRE)
    longer = article("y", *WIRE, "It was a grey morning in Whitehall.")
    shown = sheet(wire, longer)
    reply = draft(Relation.SINGLE, [says("A", "340"), silent("B")], [("340 licences", "A")])

    comparison = with_copies(compare("How many?", reply, shown), shown)

    assert holders(comparison) == [["x", "y"]]
    assert weights(comparison) == [1]
    assert comparison.silent == ()
    assert comparison.relation is Relation.SINGLE


def test_given_a_copy_of_sentences_that_nobody_cites_when_compared_then_it_is_silent() -> None:
    wire, copy = article("x", *WIRE), article("y", *WIRE[1:])
    shown = sheet(wire, copy)
    reply = draft(Relation.SINGLE, [says("A", "340")], [("340 licences", "A")])

    comparison = with_copies(compare("How many?", reply, shown), shown)

    assert holders(comparison) == [["x"]]
    assert comparison.silent == (copy,)


def test_given_none_answers_when_a_copy_was_read_through_its_original_then_it_is_silent_too() -> None:
    wire, copy = article("x", *WIRE), article("y", *WIRE)
    shown = sheet(wire, copy)

    comparison = with_copies(compare("Who won?", draft(Relation.NONE, [silent("A")], []), shown), shown)

    assert comparison.silent == (wire, copy)


def dated(*days: str | None) -> list[Article]:
    return [article(id, f"Report {id}.", published=day) for id, day in zip("abcdef", days, strict=False)]


def update(*groups: str, kind: Kind = Kind.NUMBER, **as_of: str) -> Draft:
    labels = " ".join(groups).split()
    return draft(
        Relation.UPDATE,
        [says(label, f"as {label}", as_of=as_of.get(label)) for label in labels],
        [(f"as {group}", group) for group in groups],
        kind=kind,
    )


def test_given_a_later_report_when_it_updates_an_earlier_one_then_it_comes_first_with_its_kind() -> None:
    comparison = compared(update("A", "B", "C"), *dated("2026-05-01", "2026-05-09", "2026-05-04"))

    assert (comparison.relation, comparison.kind) == (Relation.UPDATE, Kind.NUMBER)
    assert holders(comparison) == [["b"], ["c"], ["a"]]


def test_given_earlier_values_of_one_day_when_updated_then_their_order_is_not_the_models() -> None:
    articles = dated("2026-05-01", "2026-05-01", "2026-05-04")

    found = [compared(update(*order), *articles) for order in (("A", "B", "C"), ("B", "C", "A"))]

    assert holders(found[0]) == holders(found[1]) == [["c"], ["a"], ["b"]]


def test_given_many_voices_for_the_old_value_when_updated_then_the_current_one_still_comes_first() -> None:
    comparison = compared(update("A B C", "D"), *dated("2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04"))

    assert holders(comparison) == [["d"], ["a", "b", "c"]]


def test_given_an_undated_report_when_it_would_supersede_then_it_does_not() -> None:
    comparison = compared(update("A", "B"), *dated("2026-05-01", None))

    assert comparison.relation is Relation.DISPUTE


def test_given_two_reports_of_one_day_when_only_the_day_is_known_then_neither_supersedes() -> None:
    comparison = compared(update("A", "B"), *dated("2026-05-01", "2026-05-01"))

    assert comparison.relation is Relation.DISPUTE


def test_given_two_reports_of_one_day_when_the_hours_are_known_then_the_later_supersedes_across_zones() -> None:
    comparison = compared(update("A", "B"), *dated("2026-05-01T09:00:00+02:00", "2026-05-01T08:30:00+01:00"))

    assert holders(comparison) == [["b"], ["a"]]


def test_given_a_day_and_an_hour_within_it_when_ordered_then_neither_supersedes() -> None:
    comparison = compared(update("A", "B"), *dated("2026-05-01", "2026-05-01T23:00:00+00:00"))

    assert comparison.relation is Relation.DISPUTE


def test_given_an_old_figure_repeated_later_when_ordered_then_it_is_not_renewed() -> None:
    comparison = compared(update("A C", "B"), *dated("2026-05-01", "2026-05-04", "2026-05-09"))

    assert holders(comparison) == [["b"], ["a", "c"]]


@pytest.mark.parametrize("as_of", ["2026-04-20", "2026-06-30", "in May", "", "0001-01-01", "9999-12-31", "2026-05"])
def test_given_a_correction_that_names_the_day_of_what_it_corrects_when_ordered_then_publication_counts(
    as_of: str,
) -> None:
    comparison = compared(update("A", "B", B=as_of), *dated("2026-05-01", "2026-05-04"))

    assert (comparison.relation, holders(comparison)) == (Relation.UPDATE, [["b"], ["a"]])


def test_given_an_undated_report_when_a_source_tells_that_it_is_superseded_then_it_comes_last() -> None:
    positions = compared(update("A", "B"), *dated(None, "2026-05-01")).positions

    assert current_first(positions) is None
    ordered = current_first(positions, told=True)
    assert ordered is not None
    assert [p.readings[0].article.id for p in ordered] == ["b", "a"]


def test_given_positions_when_sorted_then_weight_comes_first_and_no_order_of_sources_matters() -> None:
    articles = [article(id, f"Report {id}.") for id in "abcd"]
    readings = [says(label, label) for label in "ABCD"]
    groups = [("one", "A"), ("two", "B C"), ("three", "D")]

    found = [
        compared(draft(Relation.COMPLEMENTARY, order, sides), *articles)
        for order, sides in ((readings, groups), (readings[::-1], groups[::-1]))
    ]

    assert [p.claim for p in found[0].positions] == ["two", "one", "three"]
    assert [p.claim for p in found[1].positions] == ["two", "one", "three"]
    assert strongest_first(found[0].positions) == found[0].positions
