"""Claims jobs and runs them. Knows kinds of job by name only; what each does is joined in `wiring`."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import CrosscheckError, Fenced, NotForUs

log = logging.getLogger(__name__)

AT_ONCE = 24  # jobs of a process: answers mostly wait for the model, and at a second each these keep a core busy
UNHURRIED_S = 5  # between two polls for work that no person waits for: an idle poll is a transaction, too
_FIRST_BACK_OFF_S = 2.0
_LONGEST_BACK_OFF_S = 300.0
ATTEMPTS = 12  # with the pauses between them about 20 minutes
UNFORESEEN = 5  # half a minute: it is likely to happen again

Leaving = Callable[[Any], None]
"""Writes what a job leaves behind, within a transaction of the store's that it is given."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of accepted work, claimed.

    `claim` fences its writes: it grows with each claim, and a write under an older one raises Fenced.
    `notes` are the checkpoints of finished steps, by name, as they stood when it was claimed. `more`: other jobs
    were due then, if only behind others of their lane.
    """

    id: str
    kind: str
    workspace: str
    payload: Mapping[str, Any]
    claim: int
    attempts: int
    notes: Mapping[str, str] = field(default_factory=dict)
    more: bool = False


class Jobs(Protocol):
    """The table of jobs."""

    async def put(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        keys: Sequence[str],
        workspace: str = "local",
        lane: str = "",
        priority: int = 0,
        after_s: float = 0,
    ) -> str | None:
        """Keep a job; its id, or None where any of its keys is known already. Jobs of one lane run in order;
        a higher priority runs first; it is not claimed before `after_s` seconds have passed."""

    async def claim(self, kinds: Sequence[str], lease_s: float) -> Job | None:
        """The next job that is due and whose lane is free, or one whose lease ran out; None where there is none."""

    async def renew(self, job: Job, lease_s: float) -> None: ...

    async def note(self, job: Job, name: str, value: str) -> None: ...

    async def done(self, job: Job, leaving: Leaving | None = None) -> None:
        """End a job and, in the same transaction, keep what it leaves behind."""

    async def retry(self, job: Job, after_s: float, reason: str) -> None: ...

    async def release(self, job: Job) -> None:
        """Give a job back untried, to be claimed by any worker at once."""

    async def bury(self, job: Job, reason: str) -> None:
        """Give up: the job stays, dead, to be listed and retried by hand."""


Work = Callable[[Job], Awaitable[Leaving | None]]
Apologise = Callable[[Job, Exception], Awaitable[None]]


class Worker:
    """Runs jobs, up to `concurrency` at once, each under a lease that is renewed while it runs.

    A job that raises CrosscheckError without `retry` is buried at once, what was not foreseen after `unforeseen`
    tries, any other failure, as of a service that is away, after `attempts`;
    before it is buried `apologise` is called with what went wrong last, so that a person hears of it.
    """

    def __init__(
        self,
        jobs: Jobs,
        work: Mapping[str, Work],
        *,
        concurrency: int = AT_ONCE,
        lease_s: float = 60,
        poll_s: float = 1,
        attempts: int = ATTEMPTS,
        unforeseen: int = UNFORESEEN,
        apologise: Apologise | None = None,
        back_off: Callable[[int], float] | None = None,
    ) -> None:
        self._jobs = jobs
        self._work = dict(work)
        self._concurrency = concurrency
        self._lease_s = lease_s
        self._poll_s = poll_s
        self._attempts = attempts
        self._unforeseen = min(attempts, unforeseen)
        self._apologise = apologise
        self._back_off = back_off or back_off_s
        self._wake = asyncio.Event()
        self._more = True  # something may be due that was not looked for, or that waits for what runs here
        self._stopping = False
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Look for work now instead of at the next poll. Call it after a put."""
        self._more = True
        self._wake.set()

    @property
    def full(self) -> bool:
        """Whether it runs as many jobs as it may."""
        return len(self._running) >= self._concurrency

    async def run(self) -> None:
        """Claim and run jobs until `stop`. When cancelled it gives back what runs."""
        try:
            while not self._stopping:
                self._wake.clear()
                if self.full or not await self._start_next() or not self._more:
                    await self._rest()
        finally:
            if not self._stopping:
                await self._give_back()

    async def stop(self, grace_s: float) -> None:
        """Claim no more, let what runs finish within `grace_s` seconds, and give the rest back for others."""
        self._stopping = True
        self._wake.set()
        if self._running:
            await asyncio.wait(self._running, timeout=grace_s)
        await self._give_back()

    async def _give_back(self) -> None:
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self._poll_s)

    async def _start_next(self) -> bool:
        more, self._more = self._more, False
        claiming = asyncio.ensure_future(self._claim())
        try:
            job = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            job = await claiming  # the store goes on with it: a job claimed for nobody would wait for its lease
            if job:
                await self._release(job)
            raise
        if job is None:
            self._more |= more and bool(self._running)  # its lane may move on when one of these ends
            return False
        self._more |= job.more
        if self._stopping:
            await self._release(job)
            return False
        task = asyncio.create_task(self._hold(job), name=f"job {job.id}")
        self._running.add(task)
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._more:  # there is room again, and the lane of the job may have moved on
            self._wake.set()

    async def _claim(self) -> Job | None:
        try:
            return await self._jobs.claim(list(self._work), self._lease_s)
        except CrosscheckError as error:
            log.warning("no job could be claimed", extra={"error": type(error).__name__})
            return None

    async def _hold(self, job: Job) -> None:
        """Run a job under its lease; never raises but when cancelled."""
        running = asyncio.ensure_future(self._attempt(job))
        renewing = asyncio.ensure_future(self._renew(job))
        try:
            await asyncio.wait((running, renewing), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _cancel(running)
            await _cancel(renewing)
            await self._release(job)
            raise
        # Renewing ends by itself only where another worker has the job, or may have it.
        await _cancel(running)
        await _cancel(renewing)

    async def _renew(self, job: Job) -> None:
        """Renew until the job is another's, or may be: the lease has run out and the store does not answer."""
        now = asyncio.get_running_loop().time
        ends = now() + self._lease_s
        while True:
            await asyncio.sleep(self._lease_s / 3)
            begun = now()
            try:
                await self._jobs.renew(job, self._lease_s)
                ends = begun + self._lease_s
            except Fenced:
                log.info("job was taken over", extra=_named(job))
                return
            except CrosscheckError as error:
                log.warning("lease could not be renewed", extra=_named(job, error))
                if now() >= ends:
                    return

    async def _attempt(self, job: Job) -> None:
        try:
            await self._settle(job)
        except Fenced:
            log.info("job was taken over", extra=_named(job))
        except CrosscheckError as error:
            # The outcome could not be written: the lease runs out and the job is claimed again.
            log.warning("job could not be settled", extra=_named(job, error))

    async def _settle(self, job: Job) -> None:
        if job.attempts > self._attempts:
            await self._give_up(job, CrosscheckError("every attempt was cut off"))
            return
        try:
            leaving = await self._work[job.kind](job)
        except Fenced:
            raise
        except NotForUs:
            await self._jobs.done(job)
        except Exception as error:
            await self._failed(job, error)
        else:
            await self._jobs.done(job, leaving)

    async def _failed(self, job: Job, error: Exception) -> None:
        if isinstance(error, CrosscheckError):
            log.warning("job failed", extra=_named(job, error))
        else:
            log.error("job failed unexpectedly", exc_info=error, extra=_named(job, error))
        most = self._attempts if isinstance(error, CrosscheckError) else self._unforeseen
        if _lasting(error) or job.attempts >= most:
            await self._give_up(job, error)
        else:
            await self._jobs.retry(job, self._back_off(job.attempts), type(error).__name__)

    async def _give_up(self, job: Job, error: Exception) -> None:
        """Apologise, then bury: the other way round, a crash in between would leave a person waiting for ever."""
        try:
            if self._apologise:
                await self._apologise(job, error)
        except Fenced:
            raise
        except Exception as silenced:
            log.error("apology failed", exc_info=silenced, extra=_named(job, silenced))
            if not _lasting(silenced) and job.attempts < 2 * self._attempts:
                await self._jobs.retry(job, self._back_off(job.attempts), type(error).__name__)
                return
        log.error("job was buried", extra=_named(job, error))
        await self._jobs.bury(job, type(error).__name__)

    async def _release(self, job: Job) -> None:
        try:
            await self._jobs.release(job)
        except Fenced:
            log.info("job was settled or taken over", extra=_named(job))
        except CrosscheckError as error:
            log.warning("job could not be given back", extra=_named(job, error))


def back_off_s(attempts: int) -> float:
    """Seconds to wait after so many attempts: doubling, and spread so that what failed together comes back apart."""
    return min(_FIRST_BACK_OFF_S * 2.0 ** (attempts - 1), _LONGEST_BACK_OFF_S) * random.uniform(0.75, 1.25)


def _lasting(error: Exception) -> bool:
    """Whether it would fail the same way again."""
    return isinstance(error, CrosscheckError) and not error.retry


async def _cancel(task: asyncio.Future[None]) -> None:
    task.cancel()
    await asyncio.wait((task,))


def _named(job: Job, error: Exception | None = None) -> dict[str, object]:
    named: dict[str, object] = {"job": job.id, "kind": job.kind, "attempts": job.attempts}
    return named | {"error": type(error).__name__} if error else named
