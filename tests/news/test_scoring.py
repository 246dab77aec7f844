"""The figures of a perfect, a lazy and a blind reader are those that are computed by hand here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.contract import as_json
from bot.news.gold import Item, Label, parse_items
from bot.news.model import (
    Answer,
    Check,
    Citation,
    Comparison,
    Manner,
    Mode,
    Position,
    Reading,
    Relation,
    Statement,
    Usage,
)
from bot.news.scoring import Figure, Outcome, Report, figure, mean, score, score_ledger, stability, stands
from tests.given import article

LIBRARY = [
    article("a_1f", "Forty firms have access.", "They are glad.", "It rained.", "It snowed."),
    article("b_2e", "Twelve firms have access.", "They are few.", "It thawed."),
    article("c_3d", "Forty firms it is.", "It froze."),
]
BY_LETTER = {a.id[0]: a for a in LIBRARY}
QUOTES = {"a": "Forty firms", "b": "Twelve firms", "c": "Forty firms"}


def labelled(id: str, kind: str, *golds: str, hard: bool = False, accept: tuple[str, ...] = ()) -> dict[str, Any]:
    """An item; each gold position is given as the letters of its sources."""
    positions = [{"claim": g, "sources": list(g), "quotes": {s: QUOTES[s] for s in g}} for g in golds]
    return {
        "id": id,
        "question": f"What about {id}?",
        "kind": kind,
        "hard": hard,
        "accept_kinds": accept or (kind,),
        "positions": positions,
    }


LABELLED = [
    labelled("d1", "disagree", "a", "b", hard=True),
    labelled("d2", "disagree", "ac", "b"),
    labelled("d3", "disagree", "a", "b", accept=("disagree", "complementary")),
    labelled("g1", "agree", "ab"),
    labelled("c1", "complementary", "a", "b"),
    labelled("s1", "single_source", "a"),
    labelled("u1", "unanswerable"),
    labelled("p1", "update", "b", "a"),
]
ITEMS = parse_items(json.dumps(LABELLED))
RIGHT = {
    Label.DISAGREE: Relation.DISPUTE,
    Label.AGREE: Relation.AGREE,
    Label.COMPLEMENTARY: Relation.OPINION,
    Label.SINGLE_SOURCE: Relation.SINGLE,
    Label.UNANSWERABLE: Relation.NONE,
    Label.UPDATE: Relation.UPDATE,
}


def told(relation: Relation | None, *groups: str, calls: int = 1, tokens: int | None = 100) -> dict[str, Any]:
    """An answer; each position is given as the letters of its articles, each cited by its first sentence."""

    def reading(letter: str) -> Reading:
        source = BY_LETTER[letter]
        return Reading(source, letter, Manner.FACT, (Citation(source, source.sentences[0]),))

    positions = tuple(Position(g, tuple(reading(x) for x in g), len(g)) for g in groups)
    check = Check.CHECKED if relation else Check.FAILED
    lines = tuple(Statement("So it is.", p.readings[0].citations) for p in positions)
    silent = tuple(a for a in LIBRARY if a.id[0] not in "".join(groups))
    comparison = Comparison("What?", check, relation, positions=positions, silent=silent)
    return as_json(Answer("What?", Mode.MODEL, comparison, lines, usage=Usage(calls, tokens, 10)))


def perfect(item: Item) -> dict[str, Any]:
    return told(RIGHT[item.label], *("".join(p.sources) for p in item.positions))


def lazy(item: Item) -> dict[str, Any]:
    """Flags every question, each source on its own side."""
    return told(Relation.DISPUTE, *(s for p in item.positions for s in p.sources), calls=2)


def blind(item: Item) -> dict[str, Any]:
    """Sees one answer, which all give."""
    everyone = "".join(s for p in item.positions for s in p.sources)
    return told(Relation.AGREE, *([everyone] if everyone else []))


def scored(reader: Any) -> tuple[dict[str, Figure], Report]:
    report = score([Outcome(item, reader(item), seconds=2.0) for item in ITEMS], LIBRARY)
    return {f.name: f for f in report.figures}, report


def values(figures: dict[str, Figure]) -> dict[str, tuple[float | None, int]]:
    return {name: (None if f.value is None else pytest.approx(f.value), f.n) for name, f in figures.items()}


# What readers of each kind score, however they are asked.
PERFECT = {
    "dispute precision": (1, 2),
    "dispute recall": (1, 2),
    "dispute F1": (1, 2),
    "dispute precision, hard": (1, 1),
    "dispute recall, hard": (1, 1),
    "dispute F1, hard": (1, 1),
    "false alarms": (0, 5),
    "false alarms on agree": (0, 1),
    "false alarms on complementary": (0, 1),
    "update recall": (1, 1),
    "abstention": (1, 1),
    "relation right": (1, 8),
    "distinct positions shown": (1, 7),
    "attribution": (1, 7),
    "verbatim quotes": (1, 7),
}
LAZY = {
    "dispute precision": (2 / 7, 7),  # d1 and d2 are right; d3 is a matter of taste
    "dispute recall": (1, 2),
    "dispute F1": (4 / 9, 7),  # 2 * 2 / (2 * 2 + 5 + 0)
    "dispute precision, hard": (1 / 6, 6),
    "dispute recall, hard": (1, 1),
    "dispute F1, hard": (2 / 7, 6),
    "false alarms": (1, 5),
    "false alarms on agree": (1, 1),
    "false alarms on complementary": (1, 1),
    "update recall": (0, 1),
    "abstention": (0, 1),
    "relation right": (3 / 8, 8),
    "distinct positions shown": (1, 7),
    "attribution": (12 / 14, 7),  # the second of two sources of one position is lost in d2 and g1
    "verbatim quotes": (1, 7),
}
BLIND = {
    "dispute precision": (None, 0),
    "dispute recall": (0, 2),
    "dispute F1": (0, 2),
    "dispute precision, hard": (None, 0),
    "dispute recall, hard": (0, 1),
    "dispute F1, hard": (0, 1),
    "false alarms": (0, 5),
    "false alarms on agree": (0, 1),
    "false alarms on complementary": (0, 1),
    "update recall": (0, 1),
    "abstention": (0, 1),
    "relation right": (1 / 8, 8),
    "distinct positions shown": (7 / 12, 7),
    "attribution": (9 / 14, 7),
    "verbatim quotes": (1, 7),
}
COSTS = {"input tokens": (100, 8), "output tokens": (10, 8), "seconds": (2, 8)}


def test_given_a_perfect_reader_when_scored_then_every_figure_is_the_best() -> None:
    figures, report = scored(perfect)

    assert values(figures) == PERFECT | {"calls": (1, 8), **COSTS}
    assert report.failures == ()


def test_given_a_lazy_reader_when_scored_then_it_recalls_all_and_is_seldom_right() -> None:
    figures, report = scored(lazy)

    assert values(figures) == LAZY | {"calls": (2, 8), **COSTS}
    assert [f.id for f in report.failures] == ["d2", "g1", "c1", "s1", "u1", "p1"]


def test_given_a_blind_reader_when_scored_then_it_never_alarms_and_finds_nothing() -> None:
    figures, report = scored(blind)

    assert values(figures) == BLIND | {"calls": (1, 8), **COSTS}
    assert [f.id for f in report.failures] == ["d1", "d2", "d3", "c1", "s1", "u1", "p1"]


def test_given_any_reader_when_scored_then_the_baselines_are_the_lazy_and_the_blind_ones() -> None:
    mine, always, never = (scored(reader)[0] for reader in (perfect, lazy, blind))

    for name, found in mine.items():
        flags = name.startswith(("dispute", "false alarms"))
        assert found.always == (always[name].value if flags else None)
        assert found.never == (never[name].value if flags else None)


def test_given_a_failure_when_listed_then_it_says_what_was_expected_and_given() -> None:
    _, report = scored(blind)
    by_id = {f.id: f for f in report.failures}

    assert by_id["d1"].question == "What about d1?"
    assert by_id["d1"].expected == "disagree: a (a) | b (b)"
    assert by_id["d1"].given == "agree: ab (a_1f, b_2e)"
    assert by_id["d3"].expected.startswith("disagree or complementary: ")
    assert by_id["u1"].expected == "unanswerable"
    assert by_id["u1"].given == "agree"


def test_given_the_right_relation_with_a_source_on_the_wrong_side_when_scored_then_it_is_a_failure() -> None:
    item = ITEMS[1]

    report = score([Outcome(item, told(Relation.DISPUTE, "a", "bc"))], LIBRARY)

    figures = {f.name: f.value for f in report.figures}
    assert figures["relation right"] == 1
    assert figures["attribution"] == pytest.approx(2 / 3)
    assert [f.given for f in report.failures] == ["dispute: a (a_1f) | bc (b_2e, c_3d)"]


def test_given_a_check_that_failed_when_scored_then_it_is_neither_flag_nor_abstention() -> None:
    outcomes = [Outcome(item, told(None)) for item in ITEMS]

    report = score(outcomes, LIBRARY)

    figures = {f.name: f.value for f in report.figures}
    assert (figures["dispute recall"], figures["false alarms"], figures["abstention"]) == (0, 0, 0)
    assert figures["relation right"] == 0
    assert report.failures[0].given == "check failed"


def test_given_a_quote_that_is_not_in_its_article_when_scored_then_it_is_not_verbatim() -> None:
    wrong, foreign = told(Relation.SINGLE, "a"), told(Relation.SINGLE, "a")
    wrong["statements"][0]["citations"][0]["quote"] = "Forty firms … access."
    foreign["positions"][0]["readings"][0]["citations"][0]["article"] = "b_2e"

    for answer in (wrong, foreign):
        report = score([Outcome(ITEMS[5], answer)], LIBRARY)
        assert {f.name: f.value for f in report.figures}["verbatim quotes"] == 0.5


def test_given_tokens_and_times_that_are_unknown_when_averaged_then_they_do_not_count() -> None:
    outcomes = [
        Outcome(ITEMS[0], told(Relation.DISPUTE, "a", "b", tokens=None)),
        Outcome(ITEMS[1], told(Relation.DISPUTE, "ac", "b", tokens=300), seconds=4.0),
    ]

    figures = {f.name: f for f in score(outcomes, LIBRARY).figures}

    assert (figures["input tokens"].value, figures["input tokens"].n) == (300, 1)
    assert (figures["seconds"].value, figures["seconds"].n) == (4, 1)
    assert mean("nothing", [None, None]) == Figure("nothing", None, 0)


def test_given_fewer_than_ten_questions_when_figured_then_there_is_no_interval() -> None:
    assert figure("x", [(1, 1)] * 9).interval is None
    assert figure("x", [(1, 1)] * 9 + [(0, 0)] * 5).interval is None
    assert figure("x", [(1, 1)] * 10).interval == (1, 1)


def test_given_the_same_questions_when_figured_twice_then_the_interval_is_the_same_and_holds_the_value() -> None:
    tallies = [(1, 1)] * 30 + [(0, 1)] * 10

    first, second = figure("x", tallies), figure("x", tallies)

    assert first == second
    assert first.value == 0.75
    assert first.interval is not None
    low, high = first.interval
    assert 0.58 <= low <= 0.66  # a share of .75 in 40 has a standard error of .068
    assert 0.85 <= high <= 0.92


def test_given_two_runs_when_compared_then_verdicts_and_positions_that_stay_are_counted() -> None:
    same = told(Relation.DISPUTE, "a", "b")
    pairs = [
        (same, told(Relation.DISPUTE, "b", "a")),
        (same, told(Relation.AGREE, "ab")),
        (same, told(Relation.DISPUTE, "a", "c")),
        (told(None), told(None)),
    ]

    verdict, positions = stability(pairs)

    assert (verdict.name, verdict.value, verdict.n) == ("verdict unchanged", 0.75, 4)
    assert (positions.name, positions.value, positions.n) == ("positions unchanged", 0.5, 4)


def test_given_a_copy_that_only_the_second_run_knows_when_compared_then_positions_are_unchanged() -> None:
    one, other = told(Relation.DISPUTE, "a", "b"), told(Relation.DISPUTE, "ac", "b")
    one["silent"] = []

    _, positions = stability([(one, other)])

    assert positions.value == 1


def standing(*groups: str, sentence: int = 1, question: str = "Which?") -> dict[str, Any]:
    found = {"question": question, "positions": told(Relation.DISPUTE, *groups)["positions"]}
    for side in found["positions"]:
        for reading in side["readings"]:
            reading["citations"][0]["sentence"] = sentence
    return found


@pytest.mark.parametrize(
    ("held", "matches"),
    [
        (standing("ac", "b"), True),
        (standing("b", "a"), True),
        (standing("b", "a", sentence=2), True),
        (standing("b", "a", sentence=3), False),
        (standing("a", "bc"), False),
        (standing("a", "c", "b"), False),
        (standing("abc"), False),
        (standing("a", "c"), False),
    ],
    ids=["same", "a source fewer", "neighbours", "elsewhere", "otherwise", "split", "joined", "one side"],
)
def test_given_a_standing_dispute_when_matched_then_it_splits_the_sources_so_and_rests_on_the_quotes(
    held: dict[str, Any], matches: bool
) -> None:
    assert stands(ITEMS[1], held, LIBRARY) is matches


def test_given_a_ledger_when_scored_then_what_stands_what_is_missing_and_what_matches_none_are_told() -> None:
    elsewhere = parse_items(json.dumps([labelled("d9", "disagree", "a", "c", hard=True)]))
    disputes = [
        standing("ac", "b", question="How many?"),
        standing("a", "b", sentence=3, question="What weather?"),
        standing("b", "a", question="How many firms?"),
    ]

    report = score_ledger([*ITEMS, *elsewhere], disputes, LIBRARY)

    assert [(f.name, f.value, f.n) for f in report.figures] == [
        ("disputes that stand", pytest.approx(2 / 3), 3),
        ("disputes that stand, hard", 0.5, 2),
        ("standing that match", pytest.approx(2 / 3), 3),
    ]
    assert report.missed == ("d9",)
    assert report.unmatched == ("What weather?",)
