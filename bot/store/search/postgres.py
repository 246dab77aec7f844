"""The index on PostgreSQL: tsvector and GIN over the terms that `words` made.

PostgreSQL's ranking knows neither how rare a word is nor how long a text is. So each lexeme carries, as its weight
from A to D, how much it says in its excerpt (its share of BM25), and a query adds these up times the rarity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from bot.store.search.counts import Counts
from bot.store.search.ranking import K1, B, Row

_USUAL = 80  # terms of an excerpt of 120 words once stop words are gone; what its share is measured by
_STEPS = (("A", 0.62), ("B", 0.48), ("C", 0.36), ("D", 0.0))  # the least share of each weight
_SHARES = "'{0.28,0.42,0.54,0.70}'::real[]"  # the middle share of D, C, B, A
_EXACT = 5_000  # excerpts that are counted one by one
_SAMPLE = 10_000  # excerpts looked at to estimate how many hold a term

_ADD = text(
    "INSERT INTO excerpt_index (id, terms) SELECT id, CAST(terms AS tsvector)"
    " FROM unnest(CAST(:ids AS bigint[]), CAST(:terms AS text[])) AS added (id, terms)"
)
_REMOVE = text("DELETE FROM excerpt_index WHERE id IN (SELECT id FROM excerpts WHERE version = :version)")
_FREQUENCY = text(
    "SELECT count(*) FROM (SELECT 1 FROM excerpt_index WHERE terms @@ CAST(:term AS tsquery) LIMIT :most) AS matches"
)


class PostgresIndex:
    def __init__(self) -> None:
        self._counts = Counts(_count)

    def add(self, connection: Connection, rows: Sequence[Row]) -> None:
        connection.execute(_ADD, {"ids": [row.id for row in rows], "terms": [_vector(row.terms) for row in rows]})

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
        named: dict[str, object] = {"limit": limit, "query": " | ".join(f"'{t}'" for t in weights)}
        parts = []
        for place, (term, weight) in enumerate(weights.items()):
            named |= {f"term{place}": f"'{term}'", f"weight{place}": weight}
            rank = f"ts_rank({_SHARES}, terms, CAST(:term{place} AS tsquery))"
            parts.append(f"CAST(:weight{place} AS float8) * {rank}")
        matches = "SELECT id, terms FROM excerpt_index WHERE terms @@ CAST(:query AS tsquery)"
        if keys:
            matches += " AND id BETWEEN :low AND :high"
            named |= {"low": keys[0], "high": keys[1]}
        if newest is not None:
            matches += " ORDER BY id DESC LIMIT :newest"
            named |= {"newest": newest}
        score = " + ".join(parts)
        ranked = text(f"SELECT id FROM ({matches}) AS matches ORDER BY {score} DESC, id DESC LIMIT :limit")
        return list(connection.scalars(ranked, named))


def _count(connection: Connection, terms: list[str], size: int) -> dict[str, int]:
    """Rare terms exactly, frequent ones from a sample: their rarity hardly changes with the count."""
    counts = {t: connection.scalar(_FREQUENCY, {"term": f"'{t}'", "most": _EXACT + 1}) or 0 for t in terms}
    frequent = [term for term in terms if counts[term] > _EXACT]
    if frequent:
        share = min(1, _SAMPLE / size)
        parts = ", ".join(f"count(*) FILTER (WHERE terms @@ CAST(:term{n} AS tsquery))" for n in range(len(frequent)))
        sample = text(f"SELECT {parts} FROM excerpt_index TABLESAMPLE SYSTEM ({100 * share:f}) REPEATABLE (1)")
        seen = connection.execute(sample, {f"term{n}": f"'{term}'" for n, term in enumerate(frequent)}).one()
        counts |= {term: max(round(hits / share), _EXACT) for term, hits in zip(frequent, seen, strict=True)}
    return counts


def _vector(terms: Sequence[str]) -> str:
    norm = K1 * (1 - B + B * len(terms) / _USUAL)
    counts = Counter(terms)
    weights = {count: _weight(count / (count + norm)) for count in set(counts.values())}
    return " ".join(f"'{term}':1{weights[count]}" for term, count in counts.items())


def _weight(share: float) -> str:
    return next(name for name, least in _STEPS if share >= least)
