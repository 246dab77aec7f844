"""A question to an answer: who is told what and when, and what stands when the model cannot be used."""

from __future__ import annotations

import pytest

from bot.contract import as_json
from bot.errors import ReaderAbsent, ReaderError, ReaderRefused, ReaderUnavailable, ReplyUnusable, WrongUse
from bot.news.answer import QUESTION_CHARACTERS, answer, asked
from bot.news.catalogue import ENGLISH, explained
from bot.news.model import (
    Answer,
    Article,
    Check,
    Draft,
    DraftLook,
    Kind,
    Mode,
    Relation,
    Replayed,
    SecondLook,
    Turn,
    Usage,
)
from tests.fakes import UPHELD, FakeArchive, FakeReader, Notes, in_any_order
from tests.given import article, draft, says, silent

ASKED = "How many firms have access?"
A = article("a", "Forty firms have access.", "Twelve of them are start-ups.", published="2026-05-01")
B = article("b", "Twelve firms have access.", "It took weeks.", published="2026-05-04")
C = article("c", "The minister opened a bridge.", "It was raining.", published="2026-05-05")
READINGS = [says("A", "forty"), says("B", "twelve"), silent("C")]
SIDES = [("forty firms have access", "A"), ("twelve firms have access", "B")]
DISPUTE = draft(Relation.DISPUTE, READINGS, SIDES, [("It took weeks.", "B2")], kind=Kind.NUMBER)
UPDATE = draft(Relation.UPDATE, READINGS, SIDES, [("It took weeks.", "B2")], kind=Kind.NUMBER)
SEPARATE = draft(
    Relation.COMPLEMENTARY,
    READINGS,
    SIDES,
    [("Forty firms have it.", "A1 Z1"), ("Aliens have it.", "Z1"), ("It took weeks.", "B2")],
)
NOTHING = draft(Relation.NONE, [silent("A"), silent("B"), silent("C")], [], [("A bridge was opened.", "C1")])
WITHDRAWN = DraftLook(False, Relation.COMPLEMENTARY, "Twelve are the start-ups.", ("A2",), Usage(1, 20, 2))


async def answered(
    reader: FakeReader | None,
    *articles: Article,
    notes: Notes | None = None,
    turns: tuple[Turn, ...] = (),
    tokens: int = 1_000,
) -> Answer:
    archive = FakeArchive(*(articles or (A, B, C)))
    return await answer(ASKED, archive=archive, reader=reader, excerpt_tokens=tokens, turns=turns, audience=notes)


def texts(found: Answer) -> list[str]:
    return [s.text for s in found.statements]


async def test_given_sources_that_add_to_each_other_when_asked_then_the_audience_hears_readings_then_lines() -> None:
    notes = Notes()

    found = await answered(FakeReader([SEPARATE]), notes=notes)

    assert notes.told == ["reads a", "reads b", "says Forty firms have it.", "says It took weeks."]
    assert texts(found) == ["Forty firms have it.", "It took weeks."]
    assert (found.mode, found.comparison.check, found.comparison.relation) == (
        Mode.MODEL,
        Check.CHECKED,
        Relation.COMPLEMENTARY,
    )
    assert found.comparison.silent == (C,)
    assert found.shown == (A, B, C)


async def test_given_lines_that_are_settled_when_the_stream_breaks_after_them_then_they_were_told_already() -> None:
    notes = Notes()
    reader = FakeReader([SEPARATE], breaks_after=6, breaks_with=ReaderUnavailable("cut"))

    found = await answered(reader, notes=notes)

    assert notes.told == ["reads a", "reads b", "says Forty firms have it."]
    assert (found.mode, found.comparison.check) == (Mode.OFFLINE, Check.FAILED)


async def test_given_a_candidate_dispute_when_asked_then_lines_wait_for_the_second_look_and_code_leads() -> None:
    notes = Notes()
    reader = FakeReader([DISPUTE])

    found = await answered(reader, notes=notes)

    line = "One source says that forty firms have access; another says that twelve firms have access."
    assert notes.told == ["reads a", "reads b", "second look", f"says {line}", "says It took weeks."]
    assert texts(found) == [line, "It took weeks."]
    assert [c.article.id for c in found.statements[0].citations] == ["a", "b"]
    assert (found.comparison.relation, found.comparison.second_look) == (Relation.DISPUTE, SecondLook.UPHELD)
    assert found.comparison.kind is Kind.NUMBER


