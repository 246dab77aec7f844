"""The index on SQLite: FTS5 over the terms that `words` made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, insert, text

from bot.store.search.counts import Counts
from bot.store.search.ranking import Row
from bot.store.tables.library import excerpts

_ADD = text("INSERT INTO excerpt_index (rowid, terms) VALUES (:id, :terms)")
_REMOVE = text(
    "INSERT INTO excerpt_index (excerpt_index, rowid, terms)"
    " SELECT 'delete', id, terms FROM excerpts WHERE version = :version"
)
_FREQUENCY = text("SELECT doc FROM excerpt_terms WHERE term = :term")


class SqliteIndex:
    def __init__(self) -> None:
        self._counts = Counts(_count)

    def keep(self, connection: Connection, rows: Sequence[Row]) -> None:
        kept = [row.values for row in rows]
        connection.execute(insert(excerpts), kept)
        connection.execute(_ADD, kept)

    def remove(self, connection: Connection, version: int) -> None:
        connection.execute(_REMOVE, {"version": version})

    def frequencies(self, connection: Connection, terms: Iterable[str]) -> dict[str, int]:
        return self._counts.of(connection, terms)

    def candidates(
        self,
        connection: Connection,
        weights: Mapping[str, float],
        keys: tuple[int, int] | None,
        newest: int | None,
        limit: int,
    ) -> Sequence[int]:
        """FTS5's own BM25 picks them; it weighs terms by their rarity itself, over the whole file."""
        within = "AND rowid BETWEEN :low AND :high" if keys else ""
        ranked = text(
            "SELECT rowid FROM (SELECT rowid, bm25(excerpt_index) AS score FROM excerpt_index"
            f" WHERE excerpt_index MATCH :query {within} ORDER BY rowid DESC LIMIT :newest)"
            " ORDER BY score, rowid DESC LIMIT :limit"
        )
        named: dict[str, object] = {
            "query": " OR ".join(f'"{term}"' for term in weights),
            "newest": -1 if newest is None else newest,  # -1: no limit
            "limit": limit,
        }
        if keys:
            named |= {"low": keys[0], "high": keys[1]}
        return list(connection.scalars(ranked, named))


def _count(connection: Connection, terms: list[str]) -> dict[str, int]:
    return {term: connection.scalar(_FREQUENCY, {"term": term}) or 0 for term in terms}
