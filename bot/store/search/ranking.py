"""Finding excerpts: the engine proposes candidates from its index, BM25 ranks them the same way on every database."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, select

from bot.store.search.excerpts import key_range, version_in
from bot.store.search.words import terms
from bot.store.tables.library import excerpts, versions, workspaces

K1, B = 1.5, 0.75  # BM25's saturation and length norm, as its reference libraries set them
CANDIDATES = 200  # ranked exactly for one query
_POSTINGS = 20_000  # read for one query, from its rarest words on; bounds the time on a library of any size
_FLATNESS = 60  # of reciprocal rank fusion, as Cormack et al. (SIGIR 2009) set it; other values change little
_QUERY_TERMS = 32  # different words of one query that count, rarest first


@dataclass(frozen=True, slots=True)
class Row:
    """An excerpt to be kept: its key, which sentences of which row of `versions` it is, and its terms."""

    id: int
    version: int
    first: int
    last: int
    terms: Sequence[str]

    @property
    def values(self) -> dict[str, int | str]:
        """By the columns of `excerpts`."""
        return {
            "id": self.id,
            "version": self.version,
            "first": self.first,
            "last": self.last,
            "words": len(self.terms),
            "terms": " ".join(self.terms),
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """An excerpt that was found: sentences `first` to `last` of a row of `versions`."""

    version: int
    first: int
    last: int


class Index(Protocol):
    """A database's own full-text index over `excerpts.terms`."""

    def keep(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Store excerpts, and index them."""

    def remove(self, connection: Connection, version: int) -> None:
        """Forget the excerpts of a version; called while they are still in `excerpts`."""

    def frequencies(self, connection: Connection, terms: Iterable[str]) -> dict[str, int]:
        """In how many excerpts each term occurs; close estimates for frequent ones."""

    def candidates(
        self,
        connection: Connection,
        weights: Mapping[str, float],
        keys: tuple[int, int] | None,
        newest: int | None,
        limit: int,
    ) -> Sequence[int]:
        """Up to `limit` keys of excerpts that hold the terms best, given each term's weight.

        Of the matches within the range of `keys` only the `newest` are looked at; all where that is None.
        """


@dataclass(frozen=True, slots=True)
class Totals:
    """A workspace's number and the size of its index: excerpts, and terms in them."""

    workspace: int
    excerpts: int
    words: int


def own_terms(workspace: int, text: str) -> list[str]:
    """The terms of a text as a workspace indexes them: each has its own, so that none finds or counts another's."""
    return [f"{workspace}z{stem}" for stem in terms(text)]


def totals(connection: Connection, workspace: str) -> Totals | None:
    row = connection.execute(
        select(workspaces.c.id, workspaces.c.excerpts, workspaces.c.words).where(workspaces.c.name == workspace)
    ).first()
    return Totals(*row) if row else None


def search(
    connection: Connection,
    index: Index,
    total: Totals,
    query: str,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    within: Collection[int] | None = None,
) -> list[Hit]:
    """The best excerpts first, published from `since` on and before `until`; of equal ones the newer first.

    `within`: the rows of `versions` that count; all where it is None. A word that is repeated in the query counts as
    often as it stands there.
    """
    asked = Counter(own_terms(total.workspace, query))
    frequencies = index.frequencies(connection, asked)
    rarest = sorted((term for term in asked if frequencies[term]), key=lambda term: (frequencies[term], term))
    weights = {t: asked[t] * _idf(frequencies[t], total.excerpts) for t in rarest[:_QUERY_TERMS]}
    leading = weights if total.excerpts <= _POSTINGS else _leading(weights, frequencies)
    matches = min(total.excerpts, sum(frequencies[term] for term in leading))
    newest = _POSTINGS if matches > _POSTINGS else None
    wanted = max(CANDIDATES, 2 * limit)
    while leading:  # much may be held by the days of the span that its hours do not hold, or by what does not count
        keys = index.candidates(connection, leading, key_range(since, until), newest, wanted)
        counted = keys if within is None else [key for key in keys if version_in(key) in within]
        ranked = _ranked(connection, counted, weights, total, since, until)
        if len(ranked) >= limit or len(keys) < wanted:
            return ranked[:limit]
        wanted *= 4
    return []


def fused(*runs: Sequence[Hit]) -> list[Hit]:
    """Several rankings as one, by reciprocal ranks: what one puts first and what several find leads.

    Only places count, for scores of different kinds cannot be compared; what leads an earlier run leads where equal.
    """
    scores: dict[Hit, float] = {}
    for run in runs:
        for place, hit in enumerate(run, 1):
            scores[hit] = scores.get(hit, 0) + 1 / (_FLATNESS + place)
    return sorted(scores, key=scores.__getitem__, reverse=True)


def _idf(frequency: int, excerpts: int) -> float:
    return math.log(1 + max(excerpts - frequency + 0.5, 0) / (frequency + 0.5))


def _leading(weights: Mapping[str, float], frequencies: Mapping[str, int]) -> dict[str, float]:
    """The rarest terms, as many as can be read in bounded time; at least one."""
    leading: dict[str, float] = {}
    postings = 0
    for term, weight in weights.items():
        postings += frequencies[term]
        if leading and postings > _POSTINGS:
            break
        leading[term] = weight
    return leading


def _ranked(
    connection: Connection,
    keys: Sequence[int],
    weights: Mapping[str, float],
    total: Totals,
    since: datetime | None,
    until: datetime | None,
) -> list[Hit]:
    found = select(excerpts).where(excerpts.c.id.in_(keys))
    if since is not None or until is not None:
        found = found.join(versions, versions.c.id == excerpts.c.version)
    if since is not None:
        found = found.where(versions.c.ends > since)
    if until is not None:
        found = found.where(versions.c.begins < until)
    mean = total.words / max(total.excerpts, 1)
    scored = [(_bm25(row.terms, row.words, weights, mean), row) for row in connection.execute(found)]
    scored.sort(key=lambda pair: (-pair[0], -pair[1].id))
    return [Hit(row.version, row.first, row.last) for _, row in scored]


def _bm25(text: str, length: int, weights: Mapping[str, float], mean: float) -> float:
    held = text.split(" ")
    norm = K1 * (1 - B + B * length / max(mean, 1))
    score = 0.0
    for term, weight in weights.items():
        if term in text and (count := held.count(term)):
            score += weight * count / (count + norm)
    return score
