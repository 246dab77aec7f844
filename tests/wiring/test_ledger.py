"""The ledger at work: arrivals wait, turns go one at a time, what waits goes on, and followers hear once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from bot.errors import StoreUnavailable
from bot.llm.client import ModelClient
from bot.llm.prompts import Prompts
from bot.news.digest.digest import Move
from bot.news.ledger.changes import dismiss, follow
from bot.news.ledger.follows import News
from bot.news.ledger.standing import State
from bot.news.model import Article, Check, Comparison, Relation
from bot.settings import Settings
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.store.ledger.ledger import StoredLedger
from bot.wiring.coverage.coverage import LEDGER
from bot.wiring.desks.desk import SAMPLE, Reading, fill_sample
from bot.wiring.desks.ledger import FOLLOW, TURN, LedgerWork
from bot.worker import Job
from tests.databases import Dying, database, database_url, postgres_server
from tests.given import article
from tests.knowing import knows
from tests.llm.given import client_of
from tests.news.ledger_world import Fact
from tests.scripted_model import ScriptedModel, failed

__all__ = ["database", "database_url", "postgres_server"]

MORNING = datetime(2026, 5, 20, 9, tzinfo=UTC)
FIRMS = Fact("How many firms have access?", {"Twelve firms": "twelve do", "Twenty firms": "twenty do"})
TWELVE = article("a", "Twelve firms have access.", "Rain is expected in the north.")
TWENTY = article("b", "Twenty firms have access.", "The minister smiled at the crowd.")


@dataclass
class Thread:
    """Followers that note what they are told."""

    heard: list[tuple[str, News]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def tell(self, workspace: str, news: News, key: str) -> None:
        self.heard.append((workspace, news))
        self.keys.append(key)


class Newsroom:
    """A workspace with its library, ledger and jobs, whose clock moves a minute with each arrival."""

    def __init__(self, database: Database, client: ModelClient | None, workspace: str = "local") -> None:
        self.database = database
        self.workspace = workspace
        self.now = MORNING
        self.jobs = JobTable(database, Job, clock=lambda: self.now)
        self.library = Library(database, workspace)
        self.ledger = StoredLedger(database, workspace)
        self.thread = Thread()
        self.reading = Reading(Prompts.load(), client, [], [])
        self.at_work = self.work()

    def work(self, calls_a_day: int = 1_000) -> LedgerWork:
        """As a new process would."""
        return LedgerWork(
            self.database,
            self.jobs,
            self.reading,
            excerpt_tokens=12_000,
            calls_a_day=calls_a_day,
            followers=self.thread,
            clock=lambda: self.now,
        )

    async def comes(self, new: Article) -> None:
        await self.library.add(new)
        await self.announced(new.id)

    async def goes(self, id: str) -> None:
        await self.library.remove(id)
        await self.announced(id)

    async def announced(self, id: str) -> None:
        self.now += timedelta(minutes=1)
        await self.jobs.put(LEDGER, {"article": id}, keys=[f"{id} {self.now}"], workspace=self.workspace, lane=LEDGER)

    async def ran(self, *kinds: str) -> int:
        """Run the jobs that are due, of these kinds, else arrivals and turns; how many there were."""
        count = 0
        while (job := await self.jobs.claim(kinds or (LEDGER, TURN), 60)) is not None:
            await self.at_work.work()[job.kind](job)
            await self.jobs.done(job)
            count += 1
        return count

    async def dies_after(self, writes: int) -> bool:
        """Run the jobs in a process that dies after so many writes; False where that was enough for all."""
        mortal = Dying(self.database, writes)
        jobs = JobTable(mortal, Job, clock=lambda: self.now)  # type: ignore[arg-type]  # it quacks like one
        work = LedgerWork(
            mortal,  # type: ignore[arg-type]
            jobs,
            self.reading,
            excerpt_tokens=12_000,
            followers=self.thread,
            clock=lambda: self.now,
        ).work()
        try:
            while (job := await jobs.claim([LEDGER, TURN], 60)) is not None:
                await work[job.kind](job)
                await jobs.done(job)
        except StoreUnavailable:
            return True
        return False

    async def open(self) -> list[str]:
        return [e.comparison.question for e in await self.ledger.standing(State.OPEN)]

    async def waiting(self) -> list[str]:
        return [w.article for w in await self.ledger.waiting()]


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with ScriptedModel() as scripted:
        knows(scripted, FIRMS)
        yield scripted


@pytest.fixture
async def room(database: Database, model: ScriptedModel) -> AsyncIterator[Newsroom]:
    async with client_of(model, attempts=1) as client:
        yield Newsroom(database, client)


async def test_given_two_articles_that_differ_when_they_arrive_then_a_dispute_stands_and_followers_hear_once(
    room: Newsroom,
) -> None:
    await room.comes(TWELVE)
    await room.comes(TWENTY)

    ran = await room.ran()
    told = await room.ran(FOLLOW)

    assert (ran, told) == (4, 1)
    assert await room.open() == [FIRMS.question]
    assert await room.waiting() == []
    [(workspace, news)] = room.thread.heard
    assert (workspace, news.move, news.owner, news.before) == ("local", Move.NEW, None, None)
    assert [p.claim for p in news.comparison.positions] == ["twelve do", "twenty do"]


async def test_given_a_standing_dispute_when_a_side_goes_away_then_it_is_settled_and_followers_hear(
    room: Newsroom, model: ScriptedModel
) -> None:
    await room.comes(TWELVE)
    await room.comes(TWENTY)
    await room.ran()
    calls = len(model.heard)

    await room.goes("b")
    await room.ran()
    await room.ran(FOLLOW)

    assert await room.open() == []
    assert len(model.heard) == calls
    assert [news.move for _, news in room.thread.heard] == [Move.NEW, Move.SETTLED]
    before = room.thread.heard[1][1].before
    assert before is not None
    assert before.relation is Relation.DISPUTE


async def test_given_a_process_that_dies_at_any_write_when_another_goes_on_then_nothing_is_lost_or_doubled(
    tmp_path: Path, model: ScriptedModel
) -> None:
    writes, died = 0, True
    async with await Database.open(f"sqlite:///{tmp_path}/it.db") as database, client_of(model, attempts=1) as client:
        while died:
            room = Newsroom(database, client, f"workspace {writes}")
            await room.comes(TWELVE)
            await room.comes(TWENTY)
            before = len(model.heard)

            died = await room.dies_after(writes)
            room.now += timedelta(minutes=2)  # the leases have run out
            await room.ran()
            await room.goes("b")
            await room.ran()
            await room.ran(FOLLOW)

            assert [news.move for _, news in room.thread.heard] == [Move.NEW, Move.SETTLED]
            assert await room.waiting() == []
            heard = [request.text for request in model.heard[before:]]
            assert len(heard) <= 6 + 1  # a reply that was not kept yet is asked for again
            assert await room.ledger.spent(room.now.date()) == len(list(groupby(heard)))  # and a kept one counts once
            writes += 1
    assert writes > 20


async def test_given_a_day_whose_calls_are_spent_when_midnight_has_passed_in_utc_then_what_waits_goes_on(
    room: Newsroom, model: ScriptedModel
) -> None:
    room.at_work = room.work(calls_a_day=2)
    await room.comes(TWELVE)
    await room.comes(TWENTY)
    await room.ran()
    capped = (await room.waiting(), len(model.heard), await room.open())

    await room.at_work.go()
    before = await room.ran()
    room.now = datetime(2026, 5, 21, 0, 0, 1, tzinfo=UTC)
    await room.at_work.go()
    await room.at_work.go()
    after = await room.ran()

    assert capped == (["a", "b"], 1, [])
    assert (before, after) == (0, 2)
    assert await room.waiting() == ["b"]  # the comparison and its second look were this day's two calls
    assert await room.open() == [FIRMS.question]


async def test_given_no_model_when_articles_arrive_then_they_wait_and_no_job_fails(database: Database) -> None:
    room = Newsroom(database, None)
    await room.comes(TWELVE)
    await room.comes(TWENTY)

    ran = await room.ran()
    await room.at_work.go()

    assert (ran, await room.ran()) == (3, 0)
    assert await room.waiting() == ["a", "b"]


async def test_given_the_sample_without_a_model_when_its_articles_arrive_then_recorded_replies_give_them_their_turns(
    database: Database,
) -> None:
    room = Newsroom(database, None, SAMPLE)
    room.at_work = LedgerWork(database, room.jobs, Reading.of(Settings()), excerpt_tokens=12_000)
    await fill_sample(room.library)
    for each in await room.library.articles():
        await room.announced(each.id)

    await room.ran()

    assert await room.waiting() == []
    assert len(await room.ledger.standing(State.OPEN)) > 10
    assert await room.jobs.dead() == []


async def test_given_coverage_of_ones_own_without_a_model_when_it_arrives_then_it_waits_quietly(
    database: Database,
) -> None:
    room = Newsroom(database, None)
    room.at_work = LedgerWork(database, room.jobs, Reading.of(Settings()), excerpt_tokens=12_000)

    await room.comes(TWELVE)
    await room.comes(TWENTY)
    ran = await room.ran()

    assert ran <= 4
    assert len(await room.waiting()) == 2
    assert await room.jobs.dead() == []


async def test_given_a_model_that_is_away_when_it_is_back_then_what_waits_goes_on_without_asking_in_between(
    room: Newsroom, model: ScriptedModel
) -> None:
    model.plays(failed(503))
    await room.comes(TWELVE)
    await room.comes(TWENTY)
    await room.ran()
    while_away = (len(model.heard), await room.waiting())

    room.now += timedelta(minutes=11)
    await room.at_work.go()
    await room.ran()

    assert while_away == (1, ["a", "b"])
    assert await room.waiting() == []
    assert await room.open() == [FIRMS.question]


async def test_given_a_followed_question_when_coverage_answers_it_then_its_owner_hears_of_it_alone(
    room: Newsroom, model: ScriptedModel
) -> None:
    asked = "How many firms got access?"
    knows(model, Fact(asked, FIRMS.answers, asked=True))
    comparison = Comparison(asked, Check.CHECKED, Relation.NONE)
    await follow("thread:1", comparison, room.now, ledger=room.ledger)

    await room.comes(TWELVE)
    await room.ran()
    await room.ran(FOLLOW)

    [(_, news)] = room.thread.heard
    assert (news.owner, news.move, news.before) == ("thread:1", Move.CHANGED, comparison)
    assert news.comparison.relation is Relation.SINGLE
    assert await room.open() == []


async def test_given_a_dispute_that_was_dismissed_before_followers_heard_when_told_then_they_do_not(
    room: Newsroom,
) -> None:
    await room.comes(TWELVE)
    await room.comes(TWENTY)
    await room.ran()
    [entry] = await room.ledger.standing(State.OPEN)

    await dismiss(entry.id, "U1", room.now, ledger=room.ledger)
    told = await room.ran(FOLLOW)

    assert told == 1
    assert room.thread.heard == []


async def test_given_news_that_are_told_again_after_a_crash_when_told_then_they_have_the_same_key(
    room: Newsroom,
) -> None:
    await room.comes(TWELVE)
    await room.comes(TWENTY)
    await room.ran()
    job = await room.jobs.claim([FOLLOW], 60)
    assert job is not None

    await room.at_work.work()[FOLLOW](job)
    await room.at_work.work()[FOLLOW](job)

    assert len(room.thread.keys) == 2
    assert len(set(room.thread.keys)) == 1


async def test_given_a_digest_that_is_read_during_a_turn_when_that_ends_then_followers_and_the_next_digest_tell_of_it(
    room: Newsroom,
) -> None:
    await room.comes(TWELVE)
    await room.comes(TWENTY)
    due, tomorrow = room.now + timedelta(minutes=1), room.now + timedelta(days=1)

    early = await room.ledger.changes(MORNING, due)
    await room.ran()
    told = await room.ran(FOLLOW)

    assert (early, told) == ([], 1)
    assert [news.at for _, news in room.thread.heard] == [due]
    assert [change.entry.opened for change in await room.ledger.changes(due, tomorrow)] == [due]


async def test_given_many_articles_that_wait_when_one_goes_away_then_that_waits_for_one_turn_at_most(
    room: Newsroom,
) -> None:
    await room.comes(TWELVE)
    await room.comes(TWENTY)
    await room.ran()
    for id in "cdef":
        await room.comes(article(id, "Rain is expected in the north."))
    await room.goes("b")
    await room.ran(LEDGER)

    taken = 0
    while await room.open() and taken < 10:
        job = await room.jobs.claim([TURN], 60)
        assert job is not None
        other = await room.jobs.claim([TURN], 60)  # turns never run side by side
        await room.at_work.work()[TURN](job)
        await room.jobs.done(job)
        taken += 1
        assert other is None

    assert taken == 2
    assert len(await room.waiting()) == 3


async def test_given_two_workspaces_when_articles_arrive_then_their_ledgers_stay_apart(
    room: Newsroom, database: Database
) -> None:
    other = Newsroom(database, room.reading.client, "elsewhere")
    await room.comes(TWELVE)
    await other.comes(TWENTY)

    await room.ran()
    await other.ran()

    assert await room.open() == []
    assert await other.open() == []
