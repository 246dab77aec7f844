"""What it costs to take an article in, beyond extraction and splitting: `python -m tests.bench.ingest [articles]`.

On SQLite and on PostgreSQL, a folder of text files by the way of `python -m bot ingest`, and then the announcements to
the ledger: milliseconds an article by the clock, and of this process's own processor time (PostgreSQL's server is not
in it). Beside it the time that is left out, and the same articles kept one a transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from bot.cli.ingest import ingest
from bot.feeds import articles as made_of_texts
from bot.news.model import Article
from bot.store.database import Database
from bot.wiring.coverage.coverage import coverage
from tests.bench.databases import NAMES, fresh
from tests.bench.made import Writer

ARTICLES, WARM_UP = 1_000, 100
SENTENCES = 30  # about 600 words: five excerpts
T = TypeVar("T")


@dataclass(slots=True)
class Watch:
    """Seconds by the clock and of the processor, over all spans that were measured."""

    clock_s: float = 0.0
    processor_s: float = 0.0

    @contextlib.contextmanager
    def running(self, processor: Callable[[], float] = time.process_time) -> Iterator[None]:
        began = time.perf_counter(), processor()
        try:
            yield
        finally:
            self.clock_s += time.perf_counter() - began[0]
            self.processor_s += processor() - began[1]

    def around(self, work: Callable[[str], T]) -> Callable[[str], T]:
        def watched(text: str) -> T:
            with self.running(time.thread_time):
                return work(text)

        return watched


async def main(count: int) -> None:
    written = list(Writer().articles(WARM_UP + count, sentences=SENTENCES))
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder, fresh(name) as (url, _):
            await measure(name, url, Path(folder), written)


async def measure(name: str, url: str, folder: Path, written: Sequence[Article]) -> None:
    warm, files = folder / "warm", folder / "files"
    _write(warm, written[:WARM_UP])
    _write(files, written[WARM_UP:])
    whole, split, announced, single = Watch(), Watch(), Watch(), Watch()
    count = len(written) - WARM_UP
    async with await Database.open(url) as database, coverage(database, "local") as incoming:
        with contextlib.redirect_stdout(io.StringIO()):
            await ingest(incoming, [str(warm)])
            with patch.object(made_of_texts, "split", split.around(made_of_texts.split)), whole.running():
                await ingest(incoming, [str(files)])
        with announced.running():
            await incoming.announce()
        async with coverage(database, "other") as other:
            with single.running():
                for article in written[WARM_UP:]:
                    await other.library.add(article)
    left = Watch(whole.clock_s - split.clock_s, whole.processor_s - split.processor_s)
    figures = {"taken in": left, "announced": announced, "left out": split, "kept one a transaction": single}
    told = (f"{what} {each.clock_s / count * 1000:.2f} ms ({_ms(each, count):.2f})" for what, each in figures.items())
    sys.stdout.write(f"{name}, {count:,} articles, each by the clock (by the processor): {', '.join(told)}\n")


def _ms(watch: Watch, count: int) -> float:
    return watch.processor_s / count * 1000


def _write(folder: Path, written: Sequence[Article]) -> None:
    folder.mkdir()
    for article in written:
        (folder / f"{article.id}.txt").write_text(article.text, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES))
