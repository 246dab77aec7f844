"""Kill a process in the middle of its work, as often as told to, and check what it leaves.

python -m tests.storms.kill ingest|jobs ROUNDS [--postgresql]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, text

from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.wiring.coverage.coverage import coverage
from bot.worker import Job
from tests.databases import Postgres, new_database
from tests.storms.editions import Editions, check_all_announced

LANES = 4
BATCH = 24  # jobs put for each kill


async def kill_while_ingesting(url: str, rounds: int, chance: random.Random, folder: Path) -> int:
    """Kill an ingest `rounds` times, checking after each, and let a last one end; how many articles were kept."""
    editions, kept = Editions(folder), 0
    for _ in range(rounds):
        edition = editions.publish(kept)
        async with _process("tests.storms.ingest", url, str(edition)) as (process, lines):
            acknowledged = [await asyncio.wait_for(lines.__anext__(), 60)]
            await asyncio.sleep(chance.uniform(0, 0.4))
            os.kill(process.pid, signal.SIGKILL)
            acknowledged += [line async for line in lines]
        async with await Database.open(url) as database:
            kept = await editions.check(database, acknowledged)
    async with await Database.open(url) as database, coverage(database, "local") as incoming:
        left = [taken.article.id async for taken in incoming.ingest(str(edition)) if taken.article]
        await incoming.announce()
        assert len(left) == len(list(edition.iterdir()))
        kept = await editions.check(database, left)
        await database.read(check_all_announced)
    return kept


async def kill_while_working(url: str, rounds: int, chance: random.Random) -> int:
    """Work off jobs in lanes with two processes, killing one of them `rounds` times; how many jobs there were."""
    async with await Database.open(url) as database:
        jobs = JobTable(database, Job)
        said: list[str] = []
        steady = asyncio.create_task(_collect(url, said))
        for number in range(rounds):
            async with _process("tests.storms.work", url) as (process, lines):
                said.append(await asyncio.wait_for(lines.__anext__(), 60))
                await _put(jobs, range(number * BATCH, (number + 1) * BATCH))
                await asyncio.sleep(chance.uniform(0, 0.4))
                os.kill(process.pid, signal.SIGKILL)
                said += [line async for line in lines]
        async with asyncio.timeout(60 + rounds):
            while await database.read(_unfinished):  # noqa: ASYNC110 - other processes finish them
                await asyncio.sleep(0.05)
        steady.cancel()
        await asyncio.wait((steady,))
        _check_work(said, rounds * BATCH)
        assert await jobs.dead() == []
    return rounds * BATCH


async def _put(jobs: JobTable[Job], numbers: range) -> None:
    for number in numbers:
        await jobs.put("step", {"number": number}, keys=[str(number)], lane=f"lane {number % LANES}")


def _check_work(said: list[str], count: int) -> None:
    """Each job began in the order of its lane, and once noted, a step was never lost."""
    began: list[int] = []
    noted: set[int] = set()
    for line in sorted(said, key=lambda line: int(line.split()[0])):
        _, word, *rest = line.split()
        if word == "ready":
            continue
        number, notes = int(rest[0]), rest[1:]
        if word == "noted":
            noted.add(number)
            continue
        assert number not in noted or "reply" in notes, f"the note of job {number} was lost"
        if number not in began:
            began.append(number)
    assert sorted(began) == list(range(count))
    for lane in range(LANES):
        in_lane = [number for number in began if number % LANES == lane]
        assert in_lane == sorted(in_lane), "a lane ran out of order"


def _unfinished(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT count(*) FROM jobs WHERE state <> 'done'")) or 0)


async def _collect(url: str, said: list[str]) -> None:
    async with _process("tests.storms.work", url) as (_, lines):
        async for line in lines:
            said.append(line)


@asynccontextmanager
async def _process(
    module: str, *arguments: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, AsyncIterator[str]]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process, _lines(process)
    finally:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)  # not `process.kill`: it would reap what asyncio is waiting for
        await process.communicate()


async def _lines(process: asyncio.subprocess.Process) -> AsyncIterator[str]:
    assert process.stdout
    async for line in process.stdout:
        if line.endswith(b"\n"):
            yield line.decode().strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("storm", choices=("ingest", "jobs"))
    parser.add_argument("rounds", type=int)
    parser.add_argument("--postgresql", action="store_true", help="not SQLite")
    given = parser.parse_args()
    chance = random.Random()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="storm-")))
        url = f"sqlite:///{folder / 'storm.db'}"
        if given.postgresql:
            url = stack.enter_context(new_database(stack.enter_context(Postgres()).url))
        if given.storm == "ingest":
            count = asyncio.run(kill_while_ingesting(url, given.rounds, chance, folder))
        else:
            count = asyncio.run(kill_while_working(url, given.rounds, chance))
    name = "PostgreSQL" if given.postgresql else "SQLite"
    sys.stdout.write(f"{given.storm} on {name}: {given.rounds} kills, {count} pieces of work, nothing lost\n")


if __name__ == "__main__":
    main()