async def test_given_a_candidate_dispute_when_looked_at_again_then_only_its_sentences_and_neighbours_are_shown() -> (
    None
):
    long = article("a", *(f"Sentence number {n}." for n in range(1, 10)))
    reader = FakeReader(
        [draft(Relation.DISPUTE, [says("A", "five", "A5"), says("B", "twelve")], [("five", "A"), SIDES[1]])]
    )

    await answered(reader, long, article("b", "Twelve firms have access."), article("c", "It was raining."))

    ((candidate, sheet),) = reader.looks
    assert candidate.relation is Relation.DISPUTE
    assert {s.article.id: [x.number for x in s.sentences] for s in sheet.sources} == {"a": [3, 4, 5, 6, 7], "b": [1]}


@pytest.mark.parametrize("reply", [UPDATE, SEPARATE, NOTHING])
async def test_given_no_candidate_dispute_when_asked_then_there_is_no_second_look(reply: Draft) -> None:
    reader = FakeReader([reply])

    found = await answered(reader)

    assert reader.looks == []
    assert found.comparison.second_look is None
    assert found.usage == Usage(1, 100, 10)


async def test_given_a_dispute_withdrawn_when_asked_then_each_side_is_told_and_what_reconciles_them() -> None:
    notes = Notes()

    found = await answered(FakeReader([DISPUTE], look=WITHDRAWN), notes=notes)

    assert notes.told[2:] == [
        "second look",
        "says Forty firms have access.",
        "says Twelve firms have access.",
        "says It took weeks.",
    ]
    assert (found.comparison.relation, found.comparison.kind) == (Relation.COMPLEMENTARY, None)
    assert found.comparison.reconciled is not None
    assert [c.quote for c in found.comparison.reconciled.citations] == ["Twelve of them are start-ups."]
    assert found.usage == Usage(2, 120, 12)


async def test_given_a_second_look_that_fails_when_asked_then_the_dispute_stands_and_says_so() -> None:
    found = await answered(FakeReader([DISPUTE], look=ReaderUnavailable("away")))

    assert (found.mode, found.comparison.check) == (Mode.MODEL, Check.CHECKED)
    assert (found.comparison.relation, found.comparison.second_look) == (Relation.DISPUTE, SecondLook.FAILED)
    assert texts(found)[0].startswith("One source says that forty")


@pytest.mark.parametrize("lines", [(), [("It took weeks.", "B2")]])
async def test_given_a_conflict_that_code_does_not_bear_out_when_asked_then_each_position_is_told(
    lines: list[tuple[str, str]],
) -> None:
    notes = Notes()
    reply = draft(Relation.DISPUTE, [says("A", "forty"), says("B", "forty")], [("forty have access", "A B")], lines)

    found = await answered(FakeReader([reply]), A, B, notes=notes)

    assert (found.comparison.check, found.comparison.relation) == (Check.CHECKED, Relation.AGREE)
    assert texts(found) == ["Forty have access.", *(text for text, _ in lines)]
    assert notes.told == ["reads a", "reads b", *(f"says {text}" for text in texts(found))]
    assert {c.article.id for c in found.statements[0].citations} == {"a", "b"}


async def test_given_an_update_when_asked_then_code_leads_with_the_current_value_and_when_it_was_otherwise() -> None:
    found = await answered(FakeReader([UPDATE]))

    assert texts(found)[0] == (
        "Twelve firms have access (Outlet b, 4 May 2026). Before that: forty firms have access (Outlet a, 1 May 2026)."
    )
    assert found.comparison.positions[0].readings[0].article is B


async def test_given_a_dispute_without_a_line_of_the_models_when_asked_then_codes_line_answers() -> None:
    found = await answered(FakeReader([draft(Relation.DISPUTE, READINGS, SIDES)]))

    assert len(found.statements) == 1


async def test_given_nothing_answers_when_asked_then_it_says_so_with_the_closest_there_is() -> None:
    notes = Notes()

    found = await answered(FakeReader([NOTHING]), notes=notes)

    assert (found.comparison.check, found.comparison.relation) == (Check.CHECKED, Relation.NONE)
    assert found.statements == found.comparison.positions == ()
    assert [s.text for s in found.closest] == ["A bridge was opened."]
    assert found.comparison.silent == (A, B, C)
    assert notes.told == []


