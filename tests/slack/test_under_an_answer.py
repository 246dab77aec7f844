"""What a person presses under an answer, over real Socket Mode."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.news.asked import Asked, Shown
from bot.news.catalogue import ENGLISH
from bot.news.labels import Verdict
from bot.news.model import Answer, Citation
from bot.news.rules import ChannelRules
from bot.sandbox import ANNA, BEN, GENERAL, Message
from bot.slack.looks.blocks import Message as Composed
from bot.slack.looks.blocks import with_buttons
from bot.slack.looks.buttons import suggested, under
from bot.slack.looks.modals import quotes
from tests.given import article
from tests.slack import answers
from tests.slack.conftest import Bot
from tests.slack.fakes import Oracle
from tests.slack.snapshot import assert_kept
from tests.slack.texts import ODD_TEXTS


async def answered(bot: Bot) -> Message:
    """The answer that Anna was given in a channel."""
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    (reply,) = await bot.settled(asked)
    return reply


def told(bot: Bot, user: str) -> list[str]:
    return [m.text for m in bot.sandbox.private(user)]


async def test_given_an_answer_when_the_quotes_are_asked_for_then_each_cited_sentence_stands_in_its_neighbours(
    bot: Bot,
) -> None:
    reply = await answered(bot)

    await bot.sandbox.click(reply, "quotes", user=BEN)
    view = await bot.sandbox.wait_for(lambda: (v := bot.sandbox.view(BEN)) and "Courier" in json.dumps(v.view) and v)

    shown = bot.shelf.answers["job-1"]
    assert shown[0] == answers.dispute()
    assert_kept("quotes", view.view["blocks"] and without_ids(view.view["blocks"]))
    assert len(bot.inbox.jobs) == 1


async def test_given_an_answer_that_is_forgotten_when_its_quotes_are_asked_for_then_it_is_said(bot: Bot) -> None:
    reply = await answered(bot)
    bot.shelf.answers.clear()

    await bot.sandbox.click(reply, "quotes", user=BEN)

    await bot.sandbox.wait_for(
        lambda: (v := bot.sandbox.view(BEN)) and ENGLISH.asking.forgotten[:20] in json.dumps(v.view)
    )


async def test_given_the_store_is_away_when_quotes_are_asked_for_then_the_modal_says_so_plainly(bot: Bot) -> None:
    reply = await answered(bot)
    bot.shelf.away = True

    await bot.sandbox.click(reply, "quotes", user=BEN)

    await bot.sandbox.wait_for(lambda: (v := bot.sandbox.view(BEN)) and "be reached right now" in json.dumps(v.view))


async def test_given_praise_when_pressed_then_it_is_kept_once_and_thanked_for_in_private(bot: Bot) -> None:
    reply = await answered(bot)

    delivery = await bot.sandbox.click(reply, "feedback", "good job-1", user=BEN)
    await bot.sandbox.redeliver(delivery)
    await bot.quiet()

    assert bot.shelf.said == [("judged", "job-1", BEN, True, "")]
    assert told(bot, BEN) == [ENGLISH.clicks.thanks_good]
    assert told(bot, ANNA) == []


async def test_given_a_thumb_down_when_pressed_then_a_form_asks_for_words_and_they_are_kept(bot: Bot) -> None:
    reply = await answered(bot)
    await bot.sandbox.click(reply, "feedback", "bad job-1", user=BEN)
    form = await bot.sandbox.wait_for(lambda: bot.sandbox.view(BEN))
    assert bot.shelf.said == []

    errors = await bot.sandbox.submit(form, {"words": "The quote of the Ledger is out of date."})
    await bot.quiet()

    assert errors == {}
    assert bot.shelf.said == [("judged", "job-1", BEN, False, "The quote of the Ledger is out of date.")]
    assert told(bot, BEN) == [ENGLISH.clicks.thanks_bad]


async def test_given_a_dispute_that_is_none_when_somebody_says_so_then_it_is_labelled(bot: Bot) -> None:
    reply = await answered(bot)

    await bot.sandbox.click(reply, "no_dispute", user=BEN)
    await bot.quiet()

    assert bot.shelf.said == [("label", "job-1", Verdict.NOT_A_DISAGREEMENT, BEN, "")]
    assert "Not a disagreement" in told(bot, BEN)[0]


async def test_given_an_agreement_that_misses_a_dispute_when_somebody_says_so_then_it_is_labelled_with_their_words(
    bot: Bot,
) -> None:
    bot.oracle = Oracle(answers.agreement())
    reply = await answered(bot)
    await bot.sandbox.click(reply, "missed", user=BEN)
    form = await bot.sandbox.wait_for(lambda: bot.sandbox.view(BEN))

    await bot.sandbox.submit(form, {"words": "41 or 54?"})
    await bot.quiet()

    assert bot.shelf.said == [("label", "job-1", Verdict.MISSED, BEN, "41 or 54?")]


async def test_given_an_answer_when_followed_then_its_thread_follows_it(bot: Bot) -> None:
    reply = await answered(bot)

    await bot.sandbox.click(reply, "follow", user=BEN)
    await bot.quiet()

    assert bot.shelf.said == [("follow", "job-1", BEN, GENERAL, str(reply.thread_ts))]
    assert told(bot, BEN) == [ENGLISH.clicks.followed]


async def test_given_the_store_fails_when_a_button_is_pressed_then_slack_tells_that_it_did(bot: Bot) -> None:
    reply = await answered(bot)
    bot.inbox.failures = 5

    delivery = await bot.sandbox.click(reply, "follow", user=BEN)

    assert not delivery.acked
    assert bot.shelf.said == []


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        ("dispute", ["quotes", "follow", "no_dispute"]),
        ("update", ["quotes", "follow", "missed"]),
        ("nothing", ["quotes", "follow", "missed"]),
        ("offline", ["quotes"]),
        ("failed-check", ["quotes"]),
    ],
)
def test_given_an_answer_of_a_kind_when_shown_then_only_what_makes_sense_is_offered(
    kind: str, offered: list[str]
) -> None:
    actions, feedback = under(answers.ALL[kind](), "job-1")

    assert [e["action_id"] for e in actions["elements"]] == offered
    assert feedback["elements"][0]["type"] == "feedback_buttons"


@pytest.mark.parametrize("kind", ["empty-library", "no-match"])
def test_given_nothing_was_read_when_shown_then_nothing_is_offered(kind: str) -> None:
    assert under(answers.ALL[kind](), "job-1") == []


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_given_odd_text_when_quoted_then_every_letter_stands_where_nothing_is_parsed(text: str) -> None:
    odd = article("odd", text, text[::-1], outlet=text, title=text, url="https://example.org/odd")
    shown = Shown(ASKED, answers.dispute().comparison, (Citation(odd, odd.sentences[0]),))

    view = quotes(shown)

    assert {b["type"] for b in view["blocks"]} == {"context", "rich_text"}


def test_given_more_quotes_than_a_view_holds_when_shown_then_the_rest_is_counted() -> None:
    many = [article(f"a{n}", *(["A sentence of some length, " * 40] * 5), title=f"T{n}") for n in range(200)]
    shown = Shown(ASKED, answers.dispute().comparison, tuple(Citation(a, a.sentences[2]) for a in many))

    view = quotes(shown)

    headings = json.dumps(view).count("Outlet a")
    assert len(view["blocks"]) <= 100
    assert len(json.dumps(view)) < 250_000
    assert view["blocks"][-1]["elements"][0]["text"].startswith(f"{200 - headings} more")


ASKED = Asked("job-1", GENERAL, "1.1", "1.1", ANNA)


def without_ids(blocks: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{k: v for k, v in block.items() if k != "block_id"} for block in blocks]


NEXT = "How long did the ban last?"


def with_next(*questions: str) -> Answer:
    return replace(answers.dispute(), nearby=questions)


async def test_given_questions_near_an_answer_when_one_is_pressed_then_it_is_asked_in_the_thread_as_that_person(
    bot: Bot,
) -> None:
    bot.oracle.answer = with_next(NEXT, "Who lifted it?")
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    (answer,) = await bot.settled(asked)
    bot.oracle.answer = answers.single()

    await bot.sandbox.click(answer, "next1", user=BEN)
    await bot.quiet()

    assert bot.oracle.questions == [answers.QUESTION, NEXT]
    job = bot.inbox.jobs[-1]
    assert (job.payload["user"], job.payload["thread"]) == (BEN, asked.ts)
    _, asks, other = bot.sandbox.replies(asked)
    assert BEN in json.dumps(asks.blocks)
    assert NEXT in asks.shown
    assert other.metadata["event_payload"]["key"] == job.id
    assert bot.faults == []


async def test_given_a_question_that_somebody_presses_twice_and_slack_brings_again_when_asked_then_once(
    bot: Bot,
) -> None:
    bot.oracle.answer = with_next(NEXT)
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    (answer,) = await bot.settled(asked)

    delivery = await bot.sandbox.click(answer, "next1", user=BEN)
    await bot.sandbox.redeliver(delivery)
    await bot.sandbox.click(answer, "next1", user=BEN)
    await bot.quiet()
    job = bot.inbox.jobs[-1]
    await bot.answering.run(job)

    assert bot.oracle.questions == [answers.QUESTION, NEXT]
    assert len(bot.sandbox.replies(asked)) == 3


async def test_given_a_press_by_one_who_may_not_ask_when_another_presses_then_it_is_asked_for_them(bot: Bot) -> None:
    bot.oracle.answer = with_next(NEXT)
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    (answer,) = await bot.settled(asked)
    bot.sandbox.workspace.people[ANNA].admin = False
    await bot.rules.change_channel(GENERAL, ChannelRules(askers=(BEN,)), BEN)

    await bot.sandbox.click(answer, "next1", user=ANNA)
    await bot.quiet()
    refused = list(bot.oracle.questions)
    await bot.sandbox.click(answer, "next1", user=BEN)
    await bot.quiet()

    assert refused == [answers.QUESTION]
    assert bot.oracle.questions == [answers.QUESTION, NEXT]


async def test_given_a_private_answer_when_a_question_under_it_is_pressed_then_it_is_answered_as_privately(
    bot: Bot,
) -> None:
    bot.oracle.answer = with_next(NEXT)
    await bot.sandbox.command("/coverage", f"ask {answers.QUESTION}", channel=GENERAL, user=ANNA)
    await bot.quiet()
    private = next(m for m in bot.sandbox.private(ANNA) if "next1" in json.dumps(m.blocks))
    before = len(bot.sandbox.private(ANNA))

    await bot.sandbox.click(private, "next1", user=ANNA)
    await bot.quiet()

    assert bot.oracle.questions == [answers.QUESTION, NEXT]
    assert len(bot.sandbox.private(ANNA)) == before + 1
    assert not any(m.bot_id for m in bot.sandbox.messages(GENERAL))


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_given_an_odd_or_long_question_when_suggested_then_slack_takes_it_and_it_is_asked_whole(
    bot: Bot, text: str
) -> None:
    question = (text * 40)[:1_500] + "?"
    bot.oracle.answer = with_next(question, "x" * 3_000)
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    (answer,) = await bot.settled(asked)
    (pressed,) = [e for b in answer.blocks if b["type"] == "actions" for e in b["elements"] if "next" in e["action_id"]]

    await bot.sandbox.click(answer, "next1", user=ANNA)
    await bot.quiet()

    assert len(pressed["text"]["text"]) <= 75
    assert bot.oracle.questions[1] == question
    assert bot.faults == []
    assert bot.sandbox.refusals == []
    assert not any(s in m.text for m in bot.sandbox.replies(asked) for s in ("<!channel>", "<@U0ANNA>"))


def test_given_a_message_that_is_full_when_questions_are_suggested_then_they_give_way() -> None:
    full = [Composed("full", "word " * 2_240)]

    (left,) = with_buttons(full, under(answers.dispute(), "k"), suggested(with_next(NEXT, "y" * 900)))
    (short,) = with_buttons([Composed("short", "word")], under(answers.dispute(), "k"), suggested(with_next(NEXT)))

    assert "next1" not in json.dumps(left.blocks)
    assert "quotes" in json.dumps(left.blocks)
    assert "next1" in json.dumps(short.blocks)
    assert len(json.dumps(left.blocks)) < 13_000
