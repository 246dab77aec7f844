"""How well excerpts are found: nDCG@10 on public collections, beside bm25s: `python -m tests.bench.retrieval FOLDER`.

Each folder within FOLDER is a collection: `documents.jsonl` and `queries.jsonl` (`{"id", "text"}` a line) and
`relevant.tsv` (query id, document id). bm25s gets the library's own terms: the same words, stems and stop words. A
document is one sentence without a title, so that each is one excerpt.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s

from bot.store.database import Database
from bot.store.library import Library
from bot.store.search import K1, B
from bot.store.words import terms
from tests.bench.databases import NAMES, fresh
from tests.bench.made import made

DEPTH = 10
TOGETHER = 200  # articles in a transaction


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents and queries by id, and what is relevant to which query."""

    name: str
    documents: Mapping[str, str]
    queries: Mapping[str, str]
    relevant: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, folder: Path) -> Collection:
        relevant: dict[str, set[str]] = defaultdict(set)
        for line in (folder / "relevant.tsv").read_text(encoding="utf-8").splitlines():
            query, document = line.split("\t")
            relevant[query].add(document)
        documents, queries = (_texts(folder / f"{name}.jsonl") for name in ("documents", "queries"))
        return cls(folder.name, documents, queries, {query: frozenset(ids) for query, ids in relevant.items()})

    def score(self, found: Mapping[str, Sequence[str]]) -> float:
        """The mean nDCG@10 over the queries that have something relevant."""
        return statistics.mean(ndcg(found[query], ids) for query, ids in self.relevant.items())


def _texts(path: Path) -> dict[str, str]:
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {line["id"]: line["text"] for line in lines}


def ndcg(found: Sequence[str], relevant: frozenset[str]) -> float:
    gain = sum(1 / math.log2(place + 2) for place, id in enumerate(found[:DEPTH]) if id in relevant)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(relevant))))


async def main(folder: Path) -> None:
    for each in sorted(path for path in folder.iterdir() if path.is_dir()):
        collection = Collection.read(each)
        beside = collection.score(with_bm25s(collection))
        sys.stdout.write(f"{collection.name}: bm25s {beside:.3f}")
        for name in NAMES:
            score = collection.score(await with_library(name, collection))
            sys.stdout.write(f", {name} {score:.3f} ({score / beside:.2f} times)")
        sys.stdout.write("\n")


async def with_library(database: str, collection: Collection) -> dict[str, list[str]]:
    articles = [made(id, "", [text], None) for id, text in collection.documents.items() if text.strip()]
    with fresh(database) as (url, _):
        async with await Database.open(url) as opened:
            library = Library(opened, "local")
            for first in range(0, len(articles), TOGETHER):
                await library.add_all(articles[first : first + TOGETHER])
            return {
                id: [excerpt.article.id for excerpt in await library.search(text, limit=DEPTH)]
                for id, text in collection.queries.items()
            }


def with_bm25s(collection: Collection) -> dict[str, list[str]]:
    ids = list(collection.documents)
    index = bm25s.BM25(k1=K1, b=B)
    index.index([terms(text) for text in collection.documents.values()], show_progress=False)
    found: dict[str, list[str]] = {}
    for id, text in collection.queries.items():
        asked = terms(text)
        places, _ = index.retrieve([asked], k=DEPTH, show_progress=False)
        found[id] = [ids[place] for place in places[0]]
    return found


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["RETRIEVAL_DIR"])))
