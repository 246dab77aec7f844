"""Questions that wait, as people see them: how many come first, and where the line is full, that it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.news.catalogue import ENGLISH
from bot.sandbox import ANNA, BEN, GENERAL, Message, Sandbox
from bot.worker import AT_ONCE
from tests.running import QUESTION, Bot, finished, furnish
from tests.scripted_model import ScriptedModel, Turn, reads, reply

AGREE = reply(
    readings=[reads("A", "54 licences", ["A1"])],
    positions=[("54 licences", ["A"])],
    statements=[("54 were granted.", ["A1"])],
)


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with ScriptedModel() as server:
        server.always(Turn(AGREE, first_s=60))
        yield server


async def ask(sandbox: Sandbox, count: int) -> list[Message]:
    return [await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}") for _ in range(count)]


async def shown_at_work(sandbox: Sandbox, asked: list[Message]) -> None:
    """Once each of them shows a status."""
    await sandbox.wait_for(lambda: all(sandbox.status(GENERAL, each.ts) for each in asked), 30)


async def test_given_more_questions_than_are_answered_at_once_when_one_is_asked_then_it_tells_how_many_come_first(
    tmp_path: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(furnish(tmp_path), sandbox, model)
        await bot.ingest()
        async with bot.running():
            await shown_at_work(sandbox, await ask(sandbox, AT_ONCE))

            following, second, third = await ask(sandbox, 3)
            await shown_at_work(sandbox, [second, third])

            said = [sandbox.status(GENERAL, asked.ts) for asked in (following, second, third)]
    told = [None, ["One question is before yours…"], ["2 questions are before yours…"]]
    assert [status and status.loading_messages for status in said] == told


async def test_given_a_line_when_a_command_asks_then_it_is_told_once_how_many_come_first(
    tmp_path: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(furnish(tmp_path), sandbox, model)
        await bot.ingest()
        async with bot.running():
            await shown_at_work(sandbox, await ask(sandbox, AT_ONCE))
            await ask(sandbox, 1)

            await sandbox.command("/coverage", f"ask {QUESTION}", channel=GENERAL, user=BEN)
            begun, told = await sandbox.wait_for(lambda: two_words(sandbox), 20)

    assert begun.text == ENGLISH.commands.begun
    assert told.text == "One question is before yours…"


def two_words(sandbox: Sandbox) -> list[Message] | None:
    found = sandbox.private(BEN, GENERAL)
    return found if len(found) == 2 else None


async def test_given_a_full_line_when_another_question_is_asked_then_it_is_turned_away_with_what_to_do(
    tmp_path: Path, model: ScriptedModel
) -> None:
    async with Sandbox() as sandbox:
        bot = Bot(furnish(tmp_path), sandbox, model, MOST_WAITING="1")
        await bot.ingest()
        async with bot.running():
            for _ in range(AT_ONCE):  # one by one, for here a second that waits is one too many
                await shown_at_work(sandbox, await ask(sandbox, 1))

            waiting, refused = await ask(sandbox, 2)
            await sandbox.command("/coverage", f"ask {QUESTION}", channel=GENERAL, user=BEN)
            [told] = await sandbox.wait_for(lambda: finished(sandbox, refused), 20)
            await sandbox.wait_for(lambda: len(sandbox.private(BEN, GENERAL)) == 2, 20)

            assert told.text == ENGLISH.errors["LineIsFull"]
            assert sandbox.private(BEN, GENERAL)[-1].text == ENGLISH.errors["LineIsFull"]
            assert sandbox.replies(waiting) == []
