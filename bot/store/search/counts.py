"""Remembering in how many excerpts a term occurs: databases take milliseconds to count a frequent one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, text

_TERMS = 50_000  # remembered at most
_DRIFT = 0.05  # by this share the index may grow or shrink before all is counted anew

_SIZE = text("SELECT coalesce(sum(excerpts), 0) FROM workspaces")

Count = Callable[[Connection, list[str]], dict[str, int]]
"""How many excerpts hold each of some terms."""

Common = Callable[[Connection, int], dict[str, int]]
"""What is known beforehand of terms that would take long to count, given how many excerpts there are in all."""


class Counts:
    """Safe to use from several threads: at worst two of them count the same term."""

    def __init__(self, count: Count, common: Common = lambda connection, size: {}) -> None:
        self._count = count
        self._common = common
        self._known: dict[str, int] = {}
        self._size = 0

    def of(self, connection: Connection, terms: Iterable[str]) -> dict[str, int]:
        size = int(connection.scalar(_SIZE) or 0)
        if abs(size - self._size) > _DRIFT * self._size or len(self._known) > _TERMS:
            self._known, self._size = self._common(connection, size), size
        known = self._known
        wanted = list(terms)
        missing = [term for term in wanted if term not in known]
        if missing:
            known.update(self._count(connection, missing))
        return {term: known[term] for term in wanted}
