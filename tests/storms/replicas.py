"""Several processes of the bot on one database, killed and started again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox import Sandbox
from tests.running import Bot, end, furnish
from tests.scripted_model import ScriptedModel


class Replicas:
    """`processes` run; one that is killed is started again at once. `kills` and `pauses` count."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.processes: list[Process] = []
        self.kills = 0
        self.pauses = 0

    async def start(self, count: int) -> None:
        self.processes += await asyncio.gather(*(self.bot.start() for _ in range(count)))

    async def kill(self, chance: random.Random) -> None:
        """`kill -9` for one of them, and another in its place."""
        number = chance.randrange(len(self.processes))
        process = self.processes[number]
        os.kill(process.pid, signal.SIGKILL)
        self.kills += 1
        await process.communicate()
        self.processes[number] = await self.bot.start()

    async def pause(self, chance: random.Random, seconds: float) -> None:
        """Stop one of them for so long, as a machine that swaps or moves does; then it goes on as if nothing were."""
        process = chance.choice(self.processes)
        os.kill(process.pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(process.pid, signal.SIGCONT)
        self.pauses += 1

    def fallen(self) -> list[int]:
        """The exit codes of those that ended by themselves."""
        return [p.returncode for p in self.processes if p.returncode is not None]

    async def end(self) -> None:
        for process in self.processes:
            await end(process)


@asynccontextmanager
async def replicas(
    count: int, folder: Path, sandbox: Sandbox, model: ScriptedModel, *, module: str = "bot", **environment: str
) -> AsyncIterator[Replicas]:
    """So many processes on one database with two articles."""
    running = Replicas(Bot(furnish(folder / "home"), sandbox, model, module=module, LOG_FORMAT="json", **environment))
    await running.bot.ingest()
    try:
        await running.start(count)
        yield running
    finally:
        await running.end()
