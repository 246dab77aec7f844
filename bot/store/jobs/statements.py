"""The statements of the table of jobs, built once: to build one takes longer than to run it."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import NamedFromClause

from bot.store.tables.jobs import job_keys, job_notes, jobs

# As literals: SQLite uses a partial index only where it sees the very words of its condition.
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_RUNNING: ColumnElement[str] = literal_column("'running'")


def _active(table: NamedFromClause) -> ColumnElement[bool]:
    return table.c.state.in_((_WAITING, _RUNNING))


def _due(table: NamedFromClause) -> ColumnElement[bool]:
    kinds = table.c.kind.in_(bindparam("kinds", expanding=True))
    return and_(_active(table), table.c.due <= bindparam("now"), kinds)


def _next() -> ScalarSelect[int]:
    """The serial of the job to claim, which stays locked on PostgreSQL: others look past it."""
    job, other = jobs.alias("job"), jobs.alias("other")
    ahead = or_(other.c.state == _RUNNING, other.c.serial < job.c.serial)
    blocked = exists().where(
        _active(other),
        other.c.workspace == job.c.workspace,
        other.c.lane == job.c.lane,
        other.c.serial != job.c.serial,
        ahead,
    )
    return (
        select(job.c.serial)
        .where(_due(job), or_(job.c.lane == "", ~blocked))
        .order_by(job.c.priority.desc(), job.c.serial)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


def _change(**values: object) -> Update:
    """A change of the job `held` that takes place only under the claim `under`."""
    return update(jobs).where(_HELD).values(values)


_HELD = and_(jobs.c.id == bindparam("held"), jobs.c.claim == bindparam("under"), jobs.c.state == "running")

HOLD_LANE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("lane"), 0)))
PUT = insert(jobs).returning(jobs.c.serial)
PUT_ALL = insert(jobs).returning(jobs.c.serial, sort_by_parameter_order=True)
PUT_KEY = {
    name: dialect.insert(job_keys).on_conflict_do_nothing().returning(job_keys.c.key)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
PUT_KEYS = insert(job_keys)
KNOWN = select(job_keys.c.key).where(
    job_keys.c.workspace == bindparam("workspace"), job_keys.c.key.in_(bindparam("keys", expanding=True))
)

CLAIM = (
    update(jobs)
    .where(jobs.c.serial == _next())
    .values(state="running", due=bindparam("until"), claim=jobs.c.claim + 1, attempts=jobs.c.attempts + 1)
    .returning(jobs)
)
MORE = select(exists().where(_due(jobs), jobs.c.state == _WAITING))
"""Whether any job is due, if only behind others of its lane."""

_LINE = select(func.count()).where(_active(jobs), jobs.c.state == _WAITING)
WAITING = _LINE.where(jobs.c.workspace == bindparam("workspace"), jobs.c.kind.in_(bindparam("kinds", expanding=True)))
PLACE = select(jobs.c.serial).where(jobs.c.id == bindparam("named"), jobs.c.state == _WAITING)
BEFORE = _LINE.where(jobs.c.kind.in_(bindparam("kinds", expanding=True)), jobs.c.serial < bindparam("serial"))

HOLD = select(jobs.c.serial).where(_HELD).with_for_update()
NOTES = select(job_notes.c.name, job_notes.c.value).where(job_notes.c.job == bindparam("serial"))
NOTE = {
    name: (found := dialect.insert(job_notes)).on_conflict_do_update(
        index_elements=["job", "name"], set_={"value": found.excluded.value}
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}

RENEW = _change(due=bindparam("at"))
RETRY = _change(state="waiting", due=bindparam("at"), reason=bindparam("why"))
RELEASE = _change(state="waiting", due=bindparam("at"), attempts=jobs.c.attempts - 1)
DONE = _change(state="done", ended=bindparam("at"), reason=None)
BURY = _change(state="dead", ended=bindparam("at"), reason=bindparam("why"))
