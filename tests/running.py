"""The bot as a process of its own, between a Slack (the sandbox) and a scripted model."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bot.sandbox import Message, Sandbox
from tests.scripted_model import ScriptedModel, look, reads, reply

ROOT = Path(__file__).parents[1]
QUESTION = "How many licences were granted?"
DISPUTE = reply(
    readings=[reads("A", "54 licences were granted", ["A1"]), reads("B", "41 licences were granted", ["B1"])],
    positions=[("54 licences were granted", ["A"]), ("41 licences were granted", ["B"])],
    relation="dispute",
    kind="number",
    statements=[],
)
SINGLE = reply(
    readings=[reads("A", "54 licences were granted", ["A1"])],
    positions=[("54 licences were granted", ["A"])],
    relation="single",
    statements=[("54 licences were granted.", ["A1"])],
)
SUMMARY = {"happened": [{"text": "Licences were granted.", "keys": ["A1"]}], "agreed": [], "lone": [], "unknown": []}
UPHELD = look(upheld=True, text="")


def furnish(home: Path) -> Path:
    """Make this the bot's working folder, with a library of two articles beside it."""
    folder = home / "coverage"
    folder.mkdir(parents=True)
    (folder / "courier.txt").write_text("The ministry granted 54 licences.\n", encoding="utf-8")
    (folder / "post.txt").write_text("Only 41 licences were granted.\n", encoding="utf-8")
    return home


class Bot:
    """The bot's process. `environment` is all that it knows of the world; its log goes to a file in its folder.

    `module`: the command line that is run.
    """

    def __init__(
        self, home: Path, sandbox: Sandbox, model: ScriptedModel, *, module: str = "bot", **environment: str
    ) -> None:
        self.home = home
        self.module = module
        self.log = home / "bot.log"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SLACK_BOT_TOKEN": sandbox.bot_token,
            "SLACK_APP_TOKEN": sandbox.app_token,
            "SLACK_API_URL": sandbox.api_url,
            "OPENAI_API_KEY": "test",
            "PORT": "0",
            "LEDGER_CALLS_A_DAY": "0",
            "LEASE_S": "1",
            "OPENAI_BASE_URL": model.base_url,
            **environment,
        }

    async def command(self, *arguments: str) -> Process:
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self.module, *arguments),
                cwd=self.home,
                env=self.environment,
                stdout=PIPE,
                stderr=log,
            )

    async def ingest(self) -> None:
        process = await self.command("ingest", "coverage")
        await process.communicate()
        assert process.returncode == 0, self.log.read_text(encoding="utf-8")

    async def start(self) -> Process:
        """A process that is ready for questions."""
        process = await self.command("run")
        assert process.stdout is not None
        told = b""
        while b"is running" not in told:
            line = await asyncio.wait_for(process.stdout.readline(), 60)
            if not line:
                await process.communicate()
                raise AssertionError(self.log.read_text(encoding="utf-8")[-4000:])
            told += line
        return process

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        process = await self.start()
        try:
            yield process
        finally:
            await end(process)


async def end(process: Process) -> None:
    """Kill it, if it still runs, and wait for its end."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
    await process.communicate()


def finished(sandbox: Sandbox, asked: Message) -> list[Message]:
    """The bot's replies, once the newest of them is whole and the status line has gone."""
    replies = sandbox.replies(asked)
    whole = [m for m in replies if not m.streaming and m.metadata]
    return whole if len(whole) == len(replies) and sandbox.status(asked.channel, asked.ts) is None else []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
