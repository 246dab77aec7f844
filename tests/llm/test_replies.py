"""The shapes of replies: strict as servers want them, lenient only where that costs nothing honest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.growing import GrowingDraft
from bot.llm.replies import ANSWER, SECOND_LOOK, STANDALONE, Faulty
from bot.news.model import Draft, Kind, Manner, Relation, Usage
from tests.llm.given import dispute
from tests.scripted_model import look, reads, reply

TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from('{}[]"\\,:'), max_size=30)


def parsed(given: dict[str, Any]) -> Draft:
    return ANSWER.parse(json.dumps(given)).draft(Usage())


@pytest.mark.parametrize("shape", [ANSWER, SECOND_LOOK, STANDALONE])
def test_given_a_shape_when_a_server_is_to_hold_to_it_then_it_is_of_the_strict_kind(shape: Any) -> None:
    def objects(schema: Any) -> Iterator[dict[str, Any]]:
        if isinstance(schema, dict):
            if schema.get("type") == "object":
                yield schema
            for each in schema.values():
                yield from objects(each)
        elif isinstance(schema, list):
            for each in schema:
                yield from objects(each)

    found = list(objects(shape.schema))

    assert found
    for each in found:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    assert not {"title", "description", "default"} & set(json.dumps(shape.schema).split('"'))


def test_given_the_answer_s_shape_when_written_then_the_model_reads_before_it_judges() -> None:
    assert list(ANSWER.schema["properties"]) == [
        "readings",
        "positions",
        "could_all_be_true",
        "relation",
        "kind",
        "statements",
    ]


def test_given_a_silent_reading_of_nulls_when_parsed_then_it_is_silent() -> None:
    silent = reads("A") | {"says": None, "manner": None, "keys": None}

    (reading,) = parsed(reply(readings=[silent], relation="none")).readings

    assert (reading.silent, reading.says, reading.manner, reading.keys) == (True, "", Manner.FACT, ())


@pytest.mark.parametrize(
    ("relation", "kind", "kept"),
    [
        ("dispute", "number", Kind.NUMBER),
        ("update", "status", Kind.STATUS),
        ("dispute", "turnout", Kind.OTHER),
        ("dispute", "null", None),
        ("agree", "number", None),
        ("Dispute ", "Number", Kind.NUMBER),
    ],
)
def test_given_a_kind_when_parsed_then_it_is_kept_where_one_belongs(
    relation: str, kind: str | None, kept: Kind | None
) -> None:
    assert parsed(dispute(relation=relation, kind=kind)).kind is kept


@pytest.mark.parametrize(
    "fence",
    [
        "```json\n{}\n```",
        "  ```JSON\n{}```",
        "{}\n",
        "Here it is:\n{}\nI hope that helps.",
        "<think>A or {b}?</think>\n{}",
    ],
)
def test_given_words_or_a_fence_around_the_reply_when_parsed_then_they_are_taken_off(fence: str) -> None:
    text = fence.replace("{}", json.dumps(dispute()))

    assert ANSWER.parse(text).draft(Usage()) == parsed(dispute())


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "null",
        "[]",
        "Twelve firms.",
        json.dumps(dispute())[:-1],
        json.dumps(dispute() | {"verdict": "dispute"}),
        json.dumps({k: v for k, v in dispute().items() if k != "readings"}),
        json.dumps(dispute() | {"relation": "conflict"}),
        json.dumps(reply(relation="none")),
        json.dumps(dispute() | {"kind": ["number"]}),
        json.dumps(dispute(readings=[reads("A", "x", ["A1"]) | {"keys": [1]}])),
        '{"readings": "\\ud800"}',
        json.dumps(dispute()) * 2,
    ],
)
def test_given_a_reply_that_does_not_fit_when_parsed_then_it_is_faulty(broken: str) -> None:
    with pytest.raises(Faulty):
        ANSWER.parse(broken)


def test_given_a_look_that_contradicts_itself_when_parsed_then_the_dispute_stands() -> None:
    stands = SECOND_LOOK.parse(json.dumps(look(True, relation="agree"))).draft(Usage())
    unsaid = SECOND_LOOK.parse(json.dumps(look(False, relation="dispute"))).draft(Usage())

    assert (stands.upheld, stands.relation) == (True, Relation.DISPUTE)
    assert (unsaid.upheld, unsaid.relation) == (True, Relation.DISPUTE)


@given(
    st.lists(st.builds(reads, st.sampled_from("ABC"), TEXT, st.lists(TEXT, max_size=3)), min_size=1, max_size=3),
    st.lists(st.tuples(TEXT, st.lists(st.sampled_from("ABC"), max_size=2)), max_size=3),
    TEXT,
    st.lists(st.tuples(TEXT, st.lists(TEXT, max_size=2)), max_size=3),
    st.lists(st.integers(1, 12), min_size=1),
    st.sampled_from(["{}", "```json\n{}\n```", "<think>{{}}</think>{}"]),
)
def test_given_any_reply_when_it_grows_in_any_pieces_then_each_draft_is_a_whole_beginning_of_it(
    readings: list[dict[str, Any]],
    positions: list[tuple[str, list[str]]],
    could_all: str,
    statements: list[tuple[str, list[str]]],
    sizes: list[int],
    around: str,
) -> None:
    whole = reply(
        readings=readings,
        positions=positions,
        could_all_be_true=could_all,
        relation="opinion",
        statements=statements,
    )
    text = json.dumps(whole, ensure_ascii=False)
    text = around.format(text)
    drafts: list[Draft] = []

    hear, start, turn = GrowingDraft(drafts.append), 0, 0
    while start < len(text):
        size = sizes[turn % len(sizes)]
        hear(text[start : start + size])
        start, turn = start + size, turn + 1

    final = parsed(whole)
    for draft in drafts:
        assert draft.readings == final.readings[: len(draft.readings)]
        assert draft.positions == final.positions[: len(draft.positions)]
        assert draft.statements == final.statements[: len(draft.statements)]
        assert draft.relation in (None, final.relation)
        assert draft.could_all_be_true in ("", final.could_all_be_true)
        assert not draft.complete
    grown = [(len(d.readings), len(d.positions), len(d.statements)) for d in drafts]
    assert grown == sorted(set(grown))


def test_given_words_that_steer_a_terminal_when_parsed_then_they_are_plain_text_on_one_line() -> None:
    steering = "Twelve \x1b]0;owned\x07\x1b[31m\u202efirms.\n\nAll of them."

    read = parsed(
        reply(
            readings=[reads("A", steering, ["A1"], speaker=steering)],
            positions=[(steering, ["A"])],
            statements=[(steering, ["A1"])],
        )
    )

    plain = "Twelve ]0;owned[31mfirms. All of them."
    assert (read.readings[0].says, read.readings[0].speaker) == (plain, plain)
    assert (read.positions[0].claim, read.statements[0].text) == (plain, plain)
