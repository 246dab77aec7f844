"""What the bot sends to Slack, held against Slack's own published types and limits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot.sandbox import ANNA, GENERAL, Sandbox
from bot.slack.account import signed_in
from bot.slack.app import bolt_app, socket_mode
from tests.slack import answers
from tests.slack.conftest import Bot, working
from tests.slack.fakes import MemoryInbox, Oracle
from tests.slack.test_blocks import answer_full_of
from tests.slack.texts import ODD_TEXTS

CHECKER = Path(__file__).parents[3] / "shared" / "oracles" / "check_slack.py"


async def test_given_answers_of_every_kind_when_recorded_then_every_call_is_one_that_slack_takes(
    tmp_path: Path,
) -> None:
    if not CHECKER.is_file():
        pytest.skip("the checker of Slack calls is not beside this checkout")
    record = tmp_path / "calls.jsonl"

    async with (
        Sandbox(record=record) as sandbox,
        signed_in(sandbox.bot_token, sandbox.api_url) as account,
    ):
        bot = Bot(sandbox, account, MemoryInbox(), Oracle(answers.dispute()))
        async with socket_mode(bolt_app(bot.room), account, sandbox.app_token), working(bot):
            await sandbox.wait_connected()
            await ask_everything(bot)

    check = [sys.executable, str(CHECKER), str(record)]
    checked = await asyncio.to_thread(subprocess.run, check, capture_output=True, text=True, timeout=60, check=False)
    assert bot.faults == []
    assert checked.returncode == 0, checked.stdout


async def ask_everything(bot: Bot) -> None:
    """Each kind of answer streamed, then each posted at once, and the bot's short words."""
    kinds = [make() for make in answers.ALL.values()] + [answer_full_of(text) for text in ODD_TEXTS.values()]
    for streams in (True, False):
        if not streams:
            bot.sandbox.faults.refuse("chat.startStream", "unknown_method")
        for found in [*kinds, answers.long()]:
            bot.oracle = Oracle(found, holds=streams)
            asked = await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {answers.QUESTION}")
            if streams:
                await bot.oracle.held.wait()
                if found.comparison.positions:
                    await bot.sandbox.wait_for(lambda at=asked: bot.sandbox.replies(at))
                bot.oracle.go.set()
            await bot.settled(asked)
    for said in ("hello", "thanks", "", "x" * 5_000):
        await bot.settled(await bot.sandbox.say(GENERAL, ANNA, f"{bot.sandbox.mention} {said}"))
