"""Slack refuses, limits, breaks off, or the process dies: one finished answer stands, and never a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.errors import ReaderUnavailable, SlackUnavailable
from bot.news.catalogue import ENGLISH
from bot.news.model import Answer
from bot.sandbox import ANNA, GENERAL, Message, Sandbox
from bot.slack.account import signed_in
from bot.slack.answers.answering import Answering, Work
from bot.slack.answers.screen import Audience
from bot.slack.looks.blocks import compose
from bot.slack.trouble import SlackRefused
from tests.slack import answers
from tests.slack.conftest import Bot, guarded
from tests.slack.fakes import Job, MemoryInbox, MemoryRules, Oracle

STREAM_CALLS = ("chat.startStream", "chat.appendStream", "chat.stopStream")
BESIDE = ("plan", "actions", "context_actions")  # of a message, beside the answer itself
WHOLE = compose(answers.dispute())[0]


@pytest.fixture
def bot(idle: Bot) -> Bot:
    idle.oracle.holds = True
    return idle


@asynccontextmanager
async def running(bot: Bot, job: Job, oracle: Oracle | None = None) -> AsyncIterator[asyncio.Task[None]]:
    """A run of a job that has read its sources and waits to answer."""
    oracle = oracle or bot.oracle
    task = asyncio.create_task(Answering(bot.account, oracle, bot.shelf, bot.gate).run(job))
    try:
        await oracle.held.wait()
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def streaming(bot: Bot, job: Job) -> Message:
    """The message of that run, once its stream is open."""
    found = await bot.sandbox.wait_for(lambda: [m for m in bot.replies_to(job) if m.streaming])
    return found[0]


def stands_whole(replies: list[Message], key: str = "job-by-hand") -> None:
    """One message, finished, with the whole answer and its key."""
    (reply,) = replies
    assert not reply.streaming
    assert reply.metadata == {"event_type": "crosscheck_answer", "event_payload": {"key": key}}
    shown = [{k: v for k, v in b.items() if k != "block_id"} for b in reply.blocks if b["type"] not in BESIDE]
    assert shown == WHOLE.blocks


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("chat.startStream", "missing_scope"),
        ("chat.startStream", "internal_error"),
        ("chat.appendStream", "missing_scope"),
        ("chat.appendStream", "stopped_by_user"),
    ],
)
async def test_given_a_stream_call_is_refused_when_answered_then_one_whole_message_stands(
    bot: Bot, method: str, code: str
) -> None:
    bot.sandbox.faults.refuse(method, code)
    job = await bot.job()

    async with running(bot, job) as run:
        await bot.sandbox.wait_for(lambda: bot.sandbox.refusals or bot.replies_to(job))
        bot.oracle.go.set()
        await run

    stands_whole(bot.replies_to(job))


@pytest.mark.parametrize("method", [*STREAM_CALLS, "chat.postMessage", "chat.update"])
async def test_given_a_call_is_limited_when_answered_then_one_whole_message_stands(bot: Bot, method: str) -> None:
    if method == "chat.postMessage":
        bot.sandbox.faults.refuse("chat.startStream", "unknown_method")
    if method == "chat.update":
        bot.sandbox.faults.refuse("chat.appendStream", "unknown_method")
    bot.sandbox.faults.limit(method, retry_after_s=0)
    job = await bot.job()

    async with running(bot, job) as run:
        await bot.sandbox.wait_for(lambda: bot.sandbox.refusals or bot.replies_to(job))
        bot.oracle.go.set()
        await run

    stands_whole(bot.replies_to(job))


async def test_given_the_streaming_quota_is_gone_when_answered_then_nobody_waits_for_it(bot: Bot) -> None:
    bot.sandbox.faults.limit("chat.startStream", None, retry_after_s=3_600)
    job = await bot.job()

    async with running(bot, job) as run:
        await bot.sandbox.wait_for(lambda: bot.sandbox.refusals)
        bot.oracle.go.set()
        await run

    stands_whole(bot.replies_to(job))
    assert "conversations.replies" not in [c.method for c in bot.sandbox.calls]


@pytest.mark.parametrize("method", STREAM_CALLS)
@pytest.mark.parametrize("fault", ["cut", "fail"])
async def test_given_a_stream_call_breaks_off_when_answered_then_one_whole_message_stands(
    bot: Bot, method: str, fault: str
) -> None:
    getattr(bot.sandbox.faults, fault)(method)
    job = await bot.job()

    async with running(bot, job) as run:
        if method != "chat.startStream":
            await streaming(bot, job)
        bot.oracle.go.set()
        await run

    stands_whole(bot.replies_to(job))


async def test_given_a_post_that_slack_took_before_the_line_broke_when_answered_then_it_is_not_posted_again(
    bot: Bot,
) -> None:
    bot.sandbox.faults.refuse("chat.startStream", "unknown_method")
    bot.sandbox.faults.cut("chat.postMessage")
    job = await bot.job()

    async with running(bot, job) as run:
        bot.oracle.go.set()
        await run

    stands_whole(bot.replies_to(job))


async def test_given_a_thread_that_cannot_be_looked_up_when_a_post_is_run_again_then_slack_knows_it_by_its_id(
    bot: Bot,
) -> None:
    bot.oracle.holds = False
    bot.sandbox.faults.refuse("chat.startStream", "unknown_method")
    bot.sandbox.faults.refuse("conversations.replies", "missing_scope")
    bot.sandbox.faults.cut("chat.postMessage")
    job = await bot.job()
    with pytest.raises(SlackUnavailable):
        await bot.answering.run(job)

    await bot.answering.run(job)

    stands_whole(bot.replies_to(job))


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_given_slack_is_down_for_the_last_call_when_run_again_then_one_whole_message_stands(
    bot: Bot, method: str
) -> None:
    if method == "chat.postMessage":
        bot.sandbox.faults.refuse("chat.startStream", "unknown_method", 1)
    else:
        bot.sandbox.faults.refuse("chat.stopStream", "internal_error", 1)
    bot.sandbox.faults.fail(method)
    job = await bot.job()

    async with running(bot, job) as run:
        await bot.sandbox.wait_for(lambda: bot.sandbox.refusals or bot.replies_to(job))
        bot.oracle.go.set()
        with pytest.raises(SlackUnavailable):
            await run
    await bot.answering.run(job)

    stands_whole(bot.replies_to(job))
    assert len(bot.oracle.questions) == 1


async def test_given_a_stream_outlived_its_time_when_answered_then_the_whole_answer_replaces_it() -> None:
    async with (
        Sandbox(stream_lifetime_s=0) as sandbox,
        signed_in(sandbox.bot_token, sandbox.api_url) as account,
    ):
        rules, oracle = MemoryRules(), Oracle(answers.dispute(), holds=True)
        bot = Bot(sandbox, account, MemoryInbox(), oracle, rules, guarded(account, rules))
        job = await bot.job()

        async with running(bot, job) as run:
            await bot.sandbox.wait_for(lambda: bot.replies_to(job))
            bot.oracle.go.set()
            await run

        stands_whole(bot.replies_to(job))
        assert ("chat.stopStream", "message_not_in_streaming_state") in sandbox.refusals


async def test_given_a_stream_that_slack_will_not_stop_when_its_time_is_over_then_another_run_replaces_it(
    bot: Bot,
) -> None:
    bot.sandbox.faults.refuse("chat.stopStream", "missing_scope", 2)
    job = await bot.job()
    async with running(bot, job) as run:
        half = await streaming(bot, job)
        bot.oracle.go.set()
        with pytest.raises(SlackUnavailable):
            await run
    assert half.stream is not None
    half.stream.open = False

    await bot.answering.run(job)

    stands_whole(bot.replies_to(job))


async def test_given_a_process_dies_in_mid_answer_when_run_again_then_its_message_is_made_whole(bot: Bot) -> None:
    job = await bot.job()
    async with running(bot, job):  # this one never goes on, as after a kill
        half = await streaming(bot, job)

        await Answering(bot.account, Oracle(answers.dispute()), bot.shelf, bot.gate).run(job)

        stands_whole(bot.replies_to(job))
        assert bot.replies_to(job)[0].ts == half.ts
        assert bot.sandbox.status(GENERAL, job.payload["thread"]) is None


class Late(Oracle):
    """Reads its sources once `go` is set, and never answers."""

    async def __call__(self, work: Work, question: str, audience: Audience) -> Answer:
        self.held.set()
        await self.go.wait()
        self.go.clear()
        self.holds = True
        return await super().__call__(work, question, audience)


async def test_given_a_run_that_lost_its_job_when_it_shows_something_once_the_next_looked_then_one_message_stands(
    bot: Bot,
) -> None:
    job, late = await bot.job(), Late(answers.dispute())
    async with running(bot, job, late), running(bot, job) as taken_over:
        late.go.set()
        await bot.sandbox.wait_for(lambda: len([m for m in bot.replies_to(job) if m.streaming]) == 2)

        bot.oracle.go.set()
        await taken_over

        stands_whole(bot.replies_to(job))


async def test_given_a_run_that_lost_its_job_when_it_shows_something_after_the_answer_then_it_takes_that_away(
    bot: Bot,
) -> None:
    job, late = await bot.job(), Late(answers.dispute())
    async with running(bot, job, late) as lost:
        await Answering(bot.account, Oracle(answers.dispute()), bot.shelf, bot.gate).run(job)
        late.go.set()
        await streaming(bot, job)

        lost.cancel()
        await asyncio.gather(lost, return_exceptions=True)

        stands_whole(bot.replies_to(job))


async def test_given_a_process_dies_before_anything_showed_when_run_again_then_it_answers_as_if_for_the_first_time(
    bot: Bot,
) -> None:
    job = await bot.job()
    await job.note("post", job.id)
    bot.oracle.holds = False

    await bot.answering.run(job)

    stands_whole(bot.replies_to(job))


async def test_given_a_process_dies_after_the_answer_stands_when_run_again_then_nothing_is_asked_or_posted(
    bot: Bot,
) -> None:
    bot.oracle.holds = False
    job = await bot.job()
    await bot.answering.run(job)
    calls = len(posts(bot))

    await bot.answering.run(job)

    stands_whole(bot.replies_to(job))
    assert len(posts(bot)) == calls
    assert len(bot.oracle.questions) == 1


@pytest.mark.parametrize("method", ["chat.stopStream", "chat.update"])
async def test_given_a_second_death_while_the_first_is_mended_when_run_again_then_one_whole_message_stands(
    bot: Bot, method: str
) -> None:
    job = await bot.job()
    async with running(bot, job):
        await streaming(bot, job)
        bot.sandbox.faults.fail(method)
        with pytest.raises(SlackUnavailable):
            await Answering(bot.account, Oracle(answers.dispute()), bot.shelf, bot.gate).run(job)

        await Answering(bot.account, Oracle(answers.dispute()), bot.shelf, bot.gate).run(job)

        stands_whole(bot.replies_to(job))


async def test_given_a_process_dies_between_two_messages_when_run_again_then_each_stands_once(bot: Bot) -> None:
    bot.oracle.answer, bot.oracle.holds = answers.long(), False
    bot.sandbox.faults.refuse("chat.startStream", "unknown_method")
    job = await bot.job()
    count = len(compose(answers.long()))

    async def die_after_two(run: asyncio.Task[None]) -> None:
        await bot.sandbox.wait_for(lambda: len(bot.replies_to(job)) == 2)
        run.cancel()

    run = asyncio.create_task(bot.answering.run(job))
    await asyncio.gather(die_after_two(run), run, return_exceptions=True)
    await bot.answering.run(job)

    keys = [m.metadata["event_payload"]["key"] for m in bot.replies_to(job) if m.metadata]
    assert ("chat.postMessage", "duplicate_message_not_allowed") not in bot.sandbox.refusals
    assert keys == [job.id, *(f"{job.id}:{n}" for n in range(2, count + 1))]


async def test_given_an_earlier_answer_in_the_thread_when_run_again_then_only_its_own_message_is_touched(
    bot: Bot,
) -> None:
    bot.oracle.holds = False
    first = await bot.job()
    await bot.answering.run(first)
    second = Job("job-two", {**first.payload, "ts": bot.sandbox.workspace.new_ts()})
    await second.note("post", second.id)

    await bot.answering.run(second)

    one, two = bot.replies_to(first)
    stands_whole([one])
    stands_whole([two], "job-two")


async def test_given_a_thread_under_a_message_of_the_bot_when_run_again_then_that_message_is_left_alone(
    bot: Bot,
) -> None:
    posted = await bot.account.client.chat_postMessage(channel=GENERAL, text="Hello, I am new here.")
    asked = await bot.sandbox.say(GENERAL, ANNA, answers.QUESTION, thread_ts=posted["ts"])
    job = await bot.job()
    job.payload = {**job.payload, "thread": posted["ts"], "ts": asked.ts}
    await job.note("post", job.id)
    bot.oracle.holds = False

    await bot.answering.run(job)

    first, *replies = bot.sandbox.replies(asked)
    assert first.text == "Hello, I am new here."
    stands_whole(replies)


async def test_given_lines_were_shown_that_the_answer_does_not_hold_when_finished_then_they_are_replaced(
    bot: Bot,
) -> None:
    job = await bot.job()

    async def ask(work: Work, question: str, audience: Audience) -> Answer:
        for statement in answers.agreement().statements:
            await audience.statement(statement)
        await bot.sandbox.wait_for(lambda: bot.replies_to(job))
        return answers.dispute()

    await Answering(bot.account, ask, bot.shelf, bot.gate).run(job)

    stands_whole(bot.replies_to(job))


async def test_given_somebody_else_writes_in_the_thread_when_run_again_then_their_message_is_left_alone(
    bot: Bot,
) -> None:
    job = await bot.job()
    await bot.sandbox.say(GENERAL, ANNA, "I wonder too.", thread_ts=job.payload["thread"])
    await job.note("post", job.id)
    bot.oracle.holds = False

    await bot.answering.run(job)

    stands_whole(bot.replies_to(job))


async def test_given_the_half_shown_message_was_deleted_when_answered_then_the_answer_is_posted(bot: Bot) -> None:
    job = await bot.job()
    async with running(bot, job) as run:
        half = await streaming(bot, job)
        bot.sandbox.workspace.remove(half)

        bot.oracle.go.set()
        await run

    stands_whole(bot.replies_to(job))


async def test_given_the_half_shown_message_may_not_be_edited_when_answered_then_the_answer_stands_in_its_place(
    bot: Bot,
) -> None:
    bot.sandbox.faults.refuse("chat.stopStream", "missing_scope", 1)
    bot.sandbox.faults.refuse("chat.update", "edit_window_closed")
    job = await bot.job()
    async with running(bot, job) as run:
        await streaming(bot, job)
        bot.oracle.go.set()
        await run

    stands_whole(bot.replies_to(job))


async def test_given_the_channel_is_archived_when_answered_then_it_is_told_as_a_refusal(bot: Bot) -> None:
    job = await bot.job()
    async with running(bot, job) as run:
        bot.sandbox.workspace.channels[GENERAL].archived = True
        bot.oracle.go.set()

        with pytest.raises(SlackRefused) as refused:
            await run

    assert not refused.value.retry


async def test_given_statuses_are_refused_when_answered_then_it_does_not_matter(bot: Bot) -> None:
    bot.sandbox.faults.refuse("assistant.threads.setStatus", "missing_scope")
    bot.sandbox.faults.refuse("agents.sessions.setStatus", "unknown_method")
    bot.oracle.holds = False
    job = await bot.job()

    await bot.answering.run(job)

    stands_whole(bot.replies_to(job))


async def test_given_the_model_fails_in_mid_answer_when_run_again_then_one_whole_message_stands(bot: Bot) -> None:
    bot.oracle.fault = ReaderUnavailable("gone")
    job = await bot.job()
    async with running(bot, job) as run:
        await streaming(bot, job)
        bot.oracle.go.set()
        with pytest.raises(ReaderUnavailable):
            await run
    cleared = bot.sandbox.status(GENERAL, job.payload["thread"])
    bot.oracle.fault = None

    await bot.answering.run(job)

    assert cleared is None
    stands_whole(bot.replies_to(job))


async def test_given_work_is_given_up_when_told_then_one_apology_replaces_the_half_shown_answer(bot: Bot) -> None:
    bot.oracle.fault = ReaderUnavailable("gone")
    job = await bot.job()
    async with running(bot, job) as run:
        await streaming(bot, job)
        bot.oracle.go.set()
        with pytest.raises(ReaderUnavailable):
            await run

    await bot.answering.give_up(job, bot.oracle.fault)
    await bot.answering.give_up(job, bot.oracle.fault)

    (reply,) = bot.replies_to(job)
    assert reply.text == "The model can't be reached right now."
    assert not reply.streaming
    assert bot.sandbox.status(GENERAL, job.payload["thread"]) is None


async def test_given_work_is_given_up_by_an_unknown_fault_when_told_then_its_words_are_not_shown(bot: Bot) -> None:
    job = await bot.job()

    await bot.answering.give_up(job, RuntimeError("secret innards"))

    (reply,) = bot.replies_to(job)
    assert reply.text == "I could not finish this one. Nothing was lost: ask again in a moment."


async def test_given_the_answer_stands_when_its_job_is_given_up_then_nothing_is_apologised_for(bot: Bot) -> None:
    bot.oracle.holds = False
    job = await bot.job()
    await bot.answering.run(job)

    await bot.answering.give_up(job, RuntimeError("the last note failed"))

    stands_whole(bot.replies_to(job))


async def test_given_a_greeting_that_was_answered_when_run_again_then_it_is_not_greeted_twice(bot: Bot) -> None:
    job = await bot.job("hello")
    await bot.answering.run(job)

    await bot.answering.run(job)

    (reply,) = bot.replies_to(job)
    assert ENGLISH.asking.hello[:20] in reply.text


async def test_given_a_thread_of_many_pages_when_run_again_then_the_orphan_is_found_on_the_last(bot: Bot) -> None:
    job = await bot.job()
    for number in range(220):
        await bot.sandbox.say(GENERAL, ANNA, f"Aside {number}", thread_ts=job.payload["thread"])
    async with running(bot, job):
        await streaming(bot, job)

        await Answering(bot.account, Oracle(answers.dispute()), bot.shelf, bot.gate).run(job)

        stands_whole(bot.replies_to(job))


def posts(bot: Bot) -> list[str]:
    return [c.method for c in bot.sandbox.calls if c.method.startswith("chat.")]
