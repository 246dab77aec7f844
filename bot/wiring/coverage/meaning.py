"""Search by meaning, where an embedding model is set: a question's vector in time for its answer, and the vectors of
excerpts once these are stored."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import ReaderError
from bot.llm.patience import Patience
from bot.metrics import Metrics
from bot.news.model import Article, Excerpt
from bot.settings import Settings
from bot.store.coverage.library import Library
from bot.store.database import Clock, Database, utc_now
from bot.store.search.vectors import Meant, Vectors, workspaces_waiting
from bot.store.search.words import terms
from bot.wiring.coverage.coverage import AFTER_PEOPLE
from bot.worker import UNHURRIED_S, Job, Jobs, Work, Worker

if TYPE_CHECKING:
    from bot.llm.embedder import Embedder

log = logging.getLogger(__name__)

QUERY_S = 2.0  # that a question waits for its vector; a server that is well takes a tenth of that
EMBED = "embed"  # the kind of job that gives excerpts of a workspace their vectors
TICK_S = 30.0  # between two looks for excerpts that wait, and so at least between two tries of a server that fails


class Meaning:
    """One embedding model, for all workspaces. Holds connections: made once a process, closed at its end."""

    def __init__(self, embedder: Embedder, *, query_s: float = QUERY_S) -> None:
        self._embedder = embedder
        self._query_s = query_s
        self._refused: set[int] = set()  # keys of excerpts that the model would not take; asked again by a new process

    @classmethod
    def of(cls, settings: Settings, metrics: Metrics | None = None) -> Meaning | None:
        """None where no embedding model is set, or no key. With `metrics` it is counted, and rests when it fails."""
        embedder = embedding_model(settings, metrics)
        return cls(embedder) if embedder else None

    @property
    def model(self) -> str:
        return self._embedder.model

    async def close(self) -> None:
        await self._embedder.aclose()

    async def meant(self, query: str) -> Meant | None:
        """What a query means; None where that cannot be told in time, for then its words alone have to do, and where it
        has no telling word, for then it is near to anything."""
        if not terms(query):
            return None
        try:
            (vector,) = (await self._embedder.embed([query], total_s=self._query_s)).vectors
        except ReaderError as fault:
            log.warning("a question is searched by its words alone", extra={"error": type(fault).__name__})
            return None
        return Meant(self.model, vector) if vector else None

    async def embed(self, vectors: Vectors, progress: Callable[[int], None] = lambda done: None) -> int:
        """Give the excerpts that wait their vectors, newest first; how many got one. `progress` is told of each lot.

        Raises ReaderError, StoreError; what was made until then is kept, and the rest goes on waiting.
        """
        made, before = 0, None
        while waiting := await vectors.waiting(self.model, self._embedder.most, before=before):
            before = min(waiting)
            asked = {key: told for key, told in waiting.items() if key not in self._refused}
            if asked:
                found = (await self._embedder.embed(list(asked.values()))).vectors
                lot = {key: vector for key, vector in zip(asked, found, strict=True) if vector}
                self._refused |= asked.keys() - lot.keys()
                await vectors.keep(self.model, lot)
                made += len(lot)
            progress(len(waiting))
        return made


@dataclass(frozen=True, slots=True)
class ByMeaning:
    """A library as an archive that is searched by words and by meaning."""

    library: Library
    meaning: Meaning

    async def whole(self, most: int) -> Sequence[Article] | None:
        return await self.library.whole(most)

    async def language(self) -> str | None:
        return await self.library.language()

    async def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Sequence[Article]:
        return await self.library.articles(since=since, until=until)

    async def search(
        self, query: str, *, limit: int, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Excerpt]:
        """The excerpts that fit the query best by its words and by what it means, best first."""
        meant = await self.meaning.meant(query)
        return await self.library.search(query, limit=limit, since=since, until=until, meant=meant)


class Embedding:
    """Has excerpts embedded once they are stored, in the background and by one replica at a time. What waits is told by
    the store, so that neither a crash nor a server that is away loses any."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        meaning: Meaning,
        *,
        serves: Callable[[str], Awaitable[bool]],
        clock: Clock = utc_now,
        lease_s: float = 60,
    ) -> None:
        """`serves`: whether the coverage of a workspace is embedded now; elsewhere it waits."""
        self._database = database
        self._jobs = jobs
        self._meaning = meaning
        self._serves = serves
        self._clock = clock
        self.worker = Worker(jobs, self.work(), concurrency=1, lease_s=lease_s, poll_s=UNHURRIED_S)

    async def go(self) -> None:
        """Leave a job for each workspace where excerpts wait."""
        keys = [f"{EMBED}:{int(self._clock().timestamp() // TICK_S)}"]
        for workspace in await workspaces_waiting(self._database, self._meaning.model):
            if await self._serves(workspace):
                await self._jobs.put(EMBED, {}, keys=keys, workspace=workspace, lane=EMBED, priority=AFTER_PEOPLE)

    def work(self) -> dict[str, Work]:
        """What runs the jobs, by kind."""
        return {EMBED: self._embed}

    async def _embed(self, job: Job) -> None:
        try:
            made = await self._meaning.embed(Vectors(self._database, job.workspace))
        except ReaderError as fault:  # nobody is waiting, and another job comes with the next look
            log.warning("excerpts wait for their vectors", extra={"error": type(fault).__name__})
        else:
            log.info("excerpts were embedded", extra={"count": made})


@asynccontextmanager
async def stored_vectors(settings: Settings, *, workspace: str) -> AsyncIterator[tuple[Meaning, Vectors] | None]:
    """The embedding model and the vectors of a workspace, for a command of its own; None where no model is set."""
    meaning = Meaning.of(settings)
    if meaning is None:
        yield None
        return
    try:
        async with await Database.open(settings.database_url) as database:
            yield meaning, Vectors(database, workspace)
    finally:
        await meaning.close()


def embedding_model(settings: Settings, metrics: Metrics | None = None) -> Embedder | None:
    """None where no embedding model is set, or no key."""
    key, model, url = settings.openai_api_key, settings.openai_embedding_model, settings.openai_base_url
    if key is None or model is None:
        return None
    # Here, for with them comes the SDK, which takes half a second to load.
    from bot.llm.embedder import Embedder
    from bot.wiring.desks.breaker import GuardedEmbedder

    patience = Patience(total_s=settings.model_total_s, stall_s=settings.model_stall_s)
    if metrics is None:
        return Embedder(api_key=key.get_secret_value(), model=model, base_url=url, patience=patience)
    return GuardedEmbedder(
        api_key=key.get_secret_value(), model=model, base_url=url, patience=patience, metrics=metrics
    )
