"""Answers that live: edited, deleted, stopped, and gone on with, over real Socket Mode."""

from __future__ import annotations

import pytest

from bot.news.asked import Fate
from bot.news.catalogue import ENGLISH
from bot.sandbox import ANNA, BEN, GENERAL, Message
from bot.slack import words
from bot.slack.answers.answering import Answering
from bot.slack.answers.status import wait_in_line
from bot.slack.intake import ANSWER
from bot.slack.posting.post import Place
from tests.slack import answers
from tests.slack.conftest import Bot
from tests.slack.fakes import Oracle


async def answered(bot: Bot) -> tuple[Message, Message]:
    """Anna's question in a channel, and its answer."""
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    (reply,) = await bot.settled(asked)
    return asked, reply


async def begun(bot: Bot) -> Message:
    """Anna's question, of whose answer the first part is shown."""
    bot.oracle.holds = True
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.sandbox.wait_for(lambda: [m for m in bot.sandbox.replies(asked) if m.streaming])
    return asked


async def test_given_an_answer_when_its_question_is_edited_then_the_same_message_answers_the_new_one(bot: Bot) -> None:
    asked, reply = await answered(bot)
    bot.oracle = Oracle(answers.single())

    await bot.sandbox.edit(asked, f"{bot.sandbox.mention} And how many licences?")
    await bot.quiet()

    (now,) = bot.sandbox.replies(asked)
    assert now.ts == reply.ts
    assert "Forty-one licences were granted by noon." in now.shown
    assert bot.oracle.questions == ["And how many licences?"]
    assert now.metadata == reply.metadata
    assert bot.shelf.answers["job-1"][0] == answers.single()


async def test_given_a_long_answer_when_the_new_one_is_short_then_nothing_of_the_long_one_is_left(bot: Bot) -> None:
    bot.oracle = Oracle(answers.long())
    asked = await bot.sandbox.say(bot.sandbox.dm(ANNA), ANNA, answers.QUESTION)
    assert len(await bot.settled(asked)) > 1
    bot.oracle = Oracle(answers.single())

    await bot.sandbox.edit(asked, "How many?")
    await bot.quiet()

    (now,) = bot.sandbox.replies(asked)
    assert "Forty-one" in now.shown


async def test_given_a_question_being_answered_when_edited_then_only_the_new_one_is_answered(bot: Bot) -> None:
    asked = await begun(bot)
    bot.oracle = Oracle(answers.single())

    await bot.sandbox.edit(asked, f"{bot.sandbox.mention} How many?")
    await bot.quiet()

    (now,) = bot.sandbox.replies(asked)
    assert not now.streaming
    assert "Forty-one" in now.shown
    assert bot.oracle.questions == ["How many?"]


async def test_given_an_edited_question_being_answered_when_slack_tells_of_the_edit_again_then_it_is_still_answered(
    bot: Bot,
) -> None:
    asked, _ = await answered(bot)
    bot.oracle = Oracle(answers.single(), holds=True)
    await bot.sandbox.edit(asked, f"{bot.sandbox.mention} How many?")
    await bot.oracle.held.wait()
    (edit,) = [
        delivery
        for delivery in bot.sandbox.deliveries
        if delivery.body["event"].get("subtype") == "message_changed"
        and delivery.body["event"]["message"]["ts"] == asked.ts
    ]

    await bot.sandbox.redeliver(edit)
    bot.oracle.go.set()
    await bot.quiet()

    (now,) = bot.sandbox.replies(asked)
    assert "Forty-one" in now.shown
    assert bot.oracle.questions == ["How many?"]


async def test_given_an_edit_by_somebody_else_or_of_something_else_when_it_comes_then_nothing_happens(
    bot: Bot,
) -> None:
    asked, _ = await answered(bot)
    chat = await bot.sandbox.say(GENERAL, BEN, "Lunch?")

    await bot.sandbox.edit(chat, "Lunch at one?")
    await bot.sandbox.edit(asked, asked.text)
    await bot.quiet()

    assert len(bot.inbox.jobs) == 1


async def test_given_an_answer_when_its_question_is_deleted_then_it_goes_too(bot: Bot) -> None:
    asked, _ = await answered(bot)

    await bot.sandbox.delete(asked)
    await bot.quiet()

    assert bot.sandbox.replies(asked) == []
    assert bot.shelf.answers == {}
    assert bot.shelf.questions["job-1"].fate is Fate.WITHDRAWN


async def test_given_a_question_being_answered_when_deleted_then_nothing_is_left_of_it(bot: Bot) -> None:
    asked = await begun(bot)

    await bot.sandbox.delete(asked)
    await bot.quiet()

    assert bot.sandbox.replies(asked) == []
    assert bot.shelf.answers == {}


