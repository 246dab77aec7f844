"""A person asks: over real Socket Mode and HTTP, one finished answer stands in the thread."""

from __future__ import annotations

import json

import aiohttp
import pytest

from bot.errors import SlackUnavailable, WrongUse
from bot.news.catalogue import ENGLISH
from bot.sandbox import ANNA, BEN, GENERAL, OTHER_BOT, Sandbox
from bot.slack.account import signed_in
from bot.slack.app import OneRoom, bolt_app, http_app, socket_mode
from bot.slack.looks.blocks import compose, with_buttons
from bot.slack.looks.buttons import under
from tests.slack import answers
from tests.slack.conftest import Bot
from tests.slack.snapshot import assert_kept


async def test_given_a_mention_when_asked_then_one_finished_answer_stands_in_its_thread(bot: Bot) -> None:
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")

    (reply,) = await bot.settled(asked)

    assert bot.oracle.questions == [answers.QUESTION]
    assert reply.thread_ts == asked.ts
    assert not reply.streaming
    assert reply.metadata == {"event_type": "crosscheck_answer", "event_payload": {"key": "job-1"}}
    assert "Two sources say that" in reply.shown
    assert "Sources disagree" in reply.shown


async def test_given_a_streamed_answer_when_it_is_finished_then_it_reads_as_kept(bot: Bot) -> None:
    bot.oracle.holds = True
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.sandbox.wait_for(lambda: [m for m in bot.sandbox.replies(asked) if m.streaming])

    bot.oracle.go.set()
    (reply,) = await bot.settled(asked)

    found = answers.dispute()
    (message,) = with_buttons(compose(found), under(found, "job-1"))
    plan, *rest = without_ids(reply.blocks)
    assert rest == message.blocks
    assert_kept("streamed-dispute", [plan, *rest])


async def test_given_a_question_when_it_is_read_then_a_status_shows_and_is_cleared_at_the_end(bot: Bot) -> None:
    bot.oracle.holds = True
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.oracle.held.wait()
    await bot.sandbox.wait_for(lambda: bot.sandbox.session(GENERAL, asked.ts))
    during = bot.sandbox.session(GENERAL, asked.ts)
    assert during is not None
    assert during.status == "processing"

    bot.oracle.go.set()
    await bot.settled(asked)

    assert [s.text for s in bot.sandbox.status_log()] == [ENGLISH.asking.reading, ""]
    assert bot.sandbox.status(GENERAL, asked.ts) is None
    after = bot.sandbox.session(GENERAL, asked.ts)
    assert after is not None
    assert after.status == "active"


async def test_given_a_slow_model_when_asked_then_the_event_is_acked_and_readings_show_meanwhile(bot: Bot) -> None:
    bot.oracle.holds = True
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.oracle.held.wait()

    streaming = await bot.sandbox.wait_for(lambda: [m for m in bot.sandbox.replies(asked) if m.streaming])
    await bot.sandbox.wait_for(lambda: "The Herald" in json.dumps(streaming[0].blocks))
    acked = [d.acked for d in bot.sandbox.deliveries if d.body["event"]["type"] == "app_mention"]
    bot.oracle.go.set()
    await bot.settled(asked)

    assert acked == [True]


async def test_given_a_direct_message_when_asked_then_it_is_answered_in_its_thread(bot: Bot) -> None:
    asked = await bot.sandbox.say(bot.sandbox.dm(ANNA), ANNA, answers.QUESTION)

    (reply,) = await bot.settled(asked)

    assert reply.thread_ts == asked.ts
    assert "Sources disagree" in reply.shown


async def test_given_a_thread_when_the_bot_is_mentioned_in_it_then_it_answers_in_that_thread(bot: Bot) -> None:
    first = await bot.sandbox.say(GENERAL, ANNA, "What do we know?")
    second = await bot.sandbox.say(GENERAL, BEN, f"Well, {bot.sandbox.mention} {answers.QUESTION}", thread_ts=first.ts)

    (reply,) = await bot.settled(second)

    assert reply.thread_ts == first.ts
    assert bot.oracle.questions == [f"Well, {answers.QUESTION}"]
    assert bot.inbox.options[0]["lane"].endswith(first.ts)


async def test_given_two_questions_in_a_thread_when_asked_then_each_has_its_answer(bot: Bot) -> None:
    first = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.settled(first)
    await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} And in June?", thread_ts=first.ts)

    await bot.inbox.next(1)
    replies = await bot.settled(first)

    assert [m.metadata["event_payload"]["key"] for m in replies if m.metadata] == ["job-1", "job-2"]


async def test_given_an_event_that_slack_brings_twice_when_answered_then_once(bot: Bot) -> None:
    bot.sandbox.faults.lose_acks(2)
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")

    replies = await bot.settled(asked)

    assert max(d.attempts for d in bot.sandbox.deliveries) > 1
    assert len(replies) == 1
    assert len(bot.inbox.jobs) == 1


