"""The ledger at work: articles have their turns as they arrive, one at a time in a workspace, and followers hear.

What is accepted is kept: an arrival is a job until the article waits in the ledger, and what a turn has moved is a job
for each comparison until its followers were told.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import CrosscheckError, ReaderAbsent, ReaderRefused, ReaderUnavailable
from bot.llm.proposer import ModelProposer
from bot.llm.reader import Checkpoint
from bot.news.follows import News, news_of
from bot.news.ledger import CALLS_A_COMPARISON, CALLS_A_DAY, Taken, removed, take_next
from bot.store.database import Clock, Database, utc_now
from bot.store.ledger import StoredLedger
from bot.store.ledger_waiting import workspaces_waiting
from bot.store.library import Library
from bot.wiring.coverage import AFTER_PEOPLE, LEDGER
from bot.wiring.desk import SAMPLE, Reading
from bot.worker import Job, Jobs, Work, Worker

log = logging.getLogger(__name__)

FOLLOW = "follow"  # the kind of job that tells followers; its payload: entry, at
BEGUN = "begun"  # note: when the job was first run; what it has moved happened from then on
REGISTERED = "registered"  # note: the arrival or removal stands in the ledger

CONCURRENCY = 2  # jobs at once in a process, in a worker of their own, so that questions never wait for the ledger
TICK_S = 60.0  # between two looks for what still waits
REST = timedelta(minutes=10)  # from a model that fails; also how often what waits is taken up again
INSTANT = timedelta(microseconds=1)


class Followers(Protocol):
    """Those who wish to hear. Raises SlackUnavailable, StoreError."""

    async def tell(self, workspace: str, news: News, key: str) -> None:
        """Post what has moved, once, wherever it is followed. `key` is the same when a crash has it told again."""


class LedgerWork:
    """Runs the ledgers of all workspaces. Without a model and kept replies nothing is called, and articles wait."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        reading: Reading,
        *,
        excerpt_tokens: int,
        calls_a_day: int = CALLS_A_DAY,
        followers: Followers | None = None,
        clock: Clock = utc_now,
        lease_s: float = 60,
        tick_s: float = TICK_S,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._reading = reading
        self._excerpt_tokens = excerpt_tokens
        self._calls_a_day = calls_a_day
        self._followers = followers
        self._clock = clock
        self._tick_s = tick_s
        self._resting: dict[str, datetime] = {}  # workspace to when its model is asked again
        self.worker = Worker(jobs, self.work(), concurrency=CONCURRENCY, lease_s=lease_s)

    def work(self) -> dict[str, Work]:
        """What runs the jobs, by kind."""
        return {LEDGER: self._take, **({FOLLOW: self._tell} if self._followers else {})}

    async def run(self) -> None:
        """See to it, until cancelled, that what waits goes on. Trouble with the store ends a look, not the looking."""
        while True:
            try:
                await self.go()
            except CrosscheckError as error:
                log.warning("a look at what waits was cut short", extra={"error": type(error).__name__})
            await asyncio.sleep(self._tick_s)

    async def go(self) -> None:
        """Leave a job where articles wait that could have their turn: after midnight, after an outage, at a start."""
        if self._reading.client is None:
            return
        now = self._clock()
        slot = int(now.timestamp() // REST.total_seconds())
        for workspace in await workspaces_waiting(self._database):
            left = self._calls_a_day - await StoredLedger(self._database, workspace).spent(now.date())
            if left >= CALLS_A_COMPARISON:
                await self._put(LEDGER, {}, f"ledger:on:{slot}", workspace, lane=LEDGER)
        self.worker.wake()

    async def _take(self, job: Job) -> None:
        """Let an article that came or changed wait, or follow one that went away; then take what waits."""
        ledger, now = StoredLedger(self._database, job.workspace), self._clock()
        if BEGUN in job.notes:  # an earlier run was cut off; it may have moved what nobody was told of
            await self._leave_word(job.workspace, ledger, datetime.fromisoformat(job.notes[BEGUN]), now)
        else:
            await self._jobs.note(job, BEGUN, now.isoformat())
        if "article" in job.payload and REGISTERED not in job.notes:
            await self._register(job.workspace, ledger, str(job.payload["article"]), now)
            await self._jobs.note(job, REGISTERED, now.isoformat())
        while (taken := await self._turn(job, ledger)) is not None and not taken.waits:
            log.info(
                "an article had its turn",
                extra={"article": taken.article, "calls": taken.calls, "failed": taken.failed},
            )

    async def _register(self, workspace: str, ledger: StoredLedger, article: str, now: datetime) -> None:
        if await Library(self._database, workspace).article(article) is not None:
            await ledger.arrived(article, now)
            return
        await removed(article, now, ledger=ledger)
        await self._leave_word(workspace, ledger, now, now)

    async def _turn(self, job: Job, ledger: StoredLedger) -> Taken | None:
        """The next article's turn; None where none waits, or the model is absent or rests."""
        workspace, now = job.workspace, self._clock()
        reader = self._reader(workspace, _Notes(job, self._jobs))
        if reader is None or self._resting.get(workspace, now) > now:
            return None
        taken = None
        try:
            taken = await take_next(
                ledger=ledger,
                archive=Library(self._database, workspace),
                reader=reader,
                proposer=reader,
                at=now,
                calls_a_day=self._calls_a_day,
                excerpt_tokens=self._excerpt_tokens,
            )
        except ReaderAbsent:
            log.info("the ledger waits for a model", extra={"workspace": workspace})
        except (ReaderUnavailable, ReaderRefused) as fault:
            log.warning("the ledger rests", extra={"workspace": workspace, "error": type(fault).__name__})
            self._resting[workspace] = now + REST
        await self._leave_word(workspace, ledger, now, now)
        return taken

    def _reader(self, workspace: str, checkpoint: Checkpoint) -> ModelProposer | None:
        reading = self._reading
        kept = reading.sample if workspace == SAMPLE else reading.own
        if reading.client is None and not kept:
            return None
        return ModelProposer(reading.client, reading.prompts, kept=kept, checkpoint=checkpoint)

    async def _leave_word(self, workspace: str, ledger: StoredLedger, since: datetime, last: datetime) -> None:
        """Leave a job for each comparison that moved from `since` to `last`, both included."""
        if self._followers is None:
            return
        for change in await ledger.changes(since, last + INSTANT):
            for at in dict.fromkeys(event.at.isoformat() for event in change.events):
                id = change.entry.id
                await self._put(
                    FOLLOW, {"entry": id, "at": at}, f"{FOLLOW}:{id}:{at}", workspace, lane=f"{FOLLOW}:{id}"
                )

    async def _tell(self, job: Job) -> None:
        """Tell of one comparison what moved at one time."""
        assert self._followers is not None
        entry, at = str(job.payload["entry"]), datetime.fromisoformat(job.payload["at"])
        for change in await StoredLedger(self._database, job.workspace).changes(at, at + INSTANT):
            news = news_of(change) if change.entry.id == entry else None
            if news is not None:
                await self._followers.tell(job.workspace, news, f"{FOLLOW}:{entry}:{at.isoformat()}")

    async def _put(self, kind: str, payload: dict[str, str], key: str, workspace: str, *, lane: str) -> None:
        await self._jobs.put(kind, payload, keys=[key], workspace=workspace, lane=lane, priority=AFTER_PEOPLE)


class _Notes:
    """A job's notes as the model's checkpoint: a call that was paid for before a crash is not paid for again."""

    def __init__(self, job: Job, jobs: Jobs) -> None:
        self._job, self._jobs = job, jobs
        self._written: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        return self._written.get(name, self._job.notes.get(name))

    async def put(self, name: str, text: str) -> None:
        await self._jobs.note(self._job, name, text)
        self._written[name] = text
