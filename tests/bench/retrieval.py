"""How well excerpts are found: nDCG@10 on public collections, beside bm25s: `python -m tests.bench.retrieval FOLDER`.

Each folder within FOLDER is a collection: `documents.jsonl` and `queries.jsonl` (`{"id", "text"}` a line) and
`relevant.tsv` (query id, document id). bm25s gets the library's own terms: the same words, stems and stop words. A
document is one sentence without a title, so that each is one excerpt.

With OPENAI_EMBEDDING_MODEL set, in the environment or in `.env` beside the bot's other settings, the documents are
embedded too, and the fused run is shown beside the one by words.
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

from bot.news.ports import Archive
from bot.settings import Settings
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.search.ranking import K1, B
from bot.store.search.vectors import Vectors
from bot.store.search.words import terms
from bot.wiring.coverage.meaning import ByMeaning, Meaning, embedding_model
from tests.bench.databases import NAMES, fresh
from tests.bench.made import made

DEPTH = 10
TOGETHER = 200  # articles in a transaction
PATIENCE_S = 60.0  # for a query's vector: how fast the server is, is not what is measured


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
    embedder = embedding_model(Settings())
    meaning = Meaning(embedder, query_s=PATIENCE_S) if embedder else None
    for each in sorted(path for path in folder.iterdir() if path.is_dir()):
        collection = Collection.read(each)
        beside = collection.score(with_bm25s(collection))
        sys.stdout.write(f"{collection.name}: bm25s {beside:.3f}")
        for name in NAMES:
            for run, found in (await with_library(name, collection, meaning)).items():
                score = collection.score(found)
                sys.stdout.write(f", {run} {score:.3f} ({score / beside:.2f} times)")
        sys.stdout.write("\n")
    if meaning:
        await meaning.close()


async def with_library(
    database: str, collection: Collection, meaning: Meaning | None
) -> dict[str, dict[str, list[str]]]:
    """What is found by words and, with an embedding model, by both: by the run's name and the query's."""
    articles = [made(id, "", [text], None) for id, text in collection.documents.items() if text.strip()]
    with fresh(database) as (url, _):
        async with await Database.open(url) as opened:
            library = Library(opened, "local")
            for first in range(0, len(articles), TOGETHER):
                await library.add_all(articles[first : first + TOGETHER])
            runs: dict[str, Archive] = {database: library}
            if meaning:
                await meaning.embed(Vectors(opened, "local"))
                runs[f"{database} fused"] = ByMeaning(library, meaning)
            return {
                name: {
                    id: [excerpt.article.id for excerpt in await archive.search(text, limit=DEPTH)]
                    for id, text in collection.queries.items()
                }
                for name, archive in runs.items()
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
