"""Keeping what was found: several articles in a transaction, whose cost they share, and none of them stops the rest."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path

from bot.errors import StoreRefused, UnreadableCoverage
from bot.feeds.articles import Skipped
from bot.feeds.files import read_folder
from bot.news.model import Article
from bot.store.coverage.keeping import Kept
from bot.store.coverage.library import Library

log = logging.getLogger(__name__)

TOGETHER = 50  # found things in a transaction, which share its wait for the disk
CHARACTERS = 200_000  # of text in one: about half a second, in which nobody else can write to SQLite
MOMENT_S = 0.02  # for which files are read before what was found is told: going to a thread for each costs more
WAIT_S = 1.0  # that a page waits for others, which come about one a second from one site

Found = Article | Skipped


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one thing that was found: an article and what keeping it did, or else what was skipped and why."""

    article: Article | None = None
    kept: Kept | None = None
    skipped: Skipped | None = None


async def take_in(
    library: Library, found: AsyncGenerator[Found, None], *, restore: bool = False
) -> AsyncGenerator[Taken, None]:
    """Keep what comes, and tell what came of each once it is kept, in its order. `restore`: also what was removed.

    While one transaction runs, what came of the last one is told and the next one's worth is found, and no more.
    Raises StoreUnavailable, StoreFull.
    """
    keeping: asyncio.Task[Sequence[Taken]] | None = None
    async with aclosing(found), aclosing(_batches(found)) as batches:
        try:
            async for batch in batches:
                kept = await keeping if keeping else ()
                keeping = asyncio.create_task(take(library, batch, restore=restore))
                for taken in kept:
                    yield taken
            if keeping:
                for taken in await keeping:
                    yield taken
        finally:
            if keeping:
                await asyncio.wait([keeping])  # whoever is left by its reader leaves no work behind


async def take(library: Library, found: Sequence[Found], *, restore: bool = False) -> Sequence[Taken]:
    """Keep several in one transaction; where one of them cannot be kept, it is skipped and the others are kept."""
    articles = [each for each in found if isinstance(each, Article)]
    try:
        kept = iter(await library.add_all(articles, restore=restore) if articles else ())
    except (UnreadableCoverage, StoreRefused) as fault:
        if len(found) > 1:
            return [taken for each in found for taken in await take(library, [each], restore=restore)]
        return [Taken(skipped=Skipped(articles[0].identity, _reason(fault)))]
    return [Taken(skipped=each) if isinstance(each, Skipped) else Taken(each, next(kept)) for each in found]


async def read_path(path: Path) -> AsyncGenerator[Found, None]:
    """The articles of a folder or a file. Raises WrongUse where there is none."""
    # A generator, whatever its protocol says: what it began is ended with it.
    with closing(read_folder(path)) as reading:  # type: ignore[type-var]
        while here := await _next(reading):
            for each in here:
                yield each


async def each_of(found: Sequence[Found]) -> AsyncGenerator[Found, None]:
    """What was found already."""
    for each in found:
        yield each


async def _batches(found: AsyncGenerator[Found, None]) -> AsyncGenerator[Sequence[Found], None]:
    batch: list[Found] = []
    characters, began = 0, 0.0
    async for each in found:
        if not batch:
            characters, began = 0, time.monotonic()
        batch.append(each)
        characters += len(each.text) if isinstance(each, Article) else 0
        if len(batch) >= TOGETHER or characters >= CHARACTERS or time.monotonic() - began >= WAIT_S:
            yield batch
            batch = []
    if batch:
        yield batch


def _reason(fault: UnreadableCoverage | StoreRefused) -> str:
    if isinstance(fault, UnreadableCoverage):
        return str(fault)
    log.error("the database does not take an article", extra={"error": str(fault)})
    return "the database does not take it"


async def _next(reading: Iterator[Found]) -> Sequence[Found]:
    """The next ones in a thread, for reading blocks; a generator that is still at work could not be closed."""
    task = asyncio.ensure_future(asyncio.to_thread(_within_a_moment, reading))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _within_a_moment(reading: Iterator[Found]) -> Sequence[Found]:
    """The next one, and what else is read soon; empty where there is no more."""
    found: list[Found] = []
    until = time.monotonic() + MOMENT_S
    for each in reading:
        found.append(each)
        if time.monotonic() >= until:
            break
    return found
