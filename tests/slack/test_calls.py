"""What the bot sends to Slack, held against Slack's own published types and limits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.news.catalogue import ENGLISH
from bot.news.ledger.follows import standing_news
from bot.sandbox import ANNA, GENERAL, POLICY, Sandbox
from bot.slack.account import signed_in
from bot.slack.answers.following import Following
from bot.slack.app import OneRoom, bolt_app, socket_mode
from tests.given import article
from tests.slack import answers, entries
from tests.slack.conftest import Bot, guarded, working
from tests.slack.fakes import MemoryInbox, MemoryRules, Oracle
from tests.slack.test_blocks import answer_full_of
from tests.slack.texts import ODD_TEXTS

CHECKER = Path(__file__).parents[3] / "shared" / "oracles" / "check_slack.py"


@asynccontextmanager
async def recorded(record: Path) -> AsyncIterator[Bot]:
    """A bot that listens and works, and whose calls are recorded; at the end each must be one that Slack takes."""
    if not CHECKER.is_file():
        pytest.skip("the checker of Slack calls is not beside this checkout")
    async with (
        Sandbox(record=record) as sandbox,
        signed_in(sandbox.bot_token, sandbox.api_url) as account,
    ):
        rules = MemoryRules()
        bot = Bot(sandbox, account, MemoryInbox(), Oracle(answers.dispute()), rules, guarded(account, rules))
        async with socket_mode(bolt_app(OneRoom(bot.room)), account, sandbox.app_token), working(bot):
            await sandbox.wait_connected()
            yield bot
            await bot.quiet()
    check = [sys.executable, str(CHECKER), str(record)]
    checked = await asyncio.to_thread(subprocess.run, check, capture_output=True, text=True, timeout=60, check=False)
    assert bot.faults == []
    assert checked.returncode == 0, checked.stdout


async def test_given_answers_of_every_kind_when_recorded_then_every_call_is_one_that_slack_takes(
    tmp_path: Path,
) -> None:
    async with recorded(tmp_path / "calls.jsonl") as bot:
        await ask_everything(bot)


async def test_given_all_that_a_person_can_press_and_type_when_recorded_then_every_call_is_one_that_slack_takes(
    tmp_path: Path,
) -> None:
    async with recorded(tmp_path / "calls.jsonl") as bot:
        await press_everything(bot)
        for text in ODD_TEXTS.values():
            await type_everything(bot, text)


async def press_everything(bot: Bot) -> None:
    """Under an answer, in its forms and in its thread."""
    sandbox = bot.sandbox
    bot.oracle.answer = replace(answers.dispute(), nearby=tuple(ODD_TEXTS.values())[:3])
    asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {answers.QUESTION}")
    (reply,) = await bot.settled(asked)
    await sandbox.click(reply, "next1", user=ANNA)
    for action in ("quotes", "follow", "no_dispute"):
        await sandbox.click(reply, action, user=ANNA)
    await sandbox.wait_for(lambda: "Courier" in str(sandbox.view(ANNA)))
    await sandbox.click(reply, "feedback", "good job-1", user=ANNA)
    await sandbox.click(reply, "feedback", "bad job-1", user=ANNA)
    await sandbox.submit(await sandbox.wait_for(lambda: sandbox.view(ANNA)), {"words": "Stale."})
    await bot.quiet()
    await sandbox.edit(asked, f"{sandbox.mention} How many?")
    await bot.quiet()
    await sandbox.say(GENERAL, ANNA, "quiet", asked.ts)
    await bot.quiet()
    await sandbox.delete(asked)
    await sandbox.invite(POLICY)
    await sandbox.open_dm(ANNA)
    await sandbox.shortcut("check", user=ANNA, message=await sandbox.say(GENERAL, ANNA, "A claim."))
    await bot.quiet()


async def type_everything(bot: Bot, text: str) -> None:
    """Every subcommand on coverage that is full of this text, and a look at Home."""
    odd = article("odd", text, outlet=text, title=text, url="https://example.org/odd", published="2026-05-20")
    bot.coverage.entries = [entries.entry(question=text), *entries.many(12, 30)]
    bot.coverage.followed[ANNA] = bot.coverage.entries
    bot.coverage.headings, bot.coverage.articles = entries.headings(odd, answers.COURIER), [odd, answers.COURIER]
    for verb in (
        "",
        "help",
        "disagreements",
        "timeline",
        "sources",
        "new",
        f"follow {text}",
        f"follow {text[:30]}",
        f"ask {text}",
    ):
        before = len(bot.sandbox.private(ANNA))
        await bot.sandbox.command("/coverage", verb, channel=GENERAL, user=ANNA)
        await bot.quiet()
        await bot.sandbox.wait_for(lambda before=before: len(bot.sandbox.private(ANNA)) > before)
        told = bot.sandbox.private(ANNA)[-1]
        if "'share'" in str(told.blocks):
            await bot.sandbox.click(told, "share", user=ANNA)
    await bot.sandbox.command("/coverage", "settings", channel=GENERAL, user=ANNA)
    await bot.sandbox.close_view(await bot.sandbox.wait_for(lambda: bot.sandbox.view(ANNA)))
    await bot.sandbox.open_home(ANNA)
    await bot.sandbox.wait_for(lambda: bot.sandbox.home(ANNA))
    await bot.sandbox.command("/coverage", "follow", channel=GENERAL, user=ANNA)
    form = await bot.sandbox.wait_for(lambda: (v := bot.sandbox.view(ANNA)) and ENGLISH.follow.all in str(v.view) and v)
    await bot.sandbox.click(form, "unfollow")
    await bot.quiet()
    await bot.sandbox.close_view(form)
    for follow in bot.coverage.topics:
        news = standing_news(bot.coverage.entries[0])
        await Following(bot.account).tell(GENERAL, follow.thread, ANNA, news, follow.key(news), follow.topic)


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
