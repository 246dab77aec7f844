"""The ledger for a command of its own: the one that is kept, or one made of a folder for this once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ReaderAbsent, ReaderError
from bot.news.catalogue import explained
from bot.news.ledger.changes import take_next
from bot.settings import Settings
from bot.store.coverage.arrivals import Arrivals
from bot.store.coverage.library import Library
from bot.store.database import Database, utc_now
from bot.store.ledger.labels import Labels
from bot.store.ledger.ledger import StoredLedger
from bot.wiring.desks.desk import NOBODY, SAMPLE, Desk, Reading, desk, fill_sample
from bot.wiring.desks.ledger import proposer_of
from bot.wiring.desks.uncompared import UNANNOUNCED, uncompared

WITHOUT_LIMIT = 1_000_000  # calls; whoever has a ledger made for this once waits for it


@dataclass(frozen=True, slots=True)
class Made:
    """What making a ledger came to. `failed`: comparisons or proposals without a usable reply. `trouble`: why the
    model was not asked for all; None where it was."""

    calls: int = 0
    failed: int = 0
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A ledger. `uncompared`: articles that wait to be compared."""

    ledger: StoredLedger
    uncompared: int
    made: Made = Made()


async def make_ledger(at: Desk, progress: Callable[[int, int], None] = lambda done, of: None) -> Made:
    """Give each article of the coverage that answers its turn, oldest first. `progress` is told of articles compared,
    of how many. What a run that was broken off has asked is replayed where replies are kept."""
    library = await at.current()
    ledger, articles = library.ledger, await library.articles()
    reader = proposer_of(at.reading, sample=library is at.sample)
    calls = failed = 0
    for article in articles:
        await ledger.arrived(article.id, utc_now())
    try:
        while True:
            if reader is None:
                raise ReaderAbsent("there is neither a model nor anything kept")
            taken = await take_next(
                ledger=ledger,
                archive=at.reading.archive(library),
                reader=reader,
                proposer=reader,
                at=utc_now(),
                calls_a_day=WITHOUT_LIMIT,
                excerpt_tokens=at.excerpt_tokens,
            )
            if taken is None:
                return Made(calls, failed)
            calls, failed = calls + taken.calls, failed + taken.failed
            progress(len(articles) - len(await ledger.waiting()), len(articles))
    except ReaderError as fault:
        return Made(calls, failed, explained(fault))


@asynccontextmanager
async def made_of(
    settings: Settings, coverage: Path, *, workspace: str, progress: Callable[[int, int], None]
) -> AsyncIterator[Standing]:
    """A ledger made of a folder that is read for this once."""
    async with desk(settings, workspace=workspace, coverage=coverage) as at:
        made = await make_ledger(at, progress)
        yield Standing(at.library.ledger, len(await at.library.ledger.waiting()), made)


@asynccontextmanager
async def kept(settings: Settings, *, workspace: str) -> AsyncIterator[Standing]:
    """The ledger of the coverage that the bot would answer from; of the sample, what kept replies tell of it too."""
    await compare_sample(settings, workspace=workspace)
    async with _answering(settings, workspace) as (database, name):
        yield Standing(StoredLedger(database, name), len(await uncompared(database, name)))


async def compare_sample(settings: Settings, *, workspace: str) -> None:
    """Where the sample answers: compare it by kept replies, as `run` does without a model, if nobody has yet."""
    if settings.openai_api_key is not None:
        return
    async with _answering(settings, workspace) as (database, name):
        arrivals = Arrivals(database, name)
        new = await arrivals.waiting(UNANNOUNCED) if name == SAMPLE else ()
        if not new:
            return
        reading = Reading.of(settings)
        try:
            nothing, sample = Library(database, NOBODY), Library(database, SAMPLE)
            await make_ledger(Desk(nothing, reading, settings.excerpt_tokens, sample=sample))
            await database.write(arrivals.announced(new[-1].serial))
        finally:
            await reading.close()


@asynccontextmanager
async def kept_labels(settings: Settings, *, workspace: str) -> AsyncIterator[tuple[Labels, StoredLedger]]:
    """What people say of the coverage that the bot would answer from, and its ledger."""
    async with _answering(settings, workspace) as (database, name):
        yield Labels(database, name), StoredLedger(database, name)


@asynccontextmanager
async def _answering(settings: Settings, workspace: str) -> AsyncIterator[tuple[Database, str]]:
    """The database, and whose coverage in it answers: the workspace's own, or the sample while that is empty."""
    async with await Database.open(settings.database_url) as database:
        sample = not settings.in_slack and await Library(database, workspace).count() == 0
        if sample:
            await fill_sample(Library(database, SAMPLE))
        yield database, SAMPLE if sample else workspace