async def test_given_a_question_that_waits_in_line_when_deleted_then_no_status_stays(bot: Bot) -> None:
    asked, _ = await answered(bot)
    await wait_in_line(bot.account, Place(GENERAL, asked.ts, asked.ts, ANNA), 3)
    waiting = bot.sandbox.status(GENERAL, asked.ts)

    await bot.sandbox.delete(asked)
    await bot.quiet()

    assert waiting is not None
    assert bot.sandbox.status(GENERAL, asked.ts) is None


async def test_given_a_question_being_answered_when_stopped_then_one_clean_message_says_so(bot: Bot) -> None:
    asked = await begun(bot)

    await bot.sandbox.stop_work(GENERAL, asked.ts, ANNA)
    await bot.quiet()

    (now,) = bot.sandbox.replies(asked)
    assert now.text == ENGLISH.asking.stopped
    assert not now.streaming
    assert [b["type"] for b in now.blocks] == ["markdown"]
    session = bot.sandbox.session(GENERAL, asked.ts)
    assert session is not None
    assert session.status == "active"
    assert bot.sandbox.status(GENERAL, asked.ts) is None
    assert bot.faults == []


async def test_given_a_stop_that_another_process_hears_when_an_answer_is_made_then_it_stops_too(bot: Bot) -> None:
    bot.runs[ANSWER] = Answering(bot.account, bot.asked, bot.shelf, bot.gate, look_s=0.02).run
    asked = await begun(bot)

    await bot.shelf.stop(GENERAL, asked.ts)
    await bot.quiet()

    (now,) = bot.sandbox.replies(asked)
    assert now.text == ENGLISH.asking.stopped


async def test_given_a_stopped_question_when_edited_then_it_is_answered(bot: Bot) -> None:
    asked = await begun(bot)
    await bot.sandbox.stop_work(GENERAL, asked.ts, ANNA)
    await bot.quiet()
    bot.oracle = Oracle(answers.single())

    await bot.sandbox.edit(asked, f"{bot.sandbox.mention} How many?")
    await bot.quiet()

    (now,) = bot.sandbox.replies(asked)
    assert "Forty-one" in now.shown


async def test_given_an_answer_when_stop_is_pressed_late_then_it_stands(bot: Bot) -> None:
    asked, reply = await answered(bot)

    await bot.sandbox.stop_work(GENERAL, asked.ts, ANNA)
    await bot.quiet()

    assert bot.sandbox.replies(asked) == [reply]
    assert "Sources disagree" in reply.shown


async def test_given_an_answered_thread_when_its_asker_goes_on_then_no_mention_is_needed(bot: Bot) -> None:
    asked, _ = await answered(bot)

    await bot.sandbox.say(GENERAL, ANNA, "And in June?", asked.ts)
    await bot.quiet()

    assert bot.oracle.questions == [answers.QUESTION, "And in June?"]
    assert len(bot.sandbox.replies(asked)) == 2


async def test_given_an_answered_thread_when_others_talk_or_others_are_addressed_then_the_bot_keeps_out(
    bot: Bot,
) -> None:
    asked, _ = await answered(bot)

    await bot.sandbox.say(GENERAL, BEN, "I doubt that.", asked.ts)
    await bot.sandbox.say(GENERAL, ANNA, f"<@{BEN}> what do you think?", asked.ts)
    await bot.sandbox.say(GENERAL, ANNA, "<!here> anybody?", asked.ts)
    await bot.sandbox.say(GENERAL, ANNA, "Something else entirely.")
    await bot.quiet()

    assert len(bot.inbox.jobs) == 1


async def test_given_somebody_asks_for_quiet_when_the_asker_goes_on_then_only_a_mention_counts(bot: Bot) -> None:
    asked, _ = await answered(bot)
    await bot.sandbox.say(GENERAL, ANNA, "Quiet, please.", asked.ts)
    await bot.quiet()
    assert bot.sandbox.replies(asked)[-1].text == ENGLISH.asking.quiet

    await bot.sandbox.say(GENERAL, ANNA, "And in June?", asked.ts)
    await bot.quiet()

    assert bot.oracle.questions == [answers.QUESTION]


@pytest.mark.parametrize("said", ["quiet", "Be quiet, please!", "stop listening", "hush"])
def test_given_a_wish_for_quiet_when_read_then_it_is_one(said: str) -> None:
    assert words.asks_for_quiet(said)


@pytest.mark.parametrize("said", ["Is it quiet there?", "Who said the ministry was quiet?", "quietly approved?"])
def test_given_a_question_with_quiet_in_it_when_read_then_it_is_none(said: str) -> None:
    assert not words.asks_for_quiet(said)


async def test_given_a_workspace_by_tokens_when_it_removes_the_app_then_slack_is_acked_and_the_log_says_what_to_do(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    told = await bot.sandbox.uninstall(bot.sandbox.workspace)

    assert all(delivery.acked for delivery in told)
    assert "install it again, and copy its new token" in caplog.text
