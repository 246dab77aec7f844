"""A process that goes on rounds and polls until it is killed. Argument: URL of the database."""

from __future__ import annotations

import asyncio
import sys

from bot.feeds.confined import Confined
from bot.feeds.fetch import Fetcher
from bot.feeds.guard import anywhere
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.wiring.coverage.coverage import Coverage
from bot.wiring.coverage.rounds import Rounds, poll_worker
from bot.wiring.serving import Patrol, these
from bot.worker import Job

LEASE_S = 0.5


async def main(url: str) -> None:
    with Confined() as confined:
        async with await Database.open(url) as database, Fetcher(may_reach=anywhere, pause_s=0) as web:
            jobs = JobTable(database, Job)
            coverage = Coverage(database, "local", jobs=jobs, web=web, reading=confined)
            rounds = Rounds(coverage, jobs)
            worker = poll_worker(jobs, rounds.work(), lease_s=LEASE_S)
            await asyncio.gather(Patrol(worker, these(rounds), tick_s=0.1).run(), worker.run())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
