"""Accepted work and the questions in it, as the Slack room sees them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.metrics import Metrics
from bot.news import words
from bot.news.model import Answer, Relation, Turn
from bot.news.ports import Reader
from bot.news.since import asked_since
from bot.slack.answers.answering import Work
from bot.slack.answers.screen import Audience
from bot.slack.commands.commands import RUN
from bot.slack.intake import ANSWER, question
from bot.store.database import Transaction, utc_now
from bot.store.jobs.jobs import JobTable
from bot.store.people.conversations import Conversations
from bot.store.people.rules import StoredRules
from bot.wiring.claimed import Claimed
from bot.wiring.desks.desk import Desk
from bot.wiring.dev import Inside, Traced
from bot.wiring.people.line import Line
from bot.wiring.people.people import People
from bot.worker import Job, Worker

TURN = "turn"  # note: the question as it was answered and the answer's first line, for the thread's next question


@dataclass(frozen=True, slots=True)
class Accepted:
    """Keeps work and wakes the worker, so that nobody waits for its next poll. Where the worker is taken, whoever asks
    joins the line."""

    jobs: JobTable[Job]
    worker: Worker
    people: People
    line: Line

    async def put(
        self, kind: str, payload: Mapping[str, Any], *, keys: Sequence[str], workspace: str, lane: str, priority: int
    ) -> str | None:
        def asking(id: str) -> Transaction[None]:
            return self.people.asking(question(id, payload))

        kept = await self.jobs.put(
            kind,
            payload,
            keys=keys,
            workspace=workspace,
            lane=lane,
            priority=priority,
            beside=asking if kind == ANSWER else None,
            bound=self.line.bound(kind),
        )
        if kept is not None:
            self.worker.wake()
            if kind in (ANSWER, RUN) and self.worker.full:
                await self.line.joined(kept, payload)
        return kept


@dataclass(frozen=True, slots=True)
class Asking:
    """A thread's questions: each is asked with the turns before it, and remembered once its answer stands."""

    desk: Desk
    conversations: Conversations
    metrics: Metrics
    inside: Inside | None
    held_to: Callable[[str, Claimed], Callable[[Reader], Reader]]
    rules: StoredRules

    async def ask(self, work: Work, question: str, audience: Audience) -> Answer:
        """`held_to` gives the limits of whoever asks, before the model."""
        assert isinstance(work, Claimed)
        channel, thread = work.payload["channel"], work.payload["thread"]
        begins = thread == work.payload["ts"]
        before = () if begins else await self.conversations.turns(channel, thread)
        turns = () if work.payload.get("clicked") else before  # a question of the ledger stands alone
        asked = [turn.question for turn in before]
        arrange = self.held_to(str(work.payload.get("user", "")), work)
        since = asked_since(question, utc_now())
        desk = self.desk.within((await self.rules.holding(channel)).channel)
        with self.metrics.stage("answer"):
            if self.inside is None:
                answer = await desk.ask(
                    question,
                    turns=turns,
                    audience=audience,
                    checkpoint=work,
                    arrange=arrange,
                    since=since,
                    asked=asked,
                )
            else:
                trace = self.inside.begin(work.id)
                answer = await desk.ask(
                    question,
                    turns=turns,
                    audience=Traced(audience, trace),
                    checkpoint=work,
                    asking=trace.asking,
                    fault=self.inside.fault,
                    arrange=arrange,
                    since=since,
                    asked=asked,
                )
                trace.answered(answer)
        self._count(work.job.workspace, answer)
        work.hold(TURN, json.dumps([answer.question, words.lead(answer)]))
        return answer

    def _count(self, workspace: str, answer: Answer) -> None:
        comparison = answer.comparison
        flagged = comparison.relation if comparison.relation in (Relation.DISPUTE, Relation.UPDATE) else None
        self.metrics.answered(
            workspace=workspace,
            mode=answer.mode.value,
            check=comparison.check.value,
            relation=flagged and flagged.value,
            kind=comparison.kind and comparison.kind.value,
        )

    def remembering(self, work: Work) -> Transaction[None] | None:
        """Keeps the turn of an answer that stands."""
        kept = work.notes.get(TURN)
        if kept is None:
            return None
        question, lead = json.loads(kept)
        return self.conversations.keeping(work.payload["channel"], work.payload["thread"], Turn(question, lead))
