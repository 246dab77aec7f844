"""The rounds of a workspace: a job for each feed that is due, and one for each article that has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.store.coverage.arrivals import workspaces_arrived
from bot.store.coverage.feeds import workspaces_due
from bot.store.database import Database
from bot.wiring.coverage.coverage import AFTER_PEOPLE, Coverage
from bot.wiring.coverage.feed_states import read_state
from bot.worker import UNHURRIED_S, Job, Jobs, Work, Worker

FEED = "feed"  # the kind of job; its payload: feed, by number
CONCURRENCY = 4  # polls at once in a process, in a worker of their own, so that questions never wait for a slow site
TICK_S = 5  # between two rounds; a feed is asked every few minutes, a folder twice a minute
OVERDUE_S = 3600  # a feed that is still due after this long gets another job: its own may have been given up


def poll_worker(jobs: Jobs, work: Mapping[str, Work], *, lease_s: float = 60) -> Worker:
    """What polls the feeds of all workspaces."""
    return Worker(jobs, work, concurrency=CONCURRENCY, lease_s=lease_s, poll_s=UNHURRIED_S)


async def whose_turn(database: Database, now: datetime) -> set[str]:
    """The workspaces in which a round has something to do."""
    return {*await workspaces_due(database, now), *await workspaces_arrived(database)}


class Rounds:
    """Several replicas may go on rounds at once: the keys of the jobs stop the second one."""

    def __init__(self, coverage: Coverage, jobs: Jobs) -> None:
        self._coverage = coverage
        self._jobs = jobs

    async def go(self) -> None:
        """One round."""
        now = self._coverage.clock()
        for stored in await self._coverage.feeds.due(now):
            if not read_state(stored).due(now):
                continue
            overdue = int((now - stored.next_at).total_seconds() // OVERDUE_S)
            await self._jobs.put(
                FEED,
                {"feed": stored.id},
                keys=[f"feed:{stored.id}:{stored.revision}:{overdue}"],
                workspace=self._coverage.workspace,
                lane=f"feed:{stored.id}",
                priority=AFTER_PEOPLE,
            )
        await self._coverage.announce()

    def work(self) -> dict[str, Work]:
        """What runs the jobs of this workspace, by kind."""

        async def poll(job: Job) -> None:
            await self._coverage.poll(int(job.payload["feed"]))
            await self._coverage.announce()

        return {FEED: poll}
