"""The worker runs what the table of jobs holds: retries, gives up with an apology, hands over, and stops in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import Fenced, NotForUs, ReaderRefused, SlackUnavailable, StoreUnavailable
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.worker import Job, Worker, back_off_s

Handler = Callable[[Job], Awaitable[None]]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(f"sqlite:///{tmp_path / 'jobs.db'}") as opened:
        yield opened


@pytest.fixture
def jobs(database: Database) -> JobTable[Job]:
    return JobTable(database, Job)


def no_wait(attempts: int) -> float:
    return 0


def worker_for(jobs: JobTable[Job], handler: Handler, **options: object) -> Worker:
    named: dict[str, object] = {"poll_s": 0.01, "back_off": no_wait}
    return Worker(jobs, {"answer": handler}, **(named | options))  # type: ignore[arg-type]


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[None]:
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        await worker.stop(grace_s=5)
        await running


class Apologies:
    """Remembers for which job it was called with what; fails as often as told to."""

    def __init__(self, failures: int = 0) -> None:
        self.made: list[tuple[str, type[Exception]]] = []
        self.happened = asyncio.Event()
        self._failures = failures

    async def __call__(self, job: Job, error: Exception) -> None:
        if self._failures:
            self._failures -= 1
            raise SlackUnavailable("away")
        self.made.append((job.id, type(error)))
        self.happened.set()


class Failing:
    """Work that fails, and counts its tries."""

    def __init__(self, error: Exception) -> None:
        self.tries = 0
        self._error = error

    async def __call__(self, job: Job) -> None:
        self.tries += 1
        raise self._error


async def test_given_waiting_jobs_when_run_then_each_is_done_once(jobs: JobTable[Job]) -> None:
    for number in range(5):
        await jobs.put("answer", {"number": number}, keys=[str(number)])
    ran: list[int] = []
    all_ran = asyncio.Event()

    async def handle(job: Job) -> None:
        ran.append(job.payload["number"])
        if len(ran) == 5:
            all_ran.set()

    async with at_work(worker_for(jobs, handle)):
        await asyncio.wait_for(all_ran.wait(), 10)

    assert sorted(ran) == list(range(5))
    assert await jobs.claim(["answer"], 60) is None


async def test_given_an_idle_worker_when_woken_after_a_put_then_the_job_runs_long_before_the_next_poll(
    jobs: JobTable[Job],
) -> None:
    ran = asyncio.Event()

    async def handle(job: Job) -> None:
        ran.set()

    worker = worker_for(jobs, handle, poll_s=3600)
    async with at_work(worker):
        await asyncio.sleep(0.05)
        await jobs.put("answer", {}, keys=["1"])
        worker.wake()
        await asyncio.wait_for(ran.wait(), 10)


async def test_given_a_lane_when_its_job_ends_then_the_next_one_starts_without_a_poll(jobs: JobTable[Job]) -> None:
    for number in range(3):
        await jobs.put("answer", {"number": number}, keys=[str(number)], lane="thread")
    ran: list[int] = []
    all_ran = asyncio.Event()

    async def handle(job: Job) -> None:
        ran.append(job.payload["number"])
        if len(ran) == 3:
            all_ran.set()

    async with at_work(worker_for(jobs, handle, poll_s=3600)):
        await asyncio.wait_for(all_ran.wait(), 10)

    assert ran == [0, 1, 2]


async def test_given_one_job_at_a_time_when_run_then_each_takes_a_single_look(database: Database) -> None:
    class Counted(JobTable[Job]):
        looks = 0

        async def claim(self, kinds: Sequence[str], lease_s: float) -> Job | None:
            self.looks += 1
            return await super().claim(kinds, lease_s)

    jobs = Counted(database, Job)
    ran = asyncio.Event()

    async def handle(job: Job) -> None:
        ran.set()

    worker = worker_for(jobs, handle, poll_s=3600)
    async with at_work(worker):
        await asyncio.sleep(0.05)  # its first look
        before = jobs.looks
        for number in range(3):
            ran.clear()
            await jobs.put("answer", {}, keys=[str(number)])
            worker.wake()
            await asyncio.wait_for(ran.wait(), 10)
            await asyncio.sleep(0.05)  # a second look would be on its way

    assert jobs.looks - before == 3


async def test_given_more_jobs_than_room_when_run_then_no_more_than_the_room_run_at_once(
    jobs: JobTable[Job],
) -> None:
    for number in range(6):
        await jobs.put("answer", {}, keys=[str(number)])
    running, most, ended = 0, 0, 0
    all_ended = asyncio.Event()

    async def handle(job: Job) -> None:
        nonlocal running, most, ended
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        ended += 1
        if ended == 6:
            all_ended.set()

    async with at_work(worker_for(jobs, handle, concurrency=2)):
        await asyncio.wait_for(all_ended.wait(), 10)

    assert most == 2


@pytest.mark.parametrize("error", [SlackUnavailable("away"), ValueError("a mistake of ours")])
async def test_given_a_passing_failure_when_run_then_it_is_tried_again_with_its_notes(
    jobs: JobTable[Job], error: Exception
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    seen: list[tuple[int, dict[str, str]]] = []
    succeeded = asyncio.Event()

    async def handle(job: Job) -> None:
        seen.append((job.attempts, dict(job.notes)))
        if job.attempts == 1:
            await jobs.note(job, "reply", "kept")
            raise error
        succeeded.set()

    apologies = Apologies()
    async with at_work(worker_for(jobs, handle, apologise=apologies)):
        await asyncio.wait_for(succeeded.wait(), 10)

    assert seen == [(1, {}), (2, {"reply": "kept"})]
    assert apologies.made == []
    assert await jobs.dead() == []


@pytest.mark.parametrize("error", [SlackUnavailable("away"), ValueError("a mistake of ours")])
async def test_given_a_failure_that_does_not_pass_when_tried_often_enough_then_it_is_buried_with_one_apology(
    jobs: JobTable[Job], error: Exception
) -> None:
    id = await jobs.put("answer", {}, keys=["1"])
    work = Failing(error)
    apologies = Apologies()
    async with at_work(worker_for(jobs, work, attempts=3, apologise=apologies)):
        await asyncio.wait_for(apologies.happened.wait(), 10)

    assert work.tries == 3
    assert apologies.made == [(id, type(error))]
    assert [(dead.id, dead.reason) for dead in await jobs.dead()] == [(id, type(error).__name__)]


async def test_given_a_service_that_is_away_for_minutes_when_it_is_back_then_the_job_is_done(
    jobs: JobTable[Job],
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    tries, done = 0, asyncio.Event()

    async def handle(job: Job) -> None:
        nonlocal tries
        tries += 1
        if sum(back_off_s(attempt) for attempt in range(1, tries)) < 600:
            raise SlackUnavailable("away")
        done.set()

    apologies = Apologies()
    async with at_work(worker_for(jobs, handle, apologise=apologies)):
        await asyncio.wait_for(done.wait(), 10)

    assert apologies.made == []


async def test_given_what_was_not_foreseen_when_run_then_nobody_waits_for_minutes_to_hear_of_it(
    jobs: JobTable[Job],
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    work = Failing(ValueError("a mistake of ours"))
    apologies = Apologies()
    async with at_work(worker_for(jobs, work, apologise=apologies)):
        await asyncio.wait_for(apologies.happened.wait(), 10)

    assert sum(back_off_s(attempt) for attempt in range(1, work.tries)) < 60


async def test_given_a_failure_that_cannot_pass_when_run_then_it_is_buried_at_once(jobs: JobTable[Job]) -> None:
    id = await jobs.put("answer", {}, keys=["1"])

    async def handle(job: Job) -> None:
        raise ReaderRefused("unknown model")

    apologies = Apologies()
    async with at_work(worker_for(jobs, handle, apologise=apologies)):
        await asyncio.wait_for(apologies.happened.wait(), 10)

    assert apologies.made == [(id, ReaderRefused)]
    assert [dead.attempts for dead in await jobs.dead()] == [1]


async def test_given_an_apology_that_fails_when_tried_again_then_it_is_made_without_running_the_job_further(
    jobs: JobTable[Job],
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    work = Failing(SlackUnavailable("away"))
    apologies = Apologies(failures=1)
    async with at_work(worker_for(jobs, work, attempts=2, apologise=apologies)):
        await asyncio.wait_for(apologies.happened.wait(), 10)

    assert work.tries == 2
    assert len(apologies.made) == 1
    assert len(await jobs.dead()) == 1


async def test_given_an_apology_that_is_refused_for_good_when_made_then_the_job_is_buried_without_another_try(
    jobs: JobTable[Job],
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    tried, refused = 0, asyncio.Event()

    async def handle(job: Job) -> None:
        nonlocal tried
        tried += 1
        raise ReaderRefused("unknown model")

    async def apologise(job: Job, error: Exception) -> None:
        refused.set()
        raise ReaderRefused("nobody is there to be told")

    async with at_work(worker_for(jobs, handle, apologise=apologise)):
        await asyncio.wait_for(refused.wait(), 10)

    assert tried == 1
    assert [dead.attempts for dead in await jobs.dead()] == [1]


async def test_given_a_job_whose_process_died_in_every_attempt_when_claimed_then_it_is_not_tried_once_more(
    jobs: JobTable[Job],
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    for _ in range(2):
        assert await jobs.claim(["answer"], lease_s=0)
    ran = False

    async def handle(job: Job) -> None:
        nonlocal ran
        ran = True

    apologies = Apologies()
    async with at_work(worker_for(jobs, handle, attempts=2, apologise=apologies)):
        await asyncio.wait_for(apologies.happened.wait(), 10)

    assert not ran
    assert len(await jobs.dead()) == 1


async def test_given_an_event_that_is_not_for_us_when_run_then_it_is_done_without_a_word(jobs: JobTable[Job]) -> None:
    await jobs.put("answer", {}, keys=["1"])
    ran = asyncio.Event()

    async def handle(job: Job) -> None:
        ran.set()
        raise NotForUs

    apologies = Apologies()
    async with at_work(worker_for(jobs, handle, apologise=apologies)):
        await asyncio.wait_for(ran.wait(), 10)

    assert apologies.made == []
    assert await jobs.dead() == []
    assert await jobs.claim(["answer"], 60) is None


async def test_given_a_job_that_was_taken_over_when_its_handler_finds_out_then_nothing_is_written(
    jobs: JobTable[Job],
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    ran = asyncio.Event()

    async def handle(job: Job) -> None:
        ran.set()
        raise Fenced

    apologies = Apologies()
    async with at_work(worker_for(jobs, handle, apologise=apologies)):
        await asyncio.wait_for(ran.wait(), 10)

    assert apologies.made == []
    assert await jobs.dead() == []


async def test_given_a_job_longer_than_its_lease_when_run_then_nobody_else_gets_it(database: Database) -> None:
    lease_s, renewals, now = 0.03, 0, datetime(2026, 5, 20, tzinfo=UTC)
    renewed_often = asyncio.Event()

    class Passing(JobTable[Job]):
        """A table whose time passes with each renewal, and nearly as far as the lease reaches."""

        async def renew(self, job: Job, lease_s: float) -> None:
            nonlocal renewals, now
            await super().renew(job, lease_s)
            now += timedelta(seconds=0.9 * lease_s)
            renewals += 1
            if renewals == 4:
                renewed_often.set()

    jobs = Passing(database, Job, clock=lambda: now)
    await jobs.put("answer", {}, keys=["1"])
    claims: list[int] = []

    async def handle(job: Job) -> None:
        claims.append(job.claim)
        await renewed_often.wait()

    first, second = (worker_for(jobs, handle, lease_s=lease_s) for _ in range(2))
    async with at_work(first), at_work(second):
        await asyncio.wait_for(renewed_often.wait(), 10)

    assert claims == [1]


async def test_given_a_job_taken_over_while_it_runs_when_its_lease_is_renewed_then_it_is_stopped(
    jobs: JobTable[Job],
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    started, stopped = asyncio.Event(), asyncio.Event()

    async def handle(job: Job) -> None:
        await jobs.release(job)
        await jobs.claim(["answer"], 60)
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    async with at_work(worker_for(jobs, handle, lease_s=0.1)):
        await asyncio.wait_for(started.wait(), 10)
        await asyncio.wait_for(stopped.wait(), 10)


async def test_given_a_store_that_stays_away_when_the_lease_has_run_out_then_the_job_is_stopped(
    database: Database,
) -> None:
    stopped = asyncio.Event()

    class AwayTable(JobTable[Job]):
        async def renew(self, job: Job, lease_s: float) -> None:
            raise StoreUnavailable("away")

    async def handle(job: Job) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    jobs = AwayTable(database, Job)
    await jobs.put("answer", {}, keys=["1"])
    async with at_work(worker_for(jobs, handle, lease_s=0.1)):
        await asyncio.wait_for(stopped.wait(), 10)


async def test_given_a_running_job_when_stopped_then_it_finishes_within_the_grace_and_no_further_one_starts(
    jobs: JobTable[Job],
) -> None:
    for name in ("1", "2"):
        await jobs.put("answer", {"name": name}, keys=[name])
    started, finished = asyncio.Event(), []

    async def handle(job: Job) -> None:
        started.set()
        await asyncio.sleep(0.1)
        finished.append(job.payload["name"])

    worker = worker_for(jobs, handle, concurrency=1)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(started.wait(), 10)

    await worker.stop(grace_s=5)
    await running

    assert finished == ["1"]
    left = await jobs.claim(["answer"], 60)
    assert left is not None
    assert left.payload["name"] == "2"


@pytest.mark.parametrize("how", ["stopped", "cancelled"])
async def test_given_a_job_that_outlasts_the_grace_when_stopped_then_it_is_given_back_at_once_untried(
    jobs: JobTable[Job], how: str
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    started = asyncio.Event()

    async def handle(job: Job) -> None:
        started.set()
        await asyncio.sleep(60)

    worker = worker_for(jobs, handle)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(started.wait(), 10)

    if how == "stopped":
        await worker.stop(grace_s=0.01)
    else:
        running.cancel()
    await asyncio.wait((running,))

    again = await jobs.claim(["answer"], 60)
    assert again is not None
    assert again.attempts == 1


async def test_given_a_worker_cancelled_while_it_claims_when_asked_then_the_job_is_free(database: Database) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    class SlowTable(JobTable[Job]):
        """A table whose answer takes its time after the claim was committed."""

        async def claim(self, kinds: object, lease_s: float) -> Job | None:
            job = await super().claim(["answer"], lease_s)
            reached.set()
            await go_on.wait()
            return job

    async def handle(job: Job) -> None:
        raise AssertionError("it was cancelled before")

    await JobTable(database, Job).put("answer", {}, keys=["1"])
    running = asyncio.create_task(worker_for(SlowTable(database, Job), handle).run())
    await asyncio.wait_for(reached.wait(), 10)

    running.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait((running,))

    assert await JobTable(database, Job).claim(["answer"], 60) is not None


async def test_given_a_database_that_is_away_when_polled_then_the_worker_goes_on_once_it_is_back(
    database: Database,
) -> None:
    ran = asyncio.Event()
    away = 3

    class FlakyTable(JobTable[Job]):
        async def claim(self, kinds: object, lease_s: float) -> Job | None:
            nonlocal away
            if away:
                away -= 1
                raise StoreUnavailable("away")
            return await super().claim(["answer"], lease_s)

    async def handle(job: Job) -> None:
        ran.set()

    jobs = FlakyTable(database, Job)
    await jobs.put("answer", {}, keys=["1"])
    async with at_work(worker_for(jobs, handle)):
        await asyncio.wait_for(ran.wait(), 10)

    assert away == 0


def test_given_more_attempts_when_backing_off_then_the_wait_doubles_up_to_a_bound() -> None:
    waits = [back_off_s(attempts) for attempts in (1, 2, 3, 20)]

    assert 1.5 <= waits[0] <= 2.5
    assert 3 <= waits[1] <= 5
    assert 6 <= waits[2] <= 10
    assert 225 <= waits[3] <= 375
