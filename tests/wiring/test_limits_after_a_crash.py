"""Limits, where work is cut off after a call to the model was paid for and run again: it counts and asks once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.errors import Fenced, StoreUnavailable
from bot.llm.narrator import ModelNarrator
from bot.llm.reader import ModelReader
from bot.news.answer import answer
from bot.news.digest.digest import Digest
from bot.news.model import Answer, Check, Mode, SecondLook
from bot.news.model import Turn as Asked
from bot.news.summary import Scope, Summary, summary
from bot.store.coverage.library import Library
from bot.store.database import Database, utc_now
from bot.store.jobs.jobs import JobTable
from bot.store.people.usage import Spent, UsageTable
from bot.wiring.claimed import Claimed
from bot.wiring.desks.desk import Desk, Reading
from bot.wiring.desks.newsdesk import Assignment, Newsdesk
from bot.wiring.people.limits import Allowance, Limits
from bot.worker import Job
from tests.databases import Dying
from tests.fakes import FakeArchive
from tests.given import article
from tests.llm.given import client_of, small_prompts
from tests.scripted_model import ScriptedModel, Turn, look, reads, reply

QUESTION = "How many firms have access?"
COVERAGE = FakeArchive(
    article("a", "Twelve firms have access.", published="2026-05-19"),
    article("b", "Twenty firms have access.", published="2026-05-20"),
)
READINGS = [reads("A", "Twelve firms", ["A1"]), reads("B", "Twenty firms", ["B1"])]
AGREE = reply(readings=READINGS, positions=[("firms have access", ["A", "B"])], statements=[("Firms do.", ["A1"])])
DISPUTE = reply(
    readings=READINGS, positions=[("twelve do", ["A"]), ("twenty do", ["B"])], relation="dispute", kind="number"
)
SUMMARY = {"happened": [{"text": "Twelve have access.", "keys": ["A1"]}], "agreed": [], "lone": [], "unknown": []}
DIGEST = {"happened": [{"text": "Twelve have access.", "keys": ["A1"]}], "lone": []}
ONE_CALL = Spent(1, 120)


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with ScriptedModel() as model:
        model.always(
            answer=AGREE, second_look=look(), standalone={"question": QUESTION}, summary=SUMMARY, digest=DIGEST
        )
        yield model


@dataclass(frozen=True)
class Day:
    """A day of one article in a workspace, whose digest is made again and again."""

    database: Database
    model: ScriptedModel
    workspace: str
    until: datetime

    async def digest(self, database: Database | Dying) -> Digest:
        """As a new process would."""
        store = cast(Database, database)  # it quacks like one
        async with client_of(self.model) as client:
            desk = Desk(Library(store, self.workspace), Reading(small_prompts(), client, [], []), 12_000)
            jobs = JobTable(self.database, Job)
            limits = Allowance(UsageTable(store, self.workspace), Limits(), jobs=jobs, workspace=self.workspace)
            newsdesk = Newsdesk(store, desk, self.workspace, arrange=limits.for_digest)
            return await newsdesk.make(Assignment.of((), self.until - timedelta(hours=1), self.until))

    async def dies_after(self, writes: int) -> bool:
        """Make it in a process that dies after so many writes; False where that was enough."""
        try:
            await self.digest(Dying(self.database, writes))
        except StoreUnavailable:
            return True
        return False


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(f"sqlite:///{tmp_path / 'crosscheck.db'}") as opened:
        yield opened


class Runs:
    """One job of U1's that is run again and again, in a workspace and for a person with one call a day."""

    def __init__(self, database: Database, model: ScriptedModel) -> None:
        self.jobs = JobTable(database, Job)
        self.usage = UsageTable(database, "local")
        self.allowance = Allowance(
            self.usage, Limits(workspace_calls=1, person_calls=1), jobs=self.jobs, workspace="local"
        )
        self.model = model

    async def claimed(self, lease_s: float = -1) -> Claimed:
        """The job, as after a crash of whoever had it: its lease has run out at once."""
        await self.jobs.put("answer", {}, keys=["question"])
        job = await self.jobs.claim(["answer"], lease_s)
        assert job is not None
        return Claimed(job, self.jobs)

    async def ask(self, work: Claimed, *turns: Asked) -> Answer:
        async with client_of(self.model) as client:
            reader = ModelReader(client, small_prompts(), checkpoint=work)
            held = self.allowance.for_person("U1", work)(reader)
            return await answer(QUESTION, archive=COVERAGE, reader=held, turns=turns)

    async def sum_up(self, work: Claimed) -> Summary:
        async with client_of(self.model) as client:
            narrator = ModelNarrator(client, small_prompts(), checkpoint=work)
            held = self.allowance.for_summary("U1", work)(narrator)
            return await summary(Scope(), archive=COVERAGE, narrator=held)

    async def spent(self) -> tuple[Spent, Spent]:
        return await self.usage.spent(utc_now().date(), "U1")


