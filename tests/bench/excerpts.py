"""Finding among many excerpts of about 120 words: `python -m tests.bench.excerpts [excerpts …]`, 10,000 and 100,000
unless told otherwise.

The library on SQLite and on PostgreSQL beside tantivy and bm25s, each in a process of its own, all with the library's
own terms. Queries of 5 to 10 words ask for the best 20, of all days and of a month. Memory is what the process grew
by; PostgreSQL's server is not in it.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bm25s
import tantivy

from bot.news.model import Article
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.search.excerpts import runs
from bot.store.search.ranking import K1, B
from bot.store.search.words import terms
from tests.bench.databases import NAMES, fresh, size_mb
from tests.bench.made import DAYS, FIRST_DAY, Writer

EXCERPTS = (10_000, 100_000)
SENTENCES, EXCERPTS_AN_ARTICLE = 30, 5
VOCABULARY = 120_000
TOGETHER = 100  # articles in a transaction
QUERIES, WARM_UP, LIMIT = 200, 20, 20
WINDOW = timedelta(days=30)
FREQUENT = 100  # words that no query asks for alone: stop words, as it were

Window = tuple[datetime, datetime]
Find = Callable[[str, Window | None], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of queries over all days and over a month; seconds to index; megabytes."""

    p50: float
    p99: float
    month_p50: float | None
    month_p99: float | None
    index_s: float
    disk_mb: float | None
    memory_mb: float


def main(counts: Sequence[int]) -> None:
    for count in counts:
        for engine in ENGINES:
            told = subprocess.run(
                [sys.executable, "-m", "tests.bench.excerpts", engine, str(count)], capture_output=True, check=True
            )
            found = Figures(**json.loads(told.stdout))
            month = "" if found.month_p50 is None else f", of a month {found.month_p50:.1f} / {found.month_p99:.1f} ms"
            disk = "" if found.disk_mb is None else f", {found.disk_mb:.0f} MB on disk"
            sys.stdout.write(
                f"{count:,} excerpts, {engine}: {found.p50:.1f} / {found.p99:.1f} ms{month}; "
                f"indexed in {found.index_s:.0f} s{disk}, {found.memory_mb:.0f} MB of memory\n"
            )
            sys.stdout.flush()


def written(count: int) -> Iterator[Article]:
    return Writer(VOCABULARY).articles(count // EXCERPTS_AN_ARTICLE, sentences=SENTENCES)


def questions() -> list[tuple[str, Window]]:
    """Queries, each with a month."""
    chance, writer = random.Random(11), Writer(VOCABULARY, seed=11)
    frequent = set(Writer(VOCABULARY).ranked(FREQUENT))
    found = []
    for _ in range(WARM_UP + QUERIES):
        asked = [word for word in writer.words(40) if word not in frequent][: chance.randint(5, 10)]
        begins = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
        begins += timedelta(days=chance.randrange(DAYS - WINDOW.days))
        found.append((" ".join(asked), (begins, begins + WINDOW)))
    return found


async def timed(find: Find, *, month: bool) -> tuple[float, float]:
    """The median and the 99th percentile, in milliseconds."""
    took = []
    for query, window in questions():
        began = time.perf_counter()
        await find(query, window if month else None)
        took.append((time.perf_counter() - began) * 1000)
    cuts = statistics.quantiles(took[WARM_UP:], n=100)
    return cuts[49], cuts[98]


async def with_library(engine: str, count: int) -> Figures:
    before = memory_mb()
    with fresh(engine) as (url, folder):
        async with await Database.open(url) as database:
            library = Library(database, "local")
            index_s, batch = 0.0, []
            for number, article in enumerate(written(count), 1):
                batch.append(article)
                if len(batch) == TOGETHER or number == count // EXCERPTS_AN_ARTICLE:
                    began = time.perf_counter()
                    await library.add_all(batch)
                    index_s += time.perf_counter() - began
                    batch = []

            async def find(query: str, window: Window | None) -> object:
                since, until = window or (None, None)
                return await library.search(query, limit=LIMIT, since=since, until=until)

            whole, month = await timed(find, month=False), await timed(find, month=True)
            return Figures(*whole, *month, index_s, size_mb(folder), memory_mb() - before)


async def with_tantivy(engine: str, count: int) -> Figures:
    before = memory_mb()
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("terms", stored=False)
    schema.add_integer_field("day", indexed=True, fast=True)
    built = schema.build()
    with tempfile.TemporaryDirectory() as folder:
        index = tantivy.Index(built, path=folder)
        writer = index.writer()
        index_s = 0.0
        for article in written(count):
            began = time.perf_counter()
            for held in excerpts(article):
                writer.add_document(tantivy.Document(terms=" ".join(held), day=day_of(article)))
            index_s += time.perf_counter() - began
        began = time.perf_counter()
        writer.commit()
        writer.wait_merging_threads()
        index_s += time.perf_counter() - began
        index.reload()
        searcher = index.searcher()

        async def find(query: str, window: Window | None) -> object:
            asked = index.parse_query(" ".join(terms(query)), ["terms"])
            if window is not None:
                first, last = (edge.date().toordinal() for edge in window)
                days = tantivy.Query.range_query(built, "day", tantivy.FieldType.Integer, first, last - 1)
                asked = tantivy.Query.boolean_query([(tantivy.Occur.Must, asked), (tantivy.Occur.Must, days)])
            return searcher.search(asked, LIMIT).hits

        whole, month = await timed(find, month=False), await timed(find, month=True)
        return Figures(*whole, *month, index_s, size_mb(Path(folder)), memory_mb() - before)


async def with_bm25s(engine: str, count: int) -> Figures:
    """It holds all in memory and knows no days."""
    before = memory_mb()
    held, index_s = [], 0.0
    for article in written(count):
        began = time.perf_counter()
        held += excerpts(article)
        index_s += time.perf_counter() - began
    began = time.perf_counter()
    index = bm25s.BM25(k1=K1, b=B)
    index.index(held, show_progress=False)
    index_s += time.perf_counter() - began
    del held

    async def find(query: str, window: Window | None) -> object:
        known = [term for term in terms(query) if term in index.vocab_dict]
        return index.retrieve([known], k=LIMIT, show_progress=False) if known else None

    whole = await timed(find, month=False)
    return Figures(*whole, None, None, index_s, None, memory_mb() - before)


ENGINES = {**dict.fromkeys(NAMES, with_library), "tantivy": with_tantivy, "bm25s": with_bm25s}


def excerpts(article: Article) -> list[list[str]]:
    """The terms of an article's excerpts, as the library indexes them."""
    heading, sentences = terms(article.title), article.sentences
    return [
        heading + terms(article.text[sentences[first - 1].start : sentences[last - 1].end])
        for first, last in runs(sentences)
    ]


def day_of(article: Article) -> int:
    assert article.published is not None
    return article.published.day.toordinal()


def memory_mb() -> float:
    """Of this process, resident."""
    (line,) = (it for it in Path("/proc/self/status").read_text().splitlines() if it.startswith("VmRSS:"))
    return int(line.split()[1]) / 1000


if __name__ == "__main__":
    given = sys.argv[1:]
    if given and given[0] in ENGINES:
        sys.stdout.write(json.dumps(asdict(asyncio.run(ENGINES[given[0]](given[0], int(given[1]))))))
    else:
        main([int(each) for each in given] or EXCERPTS)
