"""A process that works off jobs of two steps until it is killed, and says what it did. Argument: URL."""

from __future__ import annotations

import asyncio
import sys
import time

from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.worker import Job, Worker

LEASE_S = 0.5


def say(*words: object) -> None:
    """Write a line; it begins with a time that is the same for all processes of the machine."""
    sys.stdout.write(" ".join(map(str, (time.monotonic_ns(), *words))) + "\n")
    sys.stdout.flush()


async def main(url: str) -> None:
    async with await Database.open(url) as database:
        jobs = JobTable(database, Job)

        async def handle(job: Job) -> None:
            number = job.payload["number"]
            say("began", number, *job.notes)
            await asyncio.sleep(0.02)
            await jobs.note(job, "reply", str(number))
            say("noted", number)
            await asyncio.sleep(0.02)

        say("ready")
        await Worker(
            jobs, {"step": handle}, concurrency=3, lease_s=LEASE_S, poll_s=0.05, attempts=100, back_off=lambda _: 0
        ).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
