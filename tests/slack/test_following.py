"""What a thread hears of a question that is followed in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.news.digest.digest import Move
from bot.news.ledger.follows import News
from bot.news.topic import Topic
from bot.sandbox import ANNA, GENERAL, Message
from bot.slack.answers.following import Following, drawn
from tests.slack import answers, entries
from tests.slack.conftest import Bot
from tests.slack.snapshot import assert_kept
from tests.slack.texts import ODD_TEXTS

CHANGED = News(
    "f1",
    f"{ANNA}/{GENERAL}/1.1",
    Move.CHANGED,
    answers.dispute().comparison,
    answers.agreement().comparison,
    entries.AT,
)


async def asked(bot: Bot) -> Message:
    return await bot.sandbox.say(GENERAL, ANNA, answers.QUESTION)


async def test_given_a_followed_question_when_its_answer_changes_then_its_thread_hears_once(idle: Bot) -> None:
    thread = await asked(idle)

    for _ in range(2):
        await Following(idle.account).tell(GENERAL, thread.ts, ANNA, CHANGED, "follow:f1:1")

    (told,) = idle.sandbox.replies(thread)
    assert told.text == f"The answer has changed: {answers.QUESTION}"
    assert_kept("following", [{k: v for k, v in b.items() if k != "block_id"} for b in told.blocks])


async def test_given_an_answer_that_is_being_streamed_in_the_thread_when_followers_hear_then_it_is_left_alone(
    bot: Bot,
) -> None:
    bot.oracle.holds = True
    question = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.sandbox.wait_for(lambda: [m for m in bot.sandbox.replies(question) if m.streaming])

    await Following(bot.account).tell(GENERAL, question.ts, ANNA, CHANGED, "follow:f1:1")
    bot.oracle.go.set()
    first, second = await bot.settled(question)

    assert "The answer has changed" not in first.shown
    assert "The answer has changed" in second.text


@pytest.mark.parametrize("kind", ["dispute", "update", "agreement", "single", "nothing"])
@pytest.mark.parametrize("move", Move)
def test_given_any_change_when_drawn_then_it_says_what_moved_and_what_was_said_before(kind: str, move: Move) -> None:
    news = replace(CHANGED, move=move, comparison=answers.ALL[kind]().comparison)

    (message,) = drawn(news)

    assert message.text.endswith(answers.QUESTION)
    assert "Before:" in message.body


async def test_given_a_topic_that_is_followed_when_outlets_begin_to_disagree_then_its_thread_sees_both_sides(
    idle: Bot,
) -> None:
    thread = await asked(idle)
    news = replace(CHANGED, owner=None, move=Move.NEW, before=None)

    for _ in range(2):
        await Following(idle.account).tell(GENERAL, thread.ts, ANNA, news, "follow:e1:1", Topic(("access",)))

    (told,) = idle.sandbox.replies(thread)
    assert_kept("following-topic", [{k: v for k, v in b.items() if k != "block_id"} for b in told.blocks])


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_given_an_odd_topic_when_drawn_then_slack_parses_none_of_it(text: str) -> None:
    first, *_ = drawn(CHANGED, Topic((text * 20,)))

    assert "<!channel>" not in str(first.blocks)
    assert len(first.blocks[-1]["elements"][0]["text"]) < 400
