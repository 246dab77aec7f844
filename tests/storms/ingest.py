"""A process that ingests a folder and announces what came, as `ingest` and `run` do together, until it is killed; it
names each article once it is told of. Arguments: URL of the database, folder."""

from __future__ import annotations

import asyncio
import sys

from bot.store.database import Database
from bot.wiring.coverage.coverage import Coverage, coverage


async def main(url: str, folder: str) -> None:
    async with await Database.open(url) as database, coverage(database, "local") as incoming:
        announcing = asyncio.create_task(announce(incoming))
        async for taken in incoming.ingest(folder):
            assert taken.article is not None, taken.skipped
            sys.stdout.write(f"{taken.article.id}\n")
            sys.stdout.flush()
        announcing.cancel()


async def announce(incoming: Coverage) -> None:
    while True:
        await incoming.announce()
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