async def test_given_a_mention_that_also_comes_as_a_message_when_answered_then_once(bot: Bot) -> None:
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")

    replies = await bot.settled(asked)

    mine = [d.body["event"] for d in bot.sandbox.deliveries if d.body["event"].get("ts") == asked.ts]
    assert [e["type"] for e in mine] == ["app_mention", "message"]
    assert len(replies) == 1


async def test_given_a_mention_in_a_direct_message_that_comes_as_both_events_when_answered_then_once(bot: Bot) -> None:
    asked = await bot.sandbox.say(bot.sandbox.dm(ANNA), ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    twin = asked.payload(bot.sandbox.workspace.id) | {"channel": asked.channel, "type": "app_mention"}
    await bot.sandbox.event(twin)

    replies = await bot.settled(asked)

    assert len(replies) == 1
    assert bot.oracle.questions == [answers.QUESTION]


async def test_given_what_is_not_asked_by_a_person_when_it_arrives_then_it_is_acked_and_nothing_is_said(
    bot: Bot,
) -> None:
    sandbox = bot.sandbox

    await sandbox.say(GENERAL, OTHER_BOT, f"{sandbox.mention} hello fellow bot, what do you know?")
    await sandbox.say(GENERAL, ANNA, "Nobody is asked here.")
    await sandbox.invite(GENERAL, BEN)
    await sandbox.event({"type": "message", "subtype": "channel_join", "channel": GENERAL, "user": BEN, "ts": "1.1"})
    await sandbox.event({"type": "something_new", "user": ANNA})
    await sandbox.open_home(ANNA)
    await bot.quiet()

    assert bot.inbox.jobs == []
    assert all(d.acked for d in sandbox.deliveries)
    assert not any(m.bot_id == sandbox.workspace.bot.bot_id for m in sandbox.messages(GENERAL))


async def test_given_a_direct_message_answered_when_the_bot_hears_itself_then_it_does_not_answer_itself(
    bot: Bot,
) -> None:
    asked = await bot.sandbox.say(bot.sandbox.dm(ANNA), ANNA, answers.QUESTION)

    await bot.settled(asked)
    await bot.quiet()

    assert len(bot.inbox.jobs) == 1
    assert any(d.body["event"].get("user") == bot.sandbox.bot for d in bot.sandbox.deliveries)
    assert all(d.acked for d in bot.sandbox.deliveries)


async def test_given_the_database_is_away_when_asked_then_slack_brings_it_again_and_it_is_answered(bot: Bot) -> None:
    bot.inbox.failures = 2
    asked = await bot.sandbox.say(bot.sandbox.dm(ANNA), ANNA, answers.QUESTION)

    (reply,) = await bot.settled(asked)

    assert bot.sandbox.deliveries[0].attempts == 3
    assert bot.sandbox.deliveries[0].acked
    assert "Sources disagree" in reply.shown


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("Hello!", ENGLISH.asking.hello),
        ("good morning :wave:", ENGLISH.asking.hello),
        ("Thanks a lot :pray:", ENGLISH.asking.thanks),
        ("ok thank you!", ENGLISH.asking.thanks),
        ("", ENGLISH.asking.help),
        ("help", ENGLISH.asking.help),
        (" ??? ", ENGLISH.asking.help),
        ("x" * 3_001, "under 3,000 characters"),
        ("why? " * 8_000, "under 3,000 characters"),
    ],
)
async def test_given_no_question_when_written_then_a_short_word_answers_without_the_model(
    bot: Bot, said: str, answered: str
) -> None:
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {said}")

    (reply,) = await bot.settled(asked)

    assert answered.split(":")[0] in reply.text
    assert reply.thread_ts == asked.ts
    assert bot.oracle.questions == []
    assert bot.sandbox.status_log() == []


async def test_given_a_question_just_short_enough_when_asked_then_it_is_answered(bot: Bot) -> None:
    question = "y" * 2_999 + "?"
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {question}")

    await bot.settled(asked)

    assert bot.oracle.questions == [question]


async def test_given_slack_tokens_in_a_question_when_asked_then_it_reads_as_the_person_saw_it(bot: Bot) -> None:
    said = "did <@U0BEN> &amp; <https://example.org/a|this page> say a &lt; b in <#C0GENERAL|general>?"
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {said}")

    await bot.settled(asked)

    assert bot.oracle.questions == ["did @someone & this page say a < b in general?"]


async def test_given_an_answer_too_long_for_one_message_when_asked_then_it_goes_on_in_the_next(bot: Bot) -> None:
    bot.oracle.answer = answers.long()
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")

    replies = await bot.settled(asked)

    assert bot.faults == []
    told = " ".join(m.shown for m in replies)
    assert len(replies) == len(compose(answers.long())) > 1
    assert all(f"In sentence {n} of" in told for n in range(1, 121))
    assert [m.metadata["event_payload"]["key"] for m in replies if m.metadata][:2] == ["job-1", "job-1:2"]