@pytest.mark.parametrize(
    "reply",
    [
        draft(
            Relation.AGREE, [says("A", "forty", "Q1"), says("B", "forty", "A1")], [("forty", "A B")], [("Forty.", "A1")]
        ),
        draft(Relation.AGREE, [says("A", "forty"), says("B", "forty")], [("forty", "A B")], [("Forty.", "Q1")]),
        draft(Relation.NONE, [says("A", "forty", "Q1")], []),
        draft(Relation.AGREE, [], [], [("Forty.", "A1")]),
    ],
    ids=["readings", "statements", "readings called none", "no readings"],
)
async def test_given_a_reply_that_cites_nothing_when_asked_then_the_check_failed_rather_than_none(reply: Draft) -> None:
    found = await answered(FakeReader([reply]))

    assert (found.mode, found.comparison.check, found.comparison.relation) == (Mode.OFFLINE, Check.FAILED, None)
    assert found.trouble == ENGLISH.answer.uncited
    assert found.statements != ()
    assert found.usage == Usage(1, 100, 10)


@pytest.mark.parametrize("fault", [ReaderUnavailable("away"), ReaderRefused("key"), ReplyUnusable("broken")])
async def test_given_a_reader_that_fails_when_asked_then_sources_stand_side_by_side_uncompared(
    fault: ReaderError,
) -> None:
    found = await answered(FakeReader([fault]))

    assert (found.mode, found.comparison.check, found.comparison.relation) == (Mode.OFFLINE, Check.FAILED, None)
    assert found.trouble == explained(fault)
    assert {s.citations[0].article.id for s in found.statements} == {"a", "b"}


async def test_given_a_failed_reader_and_no_word_in_common_when_asked_then_it_is_not_called_none() -> None:
    found = await answered(FakeReader([ReaderUnavailable("away")]), C)

    assert (found.comparison.check, found.comparison.relation, found.statements) == (Check.FAILED, None, ())


@pytest.mark.parametrize("reader", [None, FakeReader([ReaderAbsent("no model")])])
async def test_given_no_model_when_asked_then_nothing_is_claimed_about_agreement(reader: FakeReader | None) -> None:
    found = await answered(reader)

    assert (found.mode, found.comparison.check, found.comparison.relation) == (Mode.OFFLINE, Check.NOT_RUN, None)
    assert found.comparison.positions == found.comparison.silent == ()
    assert {s.citations[0].article.id for s in found.statements} == {"a", "b"}
    assert found.usage.calls == 0


async def test_given_no_model_and_no_word_in_common_when_asked_then_there_was_nothing_to_show() -> None:
    found = await answered(None, C)

    assert (found.comparison.check, found.comparison.relation) == (Check.NOT_RUN, Relation.NONE)
    assert found.statements == ()


@pytest.mark.parametrize(("reader", "mode"), [(None, Mode.OFFLINE), (FakeReader([DISPUTE]), Mode.MODEL)])
async def test_given_an_empty_library_when_asked_then_no_model_is_asked(reader: FakeReader | None, mode: Mode) -> None:
    found = await answer(ASKED, archive=FakeArchive(), reader=reader)

    assert (found.mode, found.comparison.check, found.comparison.relation) == (mode, Check.NOT_RUN, Relation.NONE)
    assert found.library_empty
    assert reader is None or reader.sheets == []


async def test_given_a_search_that_finds_nothing_when_asked_then_no_model_is_asked() -> None:
    reader = FakeReader([DISPUTE])

    found = await answered(reader, C, tokens=1)

    assert (found.mode, found.comparison.check, found.comparison.relation) == (
        Mode.MODEL,
        Check.NOT_RUN,
        Relation.NONE,
    )
    assert not found.library_empty
    assert reader.sheets == []


async def test_given_more_sources_than_fit_when_asked_then_the_answer_says_how_many_were_left_out() -> None:
    reader = FakeReader([draft(Relation.SINGLE, [says("A", "forty")], [SIDES[0]], [("Forty firms have it.", "A1")])])

    found = await answered(reader, tokens=8)

    assert found.left_out == 1
    assert len(found.shown) == 1


FOLLOW_UP = (Turn("Who has access now?", "Forty firms have access."),)


async def test_given_a_follow_up_when_asked_then_the_question_is_made_to_stand_on_its_own_first() -> None:
    reader = FakeReader([SEPARATE], resolved="How many start-ups have access?")

    found = await answered(reader, turns=FOLLOW_UP)

    assert reader.followed == [(ASKED, FOLLOW_UP)]
    assert reader.questions == ["How many start-ups have access?"]
    assert found.question == found.comparison.question == "How many start-ups have access?"
    assert found.usage == Usage(2, 130, 13)


