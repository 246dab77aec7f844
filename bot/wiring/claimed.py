"""A piece of accepted work while it is run, with its notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.store.database import T, Transaction
from bot.store.jobs.jobs import JobTable
from bot.worker import Job


@dataclass(slots=True)
class Claimed:
    """A claimed job, as the rooms that run it see it; its notes are also the model's checkpoint.

    What only has to be kept before the next step that waits for the world is held back, and written with it.
    """

    job: Job
    jobs: JobTable[Job]
    taken: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def payload(self) -> Mapping[str, Any]:
        return self.job.payload

    @property
    def again(self) -> bool:
        return self.job.claim > 1

    @property
    def notes(self) -> Mapping[str, str]:
        return {**self.job.notes, **self.taken}

    def hold(self, name: str, value: str) -> None:
        self.taken[name] = self.held[name] = value

    async def write(self) -> None:
        if self.held:
            await self.write_with(lambda connection: None)

    async def write_with(self, beside: Transaction[T]) -> T:
        """Write what is held back and what stands beside it, both or neither; what that gives."""
        written = dict(self.held)
        given = await self.jobs.notes(self.job, written, beside)
        self.held = {name: value for name, value in self.held.items() if written.get(name) != value}
        return given

    async def note(self, name: str, value: str) -> None:
        self.hold(name, value)
        await self.write()

    async def get(self, name: str) -> str | None:
        await self.write()  # the next call to the model may take long
        return self.notes.get(name)

    async def put(self, name: str, text: str) -> None:
        self.hold(name, text)
