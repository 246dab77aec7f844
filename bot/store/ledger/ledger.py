"""The ledger of one workspace: standing comparisons, their history, what waits for its turn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.news.ledger.ports import Waiting
from bot.news.ledger.standing import Change, Entry, Event, Happening, State, citations
from bot.news.ledger.within import comparison_within, within
from bot.news.model import Article, Comparison
from bot.news.rules import EVERYTHING, Focus
from bot.store.coverage.focus import counts
from bot.store.coverage.keeping import read_article, stored_articles
from bot.store.database import Database
from bot.store.jobs.paid import Paying, write_cost
from bot.store.ledger import comparisons, told
from bot.store.tables.ledger import cited, entries, events, spent, waiting
from bot.store.tables.library import articles, versions, workspaces

# Built once, for each answer asks it: to build one takes longer than to run it.
_CITING = (
    select(entries)
    .where(
        entries.c.workspace == bindparam("of"),
        entries.c.into.is_(None),
        entries.c.id.in_(
            select(cited.c.entry).where(
                cited.c.workspace == bindparam("of"), cited.c.article.in_(bindparam("named", expanding=True))
            )
        ),
    )
    .order_by(entries.c.opened, entries.c.id)
)


@dataclass(frozen=True, slots=True)
class Unheard:
    """An event that followers are still to hear of. `event`: its serial, which another may have once it is gone."""

    event: int
    entry: str
    at: datetime


class StoredLedger:
    """Entries are read as far as they rest on what counts by `focus`; changes and history are not narrowed. Each call
    is one transaction (`changes`, two) and raises StoreUnavailable or StoreFull."""

    def __init__(
        self, database: Database, workspace: str, *, focus: Focus = EVERYTHING, work: Paying | None = None
    ) -> None:
        """`work`: what calls are paid for in. Each is counted together with its note; raises Fenced, too."""
        self._database = database
        self._workspace = workspace
        self._focus = focus
        self._work = work
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    async def entries(self, *, citing: Collection[str] | None = None) -> Sequence[Entry]:
        """All that stand for themselves, followed ones too, oldest first; only those that cite one of these
        articles, if given."""
        if citing is None:
            return await self._read_entries(self._entries().where(entries.c.into.is_(None)))
        return await self._read_entries(_CITING, {"of": self._workspace, "named": list(citing)})

    async def standing(self, *states: State) -> Sequence[Entry]:
        """The public entries in these states, oldest first; in all states where none is named."""
        found = self._entries().where(entries.c.into.is_(None), entries.c.owner.is_(None))
        if states:
            found = found.where(entries.c.state.in_(states))
        return await self._read_entries(found)

    async def followed(self, owner: str | None = None) -> Sequence[Entry]:
        """The followed questions, oldest first: of one owner, if given."""
        wanted = entries.c.owner.is_not(None) if owner is None else entries.c.owner == owner
        return await self._read_entries(self._entries().where(wanted))

    async def entry(self, id: str) -> Entry | None:
        found = await self._read_entries(self._entries().where(entries.c.id == id))
        return found[0] if found else None

    async def counting(self, comparison: Comparison) -> Comparison:
        """A comparison as far as it rests on what counts."""
        if not self._focus.narrow:
            return comparison
        counted = await self._database.read(lambda connection: self._counted(connection, [comparison]))
        return comparison_within(comparison, counted)

    async def keep(self, change: Change) -> None:
        """Keep the entry as it is now and its events, together; what happened in a span that was told already
        happens at its end. Raises WrongUse where it cites other coverage."""
        await self._database.write(lambda connection: self._keep(connection, change))

    def _keep(self, connection: Connection, change: Change) -> None:
        if change.events:
            change = _not_before(told.held(connection, self._workspace), change)
        entry, written = change.entry, comparisons.written(change.entry.comparison)
        comparisons.check_held(connection, self._workspace, written)
        row = {
            "workspace": self._workspace,
            "id": entry.id,
            "state": entry.state,
            "opened": entry.opened,
            "moved": entry.moved,
            "owner": entry.owner,
            "dismissed_by": entry.dismissed_by,
            "into": entry.into,
            "comparison": written,
        }
        key = {"workspace": self._workspace, "entry": entry.id}
        named = [key | {"article": id} for id in sorted({c.article.id for c in citations(entry.comparison)})]
        happened: list[dict[str, Any]] = [
            {
                **key,
                "happening": e.happening,
                "at": e.at,
                "by": e.by,
                "comparison": comparisons.written(e.comparison),
                "passed_on": False,
            }
            for e in change.events
        ]
        kept = self._insert(entries).values(row)
        later = {name: value for name, value in row.items() if name != "opened"}  # it opened once
        kept = kept.on_conflict_do_update(index_elements=["workspace", "id"], set_=later)
        connection.execute(kept)
        connection.execute(delete(cited).where(cited.c.workspace == self._workspace, cited.c.entry == entry.id))
        if named:
            connection.execute(insert(cited), named)
        if happened:
            connection.execute(insert(events), happened)

    async def forget(self, owner: str) -> None:
        """Remove an owner's followed questions and their history."""
        mine = select(entries.c.id).where(entries.c.workspace == self._workspace, entries.c.owner == owner)

        def forget(connection: Connection) -> None:
            ids = list(connection.scalars(mine))
            for table, column in ((cited, cited.c.entry), (events, events.c.entry), (entries, entries.c.id)):
                connection.execute(delete(table).where(table.c.workspace == self._workspace, column.in_(ids)))

        await self._database.write(forget)

    async def history(self, id: str) -> Sequence[Event]:
        """What happened to an entry, oldest first."""
        found = self._events().where(events.c.entry == id)

        def read(connection: Connection) -> list[Event]:
            return [event for _, event in self._read_events(connection, connection.execute(found).all())]

        return await self._database.read(read)

    async def changes(self, since: datetime, until: datetime) -> Sequence[Change]:
        """The entries to which something happened from `since` on and before `until`, the last moved last.

        `before` is the comparison as it stood at `since`; None where the entry is newer. Followed ones are among them.
        What is kept afterwards happens at `until` or later, so that spans that meet tell everything once.
        """
        await told.close(self._database, self._workspace, until)
        within = self._events().where(events.c.at >= since, events.c.at < until)
        earlier = (
            select(func.max(events.c.serial))
            .where(events.c.workspace == self._workspace, events.c.at < since)
            .group_by(events.c.entry)
        )
        before = self._events().where(events.c.serial.in_(earlier))

        def read(connection: Connection) -> list[Change]:
            happened: dict[str, list[Event]] = {}
            for id, event in self._read_events(connection, connection.execute(within).all()):
                happened[id] = [*happened.pop(id, []), event]
            known = connection.execute(before.where(events.c.entry.in_(happened))).all()
            stood = {id: event.comparison for id, event in self._read_events(connection, known)}
            rows = connection.execute(self._entries().where(entries.c.id.in_(happened))).all()
            now = {entry.id: entry for entry in self._as_entries(connection, rows)}
            return [Change(now[id], tuple(told), stood.get(id)) for id, told in happened.items()]

        return await self._database.read(read)

    async def unheard(self) -> Sequence[Unheard]:
        """What happened and was not passed on yet, oldest first."""
        found = (
            select(events.c.serial, events.c.entry, events.c.at)
            .where(events.c.workspace == self._workspace, ~events.c.passed_on)
            .order_by(events.c.serial)
        )
        return await self._database.read(lambda connection: [Unheard(*row) for row in connection.execute(found)])

    async def passed_on(self, heard: Collection[Unheard]) -> None:
        """Somebody sees to it that followers hear of these."""
        done = events.c.serial.in_([each.event for each in heard])
        kept = update(events).where(events.c.workspace == self._workspace, done).values(passed_on=True)
        await self._database.write(lambda connection: connection.execute(kept))

    async def change(self, entry: str, event: int) -> Change | None:
        """One event of an entry; None where it is gone. `before`: the comparison as it stood until then."""
        told = self._events().where(events.c.entry == entry, events.c.serial <= event)

        def read(connection: Connection) -> Change | None:
            rows = connection.execute(told).all()[-2:]
            known = connection.execute(self._entries().where(entries.c.id == entry)).all()
            if not known or not rows or rows[-1].serial != event:
                return None
            *before, (_, happened) = self._read_events(connection, rows)
            (now,) = self._as_entries(connection, known)
            return Change(now, (happened,), before[0][1].comparison if before else None)

        return await self._database.read(read)

    async def current(self, ids: Collection[str]) -> Mapping[str, Article]:
        """The current versions of these articles by id; those that were removed are left out."""
        found = stored_articles().where(
            workspaces.c.name == self._workspace, versions.c.current, articles.c.name.in_(ids)
        )
        return await self._database.read(
            lambda connection: {row.name: read_article(row) for row in connection.execute(found)}
        )

    async def arrived(self, article: str, at: datetime) -> None:
        """An article came or changed: it waits for its turn, anew; one that waits already keeps its place."""
        row = {"workspace": self._workspace, "article": article, "since": at, "arrivals": 1, "tasks": None}
        again = {"arrivals": waiting.c.arrivals + 1, "tasks": None}
        kept = self._insert(waiting).values(row)
        kept = kept.on_conflict_do_update(index_elements=["workspace", "article"], set_=again)
        await self._database.write(lambda connection: connection.execute(kept))

    async def first_waiting(self) -> Waiting | None:
        """The article that has waited longest."""
        found = await self.waiting(limit=1)
        return found[0] if found else None

    async def waiting(self, limit: int | None = None) -> Sequence[Waiting]:
        """What waits for its turn, the longest first."""
        found = (
            select(waiting)
            .where(waiting.c.workspace == self._workspace)
            .order_by(waiting.c.since, waiting.c.serial)
            .limit(limit)
        )

        def read(connection: Connection) -> list[Waiting]:
            rows = connection.execute(found).all()
            wanted = {ref for row in rows if row.tasks for ref in comparisons.refs_of_tasks(row.tasks)}
            held = comparisons.load(connection, self._workspace, wanted)
            return [
                Waiting(
                    row.article,
                    row.since,
                    None if row.tasks is None else comparisons.read_tasks(row.tasks, held),
                    row.arrivals,
                )
                for row in rows
            ]

        return await self._database.read(read)

    async def wait(self, left: Waiting) -> None:
        """Keep what is left of a turn, unless the article arrived again meanwhile."""
        tasks = None if left.tasks is None else comparisons.written_tasks(left.tasks)
        kept = update(waiting).where(self._turn(left)).values(tasks=tasks)
        await self._database.write(lambda connection: connection.execute(kept))

    async def done(self, turn: Waiting) -> None:
        """The turn is over; the article goes on waiting if it arrived again meanwhile."""
        await self._database.write(lambda connection: connection.execute(delete(waiting).where(self._turn(turn))))

    async def spent(self, day: date) -> int:
        """Model calls on this UTC day."""
        found = select(spent.c.calls).where(spent.c.workspace == self._workspace, spent.c.day == day.isoformat())
        return await self._database.read(lambda connection: connection.scalar(found) or 0)

    async def spend(self, day: date, calls: int) -> None:
        row = {"workspace": self._workspace, "day": day.isoformat(), "calls": calls}
        kept = self._insert(spent).values(row)
        more = {"calls": spent.c.calls + calls}
        kept = kept.on_conflict_do_update(index_elements=["workspace", "day"], set_=more)
        await write_cost(self._database, lambda connection: connection.execute(kept), self._work)

    def _turn(self, turn: Waiting) -> Any:
        return and_(
            waiting.c.workspace == self._workspace,
            waiting.c.article == turn.article,
            waiting.c.arrivals == turn.arrivals,
        )

    def _entries(self) -> Select[Any]:
        return select(entries).where(entries.c.workspace == self._workspace).order_by(entries.c.opened, entries.c.id)

    def _events(self) -> Select[Any]:
        return select(events).where(events.c.workspace == self._workspace).order_by(events.c.serial)

    async def _read_entries(self, found: Select[Any], named: Mapping[str, object] | None = None) -> list[Entry]:
        def read(connection: Connection) -> list[Entry]:
            known = self._as_entries(connection, connection.execute(found, named).all())
            return self._within(connection, known) if self._focus.narrow else known

        return await self._database.read(read)

    def _within(self, connection: Connection, known: Sequence[Entry]) -> list[Entry]:
        counted = self._counted(connection, [entry.comparison for entry in known])
        return [entry for each in known if (entry := within(each, counted)) is not None]

    def _counted(self, connection: Connection, comparisons: Sequence[Comparison]) -> Collection[str]:
        """Those of the articles cited that count, as they are now."""
        cites = {citation.article.id for comparison in comparisons for citation in citations(comparison)}
        found = stored_articles().where(
            workspaces.c.name == self._workspace,
            versions.c.current,
            articles.c.name.in_(cites),
            counts(self._focus, self._workspace, self._database.dialect),
        )
        return set(connection.scalars(found.with_only_columns(articles.c.name)))

    def _as_entries(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Entry]:
        held = self._held(connection, rows)
        return [
            Entry(
                row.id,
                comparisons.read(row.comparison, held),
                State(row.state),
                row.opened,
                row.moved,
                row.owner,
                row.dismissed_by,
                row.into,
            )
            for row in rows
        ]

    def _read_events(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[tuple[str, Event]]:
        held = self._held(connection, rows)
        return [
            (row.entry, Event(Happening(row.happening), row.at, comparisons.read(row.comparison, held), row.by))
            for row in rows
        ]

    def _held(self, connection: Connection, rows: Sequence[Row[Any]]) -> dict[comparisons.Ref, Article]:
        wanted = {ref for row in rows for ref in comparisons.refs(row.comparison)}
        return comparisons.load(connection, self._workspace, wanted)


def _not_before(earliest: datetime, change: Change) -> Change:
    """The change as of this time, where it happened before."""
    happened = tuple(replace(event, at=max(event.at, earliest)) for event in change.events)
    entry = change.entry
    stamped = replace(entry, opened=max(entry.opened, earliest), moved=max(entry.moved, earliest))
    return replace(change, entry=stamped, events=happened)
