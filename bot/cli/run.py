"""`run`: the bot, in Slack where `.env` has tokens, else in the sandbox."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
import tempfile

from rich.console import Console

from bot.sample import FIRST_QUESTION
from bot.settings import Settings
from bot.terminal.answer import show_answer
from bot.wiring.desks.desk import sample_desk
from bot.wiring.service import service

NEXT_LIVE = "Next: add coverage of your own with `python -m bot ingest DIR`."
NEXT = f"{NEXT_LIVE} For live answers put OPENAI_API_KEY into .env."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demonstrate", action="store_true", help="first print one answer on the sample coverage")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    """Until SIGINT or SIGTERM; then what runs is finished or handed over."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if given.demonstrate:
        await _demonstrate(settings)
    async with service(settings) as running:
        where = f"the sandbox: open {running.sandbox.url}" if running.sandbox else "Slack"
        sys.stdout.write(f"\nCrosscheck is running in {where}\nPress Ctrl-C to stop.\n")
        sys.stdout.flush()
        # What was loaded stays: to look through it again and again would stop all answers for a tenth of a second.
        gc.collect()
        gc.freeze()
        await stop.wait()
    return 0


async def _demonstrate(settings: Settings) -> None:
    """One answer on the sample: live with a key, else a recorded one."""
    console = Console(highlight=False)
    console.print(f"[bold]{FIRST_QUESTION}[/bold]\n")
    with tempfile.TemporaryDirectory(prefix="crosscheck-") as folder:
        async with sample_desk(settings, folder) as desk:
            answer = await desk.ask(FIRST_QUESTION)
    show_answer(answer, console)
    console.print()
    console.print(NEXT if settings.openai_api_key is None else NEXT_LIVE, highlight=False, markup=False)
