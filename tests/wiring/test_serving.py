"""What runs beside the questions ends together."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.wiring.serving import stopping_together, working
from bot.worker import Job, Worker

GRACE_S = 1.0


class Telling(Worker):
    """Tells when it is told to stop."""

    def __init__(self, jobs: JobTable[Job], kind: str, until: asyncio.Event) -> None:
        self.stopping, self.began = asyncio.Event(), asyncio.Event()
        self._until = until
        super().__init__(jobs, {kind: self._run}, poll_s=0.01)

    async def _run(self, job: Job) -> None:
        self.began.set()
        await self._until.wait()

    async def stop(self, grace_s: float) -> None:
        self.stopping.set()
        await super().stop(grace_s)


async def test_given_workers_at_work_when_all_end_then_none_waits_for_the_grace_of_another(tmp_path: Path) -> None:
    async with await Database.open(f"sqlite:///{tmp_path / 'jobs.db'}") as database:
        jobs = JobTable(database, Job)
        told = asyncio.Event()
        first = Telling(jobs, "first", told)
        second = Telling(jobs, "second", first.stopping)  # the one that is entered last would be stopped first
        for kind in ("first", "second"):
            await jobs.put(kind, {}, keys=[kind])
        async with AsyncExitStack() as stack:
            for worker in (first, second):
                await stack.enter_async_context(working(worker, GRACE_S))
            await stack.enter_async_context(stopping_together([first, second], GRACE_S))
            await first.began.wait()
            await second.began.wait()
            told.set()

        assert await jobs.claim(["second"], 1) is None  # done, and not handed back when its grace was over
