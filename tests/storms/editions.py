"""A folder in editions, ingested again and again, and what must hold of a library that was killed over it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, text

from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.wiring.coverage.coverage import LEDGER

FILES = 300  # of an edition: more than a process reads before it is killed
CHANGED = 10  # of them, with a new text for an article that an earlier edition had
SENTENCES = 40


class Editions:
    """Each edition holds new articles, and changed ones of those that came last."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._number = 0
        self._texts: dict[str, list[str]] = defaultdict(list)

    def publish(self, acknowledged: int) -> Path:
        """The folder of the next edition, after so many articles."""
        self._number += 1
        folder = self._root / str(self._number)
        folder.mkdir()
        for number in range(max(acknowledged - CHANGED, 0), acknowledged + FILES):
            said = (f"Sentence {n} of story{number} says thing{number}e{self._number}." for n in range(SENTENCES))
            self._texts[f"a{number:06}"].append(" ".join(said))
            (folder / f"a{number:06}.txt").write_text(self._texts[f"a{number:06}"][-1], encoding="utf-8")
        return folder

    async def check(self, database: Database, acknowledged: Iterable[str]) -> int:
        """What was acknowledged of the last edition is kept as it stands there, all else as some edition had it, and
        all can be found; how many articles are kept."""
        library = Library(database, "local")
        kept = {each.id: each for each in await library.articles()}
        for id, article in kept.items():
            assert article.text in self._texts[id], f"{id} is not whole"
            assert len(article.sentences) == SENTENCES, f"{id} is not whole"
        for id in acknowledged:
            assert id in kept, f"{id} is lost"
            assert kept[id].text == self._texts[id][-1], f"{id} is not the last edition's"
            word = kept[id].text.split()[-1]
            assert [hit.article.id for hit in await library.search(word, limit=1)] == [id], f"{id} is not found"
        if database.dialect == "sqlite":
            await database.write(_check_sqlite_index)
        await database.read(_check_index)
        await database.read(_check_announced)
        return len(kept)


def check_all_announced(connection: Connection) -> None:
    """Each version that was ever kept has its job, once, and there are no others."""
    versions = connection.execute(
        text("SELECT a.name, v.version FROM versions v JOIN articles a ON a.id = v.article")
    ).all()
    payloads = connection.scalars(text(f"SELECT payload FROM jobs WHERE kind = '{LEDGER}'")).all()
    told = Counter((payload["article"], payload["version"]) for payload in map(json.loads, payloads))
    assert told == Counter((name, version) for name, version in versions)


def _check_announced(connection: Connection) -> None:
    """Whatever is marked as announced has its job, and nothing else has."""
    marked = connection.scalar(text("SELECT count(*) FROM versions WHERE id <= (SELECT version FROM announced)"))
    assert marked == connection.scalar(text(f"SELECT count(*) FROM jobs WHERE kind = '{LEDGER}'"))


def _check_sqlite_index(connection: Connection) -> None:
    connection.execute(text("INSERT INTO excerpt_index (excerpt_index, rank) VALUES ('integrity-check', 1)"))


def _check_index(connection: Connection) -> None:
    """Nothing but current versions is indexed, all of their sentences are, and the totals are those of the tables."""
    if connection.dialect.name == "postgresql":
        strays = (
            "SELECT count(*) FROM excerpts e FULL JOIN excerpt_index i USING (id) WHERE e.id IS NULL OR i.id IS NULL"
        )
        assert connection.scalar(text(strays)) == 0
    rows = connection.execute(text("SELECT id, current, sentences, text FROM versions")).all()
    runs: dict[int, set[int]] = {}
    for version, first, last in connection.execute(text("SELECT version, first, last FROM excerpts")):
        runs.setdefault(version, set()).update(range(first, last + 1))
    for row in rows:
        covered = set(range(1, len(json.loads(row.sentences)) + 1)) if row.current else set()
        assert runs.get(row.id, set()) == covered, f"version {row.id} is half indexed"
    current = [row for row in rows if row.current]
    latest = (
        "SELECT count(*) FROM articles a JOIN versions v ON v.article = a.id AND v.version = a.version AND v.current"
    )
    assert connection.scalar(text(latest)) == len(current) == connection.scalar(text("SELECT count(*) FROM articles"))
    counted = connection.execute(text("SELECT count(*), coalesce(sum(words), 0) FROM excerpts")).one()
    total = connection.execute(text("SELECT articles, characters, excerpts, words FROM workspaces")).one()
    assert tuple(total) == (len(current), sum(len(row.text) for row in current), *counted)