async def test_given_a_follow_up_that_cannot_be_put_on_its_own_when_asked_then_it_is_asked_as_it_is() -> None:
    reader = FakeReader([SEPARATE], resolved=ReaderUnavailable("away"))

    found = await answered(reader, turns=FOLLOW_UP)

    assert reader.questions == [ASKED]
    assert found.comparison.check is Check.CHECKED


async def test_given_a_first_question_when_asked_then_no_call_goes_to_making_it_stand_on_its_own() -> None:
    reader = FakeReader([SEPARATE])

    await answered(reader)

    assert reader.followed == []


async def test_given_a_follow_up_without_a_model_when_asked_then_it_is_answered_as_it_is() -> None:
    found = await answered(None, turns=FOLLOW_UP)

    assert found.question == ASKED


GERMAN = "Wie viele Firmen haben Zugang?"
SMALL = 10  # tokens: not all of the coverage fits, so that it is searched


async def in_german(
    reader: FakeReader | None, *, tokens: int = SMALL, written_in: str | None = "en", turns: tuple[Turn, ...] = ()
) -> tuple[Answer, list[str]]:
    """The answer to a question in German, and what the coverage was searched by."""
    archive = FakeArchive(A, B, C)
    archive.written_in = written_in
    found = await answer(GERMAN, archive=archive, reader=reader, excerpt_tokens=tokens, turns=turns)
    return found, archive.searched


async def test_given_a_question_in_another_language_when_asked_then_only_the_search_is_in_the_coverage_s() -> None:
    reader = FakeReader([SEPARATE], resolved="not the person's own words", search="How many firms have access?")

    found, searched = await in_german(reader)

    assert searched == ["How many firms have access? Wie viele Firmen haben Zugang?"]
    assert reader.followed == [(GERMAN, ())]
    assert reader.questions == [GERMAN]
    assert found.question == GERMAN
    assert found.usage == Usage(2, 130, 13)


async def test_given_a_name_in_both_languages_when_searched_then_it_counts_once() -> None:
    reader = FakeReader([SEPARATE], search="Firmen with access?")

    _, searched = await in_german(reader)

    assert searched == ["Firmen with access? Wie viele haben Zugang?"]


async def test_given_coverage_that_fits_when_asked_in_another_language_then_no_call_goes_to_its_words() -> None:
    reader = FakeReader([SEPARATE])

    _, searched = await in_german(reader, tokens=1_000)

    assert (reader.followed, searched) == ([], [])


@pytest.mark.parametrize("written_in", ["de", None])
async def test_given_coverage_in_the_question_s_own_language_or_in_none_when_asked_then_no_call_goes_to_its_words(
    written_in: str | None,
) -> None:
    reader = FakeReader([SEPARATE])

    _, searched = await in_german(reader, written_in=written_in)

    assert (reader.followed, searched) == ([], [GERMAN])


async def test_given_an_english_question_when_the_coverage_is_searched_then_no_call_goes_to_its_words() -> None:
    reader = FakeReader([SEPARATE])

    await answered(reader, tokens=SMALL)

    assert reader.followed == []


async def test_given_a_follow_up_in_another_language_when_asked_then_one_call_gives_both_its_words() -> None:
    reader = FakeReader([SEPARATE], resolved="Wie viele Start-ups?", search="How many start-ups have access?")

    found, searched = await in_german(reader, turns=FOLLOW_UP)

    assert len(reader.followed) == 1
    assert searched == ["How many start-ups have access? Wie viele Start-ups?"]
    assert found.question == "Wie viele Start-ups?"


async def test_given_words_that_cannot_be_put_when_asked_in_another_language_then_it_is_searched_as_it_is() -> None:
    reader = FakeReader([SEPARATE], resolved=ReaderUnavailable("away"))

    _, searched = await in_german(reader)

    assert searched == [GERMAN]


async def test_given_the_answer_fails_when_asked_in_another_language_then_sources_are_quoted_all_the_same() -> None:
    reader = FakeReader([ReaderUnavailable("away")], search="How many firms have access?")

    found, _ = await in_german(reader)

    assert "Forty firms have access." in texts(found)


async def test_given_a_reply_that_starts_anew_as_a_dispute_when_asked_then_no_line_of_codes_is_lost() -> None:
    notes = Notes()

    found = await answered(FakeReader([DISPUTE], before=SEPARATE), notes=notes)

    assert notes.told == [
        *("reads a", "reads b", "says Forty firms have it.", "says It took weeks.", "second look"),
        "says One source says that forty firms have access; another says that twelve firms have access.",
    ]
    assert len(found.statements) == 2


