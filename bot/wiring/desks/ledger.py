"""The ledger at work: articles have their turns as they arrive, one at a time in a workspace, and followers hear.

What is accepted is kept: an arrival is a job until the article waits in the ledger, and what a turn has moved is a job
for each comparison until its followers were told.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.errors import ReaderAbsent, ReaderRefused, ReaderUnavailable
from bot.llm.proposer import ModelProposer
from bot.llm.reader import Checkpoint
from bot.news.ledger.changes import CALLS_A_COMPARISON, CALLS_A_DAY, Taken, removed, take_next, take_replayed
from bot.news.ledger.follows import News, news_of
from bot.store.coverage.library import Library
from bot.store.database import Clock, Database, utc_now
from bot.store.jobs.jobs import JobTable
from bot.store.ledger.ledger import StoredLedger
from bot.store.ledger.waiting import workspaces_waiting
from bot.wiring.claimed import Claimed
from bot.wiring.coverage.coverage import AFTER_PEOPLE, LEDGER
from bot.wiring.desks.desk import SAMPLE, Reading
from bot.worker import UNHURRIED_S, Job, Work, Worker

log = logging.getLogger(__name__)

TURN = "turn"  # the kind of job that gives the next article its turn; or, with `gone`, follows one that went away
FOLLOW = "follow"  # the kind of job that tells followers; its payload: entry, event, at

CONCURRENCY = 2  # jobs at once in a process, in a worker of their own, so that questions never wait for the ledger
TICK_S = 60.0  # between two looks for what still waits
REST_S = 600  # between two tries of what a model that fails, or a job that was given up, has left waiting


class Followers(Protocol):
    """Those who wish to hear. Raises SlackUnavailable, StoreError."""

    async def tell(self, workspace: str, news: News, key: str) -> None:
        """Post what has moved, once, wherever it is followed. `key` is the same when a crash has it told again."""


async def _everywhere(workspace: str) -> bool:
    return True


class LedgerWork:
    """Runs the ledgers of all workspaces. Without a model and kept replies nothing is called, and articles wait."""

    def __init__(
        self,
        database: Database,
        jobs: JobTable[Job],
        reading: Reading,
        *,
        excerpt_tokens: int,
        calls_a_day: int = CALLS_A_DAY,
        followers: Followers | None = None,
        serves: Callable[[str], Awaitable[bool]] = _everywhere,
        clock: Clock = utc_now,
        lease_s: float = 60,
    ) -> None:
        """`serves`: whether articles of a workspace have their turns now; elsewhere they wait."""
        self._database = database
        self._jobs = jobs
        self._reading = reading
        self._excerpt_tokens = excerpt_tokens
        self._calls_a_day = calls_a_day
        self._followers = followers
        self._serves = serves
        self._clock = clock
        self.worker = Worker(jobs, self.work(), concurrency=CONCURRENCY, lease_s=lease_s, poll_s=UNHURRIED_S)

    def work(self) -> dict[str, Work]:
        """What runs the jobs, by kind."""
        return {LEDGER: self._arrived, TURN: self._take, **({FOLLOW: self._tell} if self._followers else {})}

    async def go(self) -> None:
        """Leave a job where articles wait that could have their turn: after midnight, after an outage, at a start."""
        if self._reading.client is None:
            return
        now = self._clock()
        for workspace, calls in (await workspaces_waiting(self._database, now.date())).items():
            if self._calls_a_day - calls >= CALLS_A_COMPARISON and await self._serves(workspace):
                ledger = StoredLedger(self._database, workspace)
                await self._arrange_turn(workspace, ledger, f":{int(now.timestamp() // REST_S)}")

    async def _arrived(self, job: Job) -> None:
        """Let an article that came or changed wait for its turn; have one that went away followed."""
        ledger, article = StoredLedger(self._database, job.workspace), str(job.payload["article"])
        if await Library(self._database, job.workspace).article(article) is not None:
            await ledger.arrived(article, self._clock())
            await self._arrange_turn(job.workspace, ledger)
            if self._reading.client is None and await ledger.followed():
                await self._put(TURN, {"replayed": article}, f"{TURN}:replayed:{job.id}", job.workspace, lane=TURN)
        else:
            await self._put(TURN, {"gone": article}, f"{TURN}:{job.id}", job.workspace, lane=TURN)

    async def _arrange_turn(self, workspace: str, ledger: StoredLedger, again: str = "") -> None:
        """Leave a job for the article that has waited longest, once; `again` makes it another one."""
        first = await ledger.first_waiting()
        if first is not None:
            key = f"{TURN}:{first.article}:{first.since.isoformat()}:{first.arrivals}{again}"
            await self._put(TURN, {}, key, workspace, lane=TURN)

    async def _take(self, job: Job) -> None:
        """One turn, or one removal: a job each, so that a removal never waits for more than one turn."""
        ledger, now = StoredLedger(self._database, job.workspace), self._clock()
        taken = None
        if "gone" in job.payload:
            await removed(str(job.payload["gone"]), now, ledger=ledger)
        elif "replayed" in job.payload:
            await self._replay(str(job.payload["replayed"]), job, ledger, now)
        else:
            taken = await self._turn(job, now)
        await self._leave_word(job.workspace, ledger)
        if taken is not None and not taken.waits:
            counts = {"calls": taken.calls, "failed": taken.failed, "changes": len(taken.changes)}
            log.info("an article had its turn", extra={"article": taken.article, **counts})
            await self._arrange_turn(job.workspace, ledger)

    async def _replay(self, article: str, job: Job, ledger: StoredLedger, now: datetime) -> None:
        """What kept replies tell of an article while there is no model to give it its turn."""
        reader = proposer_of(self._reading, sample=job.workspace == SAMPLE)
        if reader is not None:
            library, tokens = Library(self._database, job.workspace), self._excerpt_tokens
            await take_replayed(
                article, ledger=ledger, archive=library, reader=reader, proposer=reader, at=now, excerpt_tokens=tokens
            )

    async def _turn(self, job: Job, now: datetime) -> Taken | None:
        """The next article's turn; None where none waits, nobody is served, or the model is absent or fails."""
        if not await self._serves(job.workspace):
            return None
        work = Claimed(job, self._jobs)
        reader = proposer_of(self._reading, sample=job.workspace == SAMPLE, checkpoint=work)
        if reader is None:
            return None
        try:
            return await take_next(
                ledger=StoredLedger(self._database, job.workspace, work=work),
                archive=self._reading.archive(Library(self._database, job.workspace)),
                reader=reader,
                proposer=reader,
                at=now,
                calls_a_day=self._calls_a_day,
                excerpt_tokens=self._excerpt_tokens,
            )
        except ReaderAbsent:
            log.info("the ledger waits for a model", extra={"workspace": job.workspace})
        except (ReaderUnavailable, ReaderRefused) as fault:
            log.warning("the ledger rests", extra={"workspace": job.workspace, "error": type(fault).__name__})
        return None

    async def _leave_word(self, workspace: str, ledger: StoredLedger) -> None:
        """Leave a job for each event that followers are to hear of, those of a run that was cut off too."""
        if self._followers is None:
            return
        unheard = await ledger.unheard()
        for each in unheard:
            payload: dict[str, str | int] = {"entry": each.entry, "event": each.event, "at": each.at.isoformat()}
            await self._put(FOLLOW, payload, _key(payload), workspace, lane=f"{FOLLOW}:{each.entry}")
        if unheard:
            await ledger.passed_on(unheard)

    async def _tell(self, job: Job) -> None:
        """Tell of one event of a comparison."""
        assert self._followers is not None
        ledger = StoredLedger(self._database, job.workspace)
        change = await ledger.change(str(job.payload["entry"]), int(job.payload["event"]))
        news = news_of(change) if change else None
        if news is not None:
            await self._followers.tell(job.workspace, news, _key(job.payload))

    async def _put(self, kind: str, payload: Mapping[str, str | int], key: str, workspace: str, *, lane: str) -> None:
        await self._jobs.put(kind, payload, keys=[key], workspace=workspace, lane=lane, priority=AFTER_PEOPLE)
        self.worker.wake()  # else each turn would wait for a poll after the one before


def _key(payload: Mapping[str, Any]) -> str:
    """Of what followers are told of an event; with its time, for the number of one that is gone is given out again."""
    return f"{FOLLOW}:{payload['entry']}:{payload['event']}:{payload['at']}"


def proposer_of(reading: Reading, *, sample: bool, checkpoint: Checkpoint | None = None) -> ModelProposer | None:
    """What reads and proposes for a ledger; None where there is neither a model nor anything kept."""
    kept = reading.sample if sample else reading.own
    if reading.client is None and not kept:
        return None
    return ModelProposer(reading.client, reading.prompts, kept=kept, checkpoint=checkpoint)
