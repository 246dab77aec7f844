"""Stand-ins for what the room asks of others: a table of jobs in memory, and answers made to order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.errors import StoreUnavailable
from bot.news.model import Answer
from bot.slack.answering import Audience, Work


@dataclass
class Job:
    """A claimed job; its notes outlive the run that wrote them."""

    id: str
    payload: Mapping[str, Any]
    notes: dict[str, str] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def note(self, name: str, value: str) -> None:
        self.notes[name] = value


@dataclass
class MemoryInbox:
    """Keeps jobs; each known key is refused. The first `failures` times it raises, as a database that is away."""

    failures: int = 0
    jobs: list[Job] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def put(
        self, kind: str, payload: Mapping[str, Any], *, keys: Sequence[str], workspace: str, lane: str, priority: int
    ) -> str | None:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("away")
        if self._keys & set(keys):
            return None
        self._keys |= set(keys)
        job = Job(f"job-{len(self.jobs) + 1}", payload)
        self.jobs.append(job)
        self.options.append({"kind": kind, "keys": keys, "workspace": workspace, "lane": lane, "priority": priority})
        self._came.set()
        return job.id

    async def next(self, number: int) -> Job:
        """The job with this number, from 0, once it is there."""
        while len(self.jobs) <= number:
            self._came.clear()
            await self._came.wait()
        return self.jobs[number]


@dataclass
class Oracle:
    """Answers every question with the same answer, telling its audience on the way.

    `holds`: after its readings it waits until `go` is set. `held` is set once it waits. `fault` is raised in
    place of an answer.
    """

    answer: Answer
    holds: bool = False
    fault: Exception | None = None
    questions: list[str] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, work: Work, question: str, audience: Audience) -> Answer:
        self.questions.append(question)
        readings = [r for p in self.answer.comparison.positions for r in p.readings]
        for reading in readings:
            await audience.reading(reading)
        if self.holds:
            self.held.set()
            await self.go.wait()
        if self.fault is not None:
            raise self.fault
        if self.answer.comparison.second_look is not None:
            await audience.second_look()
        for statement in self.answer.statements:
            await audience.statement(statement)
        return self.answer
