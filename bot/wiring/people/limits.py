"""How much of the model a workspace and each of its people may use in a day, and who is told when it runs out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.errors import ReaderError, StoreError
from bot.llm.reader import PAID
from bot.news.catalogue import spoken
from bot.news.cite import Sheet
from bot.news.digest.digest import DraftDigest, Summariser
from bot.news.model import Comparison, Draft, DraftLook, Resolved, Turn, Usage
from bot.news.ports import Reader
from bot.news.summary import DraftSummary, Length, Narrator
from bot.slack.account import Account
from bot.slack.languages import Languages
from bot.slack.posting.notices import tell
from bot.store.database import Clock, utc_now
from bot.store.jobs.paid import Paying
from bot.store.people.usage import Spent, UsageTable
from bot.worker import Job, Jobs, Work

log = logging.getLogger(__name__)

WARNING = "warning"  # the kind of job that tells the admins; its payload: share, key
WARN_AT = 0.8  # of what a workspace may use


class WorkspaceSpent(ReaderError):
    pass


class PersonSpent(ReaderError):
    pass


class Noting(Paying, Protocol):
    """Work that has notes, those of the calls that were paid for in it among them."""

    @property
    def notes(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """For one UTC day; 0 where there is none. What is in hand when a limit is met is finished, so that a little more
    is used."""

    workspace_calls: int = 0
    workspace_tokens: int = 0
    person_calls: int = 0
    person_tokens: int = 0


class Allowance:
    """The limits of one workspace, held by what all replicas have kept of its use."""

    def __init__(
        self, usage: UsageTable, limits: Limits, *, jobs: Jobs, workspace: str, clock: Clock = utc_now
    ) -> None:
        self._usage = usage
        self._limits = limits
        self._jobs = jobs
        self._workspace = workspace
        self._clock = clock
        self._warned: date | None = None

    def for_person(self, person: str, work: Noting) -> Callable[[Reader], Reader]:
        """Puts the limits before a reader, for one question that this person asks."""
        return lambda reader: _Held(_Payer(self, person, work), reader)

    def for_summary(self, person: str, work: Noting) -> Callable[[Narrator], Narrator]:
        """Puts the limits before a narrator, for one summary that this person asks for."""
        return lambda narrator: _HeldNarrator(_Payer(self, person, work), narrator)

    def for_digest(self, summariser: Summariser, work: Paying) -> Summariser:
        """A summariser behind the workspace's limits; a digest is nobody's own."""
        return _HeldSummariser(self, summariser, work)

    async def let_in(self, person: str) -> None:
        """Raises WorkspaceSpent or PersonSpent where nothing is left today; StoreUnavailable."""
        limits = self._limits
        if limits == Limits():
            return
        workspace, own = await self._usage.spent(self._today(), person)
        if _share(workspace, limits.workspace_calls, limits.workspace_tokens) >= 1:
            raise WorkspaceSpent("the workspace's share of the model is used up for today")
        if person and _share(own, limits.person_calls, limits.person_tokens) >= 1:
            raise PersonSpent("a person's share of the model is used up for today")

    async def spend(self, person: str, usage: Usage, work: Paying) -> None:
        """Keep what was used, together with the work's note of the call. Nothing is raised but Fenced: an answer is
        not lost for its being counted."""
        if not usage.calls:
            return
        day, limits = self._today(), self._limits
        try:
            spent = await self._usage.add(
                day,
                person,
                calls=usage.calls,
                input_tokens=usage.input_tokens or 0,
                output_tokens=usage.output_tokens or 0,
                work=work,
            )
            share = _share(spent, limits.workspace_calls, limits.workspace_tokens)
            if share >= WARN_AT and self._warned != day:
                await self._warn(day)
        except StoreError as error:
            log.warning("what the model was used for could not be kept", extra={"error": type(error).__name__})

    async def _warn(self, day: date) -> None:
        """Once a day for all replicas: the key of the job sees to it."""
        key = f"{WARNING}:limit:{day.isoformat()}"
        await self._jobs.put(WARNING, {"share": f"{WARN_AT:.0%}", "key": key}, keys=[key], workspace=self._workspace)
        self._warned = day

    def _today(self) -> date:
        return self._clock().date()


def telling_admins(account: Account, admins: Sequence[str], languages: Languages) -> dict[str, Work]:
    """What runs the jobs that warn, by kind; with nobody to tell, the log is told."""

    async def run(job: Job) -> None:
        log.warning("a workspace has used most of its share of the model", extra={"workspace": job.workspace})
        for admin in admins:
            async with languages.to(admin):
                text = spoken().notices.nearly_spent.format(share=job.payload["share"])
                await tell(account, [admin], text, str(job.payload["key"]))

    return {WARNING: run}


class _Payer:
    """One piece of work before the limits. They are asked once: what is begun is finished, after a crash too, in
    however many calls."""

    def __init__(self, allowance: Allowance, person: str, work: Noting) -> None:
        self._allowance = allowance
        self._person = person
        self._work = work
        self._begun = any(name.startswith(PAID) for name in work.notes)
        self._door = asyncio.Lock()  # parts that begin together are one piece of work

    async def let_in(self) -> None:
        async with self._door:
            if not self._begun:
                await self._allowance.let_in(self._person)
                self._begun = True

    async def pay(self, usage: Usage) -> None:
        await self._allowance.spend(self._person, usage, self._work)

    @asynccontextmanager
    async def failing(self) -> AsyncIterator[None]:
        """Counts what was paid for, though nothing came of it."""
        try:
            yield
        except ReaderError as fault:
            await self.pay(Usage(*fault.spent))
            raise


@dataclass(frozen=True, slots=True)
class _Held:
    """A reader behind the limits."""

    payer: _Payer
    reader: Reader

    async def read(self, question: str, sheet: Sheet) -> AsyncIterator[Draft]:
        await self.payer.let_in()
        async with self.payer.failing():
            async for draft in self.reader.read(question, sheet):
                if draft.complete:
                    await self.payer.pay(draft.usage)
                yield draft

    async def second_look(self, comparison: Comparison, sheet: Sheet) -> DraftLook:
        async with self.payer.failing():
            look = await self.reader.second_look(comparison, sheet)
        await self.payer.pay(look.usage)
        return look

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        await self.payer.let_in()
        async with self.payer.failing():
            resolved = await self.reader.standalone(question, turns, language)
        await self.payer.pay(resolved.usage)
        return resolved


@dataclass(frozen=True, slots=True)
class _HeldNarrator:
    """A narrator behind the limits."""

    payer: _Payer
    narrator: Narrator

    async def narrate(self, sheet: Sheet, about: str, length: Length, disputed: Sequence[str]) -> DraftSummary:
        await self.payer.let_in()
        async with self.payer.failing():
            draft = await self.narrator.narrate(sheet, about, length, disputed)
        await self.payer.pay(draft.usage)
        return draft


@dataclass(frozen=True, slots=True)
class _HeldSummariser:
    """A summariser behind the limits."""

    allowance: Allowance
    summariser: Summariser
    work: Paying

    async def summarise(self, sheet: Sheet, told: Sequence[str]) -> DraftDigest:
        await self.allowance.let_in("")
        try:
            draft = await self.summariser.summarise(sheet, told)
        except ReaderError as fault:
            await self.allowance.spend("", Usage(*fault.spent), self.work)
            raise
        await self.allowance.spend("", draft.usage, self.work)
        return draft


def _share(spent: Spent, calls: int, tokens: int) -> float:
    """Of what may be used, from 0; the larger of both."""
    return max(spent.calls / calls if calls else 0.0, spent.tokens / tokens if tokens else 0.0)
