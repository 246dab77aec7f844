"""What the model was used for by the people of one workspace, by UTC day; shared by replicas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Clock, Database, utc_now
from bot.store.jobs.paid import Paying, write_cost
from bot.store.tables.feeds import usage


@dataclass(frozen=True, slots=True)
class Spent:
    """Completed calls, and tokens in and out."""

    calls: int = 0
    tokens: int = 0


class UsageTable:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock

    async def add(
        self,
        day: date,
        person: str,
        *,
        calls: int,
        input_tokens: int,
        output_tokens: int,
        work: Paying | None = None,
    ) -> Spent:
        """Add to a person's day, together with the notes of the work; what the workspace has spent on it by then.

        `person` is empty where nobody asked. Raises Fenced, too, where another has taken the work over.
        """
        row = {
            "workspace": self._workspace,
            "day": day.isoformat(),
            "person": person,
            "calls": calls,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
        }

        def write(connection: Connection) -> Spent:
            connection.execute(_ADD[connection.dialect.name], row)
            return _spent(connection, _OF_DAY, row)

        return await write_cost(self._database, write, work)

    async def spent(self, day: date, person: str) -> tuple[Spent, Spent]:
        """By the workspace, and of that by the person."""
        wanted = {"workspace": self._workspace, "day": day.isoformat(), "person": person}

        def read(connection: Connection) -> tuple[Spent, Spent]:
            return _spent(connection, _OF_DAY, wanted), _spent(connection, _OF_PERSON, wanted)

        return await self._database.read(read)

    async def purge(self, *, older_than_s: float) -> int:
        """Forget who used the model on the days that ended longer ago; how many rows there were."""
        first = (self._clock() - timedelta(seconds=older_than_s)).date()
        old = delete(usage).where(usage.c.workspace == self._workspace, usage.c.day < first.isoformat())
        return await self._database.write(lambda connection: connection.execute(old).rowcount)


def _add(dialect: Any) -> Any:
    upsert = dialect.insert(usage)
    more = {name: usage.c[name] + upsert.excluded[name] for name in ("calls", "input_tokens", "output_tokens")}
    return upsert.on_conflict_do_update(index_elements=["workspace", "day", "person"], set_=more)


_ADD = {"sqlite": _add(sqlite), "postgresql": _add(postgresql)}
_OF_DAY = select(
    func.coalesce(func.sum(usage.c.calls), 0),
    func.coalesce(func.sum(usage.c.input_tokens + usage.c.output_tokens), 0),
).where(usage.c.workspace == bindparam("workspace"), usage.c.day == bindparam("day"))
_OF_PERSON = _OF_DAY.where(usage.c.person == bindparam("person"))


def _spent(connection: Connection, wanted: Select[int, int], named: Mapping[str, object]) -> Spent:
    calls, tokens = connection.execute(wanted, named).one()
    return Spent(int(calls), int(tokens))