async def test_given_a_stream_that_cites_nothing_and_starts_anew_when_asked_then_the_later_reply_counts() -> None:
    broken = draft(Relation.AGREE, [says("A", "forty", "Q1")], [SIDES[0]], [("Forty.", "A1")])

    found = await answered(FakeReader([SEPARATE], before=broken))

    assert (found.comparison.check, found.comparison.relation) == (Check.CHECKED, Relation.COMPLEMENTARY)


async def test_given_a_source_that_cites_nothing_when_streamed_then_its_reading_is_not_shown() -> None:
    notes = Notes()
    reply = draft(Relation.SINGLE, [says("A", "forty"), says("B", "twelve", "A1")], [SIDES[0]], [("Forty.", "A1")])

    await answered(FakeReader([reply]), notes=notes)

    assert notes.told == ["reads a", "says Forty."]


async def test_given_kept_replies_when_answered_then_the_answer_says_where_it_comes_from() -> None:
    kept = Replayed("some-model", "2026-05-20")
    reply = Draft(
        **{f: getattr(DISPUTE, f) for f in ("readings", "positions", "relation", "kind", "statements")}, replayed=kept
    )

    found = await answered(FakeReader([reply]))

    assert found.replayed == kept
    assert as_json(found)["replayed"] == {"model": "some-model", "recorded": "2026-05-20"}
    assert found.usage == UPHELD.usage


async def test_given_tokens_that_a_server_does_not_report_when_summed_then_they_stay_unknown() -> None:
    found = await answered(FakeReader([DISPUTE], look=DraftLook(True, Relation.DISPUTE, "", (), Usage(1, None, 2))))

    assert found.usage == Usage(2, None, 12)


async def test_given_articles_in_any_order_when_asked_then_sheet_and_answer_are_the_same() -> None:
    seen = []

    for archive in in_any_order((A, B, C)):
        reader = FakeReader([DISPUTE])
        found = await answer(ASKED, archive=archive, reader=reader)
        seen.append((reader.sheets, as_json(found)))

    assert seen[0] == seen[1] == seen[2]


async def test_given_the_same_question_twice_when_asked_then_the_answer_is_the_same() -> None:
    reader = FakeReader([DISPUTE])

    first, second = [await answered(reader), await answered(reader)]

    assert as_json(first) == as_json(second)


def weights(found: Answer) -> dict[str, int]:
    return {p.claim: p.independent for p in found.comparison.positions}


WIRE = (
    "The ministry said on Tuesday that 340 licences had been granted to British firms since the ban was lifted.",
    "Most of them went to start-ups in London and Manchester, according to figures released by the department.",
)


@pytest.mark.parametrize("published", ["2026-04-01", "2026-05-01", "2026-06-01", None])
async def test_given_a_copy_added_when_asked_again_then_verdict_claims_and_weights_stay(published: str | None) -> None:
    wire = article("wire", *WIRE, published="2026-05-01")
    copy = article("copy", *WIRE, published=published)

    reply = draft(
        Relation.DISPUTE, [says("A", "340 were"), says("B", "twelve")], [("340 licences were granted", "A"), SIDES[1]]
    )

    before = await answered(FakeReader([reply]), wire, B)
    after = await answered(FakeReader([reply]), copy, wire, B)

    assert before.comparison.relation is after.comparison.relation is Relation.DISPUTE
    assert weights(before) == weights(after) == {"340 licences were granted": 1, "twelve firms have access": 1}
    printed = next(p for p in after.comparison.positions if "340" in p.claim)
    assert {r.article.id for r in printed.readings} == {"wire", "copy"}


@pytest.mark.parametrize("text", ["", "   \n", "?!…", "— —"])
def test_given_no_word_when_asked_then_it_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongUse):
        asked(text)


def test_given_a_question_over_lines_when_asked_then_it_is_put_on_one() -> None:
    assert asked("  Who\nhas\taccess? ") == "Who has access?"


def test_given_a_question_that_steers_a_terminal_when_asked_then_it_is_plain_text_in_any_script() -> None:
    assert asked("Who\x1b[31m has\x07 \u202eaccess\x9b?") == "Who[31m has access?"
    assert asked("מי קיבל גישה? 👩‍💻") == "מי קיבל גישה? 👩‍💻"


def test_given_a_question_of_the_greatest_length_when_asked_then_it_passes_and_one_more_does_not() -> None:
    longest = "x" * QUESTION_CHARACTERS

    assert asked(longest) == longest
    with pytest.raises(WrongUse):
        asked(longest + "x")
