"""A steady load for as long as one likes: memory stays flat within a tenth, and file handles do.

python -m tests.storms.soak [--minutes 60] [--per-second 2] [--postgresql] [--keep FOLDER]

Exit status 1 where the last quarter's median is more than a tenth above the second quarter's, or an answer is missing.
The first quarter warms up. The sandbox keeps what was said; only the bot's own process is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox import Sandbox
from tests.databases import Postgres, new_database
from tests.scripted_model import ScriptedModel, Turn
from tests.storms.asking import replied
from tests.storms.gauges import handles, memory_mib
from tests.storms.load import Load
from tests.storms.replicas import replicas

SAMPLES = 200
GROWTH = 0.1
SPARE_HANDLES = 3  # a connection more or less is no leak


@dataclass
class Soak:
    """What was measured, in order."""

    answered: int = 0
    memory: list[float] = field(default_factory=list)
    handles: list[float] = field(default_factory=list)

    def violations(self) -> list[str]:
        """What grew."""
        found = []
        for name, values, spare in (("memory in MiB", self.memory, 0), ("file handles", self.handles, SPARE_HANDLES)):
            before, after = quarters(values)
            if after > before * (1 + GROWTH) + spare:
                found.append(f"{name} grew from {before:.0f} to {after:.0f}")
        return found

    def __str__(self) -> str:
        memory, handles = quarters(self.memory), quarters(self.handles)
        return (
            f"{self.answered} questions answered; memory {memory[0]:.1f} MiB, then {memory[1]:.1f} MiB;"
            f" file handles {handles[0]:.0f}, then {handles[1]:.0f}"
        )


def quarters(values: Sequence[float]) -> tuple[float, float]:
    """The medians of the second and of the last quarter."""
    quarter = max(1, len(values) // 4)
    return statistics.median(values[quarter : 2 * quarter] or values), statistics.median(values[-quarter:])


async def soak(seconds: float, per_s: float, url: str, folder: Path) -> Soak:
    """Raises TimeoutError where answers are missing."""
    told = Soak()
    with ScriptedModel() as model:
        model.always(Turn(replied, chunks=20, delay_s=0.02))
        async with Sandbox() as sandbox, replicas(1, folder, sandbox, model, DATABASE_URL=url, LEASE_S="30") as running:
            pid = running.processes[0].pid

            async def sample() -> None:
                while True:
                    told.memory.append(memory_mib(pid))
                    told.handles.append(handles(pid))
                    await asyncio.sleep(seconds / SAMPLES)

            sampling = asyncio.create_task(sample())
            load = Load(sandbox, random.Random(1))
            await load.run(max(1, int(seconds * per_s)), per_s, patience_s=120)
            sampling.cancel()
            with suppress(asyncio.CancelledError):
                await sampling
            told.answered = len(load.answers)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--per-second", type=float, default=2)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--keep", type=Path, help="a new folder for the log and the database, which stays")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        folder.mkdir(exist_ok=True)
        url = f"sqlite:///{folder / 'soak.db'}"
        if given.postgresql:
            url = stack.enter_context(new_database(stack.enter_context(Postgres()).url))
        told = asyncio.run(soak(given.minutes * 60, given.per_second, url, folder))
    found = told.violations()
    sys.stdout.write("\n".join([str(told), *(f"VIOLATION {each}" for each in found), f"{len(found)} violations", ""]))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
