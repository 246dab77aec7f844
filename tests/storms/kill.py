"""Kill a process in the middle of its work, as often as told to, and check what it leaves.

python -m tests.storms.kill ingest|jobs ROUNDS [URL]     an empty database; by default SQLite in a new folder
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import Connection, text

from bot.store.database import Database
from bot.store.jobs import JobTable
from bot.store.library import Library
from bot.worker import Job
from tests.storms import ingest

LANES = 4
BATCH = 24  # jobs put for each kill


async def kill_while_ingesting(url: str, rounds: int, chance: random.Random) -> int:
    """Kill an ingest `rounds` times, checking after each; how many articles were acknowledged in all."""
    number = 0
    for _ in range(rounds):
        async with _process("tests.storms.ingest", url, str(number)) as (process, lines):
            await asyncio.wait_for(lines.__anext__(), 60)
            await asyncio.sleep(chance.uniform(0, 0.4))
            os.kill(process.pid, signal.SIGKILL)
            acknowledged = [number] + [int(line) async for line in lines]
        async with await Database.open(url) as database:
            await _check_articles(Library(database, "local"), acknowledged)
            await database.write(_check_index)
        number = acknowledged[-1] + 1  # which may have been kept without being acknowledged: adding it again is free
    return number


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


async def _check_articles(library: Library, acknowledged: list[int]) -> None:
    kept = {a.id: a for a in await library.articles()}
    for number in acknowledged:
        expected = ingest.nth(number)
        if number + 1 in acknowledged and (number + 1) % 3 == 1:
            expected = ingest.nth(number + 1)
        found = kept[expected.id]
        newer = ingest.nth(number + 1)  # may have been kept just before the kill
        assert found.text in (expected.text, newer.text), f"{expected.id} is not whole"
        hits = await library.search(f"thing{number}x7", limit=1) or await library.search(
            f"thing{number + 1}x7", limit=1
        )
        assert [hit.article.id for hit in hits] == [expected.id], f"{expected.id} is not found"


def _check_index(connection: Connection) -> None:
    """Nothing but current versions is indexed, all of their sentences are, and the totals are those of the tables."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO excerpt_index (excerpt_index, rank) VALUES ('integrity-check', 1)"))
    else:
        strays = (
            "SELECT count(*) FROM excerpts e FULL JOIN excerpt_index i USING (id) WHERE e.id IS NULL OR i.id IS NULL"
        )
        assert connection.scalar(text(strays)) == 0
    rows = connection.execute(text("SELECT id, current, sentences, text FROM versions")).all()
    runs: dict[int, set[int]] = {}
    for version, first, last in connection.execute(text("SELECT version, first, last FROM excerpts")):
        runs.setdefault(version, set()).update(range(first, last + 1))
    for row in rows:
        covered = set(range(1, len(json.loads(row.sentences)) + 1)) if row.current else set()
        assert runs.get(row.id, set()) == covered, f"version {row.id} is half indexed"
    current = [row for row in rows if row.current]
    latest = (
        "SELECT count(*) FROM articles a JOIN versions v ON v.article = a.id AND v.version = a.version AND v.current"
    )
    assert connection.scalar(text(latest)) == len(current) == connection.scalar(text("SELECT count(*) FROM articles"))
    counted = connection.execute(text("SELECT count(*), coalesce(sum(words), 0) FROM excerpts")).one()
    total = connection.execute(text("SELECT articles, characters, excerpts, words FROM workspaces")).one()
    assert tuple(total) == (len(current), sum(len(row.text) for row in current), *counted)


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
    storm, rounds, *given = sys.argv[1:]
    run = {"ingest": kill_while_ingesting, "jobs": kill_while_working}[storm]
    with tempfile.TemporaryDirectory() as folder:
        url = given[0] if given else f"sqlite:///{folder}/storm.db"
        count = asyncio.run(run(url, int(rounds), random.Random()))
    sys.stdout.write(f"{storm}: {rounds} kills, {count} pieces of work, nothing lost\n")


if __name__ == "__main__":
    main()