async def test_given_many_sources_when_they_are_read_then_some_have_cards_and_the_rest_are_counted(bot: Bot) -> None:
    many = tuple(answers.reading(answers.article(f"a{n}", "One fact.", outlet=f"Outlet {n}")) for n in range(30))
    position = answers.Position("they do", many, 30)
    bot.oracle.answer = answers.compared(answers.agreement(), positions=(position,))
    bot.oracle.holds = True
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.sandbox.wait_for(lambda: [m for m in bot.sandbox.replies(asked) if m.streaming])

    bot.oracle.go.set()
    (reply,) = await bot.settled(asked)

    cards = reply.blocks[0]["tasks"]
    assert len(cards) == 13
    assert cards[-1]["title"] == "More sources: 18"


async def test_given_an_answer_too_long_for_one_message_when_streamed_then_it_is_finished_and_not_replaced(
    bot: Bot,
) -> None:
    bot.oracle.answer, bot.oracle.holds = answers.long(), True
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.sandbox.wait_for(lambda: [m for m in bot.sandbox.replies(asked) if m.streaming])

    bot.oracle.go.set()
    replies = await bot.settled(asked)

    told = " ".join(m.shown for m in replies)
    assert all(f"In sentence {n} of" in told for n in range(1, 121))
    assert "chat.stopStream" in [c.method for c in bot.sandbox.calls]
    assert "chat.update" not in [c.method for c in bot.sandbox.calls]


async def test_given_a_source_that_is_read_again_after_a_retry_when_shown_then_it_has_one_card(bot: Bot) -> None:
    twice = answers.Position("they do", (answers.reading(answers.COURIER), answers.reading(answers.COURIER)), 1)
    bot.oracle.answer = answers.compared(answers.agreement(), positions=(twice,))
    bot.oracle.holds = True
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.sandbox.wait_for(lambda: [m for m in bot.sandbox.replies(asked) if m.streaming])

    bot.oracle.go.set()
    (reply,) = await bot.settled(asked)

    assert [card["title"] for card in reply.blocks[0]["tasks"]] == ["The Courier, 20 May 2026"]


async def test_given_a_cut_socket_when_asked_then_the_answer_comes_over_the_next(bot: Bot) -> None:
    await bot.sandbox.refresh_sockets()
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")

    (reply,) = await bot.settled(asked)

    assert "Sources disagree" in reply.shown


async def test_given_http_events_when_asked_then_one_finished_answer_stands(bot_over_http: Bot) -> None:
    bot = bot_over_http
    asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")

    (reply,) = await bot.settled(asked)

    assert "Sources disagree" in reply.shown
    assert all(d.acked for d in bot.sandbox.deliveries)


async def test_given_http_events_when_the_database_is_away_then_slack_brings_them_again(bot_over_http: Bot) -> None:
    bot = bot_over_http
    bot.inbox.failures = 2
    asked = await bot.sandbox.say(bot.sandbox.dm(ANNA), ANNA, answers.QUESTION)

    replies = await bot.settled(asked)

    assert bot.sandbox.deliveries[0].attempts == 3
    assert len(replies) == 1


async def test_given_a_request_that_slack_did_not_sign_when_it_arrives_then_it_is_turned_away(
    bot_over_http: Bot,
) -> None:
    url = str(bot_over_http.sandbox.request_url)
    body = {"type": "event_callback", "event_id": "E1", "event": {"type": "app_mention", "user": "U1", "ts": "1.1"}}
    headers = {"X-Slack-Request-Timestamp": "1700000000", "X-Slack-Signature": "v0=0000"}

    async with aiohttp.ClientSession() as session:
        forged = (await session.post(url, json=body, headers=headers)).status
        unsigned = (await session.post(url, json=body)).status
        unreadable = (await session.post(url, data=b"\xff\xfe")).status

    assert (forged, unsigned, unreadable) == (401, 401, 400)
    assert bot_over_http.inbox.jobs == []


async def test_given_no_signing_secret_when_served_over_http_then_it_is_refused(idle: Bot) -> None:
    with pytest.raises(WrongUse):
        http_app(OneRoom(idle.room), signing_secret="")


async def test_given_a_token_that_slack_does_not_know_when_signing_in_then_it_says_which(sandbox: Sandbox) -> None:
    with pytest.raises(WrongUse, match="SLACK_BOT_TOKEN: invalid_auth"):
        async with signed_in("xoxb-unknown", sandbox.api_url):
            pass


async def test_given_an_app_token_that_slack_does_not_know_when_connecting_then_it_says_which(idle: Bot) -> None:
    with pytest.raises(WrongUse, match="SLACK_APP_TOKEN: invalid_auth"):
        async with socket_mode(bolt_app(OneRoom(idle.room)), idle.account, "xapp-unknown"):
            pass


async def test_given_slack_is_down_when_signing_in_then_it_may_pass(sandbox: Sandbox) -> None:
    sandbox.faults.fail("auth.test")

    with pytest.raises(SlackUnavailable):
        async with signed_in(sandbox.bot_token, sandbox.api_url):
            pass


def without_ids(blocks: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{k: v for k, v in block.items() if k != "block_id"} for block in blocks]
