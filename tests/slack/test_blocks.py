"""Answers as messages: what people read, kept as snapshots."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from slack_sdk.models.blocks import Block

from bot.news.model import Answer, Position, Relation, Statement
from bot.slack.looks.blocks import Message, compose, dump, load
from bot.slack.looks.buttons import under
from bot.slack.looks.kit import size
from tests.given import article
from tests.slack import answers
from tests.slack.snapshot import assert_kept
from tests.slack.texts import ODD_TEXTS


def shown(messages: list[Message]) -> list[dict[str, object]]:
    return [{"text": m.text, "blocks": m.blocks} for m in messages]


@pytest.mark.parametrize("kind", ["dispute", "update", "single", "offline"])
def test_given_an_answer_in_german_when_composed_then_the_bot_s_own_words_are_german_too(kind: str) -> None:
    found = replace(answers.ALL[kind](), language="de")

    assert_kept(f"german-{kind}", [*shown(compose(found)), under(found, "job-1")])


@pytest.mark.parametrize("kind", answers.ALL)
def test_given_an_answer_of_each_kind_when_composed_then_it_reads_as_kept(kind: str) -> None:
    found = answers.ALL[kind]()

    messages = compose(found)

    assert len(messages) == 1
    assert_kept(kind, shown(messages))


@pytest.mark.parametrize("kind", ODD_TEXTS)
def test_given_odd_text_everywhere_when_composed_then_it_reads_as_kept(kind: str) -> None:
    messages = compose(answer_full_of(ODD_TEXTS[kind]))

    assert_kept(f"odd-{kind}", shown(messages))


@pytest.mark.parametrize("kind", answers.ALL)
def test_given_any_answer_when_composed_then_the_first_line_is_the_notification(kind: str) -> None:
    message = compose(answers.ALL[kind]())[0]

    first = message.body.split("\n")[0]

    assert message.text.split("[")[0].rstrip(".") in first.replace("**", "")


def test_given_copies_when_a_position_is_weighed_then_outlets_and_sources_are_told_apart() -> None:
    message = compose(answers.dispute())[0]

    assert "3 outlets, 2 independent sources" in json.dumps(message.tail)


def test_given_the_day_that_a_reading_holds_for_when_composed_then_it_is_told_as_other_days_are() -> None:
    as_of = [
        replace(answers.reading(a), as_of=day)
        for a, day in ((answers.COURIER, "2026-05-27"), (answers.LEDGER, "the end of May"))
    ]
    sides = tuple(Position(f"side {n}", (each,), 1) for n, each in enumerate(as_of))

    told = json.dumps(compose(answers.answer(Relation.DISPUTE, sides))[0].blocks)

    assert "as of 27 May 2026" in told
    assert "as of the end of May" in told


def test_given_one_text_in_two_outlets_when_quoted_then_it_is_quoted_once_and_both_are_named() -> None:
    told = json.dumps(compose(answers.dispute())[0].tail, ensure_ascii=False)

    assert told.count("can now sign up overnight") == 1
    assert told.count("Wire Agency") >= 1
    assert "The Herald, 21 May 2026" in told


def test_given_a_long_answer_when_composed_then_nothing_is_dropped_and_each_message_fits() -> None:
    found = answers.long()

    messages = compose(found)

    bodies = " ".join(m.body for m in messages).replace("**", "")
    assert len(messages) > 1
    assert all(f"In sentence {n} of this long answer" in bodies for n in range(1, 121))
    assert all(fits(m) for m in messages)
    assert messages[1].text.endswith(f"(2/{len(messages)})")


def test_given_many_sources_when_composed_then_all_are_listed_and_each_message_fits() -> None:
    outlets = [article(f"a{n}", f"Fact {n}.", outlet=f"Outlet number {n}", title="t" * 400) for n in range(150)]
    side = Position("they do", tuple(answers.reading(a) for a in outlets), 150)
    found = replace(answers.dispute(), shown=tuple(outlets))
    found = answers.compared(found, positions=(side, answers.CANNOT))

    messages = compose(found)

    told = json.dumps([m.tail for m in messages])
    assert all(f"Outlet number {n}," in told for n in range(150))
    assert all(fits(m) for m in messages)


def test_given_a_line_that_cites_many_addresses_when_composed_then_every_mark_stands_and_it_fits() -> None:
    many = [article(f"a{n}", "Fact.", url=f"https://example.org/{'long/' * 30}{n}") for n in range(90)]
    found = replace(answers.agreement(), statements=(Statement("All of them agree.", answers.cites(*many)),))

    messages = compose(found)

    assert all(f"\\[{n}\\]" in messages[0].body for n in range(1, 91))
    assert all(str(a.url) in json.dumps([m.tail for m in messages]) for a in many)
    assert all(fits(m) for m in messages)


def test_given_a_sentence_without_end_when_quoted_then_it_is_whole_over_several_messages() -> None:
    endless = article("x", "word " * 8_000 + "end", outlet="Endless", published="2026-05-20")
    found = answers.compared(answers.dispute(), positions=(Position("c", (answers.reading(endless),), 1), answers.CAN))

    messages = compose(found)

    assert json.dumps([m.tail for m in messages]).count("word") == 8_000
    assert all(fits(m) for m in messages)


def test_given_a_question_too_long_for_a_header_when_composed_then_it_stands_under_it() -> None:
    question = "Is it so, " * 30 + "really?"
    found = answers.compared(answers.dispute(), question=question)

    tail = compose(found)[0].tail

    assert tail[0]["text"]["text"] == "⚠️ Sources disagree"
    assert "really?" in json.dumps(tail[1])


def test_given_messages_when_dumped_and_loaded_then_they_are_the_same() -> None:
    messages = compose(answers.long())

    assert load(dump(messages)) == messages


def test_given_statements_that_are_blank_when_composed_then_the_answer_still_stands() -> None:
    found = replace(answers.agreement(), statements=(Statement("\u200b", ()), *answers.agreement().statements))

    message = compose(found)[0]

    assert message.body.startswith("**British firms can use the models now.**")


def answer_full_of(text: str) -> Answer:
    """A dispute in which every text that comes from outside is this one."""
    url = "https://odd.example.org/" + text[:40]
    one = article("one", text, outlet=text[:60], title=text, published="2026-05-20", url=url)
    two = article("two", text + " ", outlet="Plain", title=text, published="2026-05-21")
    sides = (
        Position(text, (answers.reading(one, speaker=text),), 1),
        Position("no", (answers.reading(two),), 1),
    )
    lines = (Statement(text, answers.cites(one, two)), Statement(f"{text} {text}", answers.cites(two)))
    found = answers.answer(Relation.DISPUTE, sides, lines, shown=(one, two), question=text)
    return answers.compared(found, question=text)


def fits(message: Message) -> bool:
    """Within Slack's limits, by its own client's models and by size."""
    for block in message.blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.to_dict()
    return len(message.blocks) <= 50 and size(message.blocks) <= 13_000 and len(message.text) <= 4_000
