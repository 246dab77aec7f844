"""Runs labelled questions through the desk, as people's are, and holds the answers against the labels."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from bot import contract
from bot.news.cite import Sheet
from bot.news.gold import Item, Told
from bot.news.ledger.standing import State
from bot.news.model import Comparison, Draft, DraftLook, Resolved, Turn
from bot.news.ports import Reader
from bot.news.scoring import LedgerReport, Outcome, score_ledger
from bot.store.coverage.library import Library
from bot.wiring.desks.desk import Desk
from bot.wiring.desks.standing import Made, make_ledger

REPRINT = "The Reprint"  # who prints the duplicated article


@dataclass(frozen=True, slots=True)
class Shuffled:
    """A reader that is shown the sources in another order, under other labels; its drafts are told under the own."""

    reader: Reader
    seed: int

    async def read(self, question: str, sheet: Sheet) -> AsyncIterator[Draft]:
        labels = [source.label for source in sheet.sources]
        order = random.Random(f"{self.seed} {question}").sample(sheet.sources, len(sheet.sources))
        shown = Sheet(tuple(replace(s, label=label) for s, label in zip(order, labels, strict=True)), sheet.echoes)
        own = {label: source.label for label, source in zip(labels, order, strict=True)}
        async for draft in self.reader.read(question, shown):
            yield _relabelled(draft, own)

    async def second_look(self, comparison: Comparison, sheet: Sheet) -> DraftLook:
        return await self.reader.second_look(comparison, sheet)

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        return await self.reader.standalone(question, turns, language)


async def evaluate(
    items: Sequence[Item],
    desk: Desk,
    *,
    concurrency: int,
    seed: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """The answers in the order of the items, `concurrency` at once. With a `seed` the sources are shown shuffled.

    `done` is told of each. A question that was asked before is replayed where replies are kept, so a run that was
    broken off goes on where it stopped.
    """
    room = asyncio.Semaphore(concurrency)
    arrange = None if seed is None else (lambda reader: Shuffled(reader, seed))

    async def one(item: Item) -> Outcome:
        async with room:
            began = time.monotonic()
            told: Told = contract.as_json(await desk.ask(item.question, arrange=arrange))
            seconds = time.monotonic() - began
        done()
        return Outcome(item, told, seconds if told["replayed"] is None else None)

    return list(await asyncio.gather(*(one(item) for item in items)))


async def evaluate_ledger(
    items: Sequence[Item], desk: Desk, progress: Callable[[int, int], None] = lambda done, of: None
) -> tuple[LedgerReport, Made]:
    """Make a ledger of the coverage and hold what stands open in it against the labels; and what making it came to."""
    made = await make_ledger(desk, progress)
    standing = [
        {"question": e.comparison.question, "positions": [contract.position(p) for p in e.comparison.positions]}
        for e in await desk.library.ledger.standing(State.OPEN)
    ]
    return score_ledger(items, standing, await desk.library.articles()), made


async def duplicate_one(library: Library, seed: int) -> str:
    """Add a word-for-word reprint of one article by another outlet; the id of the article."""
    articles = sorted(await library.articles(), key=lambda article: article.id)
    chosen = random.Random(seed).choice(articles)
    reprint = replace(
        chosen, id=f"{chosen.id}-reprint", identity=f"reprint of {chosen.id}", outlet=REPRINT, url=None, author=None
    )
    await library.add(reprint)
    return chosen.id


def _relabelled(draft: Draft, own: dict[str, str]) -> Draft:
    def key(shown: str) -> str:
        label = shown.strip().strip("[]").rstrip("0123456789")
        return own.get(label, label) + shown.strip().strip("[]")[len(label) :]

    return replace(
        draft,
        readings=tuple(
            replace(r, source=own.get(r.source.strip(), r.source), keys=tuple(map(key, r.keys))) for r in draft.readings
        ),
        positions=tuple(replace(p, sources=tuple(own.get(s.strip(), s) for s in p.sources)) for p in draft.positions),
        statements=tuple(replace(s, keys=tuple(map(key, s.keys))) for s in draft.statements),
    )
