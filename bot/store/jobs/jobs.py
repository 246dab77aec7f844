"""The table of jobs: accepted work, kept until it is done, run at least once, and written by one worker at a time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Select, Update, and_, delete, select, update

from bot.errors import Fenced
from bot.store.database import Clock, Database, T, Transaction, utc_now
from bot.store.jobs import statements as sql
from bot.store.tables.jobs import ENDED, job_keys, job_notes, jobs

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Claimed(Protocol):
    """What the table needs of a job that a worker holds."""

    @property
    def id(self) -> str: ...

    @property
    def claim(self) -> int: ...


J = TypeVar("J", bound=Claimed)


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up."""

    id: str
    kind: str
    workspace: str
    attempts: int
    reason: str
    ended: datetime


@dataclass(frozen=True, slots=True)
class Bound:
    """Where so many jobs of these kinds wait in a workspace, another is kept as one of the kind `beyond`, in no lane;
    its payload then tells under `was` which kind it was to be."""

    kinds: tuple[str, ...]
    most: int
    beyond: str


class _Known(Exception):
    pass


class JobTable(Generic[J]):
    """Jobs of all workspaces. `job` makes what a worker holds, from keywords: id, kind, workspace, payload, claim,
    attempts, notes and more.

    Each call is one transaction and raises StoreUnavailable or StoreFull; each that takes a job raises Fenced where
    another worker has claimed it since, or where it is no longer running.
    """

    def __init__(self, database: Database, job: Callable[..., J], *, clock: Clock = utc_now) -> None:
        self._database = database
        self._job = job
        self._clock = clock

    async def put(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        keys: Sequence[str],
        workspace: str = "local",
        lane: str = "",
        priority: int = 0,
        after_s: float = 0,
        beside: Callable[[str], Transaction[object]] | None = None,
        bound: Bound | None = None,
    ) -> str | None:
        """Keep a job; its id, or None where any of its keys is known already in the workspace.

        `beside`: given the id, writes in the same transaction what belongs to the job.
        """
        row = _row(kind, payload, workspace, lane, priority, self._due(after_s))

        def put(connection: Connection) -> None:
            _hold_lane(connection, workspace, lane)
            if bound and _is_met(connection, bound, workspace):
                row.update(kind=bound.beyond, lane="", payload=json.dumps({**payload, "was": kind}))
            _put(connection, row, keys)
            if beside:
                beside(str(row["id"]))(connection)

        try:
            await self._database.write(put)
        except _Known:
            return None
        return str(row["id"])

    async def put_all(
        self,
        kind: str,
        payloads: Mapping[str, Mapping[str, Any]],
        *,
        workspace: str,
        lane: str,
        priority: int,
        beside: Transaction[None],
    ) -> None:
        """Keep several jobs of a lane, each under a key that no other lane uses, in one transaction with `beside`;
        those whose key is known already are left out."""
        rows = {key: _row(kind, payload, workspace, lane, priority, self._due(0)) for key, payload in payloads.items()}

        def put(connection: Connection) -> None:
            _hold_lane(connection, workspace, lane)
            known = set(connection.scalars(sql.KNOWN, {"workspace": workspace, "keys": list(rows)}))
            new = [key for key in rows if key not in known]
            if new:
                serials = connection.scalars(sql.PUT_ALL, [rows[key] for key in new]).all()
                named = [{"workspace": workspace, "key": k, "job": n} for k, n in zip(new, serials, strict=True)]
                connection.execute(sql.PUT_KEYS, named)
            beside(connection)

        await self._database.write(put)

    async def claim(self, kinds: Sequence[str], lease_s: float) -> J | None:
        """The next job that is due and whose lane is free, or one whose lease ran out; None where there is none."""
        wanted = {"now": self._clock(), "until": self._in(lease_s), "kinds": list(kinds)}

        def take(connection: Connection) -> J | None:
            row = connection.execute(sql.CLAIM, wanted).first()
            if row is None:
                return None
            claimed_before = row.claim > 1
            notes = connection.execute(sql.NOTES, {"serial": row.serial}).all() if claimed_before else ()
            return self._job(
                id=row.id,
                kind=row.kind,
                workspace=row.workspace,
                payload=json.loads(row.payload),
                claim=row.claim,
                attempts=row.attempts,
                notes={note.name: note.value for note in notes},
                more=bool(connection.scalar(sql.MORE, wanted)),
            )

        return await self._database.write(take)

    async def before(self, id: str, kinds: Collection[str]) -> int | None:
        """How many of these kinds wait that were kept before it, in all workspaces; None where it waits no more."""

        def count(connection: Connection) -> int | None:
            serial = connection.scalar(sql.PLACE, {"named": id})
            if serial is None:
                return None
            return int(connection.scalar(sql.BEFORE, {"kinds": list(kinds), "serial": serial}) or 0)

        return await self._database.read(count)

    async def renew(self, job: J, lease_s: float) -> None:
        await self._change(job, sql.RENEW, at=self._in(lease_s))

    async def note(self, job: J, name: str, value: str) -> None:
        """Keep the result of a finished step; a later one of the same name replaces it."""
        await self.notes(job, {name: value}, beside=lambda connection: None)

    async def notes(self, job: J, notes: Mapping[str, str], beside: Transaction[T]) -> T:
        """Keep the results of any number of steps and what `beside` writes, all or none; what it gives."""

        def write(connection: Connection) -> T:
            serial = connection.scalar(sql.HOLD, _held_by(job))
            if serial is None:
                raise Fenced(f"job {job.id} was taken over")
            rows = [{"job": serial, "name": name, "value": value} for name, value in notes.items()]
            if rows:
                connection.execute(sql.NOTE[connection.dialect.name], rows)
            return beside(connection)

        return await self._database.write(write)

    async def done(self, job: J, leaving: Transaction[None] | None = None) -> None:
        """End a job and keep, in the same transaction, what it leaves behind."""
        await self._change(job, sql.DONE, leaving, at=self._clock())

    async def retry(self, job: J, after_s: float, reason: str) -> None:
        """Have it claimed again, not before `after_s` seconds have passed; its lane waits for it."""
        await self._change(job, sql.RETRY, at=self._due(after_s), why=reason)

    async def release(self, job: J) -> None:
        """Give it back untried, to be claimed by any worker at once."""
        await self._change(job, sql.RELEASE, at=self._due(0))

    async def bury(self, job: J, reason: str) -> None:
        """Give up: the job stays, dead, to be listed and revived by hand; its lane moves on."""
        await self._change(job, sql.BURY, at=self._clock(), why=reason)

    async def dead(self) -> Sequence[DeadJob]:
        """The jobs that were given up, the latest first."""
        found = (
            select(jobs.c.id, jobs.c.kind, jobs.c.workspace, jobs.c.attempts, jobs.c.reason, jobs.c.ended)
            .where(ENDED, jobs.c.state == "dead")
            .order_by(jobs.c.ended.desc())
        )
        return await self._database.read(lambda connection: [DeadJob(*row) for row in connection.execute(found)])

    async def revive(self, id: str) -> bool:
        """Have a dead job tried again from its first attempt on, with its notes; False where there is none."""
        revived = (
            update(jobs)
            .where(jobs.c.id == id, jobs.c.state == "dead")
            .values(state="waiting", due=self._due(0), attempts=0, ended=None)
        )
        return await self._database.write(lambda connection: connection.execute(revived).rowcount == 1)

    async def purge(self, *, words_s: float, keys_s: float) -> int:
        """Forget what people said in jobs that ended more than `words_s` seconds ago, dead ones too, and after
        `keys_s` seconds that they were ever there; until then their keys stop redeliveries. How many lost their words.
        """
        words_before, keys_before = self._in(-words_s), self._in(-keys_s)
        spent = select(jobs.c.serial).where(ENDED, jobs.c.ended < words_before, jobs.c.purged.is_(False))
        old = select(jobs.c.serial).where(ENDED, jobs.c.ended < keys_before, jobs.c.purged.is_(True))

        def forget(connection: Connection) -> int:
            connection.execute(delete(job_notes).where(job_notes.c.job.in_(spent)))
            emptied = connection.execute(
                update(jobs)
                .where(jobs.c.serial.in_(spent))
                .values(state="done", payload="{}", reason=None, purged=True)
            ).rowcount
            _take_away(connection, old)
            return emptied

        return await self._database.write(forget)

    async def forget(self, kinds: Collection[str], *, older_than_s: float) -> None:
        """Forget whole the jobs of these kinds that were done more than so many seconds ago; dead ones stay."""
        done = and_(jobs.c.state == "done", jobs.c.kind.in_(kinds), jobs.c.ended < self._in(-older_than_s))
        old = select(jobs.c.serial).where(done)
        await self._database.write(lambda connection: _take_away(connection, old))

    def _due(self, after_s: float) -> datetime:
        # What is due at once stays due when the clock is set back.
        return self._in(after_s) if after_s > 0 else _EVER

    def _in(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)

    async def _change(self, job: J, change: Update, leaving: Transaction[None] | None = None, **values: object) -> None:
        def write(connection: Connection) -> None:
            if connection.execute(change, _held_by(job) | values).rowcount == 0:
                raise Fenced(f"job {job.id} was taken over")
            if leaving:
                leaving(connection)

        await self._database.write(write)


