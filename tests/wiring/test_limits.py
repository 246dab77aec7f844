"""Limits on what a workspace and its people may use of the model: who is let in, who is told, who is warned."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import ReaderUnavailable, ReplyUnusable
from bot.news.answer import answer
from bot.news.catalogue import ENGLISH, of
from bot.news.cite import Sheet
from bot.news.digest.digest import DraftDigest
from bot.news.model import Answer, Check, DraftStatement, Mode, Relation, Turn, Usage
from bot.news.ports import Reader
from bot.news.summary import DraftSummary, Length, Scope, Summary, summary
from bot.sandbox import ANNA, BEN, Sandbox
from bot.slack.account import signed_in
from bot.slack.languages import Languages
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.store.people.rules import StoredRules
from bot.store.people.usage import Spent, UsageTable
from bot.wiring.people.limits import WARNING, Allowance, Limits, WorkspaceSpent, telling_admins
from bot.worker import Job
from tests.fakes import FakeArchive, FakeReader
from tests.given import article, draft, says

COVERAGE = FakeArchive(
    article("a", "Twelve firms have access.", published="2026-05-19"),
    article("b", "Twenty firms have access.", published="2026-05-20"),
)
DISPUTE = draft(
    Relation.DISPUTE,
    [says("A", "twelve do"), says("B", "twenty do")],
    [("twelve do", "A"), ("twenty do", "B")],
)
AGREE = draft(Relation.SINGLE, [says("A", "twelve do")], [("twelve do", "A")], [("Twelve do.", "A1")])
CALL = 110  # tokens of one reading


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, 23, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(f"sqlite:///{tmp_path / 'crosscheck.db'}") as opened:
        yield opened


@pytest.fixture
def jobs(database: Database) -> JobTable[Job]:
    return JobTable(database, Job)


def allowance(database: Database, clock: Clock, workspace: str = "local", **limits: int) -> Allowance:
    jobs = JobTable(database, Job)
    return Allowance(UsageTable(database, workspace), Limits(**limits), jobs=jobs, workspace=workspace, clock=clock)


class Unnoted:
    """Work that has noted nothing, and writes what is to be written at once."""

    def __init__(self, database: Database) -> None:
        self.notes: dict[str, str] = {}
        self.write_with = database.write


async def asked(database: Database, held: Allowance, person: str, reader: Reader | None = None, *turns: Turn) -> Answer:
    reader = held.for_person(person, Unnoted(database))(reader or FakeReader([AGREE]))
    return await answer("How many firms have access?", archive=COVERAGE, reader=reader, turns=turns)


async def test_given_a_person_who_has_used_their_calls_when_they_ask_then_they_are_quoted_sources_and_told_until_when(
    database: Database, clock: Clock
) -> None:
    held = allowance(database, clock, person_calls=2)

    answers = [await asked(database, held, "U1") for _ in range(3)]
    other = await asked(database, held, "U2")

    assert [a.mode for a in answers] == [Mode.MODEL, Mode.MODEL, Mode.OFFLINE]
    refused = answers[-1]
    assert (refused.comparison.check, refused.trouble) == (Check.FAILED, ENGLISH.errors["PersonSpent"])
    assert "midnight UTC" in ENGLISH.errors["PersonSpent"]
    assert [s.text for s in refused.statements] == ["Twelve firms have access.", "Twenty firms have access."]
    assert other.mode is Mode.MODEL


async def test_given_a_workspace_that_has_used_its_tokens_when_anyone_asks_then_all_are_told_and_others_go_on(
    database: Database, clock: Clock
) -> None:
    held = allowance(database, clock, workspace_tokens=2 * CALL)
    elsewhere = allowance(database, clock, "T2", workspace_tokens=2 * CALL)

    answers = [await asked(database, held, person) for person in ("U1", "U2", "U3")]

    assert [a.trouble for a in answers] == [None, None, ENGLISH.errors["WorkspaceSpent"]]
    assert (await asked(database, elsewhere, "U1")).mode is Mode.MODEL


async def test_given_spent_calls_when_midnight_utc_has_passed_then_they_are_free_again(
    database: Database, clock: Clock
) -> None:
    held = allowance(database, clock, workspace_calls=1)
    await asked(database, held, "U1")
    before = await asked(database, held, "U1")

    clock.now += timedelta(hours=1)

    assert before.mode is Mode.OFFLINE
    assert (await asked(database, held, "U1")).mode is Mode.MODEL


async def test_given_a_second_look_when_the_first_call_was_the_last_then_the_question_is_finished(
    database: Database, clock: Clock
) -> None:
    held = allowance(database, clock, person_calls=1)
    reader = FakeReader([DISPUTE])

    first = await asked(database, held, "U1", reader)
    second = await asked(database, held, "U1", reader)

    assert first.comparison.relation is Relation.DISPUTE
    assert len(reader.looks) == 1
    assert second.mode is Mode.OFFLINE


async def test_given_a_follow_up_when_nothing_is_left_then_the_model_is_not_asked_at_all(
    database: Database, clock: Clock
) -> None:
    held = allowance(database, clock, person_calls=1)
    await asked(database, held, "U1")
    reader = FakeReader([AGREE])

    told = await asked(database, held, "U1", reader, Turn("Who has access?", "Firms."))

    assert told.trouble == ENGLISH.errors["PersonSpent"]
    assert (reader.followed, reader.questions) == ([], [])


async def test_given_a_follow_up_and_a_dispute_when_asked_then_every_call_counts(
    database: Database, clock: Clock
) -> None:
    held = allowance(database, clock, workspace_calls=100)

    await asked(database, held, "U1", FakeReader([DISPUTE]), Turn("Who has access?", "Firms."))

    workspace, own = await UsageTable(database, "local").spent(clock.now.date(), "U1")
    assert workspace == own
    assert (own.calls, own.tokens) == (3, CALL + 22 + 33)


async def test_given_a_reply_that_could_not_be_used_when_asked_then_what_it_cost_counts(
    database: Database, clock: Clock
) -> None:
    fault = ReplyUnusable("broken")
    fault.spent = (2, 200, 20)

    await asked(database, allowance(database, clock), "U1", FakeReader([fault]))

    workspace, _ = await UsageTable(database, "local").spent(clock.now.date(), "U1")
    assert (workspace.calls, workspace.tokens) == (2, 220)


async def test_given_no_limits_when_asked_again_and_again_then_everyone_is_let_in(
    database: Database, clock: Clock
) -> None:
    held = allowance(database, clock)

    answers = [await asked(database, held, "U1") for _ in range(5)]

    assert {a.mode for a in answers} == {Mode.MODEL}


async def test_given_four_fifths_used_when_more_is_then_the_admins_are_warned_once_a_day_for_all_replicas(
    database: Database, clock: Clock, jobs: JobTable[Job]
) -> None:
    replicas = [allowance(database, clock, workspace_calls=10) for _ in range(2)]
    warned = []
    for number in range(1, 10):
        await asked(database, replicas[number % 2], f"U{number}")
        while (job := await jobs.claim([WARNING], 60)) is not None:
            warned.append((number, job.payload["share"]))
            await jobs.done(job)

    [(number, said)] = warned
    assert number == 8
    assert said == "80%"

    clock.now += timedelta(days=1)
    for number in range(8):
        await asked(database, replicas[0], f"U{number}")
    assert await jobs.claim([WARNING], 60) is not None


async def test_given_admins_of_two_languages_when_warned_then_each_reads_it_in_their_own(database: Database) -> None:
    async with Sandbox() as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        sandbox.workspace.people[BEN].locale = "de-DE"
        languages = Languages(account, StoredRules(database, "local"))
        work = telling_admins(account, [ANNA, BEN], languages)[WARNING]

        await work(Job("j1", WARNING, "local", {"share": "80%", "key": "warning:1"}, 1, 1))

        direct = [sandbox.dm(person) for person in (ANNA, BEN)]
        said = [sandbox.messages(channel)[-1].text for channel in direct]
    assert said == [told.notices.nearly_spent.format(share="80%") for told in (ENGLISH, of("de"))]


async def test_given_a_store_that_cannot_count_when_asked_then_the_answer_is_not_lost(
    database: Database, clock: Clock
) -> None:
    await database.write(lambda connection: connection.execute(text("DROP TABLE usage")))

    told = await asked(database, allowance(database, clock), "U1")

    assert told.mode is Mode.MODEL


LINE = DraftStatement("Twelve do.", ("A1",))


class Narrating:
    """A narrator and summariser whose every call costs one call of ten tokens."""

    def __init__(self, fault: ReaderUnavailable | None = None) -> None:
        self.calls = 0
        self.fault = fault

    async def narrate(self, sheet: Sheet, about: str, length: Length, disputed: Sequence[str]) -> DraftSummary:
        return DraftSummary(happened=(LINE,), usage=self._used())

    async def summarise(self, sheet: Sheet, told: Sequence[str]) -> DraftDigest:
        return DraftDigest((LINE,), (), self._used())

    def _used(self) -> Usage:
        self.calls += 1
        if self.fault:
            raise self.fault
        return Usage(1, 8, 2)


async def summed_up(database: Database, held: Allowance, person: str, narrating: Narrating, **more: int) -> Summary:
    return await summary(
        Scope(), archive=COVERAGE, narrator=held.for_summary(person, Unnoted(database))(narrating), **more
    )


async def test_given_a_person_who_has_used_their_calls_when_they_ask_for_a_summary_then_it_is_not_written_and_told(
    database: Database, clock: Clock
) -> None:
    held, narrating = allowance(database, clock, person_calls=1), Narrating()

    first, second = [await summed_up(database, held, "U1", narrating) for _ in range(2)]

    assert first.check is Check.CHECKED
    assert (second.check, second.trouble) == (Check.FAILED, ENGLISH.errors["PersonSpent"])
    assert narrating.calls == 1
    assert (await asked(database, held, "U1")).trouble == ENGLISH.errors["PersonSpent"]
    assert (await summed_up(database, held, "U2", narrating)).check is Check.CHECKED


async def test_given_a_summary_in_parts_when_the_limit_is_met_midway_then_it_is_finished(
    database: Database, clock: Clock
) -> None:
    held, narrating = allowance(database, clock, person_calls=1), Narrating()

    told = await summed_up(database, held, "U1", narrating, excerpt_tokens=9)

    assert narrating.calls > 1
    assert told.check is Check.CHECKED


async def test_given_a_summary_in_parts_when_they_begin_together_then_the_limits_are_asked_once_for_all(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def spent(usage: UsageTable, day: date, person: str) -> tuple[Spent, Spent]:
        asked.append(person)
        await asyncio.sleep(0)  # the other parts come to the limits meanwhile
        return Spent(), Spent()

    monkeypatch.setattr(UsageTable, "spent", spent)
    narrating = Narrating()

    await summed_up(database, allowance(database, clock, person_calls=1), "U1", narrating, excerpt_tokens=9)

    assert narrating.calls > 1
    assert asked == ["U1"]


async def test_given_a_workspace_that_has_used_its_calls_when_a_digest_is_due_then_the_model_is_not_asked(
    database: Database, clock: Clock
) -> None:
    held, narrating = allowance(database, clock, workspace_calls=2), Narrating()
    summariser = held.for_digest(narrating, Unnoted(database))

    for _ in range(2):
        await summariser.summarise(Sheet(()), ())

    with pytest.raises(WorkspaceSpent):
        await summariser.summarise(Sheet(()), ())
    assert narrating.calls == 2


async def test_given_a_summary_or_a_digest_that_failed_when_it_was_paid_for_then_it_counts(
    database: Database, clock: Clock
) -> None:
    fault = ReaderUnavailable("cut off")
    fault.spent = (1, 100, 10)
    held = allowance(database, clock)

    await summed_up(database, held, "U1", Narrating(fault))
    with pytest.raises(ReaderUnavailable):
        await held.for_digest(Narrating(fault), Unnoted(database)).summarise(Sheet(()), ())

    workspace, own = await UsageTable(database, "local").spent(clock.now.date(), "U1")
    assert (workspace.calls, workspace.tokens, own.calls) == (2, 220, 1)
