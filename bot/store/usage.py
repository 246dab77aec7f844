"""What the model was used for by the people of one workspace, by UTC day; shared by replicas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.database import Database
from bot.store.feed_tables import usage


@dataclass(frozen=True, slots=True)
class Spent:
    """Completed calls, and tokens in and out."""

    calls: int = 0
    tokens: int = 0


class UsageTable:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace

    async def add(self, day: date, person: str, *, calls: int, input_tokens: int, output_tokens: int) -> Spent:
        """Add to a person's day; what the workspace has spent on it by then. `person` is empty where nobody asked."""
        row = {
            "workspace": self._workspace,
            "day": day.isoformat(),
            "person": person,
            "calls": calls,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
        }
        upsert = (sqlite if self._database.dialect == "sqlite" else postgresql).insert(usage).values(row)
        more = {name: usage.c[name] + upsert.excluded[name] for name in ("calls", "input_tokens", "output_tokens")}
        added = upsert.on_conflict_do_update(index_elements=["workspace", "day", "person"], set_=more)

        def write(connection: Connection) -> Spent:
            connection.execute(added)
            return _sum(connection, *self._on(day))

        return await self._database.write(write)

    async def spent(self, day: date, person: str) -> tuple[Spent, Spent]:
        """By the workspace, and of that by the person."""
        of_day = self._on(day)

        def read(connection: Connection) -> tuple[Spent, Spent]:
            return _sum(connection, *of_day), _sum(connection, *of_day, usage.c.person == person)

        return await self._database.read(read)

    async def purge(self, before: date) -> None:
        """Forget who used the model on the days before this one."""
        old = delete(usage).where(usage.c.workspace == self._workspace, usage.c.day < before.isoformat())
        await self._database.write(lambda connection: connection.execute(old))

    def _on(self, day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return usage.c.workspace == self._workspace, usage.c.day == day.isoformat()


def _sum(connection: Connection, *where: ColumnElement[bool]) -> Spent:
    tokens = usage.c.input_tokens + usage.c.output_tokens
    wanted = select(func.coalesce(func.sum(usage.c.calls), 0), func.coalesce(func.sum(tokens), 0)).where(*where)
    calls, spent = connection.execute(wanted).one()
    return Spent(int(calls), int(spent))
