"""Many questions while processes are killed, Slack and the model fail and events come twice: each has one answer.

python -m tests.storms.questions [--count 300] [--seed 1] [--kills 6] [--pauses 2] [--postgresql]

Three replicas on PostgreSQL, or one process on SQLite. Exit status 1 where anything is lost, doubled or left undone.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from bot.sandbox import GENERAL, POLICY, Sandbox
from bot.store.database import Database
from tests.databases import Postgres, new_database
from tests.scripted_model import Request, Turn
from tests.storms.asking import Asked, ask, outcomes, replied, settled, wrongs
from tests.storms.replicas import Replicas, replicas
from tests.storms.trouble import MoodyModel, SlackTrouble

STREAM_LIFETIME_S = 1.5  # of Slack's streams, so that some expire while they are written
RETRY_AFTER_S = (0, 1, 2, 4, 8, 16)  # when an event that was not acknowledged comes again
SETTLE_S = 180  # from the last question until all must stand


@dataclass(frozen=True)
class Storm:
    """How bad it gets. `apart_s`: between two questions, on average; `lease_s`: until a killed process's work is taken
    over, and half as long as doubles are waited for at the end."""

    count: int
    seed: int = 1
    kills: int = 6
    pauses: int = 0
    replicas: int = 1
    lease_s: float = 4
    apart_s: float = 0.4
    trouble_every_s: float = 0.4
    model_fails: float = 0.25


@dataclass(frozen=True)
class Report:
    asked: int
    outcomes: Counter[str]
    kills: int
    pauses: int
    slack: Counter[str]
    model: Counter[str]
    seconds: float
    violations: list[str]

    def __str__(self) -> str:
        told = (
            f"{self.asked} questions in {self.seconds:.0f} s: {_counts(self.outcomes)}",
            f"{self.kills} kill -9, {self.pauses} pauses; Slack: {_counts(self.slack)}; model: {_counts(self.model)}",
            *(f"VIOLATION {each}" for each in self.violations),
            f"{len(self.violations)} violations",
        )
        return "\n".join(told)


async def storm(wished: Storm, url: str, folder: Path) -> Report:
    chance = random.Random(wished.seed)
    threads: list[Asked] = []

    def good(request: Request) -> Turn:
        return Turn(replied(request), chunks=12, delay_s=chance.choice((0, 0.02, 0.2)))

    with MoodyModel(good, random.Random(wished.seed + 1), wished.model_fails) as model:
        async with (
            Sandbox(retry_after_s=RETRY_AFTER_S, stream_lifetime_s=STREAM_LIFETIME_S) as sandbox,
            replicas(
                wished.replicas,
                folder,
                sandbox,
                model,
                DATABASE_URL=url,
                LEASE_S=str(wished.lease_s),
                MODEL_STALL_S="1.5",
                MODEL_TOTAL_S="10",
            ) as running,
        ):
            began = time.monotonic()
            trouble = SlackTrouble(sandbox, random.Random(wished.seed + 2), wished.trouble_every_s)
            troubling = asyncio.create_task(trouble.run())
            striking = asyncio.create_task(_strike(running, wished, random.Random(wished.seed + 3)))
            for number in range(1, wished.count + 1):
                await ask(sandbox, number, threads, chance)
                await asyncio.sleep(chance.uniform(0, 2 * wished.apart_s))
            await striking
            troubling.cancel()
            sandbox.faults.clear()
            with suppress(TimeoutError):
                await sandbox.wait_for(lambda: all(settled(sandbox, t) for t in threads), SETTLE_S)
            seconds = time.monotonic() - began
            await asyncio.sleep(2 * wished.lease_s)  # what is doubled late is doubled all the same
            violations = [*_violations(sandbox, threads, running), *await _left(url)]
            return Report(
                sum(len(t.numbers) for t in threads),
                outcomes(sandbox, threads),
                running.kills,
                running.pauses,
                trouble.met,
                model.moods,
                seconds,
                violations,
            )


async def _strike(running: Replicas, wished: Storm, chance: random.Random) -> None:
    """Kills, and pauses longer than a lease, spread over the time in which questions come."""
    blows = ["kill"] * wished.kills + ["pause"] * wished.pauses
    chance.shuffle(blows)
    for blow in blows:
        await asyncio.sleep(chance.uniform(0, 2 * wished.count * wished.apart_s / (len(blows) + 1)))
        if blow == "kill":
            await running.kill(chance)
        else:
            await running.pause(chance, 1.5 * wished.lease_s)


def _violations(sandbox: Sandbox, threads: list[Asked], running: Replicas) -> Iterator[str]:
    for thread in threads:
        yield from wrongs(sandbox, thread)
    for channel in (GENERAL, POLICY):
        strays = [m for m in sandbox.messages(channel) if m.bot_id == sandbox.workspace.bot.bot_id]
        if strays:
            yield f"{len(strays)} messages stand outside threads in {channel}"
    if fallen := running.fallen():
        yield f"processes ended by themselves: {fallen}"


async def _left(url: str) -> list[str]:
    """Jobs that are neither done nor dead."""
    counting = text("SELECT kind, state, count(*) FROM jobs WHERE state NOT IN ('done', 'dead') GROUP BY kind, state")
    async with await Database.open(url) as database:
        rows = await database.read(lambda connection: connection.execute(counting).all())
    return [f"{count} jobs of kind {kind} are {state}" for kind, state, count in rows]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counter.most_common()) or "nothing"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--pauses", type=int, default=2, help="of a process, for longer than its lease")
    parser.add_argument("--postgresql", action="store_true", help="three replicas on PostgreSQL, not one on SQLite")
    parser.add_argument("--keep", type=Path, help="a new folder for the logs and the database, which stays")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        folder.mkdir(exist_ok=True)
        url = f"sqlite:///{folder / 'storm.db'}"
        if given.postgresql:
            url = stack.enter_context(new_database(stack.enter_context(Postgres()).url))
        wished = Storm(given.count, given.seed, given.kills, given.pauses, replicas=3 if given.postgresql else 1)
        report = asyncio.run(storm(wished, url, folder))
    sys.stdout.write(f"{report}\n")
    sys.exit(1 if report.violations else 0)


if __name__ == "__main__":
    main()
