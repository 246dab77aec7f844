"""Answered questions a second, with a model that takes a second and streams its reply, and how soon people see a sign.

python -m tests.storms.throughput [--count 200] [--replicas 3] [--chunks 60 400] [--sqlite]

The wiring serves one workspace a process, so that questions are not spread over workspaces; the sandbox does not hold
to Slack's tiers here, which comes to the same. The sandbox and the model share one process and its one core; what it,
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
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox import Sandbox
from tests.databases import Postgres, new_database
from tests.scripted_model import ScriptedModel, Turn
from tests.storms.asking import replied
from tests.storms.gauges import children, cpu_s
from tests.storms.load import Load, percentile
from tests.storms.replicas import replicas

LATENCY_S = 1.0
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


async def measure(
    count: int, processes: int, chunks: int, url: str, folder: Path, *, postgres: int | None = None
) -> Figures:
    """`postgres`: the server's process, for its processor time. Raises TimeoutError."""
    with ScriptedModel() as model:
        model.always(Turn(replied, chunks=chunks, first_s=LATENCY_S))
        async with (
            Sandbox() as sandbox,
            replicas(processes, folder, sandbox, model, DATABASE_URL=url, LEASE_S="30") as running,
        ):
            bots = [process.pid for process in running.processes]
            warm = Load(sandbox, random.Random(0), _number=10**6)
            await warm.run(processes * 4, 4, PATIENCE_S)
            servers = children(postgres) if postgres else []
            before = cpu_s(bots), time.process_time(), cpu_s(servers)
            at_once = Load(sandbox, random.Random(1))
            seconds = await at_once.run(count, 200, PATIENCE_S)
            after = cpu_s(bots), time.process_time(), cpu_s(servers)
            used = [(b - a) * 1000 / count for a, b in zip(before, after, strict=True)]
            at_half = Load(sandbox, random.Random(2), _number=10**5)
            await at_half.run(count, count / seconds / 2, PATIENCE_S)
    names = ("the bot", "sandbox and model", "PostgreSQL")
    return Figures(chunks, count / seconds, dict(zip(names, used, strict=True)), at_once, at_half)


def run(count: int, processes: int, chunks: Sequence[int], *, sqlite: bool) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="throughput-")))
        server = None if sqlite else stack.enter_context(Postgres())
        for each in chunks:
            url = stack.enter_context(new_database(server.url)) if server else f"sqlite:///{folder / f'{each}.db'}"
            home = folder / str(each)
            figures = asyncio.run(measure(count, processes, each, url, home, postgres=server.pid if server else None))
            sys.stdout.write(f"{figures}\n")
            sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--chunks", type=int, nargs="+", default=[60, 400])
    parser.add_argument("--sqlite", action="store_true")
    given = parser.parse_args()
    run(given.count, given.replicas, given.chunks, sqlite=given.sqlite)


if __name__ == "__main__":
    main()
