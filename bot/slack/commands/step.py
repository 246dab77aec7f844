"""A step of Slack's workflows: "Summarise coverage"."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import WrongUse
from bot.news import summary_words
from bot.news.catalogue import explained, speaking, spoken
from bot.news.digest.words import Line
from bot.news.model import Article
from bot.news.summary import Summary
from bot.slack.account import Account
from bot.slack.commands.commands import Call
from bot.slack.commands.summaries import SumUp, understood
from bot.slack.coverage import Coverage
from bot.slack.gate import Gate, Right
from bot.slack.intake import Accepted, Body
from bot.slack.looks import escape
from bot.slack.looks.prose import Numbering, who
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

STEP = "step"  # the kind of job
SUMMARISE = "summarise_coverage"  # as the manifest names it
TEXT_CHARACTERS = 10_000  # of a summary; what takes it may hold less, and cuts it itself


def wants(body: Body) -> Accepted | None:
    """A workflow has come to the step. Nobody in particular asks, so only its channel's rights are looked at."""
    event = body.get("event") or {}
    if event.get("type") != "function_executed" or (event.get("function") or {}).get("callback_id") != SUMMARISE:
        return None
    given: Mapping[str, Any] = event.get("inputs") or {}
    since = str(given.get("since") or "").strip()
    topic = str(given.get("topic") or "").strip()
    call = Call(
        team=str(body.get("team_id") or ""),
        channel=str(given.get("channel") or ""),
        user="",
        verb="summary",
        text=f"{topic} since {since}".strip() if since else topic,
        url="",
    )
    execution = str(event["function_execution_id"])
    return Accepted(STEP, call.dump() | {"execution": execution}, [f"step:{execution}"])


@dataclass(frozen=True, slots=True)
class SummaryStep:
    account: Account
    sum_up: SumUp
    coverage: Coverage
    gate: Gate
    clock: Callable[[], datetime]

    async def run(self, work: Any) -> None:
        """A job of kind STEP. Raises SlackUnavailable, StoreError."""
        call = Call.load(work.payload)
        if (told := await self.gate.refusal(Right.ASK, call.user, call.channel)) is not None:
            await self._fail(work, told)
            return
        outlets = {outlet.name.casefold() for outlet in await self.coverage.outlets(call.channel)}
        try:
            scope, length = understood(call.text, outlets, self.clock())
            summary = await self.sum_up(scope, length, work)
        except WrongUse as fault:
            await self._fail(work, explained(fault))
            return
        await self._end(work, "functions.completeSuccess", outputs={"summary": as_text(summary)})

    async def give_up(self, work: Any, fault: BaseException) -> None:
        """Tell whoever looks after the workflow that nothing comes of it."""
        await self._fail(work, explained(fault))

    async def _fail(self, work: Any, told: str) -> None:
        await self._end(work, "functions.completeError", error=escape.label(told))

    async def _end(self, work: Any, method: str, **told: Any) -> None:
        """A step ends once: Slack refuses to end it again, after a crash or where the workflow was stopped meanwhile.

        The client's own methods would put a whole summary into the address.
        """
        try:
            with slack_errors(method):
                ending = {"function_execution_id": work.payload["execution"]} | told
                await self.account.client.api_call(method, json=ending)
        except SlackRefused as fault:
            log.info("a workflow's step could not be ended", extra={"reason": str(fault)})


def as_text(summary: Summary) -> str:
    """A summary as plain text, in which nothing acts wherever it is put; the sources' addresses stand whole."""
    with speaking(summary.language):
        return "\n".join(_lines(summary))


def _lines(summary: Summary) -> list[str]:
    numbering = Numbering()
    told = [escape.label(summary_words.heading(summary))]
    if trouble := summary_words.trouble(summary):
        told += ["", escape.label(trouble)]
    left = 0
    for section in summary_words.sections(summary):
        told += ["", escape.label(section.title)]
        for line in section.lines:
            if sum(map(len, told)) > TEXT_CHARACTERS:
                left += 1
            else:
                told.append(_line(line, numbering))
    if left:
        told.append(spoken().grid.and_more.format(count=left))
    if sources := numbering.listed():
        told += ["", escape.label(spoken().answer.sources)]
        told += [_source(number, article) for number, article in sources]
    return [*told, "", *map(escape.label, summary_words.notes(summary))]


def _line(line: Line, numbering: Numbering) -> str:
    marks = "".join(f"[{number}]" for number in dict.fromkeys(number for number, _ in numbering.marks(line.citations)))
    said = " ".join(part for part in (line.sign, line.lead, line.text) if part)
    return f"• {escape.label(said)} {marks}".rstrip()


def _source(number: int, article: Article) -> str:
    url = escape.web_link(article.url)
    return f"[{number}] {escape.label(who(article))}" + (f": {url}" if url else "")