def _held_by(job: Claimed) -> dict[str, object]:
    return {"held": job.id, "under": job.claim}


def _take_away(connection: Connection, old: Select[tuple[int]]) -> None:
    for table, job in ((job_notes, job_notes.c.job), (job_keys, job_keys.c.job), (jobs, jobs.c.serial)):
        connection.execute(delete(table).where(job.in_(old)))


def _row(
    kind: str, payload: Mapping[str, Any], workspace: str, lane: str, priority: int, due: datetime
) -> dict[str, Any]:
    return {
        "id": uuid.uuid4().hex,
        "workspace": workspace,
        "kind": kind,
        "payload": json.dumps(payload),
        "lane": lane,
        "priority": priority,
        "state": "waiting",
        "due": due,
        "claim": 0,
        "attempts": 0,
        "purged": False,
    }


def _hold_lane(connection: Connection, workspace: str, lane: str) -> None:
    if lane and connection.dialect.name == "postgresql":
        # Else a job could be numbered before another of its lane and be seen after it.
        connection.execute(sql.HOLD_LANE, {"lane": f"{workspace}/{lane}"})


def _is_met(connection: Connection, bound: Bound, workspace: str) -> bool:
    waiting = connection.scalar(sql.WAITING, {"workspace": workspace, "kinds": bound.kinds})
    return int(waiting or 0) >= bound.most


def _put(connection: Connection, row: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Raises _Known, which undoes it all, where a key is known."""
    serial = connection.scalar(sql.PUT, row)
    for key in sorted(set(keys)):  # in one order, so that two puts of the same keys never wait for each other
        named = {"workspace": row["workspace"], "key": key, "job": serial}
        if connection.execute(sql.PUT_KEY[connection.dialect.name], named).first() is None:
            raise _Known
