"""How many model calls the ledger makes as coverage grows: `python -m tests.storms.ledger_calls 5 50 500`.

Stories of five articles each, some of which are copies, on a real SQLite library; each story's sources disagree on
one of its facts, and another is answered by one alone. The model is scripted, so the calls are counted, not paid.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.feeds.sentences import split
from bot.news.ledger.changes import take_next
from bot.news.model import Article, Moment
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.ledger.ledger import StoredLedger
from tests.news.ledger_world import Fact, KnowingReader

STORY = 5  # articles
COPIES = 0.2  # share of articles that print an earlier one of their story again
BEGIN = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
WORDS = (
    "harbour council bridge minister winter market railway orchard museum library garden forest captain teacher "
    "window ladder copper silver bottle candle engine signal tunnel valley meadow cottage village"
)


def story(number: int, dice: random.Random) -> tuple[list[Fact], list[list[str]]]:
    """The facts of a story and its articles, each a list of sentences."""
    place = f"{dice.choice(WORDS.split()).capitalize()}ton {number}"
    fact = Fact(
        f"How many homes will {place} build?", {f"{place} will build {n} homes": f"{n} homes" for n in (40, 60)}
    )
    articles: list[list[str]] = []
    for n in range(STORY):
        if articles and dice.random() < COPIES:
            articles.append(dice.choice(articles))
            continue
        filler = [f"The {' '.join(dice.sample(WORDS.split(), 7))} of {place} came next." for _ in range(10)]
        filler[n] = f"Officials said that {place} will build {dice.choice((40, 60))} homes."
        articles.append(filler)
    return [fact], articles


async def count(articles: int, folder: Path) -> tuple[Counter[str], float]:
    """Calls by kind, with the entries that stand; and the seconds that it took."""
    dice = random.Random(articles)
    stories = [story(n, dice) for n in range(max(1, articles // STORY))]
    model = KnowingReader(*(fact for facts, _ in stories for fact in facts))
    arrivals = [(n, texts[i]) for i in range(STORY) for n, (_, texts) in enumerate(stories)][:articles]
    began = time.perf_counter()
    async with await Database.open(f"sqlite:///{folder / f'{articles}.db'}") as database:
        library, ledger = Library(database, "storm"), StoredLedger(database, "storm")
        for serial, (_, sentences) in enumerate(arrivals):
            at = BEGIN + timedelta(hours=serial)
            await library.add(_article(f"a{serial}", f"Outlet {serial % 37}", " ".join(sentences), at))
            await ledger.arrived(f"a{serial}", at)
            await take_next(ledger=ledger, archive=library, reader=model, proposer=model, at=at, calls_a_day=10**6)
        standing = await ledger.standing()
    told = Counter(propose=len(model.proposed), compare=len(model.questions), second_look=model.looks)
    told["standing"] = len(standing)
    told["planted"] = sum(_disagree(texts[: _share(articles, n)]) for n, (_, texts) in enumerate(stories))
    return told, time.perf_counter() - began


def _share(articles: int, story: int) -> int:
    """How many articles of a story are among the first so many."""
    stories = max(1, articles // STORY)
    return len(range(story, articles, stories))


def _disagree(texts: list[list[str]]) -> bool:
    said = {n for text in texts for line in text for n in (40, 60) if f"will build {n} homes" in line}
    return len(said) > 1


def _article(id: str, outlet: str, text: str, at: datetime) -> Article:
    return Article(id, outlet, f"Title {id}", text, split(text), Moment.parse(at.isoformat()), identity=id)


async def main(sizes: list[int]) -> None:
    print("articles  propose  compare  second look  calls an article  standing of planted  seconds")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        for articles in sizes:
            told, seconds = await count(articles, Path(folder))
            calls = told["propose"] + told["compare"] + told["second_look"]
            print(  # noqa: T201
                f"{articles:8}  {told['propose']:7}  {told['compare']:7}  {told['second_look']:11}"
                f"  {calls / articles:16.2f}  {told['standing']:8} of {told['planted']:7}  {seconds:7.1f}"
            )


if __name__ == "__main__":
    asyncio.run(main([int(size) for size in sys.argv[1:]] or [5, 50, 500]))
