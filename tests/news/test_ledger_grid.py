"""A standing comparison as a table; which of them are shown beside an answer; labels as an evaluation file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.news.labels import Label, Verdict, as_questions
from bot.news.ledger.doubles import double_of, same_dispute, standing_for
from bot.news.ledger.grid import Mark, grid
from bot.news.ledger.standing import Entry, State, begun, by_weight
from bot.news.model import (
    Answer,
    Article,
    Check,
    Citation,
    Comparison,
    Kind,
    Manner,
    Mode,
    Position,
    Reading,
    Relation,
    Statement,
)
from tests.given import article
from tests.news.ledger_world import NOON

A = article("a", "Only Acme may sell again, after talks in Oslo.", "Twelve firms have access.", outlet="Post")
B = article("b", "The sales ban is gone, a minister said in Paris.", "Twenty firms have access.", outlet="Courier")
C = article("c", "The ban is gone.", "Nobody counts the firms.", outlet="Herald")


def cites(source: Article, number: int) -> Citation:
    return Citation(source, source.sentences[number - 1])


def reading(source: Article, *numbers: int) -> Reading:
    return Reading(source, "", Manner.FACT, tuple(cites(source, n) for n in numbers))


def side(claim: str, *readings: Reading) -> Position:
    return Position(claim, readings, len(readings))


def dispute(*positions: Position, question: str = "Was the ban lifted?", kind: Kind | None = Kind.STATUS) -> Comparison:
    return Comparison(question, Check.CHECKED, Relation.DISPUTE, kind, positions)


def entry(comparison: Comparison, owner: str | None = None, hours: int = 0) -> Entry:
    change = begun(comparison, NOON + timedelta(hours=hours), owner)
    assert change is not None
    return change.entry


LIFTED = dispute(side("the ban is gone", reading(B, 1), reading(C, 1)), side("only Acme may sell again", reading(A, 1)))
COUNT = dispute(
    side("twelve firms have access", reading(A, 2)),
    side("twenty firms have access", reading(B, 2)),
    question="How many firms have access?",
    kind=Kind.NUMBER,
)


def answer(claim: str, *cited: Citation, relation: Relation = Relation.SINGLE) -> Answer:
    positions = tuple(side(claim, Reading(c.article, "", Manner.FACT, (c,))) for c in cited)
    comparison = Comparison("What now?", Check.CHECKED, relation, None, positions)
    return Answer("What now?", Mode.MODEL, comparison, (Statement(f"{claim}.", cited),))


def test_given_a_comparison_when_drawn_then_each_outlet_says_says_otherwise_or_is_silent() -> None:
    silent = article("d", "Rain is expected.", outlet="Gazette")
    known = Comparison("How many?", Check.CHECKED, Relation.DISPUTE, None, COUNT.positions, (C, silent, A))

    drawn = grid(known)

    assert drawn.outlets == ("Post", "Courier", "Herald", "Gazette")
    assert [(r.claim, r.marks) for r in drawn.rows] == [
        ("twelve firms have access", (Mark.SAYS, Mark.OTHERWISE, Mark.SILENT, Mark.SILENT)),
        ("twenty firms have access", (Mark.OTHERWISE, Mark.SAYS, Mark.SILENT, Mark.SILENT)),
    ]
    assert drawn.silent == ("Herald", "Gazette")


def test_given_a_side_of_several_when_drawn_then_its_weight_and_its_best_sentence_are_told() -> None:
    drawn = grid(LIFTED)

    assert [(r.outlets, r.weight, r.best.quote) for r in drawn.rows] == [
        (("Courier", "Herald"), "2 independent sources", "The sales ban is gone, a minister said in Paris."),
        (("Post",), "1 independent source", "Only Acme may sell again, after talks in Oslo."),
    ]


def test_given_an_outlet_on_both_sides_when_drawn_then_it_says_both() -> None:
    later = article("a2", "Twenty firms have access now.", outlet="Post")

    drawn = grid(dispute(side("twelve do", reading(A, 2)), side("twenty do", reading(later, 1))))

    assert [r.marks for r in drawn.rows] == [(Mark.SAYS,), (Mark.SAYS,)]


def test_given_nothing_left_when_drawn_then_there_are_no_rows() -> None:
    drawn = grid(Comparison("Who?", Check.CHECKED, Relation.NONE, silent=(C,)))

    assert (drawn.rows, drawn.outlets) == ((), ("Herald",))


def test_given_an_answer_that_is_one_side_when_shown_then_the_dispute_stands_beside_it() -> None:
    (shown,) = standing_for(answer("the ban is gone", cites(C, 1)), [entry(LIFTED), entry(COUNT)])

    assert (shown.question, shown.positions) == (LIFTED.question, LIFTED.positions)


def test_given_an_answer_that_only_quotes_when_shown_then_nothing_stands_beside_it() -> None:
    quotes = replace(answer("the ban is gone", cites(C, 1)), mode=Mode.OFFLINE)

    assert standing_for(quotes, [entry(LIFTED)]) == ()


def test_given_another_fact_of_the_same_sentence_when_answered_then_no_dispute_is_shown() -> None:
    told = answer("a minister spoke in Paris", cites(B, 1))

    assert standing_for(told, [entry(LIFTED)]) == ()


def test_given_what_both_sides_say_when_answered_then_no_dispute_is_shown() -> None:
    assert standing_for(answer("firms have access", cites(A, 2)), [entry(COUNT)]) == ()
    assert len(standing_for(answer("twelve firms have access", cites(A, 2)), [entry(COUNT)])) == 1


def test_given_the_same_claim_on_another_sentence_when_answered_then_no_dispute_is_shown() -> None:
    told = answer("the ban is gone", Citation(article("z", "It is over."), article("z", "It is over.").sentences[0]))

    assert standing_for(told, [entry(LIFTED)]) == ()


def test_given_the_answers_own_dispute_when_shown_then_it_is_not_repeated() -> None:
    told = Answer("Is the ban over?", Mode.MODEL, dispute(*LIFTED.positions, question="Is the ban over?"))

    assert standing_for(told, [entry(LIFTED)]) == ()


def test_given_entries_that_do_not_stand_open_when_answered_then_none_is_shown() -> None:
    told = answer("the ban is gone", cites(C, 1))
    update = Comparison(LIFTED.question, Check.CHECKED, Relation.UPDATE, None, LIFTED.positions)
    settled, followed = entry(update), entry(LIFTED, owner="follow:1")

    assert settled.state is State.SETTLED
    assert standing_for(told, [settled, followed]) == ()


def test_given_the_same_sentences_against_each_other_when_compared_then_it_is_one_dispute() -> None:
    other = dispute(
        side("it was lifted for Acme alone", reading(A, 1, 2)),
        side("the whole ban was lifted", reading(B, 1)),
        question="For whom was the ban lifted?",
        kind=Kind.OTHER,
    )

    assert same_dispute(LIFTED, other)
    assert same_dispute(other, LIFTED)


def test_given_the_same_sentences_on_one_side_when_compared_then_it_is_another_dispute() -> None:
    other = dispute(side("talks were in Oslo", reading(A, 1)), side("nobody counts", reading(C, 2)))
    one_side = dispute(side("it is gone", reading(B, 1)), side("gone", reading(C, 1)))

    assert not same_dispute(LIFTED, other)
    assert not same_dispute(LIFTED, one_side)


def test_given_an_article_that_changes_sides_when_compared_then_it_is_another_dispute() -> None:
    scope = dispute(
        side("all may sell", reading(B, 1), reading(C, 1)), side("only Acme may", reading(A, 1)), question="Who may?"
    )
    place = dispute(
        side("it was in Oslo", reading(A, 1), reading(C, 2)), side("it was in Paris", reading(B, 1)), question="Where?"
    )

    assert not same_dispute(scope, place)


def test_given_a_number_and_a_date_in_the_same_sentences_when_compared_then_they_are_two() -> None:
    when = dispute(*COUNT.positions, question="Since when?", kind=Kind.DATE)

    assert not same_dispute(COUNT, when)
    assert double_of(when, [entry(COUNT)]) is None


def test_given_doubles_when_one_is_open_then_the_open_one_is_found_and_a_followed_one_never() -> None:
    update = Comparison(COUNT.question, Check.CHECKED, Relation.UPDATE, Kind.NUMBER, COUNT.positions)
    settled, standing, followed = entry(update), entry(COUNT, hours=1), entry(COUNT, owner="follow:1")

    assert double_of(COUNT, [followed, settled, standing]) == standing
    assert double_of(COUNT, [followed]) is None


def test_given_entries_when_ordered_then_the_most_independent_sources_come_first_and_then_the_newest() -> None:
    heavy, old, new = entry(LIFTED), entry(COUNT), entry(dispute(*COUNT.positions, question="Newer?"), hours=1)

    assert by_weight([old, new, heavy]) == [heavy, new, old]


def test_given_labels_when_exported_then_they_are_questions_of_an_evaluation_file() -> None:
    missed = Label(Verdict.MISSED, COUNT, "Look at line two.", "U1", NOON)
    wrong = Label(Verdict.NOT_A_DISAGREEMENT, LIFTED, "", "U2", NOON)

    first, second = as_questions([missed, wrong])

    assert first == {
        "id": "label-1",
        "question": "How many firms have access?",
        "kind": "disagree",
        "type": "number",
        "hard": True,
        "positions": [
            {
                "claim": "twelve firms have access",
                "sources": ["a"],
                "quotes": {"a": "Twelve firms have access."},
            },
            {
                "claim": "twenty firms have access",
                "sources": ["b"],
                "quotes": {"b": "Twenty firms have access."},
            },
        ],
        "accept_kinds": ["disagree"],
        "notes": "Look at line two.",
    }
    assert (second["kind"], second["hard"], "disagree" in second["accept_kinds"]) == ("complementary", False, False)


def test_given_two_labels_on_one_question_when_exported_then_the_newest_counts() -> None:
    first = Label(Verdict.MISSED, COUNT, "", "U1", NOON)
    later = Label(Verdict.NOT_A_DISAGREEMENT, COUNT, "", "U2", NOON + timedelta(hours=1))

    (item,) = as_questions([later, first])

    assert item["kind"] == "complementary"
