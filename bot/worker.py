"""Claims jobs and runs them. Knows kinds of job by name only; what each does is joined in `wiring`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of accepted work, claimed.

    `claim` fences its writes: it grows with each claim, and a write under an older one raises Fenced.
    `notes` are the checkpoints of finished steps, by name, as they stood when it was claimed.
    """

    id: str
    kind: str
    workspace: str
    payload: Mapping[str, Any]
    claim: int
    attempts: int
    notes: Mapping[str, str] = field(default_factory=dict)


class Jobs(Protocol):
    """The table of jobs."""

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
    ) -> str | None:
        """Keep a job; its id, or None where any of its keys is known already. Jobs of one lane run in order;
        a higher priority runs first; it is not claimed before `after_s` seconds have passed."""

    async def claim(self, kinds: Sequence[str], lease_s: float) -> Job | None:
        """The next job that is due and whose lane is free, or one whose lease ran out; None where there is none."""

    async def renew(self, job: Job, lease_s: float) -> None: ...

    async def note(self, job: Job, name: str, value: str) -> None: ...

    async def done(self, job: Job) -> None: ...

    async def retry(self, job: Job, after_s: float, reason: str) -> None: ...

    async def bury(self, job: Job, reason: str) -> None:
        """Give up: the job stays, dead, to be listed and retried by hand."""
