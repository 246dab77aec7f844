"""The line of questions that wait: whoever asks is told how many come first, and where it is full, to come back.

Both are jobs of a worker of their own, for those that answer are all taken when a line forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import CrosscheckError
from bot.news.catalogue import spoken
from bot.slack.account import Account
from bot.slack.answers.answering import place_of
from bot.slack.answers.status import wait_in_line
from bot.slack.commands.commands import RUN
from bot.slack.intake import ANSWER
from bot.slack.looks.blocks import plain
from bot.slack.posting.reply import reply
from bot.store.jobs.jobs import Bound, JobTable
from bot.worker import Job, Jobs, Work, Worker

PLACE = "place"  # the kinds of job
TURNED_AWAY = "turned away"
FOR_THE_LINE = (PLACE, TURNED_AWAY)

CONCURRENCY = 4  # each is a call or two to Slack
POLL_S = 2.0
TELL_S = 1.0  # a question that waits no longer needs no word
TELL_AGAIN_S = 60.0  # Slack takes a status away after two minutes


class LineIsFull(CrosscheckError):
    pass


def line_worker(jobs: Jobs, work: Mapping[str, Work], *, lease_s: float = 60) -> Worker:
    """What tells people of all workspaces."""
    return Worker(jobs, work, concurrency=CONCURRENCY, lease_s=lease_s, poll_s=POLL_S)


class Line:
    """The line of one workspace; `most` questions wait in it."""

    def __init__(self, account: Account, jobs: JobTable[Job], *, workspace: str, most: int) -> None:
        self._account = account
        self._jobs = jobs
        self._workspace = workspace
        self._bound = Bound((ANSWER, RUN), most, TURNED_AWAY)

    def bound(self, kind: str) -> Bound | None:
        """What holds for a job of this kind."""
        return self._bound if kind in self._bound.kinds else None

    async def joined(self, id: str, payload: Mapping[str, Any]) -> None:
        """Have whoever asked told their place, should the question still wait in a moment."""
        await self._tell_in(TELL_S, id, payload, [f"{PLACE}:{id}"])

    async def tell(self, job: Job) -> None:
        """A job of kind PLACE. A status may be refused, which never matters; a command has no status and is told once,
        for its address takes five messages. Raises SlackUnavailable."""
        id, asked = str(job.payload["job"]), job.payload["asked"]
        before = await self._jobs.before(id, self._bound.kinds)
        if before and asked.get("url"):
            await reply(self._account, str(asked["url"]), plain(spoken().counted(spoken().asking.before, before)))
        elif before:
            await wait_in_line(self._account, place_of(asked), before)
            await self._tell_in(TELL_AGAIN_S, id, asked, [f"{PLACE}:{id}:{job.id}"])

    async def _tell_in(self, seconds: float, id: str, asked: Mapping[str, Any], keys: Sequence[str]) -> None:
        payload = {"job": id, "asked": dict(asked)}
        await self._jobs.put(PLACE, payload, keys=keys, workspace=self._workspace, after_s=seconds)
