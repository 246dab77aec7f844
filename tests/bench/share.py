"""The bot's own share of an answered question: its CPU and its first sign beside a bare loop of slack-bolt and openai.

Both are processes of their own against the same sandbox and the same scripted model, one after the other in turns;
the bare loop makes as many Slack calls. Figures are ratios of medians in one run: `python -m tests.bench.share`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sample import ARTICLES
from bot.sandbox import ANNA, GENERAL, Sandbox
from tests.scripted_model import ScriptedModel, Turn, reads, reply

ROOT = Path(__file__).parents[2]
WARM_UP, QUESTIONS, ROUNDS = 3, 12, 3
QUESTION = "Which department lifted the ban?"
CHUNKS = (60, 400)
SAYS = "the US Commerce Department lifted the ban on exporting Claude with an order that it published on 21 May"
LABELS = "ABCDEFGHI"
REPLY = reply(
    readings=[reads(label, SAYS, [f"{label}2"]) for label in LABELS],
    positions=[(SAYS, list(LABELS))],
    relation="agree",
    statements=[(f"{SAYS.capitalize()}.", ["A2", "B2"]), ("The order took effect at once.", ["A3"])],
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians a question: CPU and milliseconds to the first Slack call; Slack calls, and the prompt's characters."""

    cpu_ms: float
    first_ms: float
    calls: int
    prompt: int


async def main() -> None:
    for chunks in CHUNKS:
        bots, bares = [], []
        for _ in range(ROUNDS):
            bots.append(await measure(chunks))
            bares.append(await measure(chunks, bots[-1]))
        bot, bare = (statistics.median(c.cpu_ms for c in found) for found in (bots, bares))
        first, bare_first = (statistics.median(c.first_ms for c in found) for found in (bots, bares))
        sys.stdout.write(
            f"{chunks} chunks, {bots[-1].calls} Slack calls: CPU {bot:.1f} ms against {bare:.1f} ms, "
            f"{bot / bare:.2f} times; first sign {first:.0f} ms against {bare_first:.0f} ms\n"
        )


async def measure(chunks: int, like: Cost | None = None) -> Cost:
    """The bot, or the bare loop with as many calls and as long a prompt."""
    with tempfile.TemporaryDirectory() as folder, ScriptedModel() as model:
        model.always(Turn(text=REPLY, chunks=chunks, delay_s=0.001))
        async with Sandbox() as sandbox, running(folder, sandbox, model, chunks, like) as pid:
            for _ in range(WARM_UP):
                await ask(sandbox)
            before, called, firsts = cpu_s(pid), len(sandbox.calls), []
            for _ in range(QUESTIONS):
                firsts.append(await ask(sandbox))
            return Cost(
                (cpu_s(pid) - before) / QUESTIONS * 1000,
                statistics.median(firsts) * 1000,
                round((len(sandbox.calls) - called) / QUESTIONS),
                len(model.requests[-1].text),
            )


async def ask(sandbox: Sandbox) -> float:
    """Ask, wait for the whole answer, and return the seconds to the first sign of it."""
    made = len(sandbox.calls)
    began = time.monotonic()
    waiting = asyncio.create_task(sandbox.wait_for(lambda: len(sandbox.calls) > made, 30))
    waiting.add_done_callback(lambda _: first.append(time.monotonic()))
    first: list[float] = []
    asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} {QUESTION}")
    await waiting
    await sandbox.wait_for(
        lambda: (
            (replies := sandbox.replies(asked))
            and not any(m.streaming for m in replies)
            and sandbox.status(GENERAL, asked.ts) is None
        ),
        30,
    )
    await asyncio.sleep(0.05)  # the bot's last notes
    return first[0] - began


@asynccontextmanager
async def running(
    folder: str, sandbox: Sandbox, model: ScriptedModel, chunks: int, like: Cost | None
) -> AsyncIterator[int]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "WARNING",
        "OPENAI_API_KEY": "bench",
        "PORT": "0",
        "LEDGER_CALLS_A_DAY": "0",
        "OPENAI_BASE_URL": model.base_url,
        "SLACK_API_URL": sandbox.api_url,
    }
    if like is None:
        environment |= {"SLACK_BOT_TOKEN": sandbox.bot_token, "SLACK_APP_TOKEN": sandbox.app_token}
        ingest = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "ingest",
            str(ARTICLES),
            cwd=folder,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        await ingest.communicate()
        command = ["-m", "bot", "run"]
    else:
        environment |= {"TOKEN": sandbox.bot_token, "APP_TOKEN": sandbox.app_token}
        environment |= {"CHUNKS": str(chunks), "CALLS": str(like.calls), "PROMPT": str(like.prompt)}
        command = ["-m", "tests.bench.bare"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        while b"is running" not in await process.stdout.readline():
            assert process.returncode is None
        await sandbox.wait_connected()
        yield process.pid
    finally:
        process.terminate()
        await process.communicate()


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    asyncio.run(main())
