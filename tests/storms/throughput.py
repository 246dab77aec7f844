"""Answered questions a second, with a model that takes a second and streams its reply, and how soon people see a sign.

python -m tests.storms.throughput [--count 1000] [--replicas 3] [--workspaces 200] [--chunks 60 400] [--sqlite]

The workspaces install the app by themselves, and the sandbox holds to Slack's tiers in each. Over HTTP it brings what
is said to the replicas in turn, as a balancer would. It and the model share one process and its one core; what these,
the replicas and PostgreSQL used is told beside the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp

from bot.sandbox import Sandbox
from bot.settings import Settings
from bot.slack.manifest import manifest
from bot.store.database import Database
from tests.databases import Postgres, new_database
from tests.many import Browser, Many, environment
from tests.running import Bot, free_port, furnish
from tests.scripted_model import ScriptedModel, Turn
from tests.storms.asking import replied
from tests.storms.gauges import children, cpu_s
from tests.storms.load import Load, percentile

LATENCY_S = 1.0
ARTICLES = {"courier": "The ministry granted 54 licences.\n", "post": "Only 41 licences were granted.\n"}
PATIENCE_S = 240


@dataclass(frozen=True)
class Figures:
    """`at_once`: asked as fast as can be; `at_half`: at half the rate of answers that this gave."""

    chunks: int
    answered_per_s: float
    cpu_ms: dict[str, float]
    at_once: Load
    at_half: Load

    def __str__(self) -> str:
        used = ", ".join(f"{who} {ms:.0f} ms" for who, ms in self.cpu_ms.items())
        signs = self.at_half.first_signs
        return (
            f"{self.chunks} chunks: {self.answered_per_s:.1f} answered a second; at half that load the first sign after"
            f" {percentile(signs, 0.5) * 1000:.0f} ms (median), {percentile(signs, 0.99) * 1000:.0f} ms (99th"
            f" percentile), the answer after {percentile(self.at_half.answers, 0.5):.2f} s (median)\n"
            f"    processor time a question: {used}; {os.cpu_count()} cores give 1000 ms a second each"
        )


@asynccontextmanager
async def spread(
    sandbox: Sandbox, model: ScriptedModel, folder: Path, url: str, *, processes: int, workspaces: int
) -> AsyncIterator[tuple[list[int], Callable[..., Load]]]:
    """With processes that serve these workspaces: their pids, and what makes a load on them."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        database = await stack.enter_async_context(await Database.open(url))
        world = Many(sandbox, database, Settings(_env_file=None), Browser(http), stack)
        home, pids = furnish(folder / "home"), []
        settings = environment(sandbox) | {"DATABASE_URL": url, "LEASE_S": "30", "LOG_FORMAT": "json"}
        for _ in range(processes):
            port = free_port()
            bot = Bot(home, sandbox, model, **settings, PORT=str(port))
            pids.append((await stack.enter_async_context(bot.running())).pid)
            world.urls.append(f"http://127.0.0.1:{port}")
        world.serve_from(world.urls[0])
        teams = [world.team() for _ in range(workspaces)]
        for team in teams:
            await world.install(team)
            for name, text in ARTICLES.items():
                await world.comes(team, name, text)
        yield pids, partial(Load, sandbox, workspaces=teams, urls=[f"{each}/slack/events" for each in world.urls])


async def measure(
    count: int,
    processes: int,
    workspaces: int,
    chunks: int,
    url: str,
    folder: Path,
    *,
    postgres: int | None = None,
) -> Figures:
    """`postgres`: the server's process, for its processor time. Raises TimeoutError."""
    with ScriptedModel() as model:
        model.always(Turn(replied, chunks=chunks, first_s=LATENCY_S))
        async with (
            Sandbox(manifest=manifest()) as sandbox,
            spread(sandbox, model, folder, url, processes=processes, workspaces=workspaces) as (bots, load),
        ):
            await load(chance=random.Random(0), _number=10**6).run(workspaces * 2, 20, PATIENCE_S)
            sandbox.faults.tiers = True
            servers = children(postgres) if postgres else []
            before = cpu_s(bots), time.process_time(), cpu_s(servers)
            at_once = load(chance=random.Random(1))
            seconds = await at_once.run(count, 200, PATIENCE_S)
            after = cpu_s(bots), time.process_time(), cpu_s(servers)
            used = [(b - a) * 1000 / count for a, b in zip(before, after, strict=True)]
            at_half = load(chance=random.Random(2), _number=10**5)
            await at_half.run(count, count / seconds / 2, PATIENCE_S)
    names = ("the bot", "sandbox and model", "PostgreSQL")
    return Figures(chunks, count / seconds, dict(zip(names, used, strict=True)), at_once, at_half)


def run(count: int, processes: int, workspaces: int, chunks: Sequence[int], *, sqlite: bool) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="throughput-")))
        server = None if sqlite else stack.enter_context(Postgres())
        for each in chunks:
            url = stack.enter_context(new_database(server.url)) if server else f"sqlite:///{folder / f'{each}.db'}"
            home = folder / str(each)
            pid = server.pid if server else None
            figures = asyncio.run(measure(count, processes, workspaces, each, url, home, postgres=pid))
            sys.stdout.write(f"{figures}\n")
            sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000)  # with few, the second of the last ones counts
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--workspaces", type=int, default=200)
    parser.add_argument("--chunks", type=int, nargs="+", default=[60, 400])
    parser.add_argument("--sqlite", action="store_true")
    given = parser.parse_args()
    run(given.count, given.replicas, given.workspaces, given.chunks, sqlite=given.sqlite)


if __name__ == "__main__":
    main()