@pytest.fixture
def runs(database: Database, model: ScriptedModel) -> Runs:
    return Runs(database, model)


async def test_given_a_question_cut_off_after_its_last_call_when_run_again_then_it_is_answered_and_counted_once(
    runs: Runs,
) -> None:
    first = await runs.ask(await runs.claimed())

    again = await runs.ask(await runs.claimed())

    assert [a.mode for a in (first, again)] == [Mode.MODEL, Mode.MODEL]
    assert len(runs.model.heard) == 1
    assert await runs.spent() == (ONE_CALL, ONE_CALL)


async def test_given_a_dispute_cut_off_in_its_second_look_when_run_again_then_it_is_looked_at_and_each_call_counts_once(
    runs: Runs,
) -> None:
    runs.model.always(answer=DISPUTE, second_look=Turn(look(), first_s=60))
    running = asyncio.create_task(runs.ask(await runs.claimed()))
    while len(runs.model.heard) < 2:  # noqa: ASYNC110 - the model is a thread of its own
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    runs.model.always(second_look=look())

    again = await runs.ask(await runs.claimed())

    assert again.comparison.second_look is SecondLook.UPHELD
    assert [request.step for request in runs.model.heard] == ["answer", "second_look", "second_look"]
    assert (await runs.spent())[0].calls == 2


async def test_given_a_summary_cut_off_after_its_last_call_when_run_again_then_it_is_written_and_counted_once(
    runs: Runs,
) -> None:
    first = await runs.sum_up(await runs.claimed())

    again = await runs.sum_up(await runs.claimed())

    assert [s.check for s in (first, again)] == [Check.CHECKED, Check.CHECKED]
    assert len(runs.model.heard) == 1
    assert await runs.spent() == (ONE_CALL, ONE_CALL)


async def test_given_a_follow_up_whose_rewording_takes_the_last_call_when_asked_then_it_is_answered(
    runs: Runs,
) -> None:
    told = await runs.ask(await runs.claimed(), Asked("Who has access?", "Firms."))

    assert (told.mode, told.trouble) == (Mode.MODEL, None)


async def test_given_a_question_that_another_has_taken_over_when_its_reply_comes_then_that_counts_too(
    runs: Runs,
) -> None:
    slow = await runs.claimed()
    await runs.claimed()

    with pytest.raises(Fenced):
        await runs.ask(slow)

    assert await runs.spent() == (ONE_CALL, ONE_CALL)


async def test_given_a_process_that_dies_at_any_write_of_a_digest_when_made_again_then_each_kept_reply_counts_once(
    database: Database, model: ScriptedModel
) -> None:
    writes, died = 0, True
    while died:
        name = f"workspace {writes}"
        await Library(database, name).add(article("a", "Twelve firms have access."))
        day, heard = Day(database, model, name, utc_now() + timedelta(minutes=1)), len(model.heard)

        died = await day.dies_after(writes)
        again = await day.digest(database)

        assert again.check is Check.CHECKED
        assert len(model.heard) - heard <= 1 + 1  # a reply that was not kept yet is asked for again
        assert (await UsageTable(database, name).spent(utc_now().date(), ""))[0].calls == 1
        writes += 1
    assert writes > 1
