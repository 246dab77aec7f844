"""`jobs`: the work that was given up, and another try for it."""

from __future__ import annotations

import argparse
import sys

from bot.errors import WrongUse
from bot.settings import Settings
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.store.jobs.queue import depth
from bot.worker import Job


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", metavar="retry")
    parser.set_defaults(run=run_list)
    retrying = what.add_parser("retry", help="try a job again from its first attempt on")
    retrying.add_argument("job", metavar="JOB", help="its id, or the beginning of it")
    retrying.set_defaults(run=run_retry)


async def run_list(given: argparse.Namespace, settings: Settings) -> int:
    """Ids, kinds and reasons; never what people wrote."""
    async with await Database.open(settings.database_url) as database:
        dead = await JobTable(database, Job).dead()
        counts = await depth(database)
    for job in dead:
        sys.stdout.write(
            f"{job.id}  {job.kind}  {job.workspace}  {job.reason} after {_times(job.attempts)},"
            f" {job.ended:%Y-%m-%d %H:%M} UTC\n"
        )
    waiting = sum(count for (_, state), count in counts.items() if state != "dead")
    sys.stdout.write(f"{len(dead)} given up, {waiting} waiting or running\n")
    return 0


async def run_retry(given: argparse.Namespace, settings: Settings) -> int:
    async with await Database.open(settings.database_url) as database:
        jobs = JobTable(database, Job)
        found = [job.id for job in await jobs.dead() if job.id.startswith(given.job)]
        if not found:
            raise WrongUse(f"no job that was given up begins with {given.job}")
        if len(found) > 1:
            raise WrongUse(f"{len(found)} jobs that were given up begin with {given.job!r}; give more of the id")
        await jobs.revive(found[0])
    sys.stdout.write(f"{found[0]} waits for its turn; `python -m bot run` takes it.\n")
    return 0


def _times(attempts: int) -> str:
    return f"{attempts} attempt{'s' if attempts != 1 else ''}"
