"""The writer of a stream: one at a time, what is settled soon, and in few calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.sandbox import ANNA, GENERAL, Message, Sandbox
from bot.slack.account import Account
from bot.slack.answers.stream import FLUSH_CHARACTERS, Stream
from bot.slack.looks import kit
from tests.slack.conftest import Bot

NEVER = 3_600.0


@pytest.fixture
async def asked(sandbox: Sandbox) -> Message:
    return await sandbox.say(GENERAL, ANNA, "Well?")


@pytest.fixture
async def slow(account: Account, asked: Message) -> AsyncIterator[Stream]:
    """A stream that writes its first chunk at once and the next only when it must."""
    made = Stream(account, channel=GENERAL, thread=asked.ts, person=ANNA, flush_s=NEVER)
    yield made
    await made.cancel()


async def test_given_something_to_show_when_added_then_it_is_shown_at_once(
    sandbox: Sandbox, asked: Message, slow: Stream
) -> None:
    slow.add(kit.streamed("First."))

    (message,) = await sandbox.wait_for(lambda: sandbox.replies(asked))
    assert message.streaming
    assert message.text == "First."


async def test_given_more_to_show_when_little_then_it_waits_and_comes_with_the_end(
    sandbox: Sandbox, asked: Message, slow: Stream
) -> None:
    slow.add(kit.streamed("First."))
    (message,) = await sandbox.wait_for(lambda: sandbox.replies(asked))
    slow.add(kit.streamed(" Second."))
    slow.add(kit.streamed(" Third."))

    rest = await slow.settle()

    assert rest == [kit.streamed(" Second. Third.")]
    assert message.text == "First."


async def test_given_more_to_show_when_much_then_it_does_not_wait(
    sandbox: Sandbox, asked: Message, slow: Stream
) -> None:
    slow.add(kit.streamed("First."))
    (message,) = await sandbox.wait_for(lambda: sandbox.replies(asked))

    slow.add(kit.streamed("x" * FLUSH_CHARACTERS))

    await sandbox.wait_for(lambda: len(message.text) > FLUSH_CHARACTERS)


async def test_given_a_card_that_changes_before_it_is_shown_when_written_then_only_its_last_state_is(
    slow: Stream,
) -> None:
    slow.add(kit.card("look", "Looking", "in_progress"))
    slow.add(kit.card("look", "Looking", "complete"))

    assert await slow.settle() == [kit.card("look", "Looking", "complete")]


async def test_given_many_who_add_at_once_when_written_then_there_is_one_message_in_order(
    sandbox: Sandbox, account: Account, asked: Message
) -> None:
    stream = Stream(account, channel=GENERAL, thread=asked.ts, person=ANNA, flush_s=0)

    async def add(number: int) -> None:
        await asyncio.sleep(0)
        stream.add(kit.streamed(f"{number} "))

    await asyncio.gather(*(add(n) for n in range(50)))
    await sandbox.wait_for(lambda: [m for m in sandbox.replies(asked) if m.text.endswith("49 ")])
    await stream.cancel()

    (message,) = sandbox.replies(asked)
    assert message.text == "".join(f"{n} " for n in range(50))


async def test_given_a_stream_that_broke_when_more_is_added_then_it_is_dropped_quietly(
    idle: Bot, asked: Message
) -> None:
    idle.sandbox.faults.refuse("chat.startStream", "unknown_method")
    stream = Stream(idle.account, channel=GENERAL, thread=asked.ts, person=ANNA, flush_s=NEVER)
    stream.add(kit.streamed("First."))
    for _ in range(2_000):
        await asyncio.sleep(0 if stream.broken else 0.001)
    await stream.settle()

    stream.add(kit.streamed("Second."))

    assert stream.broken
    assert not stream.uncertain
    assert await stream.settle() == []
    assert idle.sandbox.replies(asked) == []
