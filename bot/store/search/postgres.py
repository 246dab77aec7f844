"""The index on PostgreSQL: GIN over the terms that `words` made, each occurrence told apart.

PostgreSQL's own ranking knows neither how rare a word is nor how long a text is, and has to read the whole of each
match. So what BM25 needs stands beside the terms: the excerpt's length in a column, and how often it holds a term as
further terms ("ban", "ban*2"). A query then adds up rows that the index alone has found, and never reads `terms`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from bot.store.search.counts import Counts
from bot.store.search.ranking import K1, B, Row

_OFTEN = 3  # occurrences of a term that count; more hardly change a score
_USUAL = 80  # terms of an excerpt of 120 words once stop words are gone; what its length is measured by
_SAMPLE = 5_000  # excerpts by which frequent terms are estimated
_COMMON = 50  # of them, from which on a term is frequent: the estimate is then within a seventh or so

# As JSON, whose rows the database reads: thousands of values in one statement would each have to be bound.
_KEEP = text(
    "WITH added AS (SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS added"
    " (id bigint, version bigint, first integer, last integer, words integer, terms text, occurrences tsvector)),"
    " kept AS (INSERT INTO excerpts (id, version, first, last, words, terms)"
    " SELECT id, version, first, last, words, terms FROM added)"
    " INSERT INTO excerpt_index (id, words, terms) SELECT id, words, occurrences FROM added"
)
_REMOVE = text("DELETE FROM excerpt_index WHERE id IN (SELECT id FROM excerpts WHERE version = :version)")
_FREQUENCY = text("SELECT count(*) FROM excerpt_index WHERE terms @@ CAST(:term AS tsquery)")
_HELD = text("SELECT word, ndoc FROM ts_stat(:sample) WHERE ndoc >= :least")


class PostgresIndex:
    def __init__(self) -> None:
        self._counts = Counts(_count, _common)

    def keep(self, connection: Connection, rows: Sequence[Row]) -> None:
        kept = [row.values | {"occurrences": _occurrences(row.terms)} for row in rows]
        connection.execute(_KEEP, {"rows": json.dumps(kept, ensure_ascii=False)})

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
        named: dict[str, object] = {"limit": limit}
        within, floor = "", ""
        if keys:
            within = " AND id BETWEEN :low AND :high"
            named |= {"low": keys[0], "high": keys[1]}
        if newest is not None:
            matches = f"SELECT id FROM excerpt_index WHERE terms @@ CAST(:any AS tsquery){within}"
            floor = f"WITH floor AS (SELECT min(id) AS id FROM ({matches} ORDER BY id DESC LIMIT :newest) AS newest) "
            within += " AND id >= (SELECT id FROM floor)"
            named |= {"newest": newest, "any": " | ".join(f"'{term}'" for term in weights)}
        parts = []
        for place, (term, weight) in enumerate(weights.items()):
            named[f"weight{place}"] = weight
            for times, gain in _GAINS.items():
                named[f"term{place}_{times}"] = f"'{_occurrence(term, times)}'"
                parts.append(
                    f"SELECT id, CAST(:weight{place} AS float8) * {gain} AS score FROM excerpt_index"
                    f" WHERE terms @@ CAST(:term{place}_{times} AS tsquery){within}"
                )
        found = " UNION ALL ".join(parts)
        ranked = f"SELECT id FROM ({found}) AS found GROUP BY id ORDER BY sum(score) DESC, id DESC LIMIT :limit"
        return list(connection.scalars(text(floor + ranked), named))


def _count(connection: Connection, terms: list[str]) -> dict[str, int]:
    return {term: connection.scalar(_FREQUENCY, {"term": f"'{term}'"}) or 0 for term in terms}


def _common(connection: Connection, size: int) -> dict[str, int]:
    """Estimates for the terms that many excerpts hold, from a sample: their rarity hardly changes with the count."""
    if size <= _SAMPLE:
        return {}
    share = _SAMPLE / size
    sample = f"SELECT terms FROM excerpt_index TABLESAMPLE SYSTEM ({100 * share:f}) REPEATABLE (1)"
    found = connection.execute(_HELD, {"sample": sample, "least": _COMMON})
    return {term: round(held / share) for term, held in found if "*" not in term}


def _occurrences(terms: Sequence[str]) -> str:
    """A tsvector: each term once for each time it stands there, as far as that counts."""
    counts = Counter(terms)
    lexemes = list(counts)
    for times in range(2, _OFTEN + 1):
        lexemes += [_occurrence(term, times) for term, count in counts.items() if count >= times]
    return " ".join(lexemes)


def _occurrence(term: str, times: int) -> str:
    return term if times == 1 else f"{term}*{times}"


def _gain(times: int) -> str:
    """What the next occurrence of a term adds to an excerpt's score by BM25, as an SQL expression."""
    norm = f"CAST({K1 * (1 - B)} AS float8) + CAST({K1 * B / _USUAL} AS float8) * words"
    return f"{times} / ({times} + {norm})" + (f" - {times - 1} / ({times - 1} + {norm})" if times > 1 else "")


_GAINS = {times: f"({_gain(times)})" for times in range(1, _OFTEN + 1)}
