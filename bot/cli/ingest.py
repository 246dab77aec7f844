"""`ingest PATH|URL…`: store articles from folders, files, pages and feeds."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bot.errors import ReaderError, WrongUse
from bot.feeds.articles import Skipped
from bot.feeds.files import paths_in
from bot.feeds.ingest import is_address
from bot.settings import Settings
from bot.store.coverage.keeping import Kept
from bot.wiring.coverage.coverage import Coverage, stored_coverage
from bot.wiring.coverage.meaning import stored_vectors
from bot.wiring.coverage.reprints import Reprints
from bot.wiring.coverage.subscribing import watch


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="+", metavar="PATH|URL")
    parser.add_argument("--watch", action="store_true", help="have `run` look through these folders from now on")
    parser.add_argument("--restore", action="store_true", help="take in again what was removed")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    _check(given.sources, watch=given.watch)
    async with stored_coverage(settings, workspace=given.workspace) as coverage:
        status = await ingest(coverage, given.sources, restore=given.restore)
        if given.watch:
            for folder in map(os.path.abspath, given.sources):
                await watch(coverage, Path(folder))
                sys.stdout.write(f"Watching {folder} while `python -m bot run` runs here.\n")
    await _embed(settings, given.workspace)
    return 0 if given.watch else status


async def ingest(coverage: Coverage, sources: Sequence[str], *, restore: bool = False) -> int:
    """Store all, and tell what came of it. Exit status 0 where at least one article was read, else 2."""
    counts: Counter[str] = Counter()
    skipped: list[Skipped] = []
    reprints = Reprints()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for source in sources:
            bar = progress.add_task(f"Storing {source}", total=_size(source))
            async for taken in coverage.ingest(source, restore=restore):
                progress.advance(bar)
                if taken.skipped:
                    skipped.append(taken.skipped)
                elif taken.article and taken.kept:
                    counts[taken.kept] += 1
                    counts["copies"] += reprints.is_copy(taken.article) and taken.kept is not Kept.SAME
            progress.update(bar, total=progress.tasks[bar].completed)
    for each in skipped:
        sys.stderr.write(f"{each.path} was skipped: {each.reason}\n")
    sys.stdout.write(f"{_told(counts, len(skipped))}\n")
    return 0 if counts["new"] + counts["changed"] + counts["same"] else 2


async def _embed(settings: Settings, workspace: str) -> None:
    """Give excerpts their vectors, where an embedding model is set; what it leaves waiting is told and no failure."""
    async with stored_vectors(settings, workspace=workspace) as stored:
        if stored is None:
            return
        meaning, vectors = stored
        excerpts, done = await vectors.counts(meaning.model)
        why = f"{meaning.model} does not take them"
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("Embedding excerpts", total=excerpts - done)
            try:
                await meaning.embed(vectors, lambda count: progress.advance(bar, count))
            except ReaderError as fault:
                why = str(fault)
        excerpts, done = await vectors.counts(meaning.model)
    if done < excerpts:
        sys.stderr.write(f"{excerpts - done} excerpts wait for their vectors, and are found by words alone: {why}\n")


def _told(counts: Counter[str], skipped: int) -> str:
    parts = [f"{counts['new']} new", f"{counts['changed']} changed", f"{counts['same']} known already"]
    if counts["copies"]:
        parts.append(f"{counts['copies']} of them copies of other articles")
    if skipped:
        parts.append(f"{skipped} skipped")
    return ", ".join(parts)


def _check(sources: Sequence[str], *, watch: bool) -> None:
    """Before anything is stored. Raises WrongUse."""
    for source in sources:
        if is_address(source):
            if watch:
                raise WrongUse(f"only folders are watched; for a feed: python -m bot feeds add {source}")
        elif not Path(source).exists():
            raise WrongUse(f"there is no folder or file at {source}")
        elif watch and not Path(source).is_dir():
            raise WrongUse(f"only folders are watched, and {source} is a file")


def _size(source: str) -> int | None:
    """How much there is to do; None where it is not known beforehand."""
    if is_address(source):
        return None
    path = Path(source)
    return len(paths_in(path)) if path.is_dir() else 1
