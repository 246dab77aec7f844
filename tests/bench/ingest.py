"""What it costs to keep an article, beyond extraction and splitting: `python -m tests.bench.ingest [articles]`.

On SQLite and on PostgreSQL, one article a transaction and several; milliseconds an article, after the first hundred.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence

from bot.news.model import Article
from bot.store.database import Database
from bot.store.library import Library
from tests.bench.databases import NAMES, fresh
from tests.bench.made import Writer

ARTICLES, WARM_UP = 1_000, 100
SENTENCES = 30  # about 600 words: five excerpts
TOGETHER = (1, 25)


async def main(count: int) -> None:
    articles = list(Writer().articles(WARM_UP + count, sentences=SENTENCES))
    for name in NAMES:
        for together in TOGETHER:
            with fresh(name) as (url, _):
                ms = await measure(url, articles, together)
            sys.stdout.write(f"{name}, {together} in a transaction: {ms:.2f} ms an article\n")


async def measure(url: str, articles: Sequence[Article], together: int) -> float:
    async with await Database.open(url) as database:
        library = Library(database, "local")
        await library.add_all(articles[:WARM_UP])
        began = time.perf_counter()
        for first in range(WARM_UP, len(articles), together):
            await library.add_all(articles[first : first + together])
        return (time.perf_counter() - began) / (len(articles) - WARM_UP) * 1000


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES))
