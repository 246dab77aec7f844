"""How coverage comes in: paths, pages and feeds, by one way for the command line and for jobs."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.feeds.confined import Confined
from bot.feeds.fetch import Fetcher
from bot.feeds.guard import is_public
from bot.feeds.ingest import is_address, read_address
from bot.feeds.pages import Reading, Web
from bot.feeds.poll import FeedState, Polled, poll
from bot.feeds.urls import canonical_url
from bot.feeds.watch import Scanned, scan
from bot.settings import Settings
from bot.store.coverage.arrivals import Arrival, Arrivals
from bot.store.coverage.feeds import FeedTable
from bot.store.coverage.library import Library
from bot.store.database import Clock, Database, utc_now
from bot.store.jobs.jobs import JobTable
from bot.wiring.coverage.feed_states import State, kept_state, read_state
from bot.wiring.coverage.taking import Taken, each_of, read_path, take_in
from bot.worker import Job

log = logging.getLogger(__name__)

LEDGER = "ledger"  # the kind of job that an arrival or a removal leaves; its payload: article, version
AFTER_PEOPLE = -10  # its priority
CONFINED = 2  # processes that read pages; one a core
ANNOUNCED = 100  # arrivals looked up at once


class Coverage:
    """The coverage of one workspace as it comes in. Each call raises StoreUnavailable or StoreFull."""

    def __init__(
        self,
        database: Database,
        workspace: str,
        *,
        jobs: JobTable[Job],
        web: Web,
        reading: Reading,
        clock: Clock = utc_now,
    ) -> None:
        self.workspace = workspace
        self.clock = clock
        self.web = web
        self.reading = reading
        self.library = Library(database, workspace, clock=clock)
        self.feeds = FeedTable(database, workspace)
        self._arrivals = Arrivals(database, workspace)
        self._jobs = jobs

    def ingest(self, source: str, *, restore: bool = False) -> AsyncGenerator[Taken, None]:
        """Keep what stands at an address or a path, one by one. `restore`: also what was removed.

        Raises WrongUse where there is no such path; an address that cannot be read comes as skipped.
        """
        if is_address(source):
            found = read_address(source, web=self.web, reading=self.reading)
        else:
            found = read_path(Path(source))
        return take_in(self.library, found, restore=restore)

    async def remove(self, id_or_address: str) -> str | None:
        """Take an article out of the coverage; its id, or None where there is none."""
        names = [id_or_address]
        if is_address(id_or_address):
            names.append(canonical_url(id_or_address))
        for name in names:
            article = await self._arrivals.named(name)
            if article and not article.removed:
                await self._remove(article)
                return article.article
        return None

    async def _remove(self, article: Arrival) -> None:
        """In one transaction with the job that tells the ledger."""
        removal = self.library.removal(article.article)
        await self._jobs.put(
            LEDGER,
            _payload(article),
            keys=[f"{LEDGER}:{article.article}:{article.version}:removed"],
            workspace=self.workspace,
            lane=LEDGER,
            priority=AFTER_PEOPLE,
            beside=lambda _: removal,
        )

    async def poll(self, id: int) -> None:
        """Poll a feed or look through a folder, if it is there and due."""
        stored = await self.feeds.get(id)
        state = read_state(stored) if stored else None
        now = self.clock()
        if stored is None or state is None or not state.due(now):
            return
        found = await self._look(state, now)
        counts: Counter[str] = Counter(skipped=len(found.skipped))
        async for taken in take_in(self.library, each_of(found.articles)):
            counts[taken.kept or "skipped"] += 1
        await self.feeds.keep(kept_state(stored, found.state))
        log.info("a feed was polled", extra={"feed": id, "trouble": bool(found.state.trouble), **counts})

    async def _look(self, state: State, now: datetime) -> Polled | Scanned:
        if isinstance(state, FeedState):
            return await poll(state, now=now, web=self.web, reading=self.reading, known=self._known)
        return await asyncio.to_thread(scan, state, now=now)

    async def announce(self) -> int:
        """Leave a job for each article that came or changed and was not announced; how many were looked at."""
        count = 0
        while arrived := await self._arrivals.waiting(ANNOUNCED):
            await self._jobs.put_all(
                LEDGER,
                {f"{LEDGER}:{each.article}:{each.version}": _payload(each) for each in arrived},
                workspace=self.workspace,
                lane=LEDGER,
                priority=AFTER_PEOPLE,
                beside=self._arrivals.announced(arrived[-1].serial),
            )
            count += len(arrived)
        return count

    async def _known(self, identity: str) -> bool:
        return await self._arrivals.named(identity) is not None


def _payload(article: Arrival) -> dict[str, object]:
    return {"article": article.article, "version": article.version}


@asynccontextmanager
async def fetching(may_reach: Callable[[str], bool] = is_public) -> AsyncIterator[tuple[Web, Reading]]:
    """What fetches and what reads, for any number of workspaces; both end with the context."""
    confined = Confined(workers=CONFINED)
    try:
        async with Fetcher(may_reach=may_reach) as web:
            yield web, confined
    finally:
        await asyncio.to_thread(confined.close)


@asynccontextmanager
async def coverage(
    database: Database, workspace: str, *, may_reach: Callable[[str], bool] = is_public
) -> AsyncIterator[Coverage]:
    """The coverage of a workspace, with what fetches and reads."""
    async with fetching(may_reach) as (web, reading):
        yield Coverage(database, workspace, jobs=JobTable(database, Job), web=web, reading=reading)


@asynccontextmanager
async def stored_coverage(settings: Settings, *, workspace: str) -> AsyncIterator[Coverage]:
    """The coverage of a workspace for a command of its own."""
    async with await Database.open(settings.database_url) as database, coverage(database, workspace) as stored:
        yield stored
