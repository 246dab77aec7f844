"""A process that adds articles until it is killed, and names each one that was kept. Arguments: URL, first number."""

from __future__ import annotations

import asyncio
import sys
from itertools import count

from bot.news.model import Article
from bot.store.database import Database
from bot.store.library import Library
from tests.given import article


def nth(number: int) -> Article:
    """Every third one is a later version of the one before it; each says what no other one says."""
    version, named = (2, number - 1) if number % 3 == 1 else (1, number)
    sentences = (f"Sentence {n} of story{number} says that thing{number}x{n} was seen again." for n in range(40))
    return article(f"a{named}", *sentences, title=f"Story {number} version {version}", published="2026-05-20")


async def main(url: str, first: int) -> None:
    async with await Database.open(url) as database:
        library = Library(database, "local")
        for number in count(first):
            await library.add(nth(number))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
