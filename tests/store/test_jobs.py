"""The table of jobs: put once, claimed by one, fenced, in order, given up, forgotten; on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.errors import Fenced
from bot.news.model import Turn
from bot.store.database import Database
from bot.store.jobs.jobs import Bound, JobTable
from bot.store.people.conversations import Conversations
from bot.worker import Job, Jobs


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(database: Database, clock: Clock) -> JobTable[Job]:
    return JobTable(database, Job, clock=clock)


async def claimed(jobs: Jobs, *kinds: str, lease_s: float = 60) -> Job:
    job = await jobs.claim(kinds or ["answer"], lease_s)
    assert job is not None
    return job


async def texts(jobs: Jobs, count: int) -> list[str]:
    """What the next claims give; "-" where one gives nothing."""
    found = [await jobs.claim(["answer"], 60) for _ in range(count)]
    return [str(job.payload["text"]) if job else "-" for job in found]


async def test_given_a_job_when_claimed_then_it_comes_whole_and_to_nobody_else(jobs: JobTable[Job]) -> None:
    id = await jobs.put("answer", {"text": "“Why?”\0"}, keys=["e1"], workspace="T1")

    job = await jobs.claim(["answer"], 60)

    assert job == Job(
        id=str(id), kind="answer", workspace="T1", payload={"text": "“Why?”\0"}, claim=1, attempts=1, notes={}
    )
    assert await jobs.claim(["answer"], 60) is None


async def test_given_a_job_under_two_keys_when_either_comes_again_then_it_is_not_put(jobs: JobTable[Job]) -> None:
    await jobs.put("answer", {"text": "a"}, keys=["event:1", "message:1"])

    again = [await jobs.put("answer", {"text": "b"}, keys=keys) for keys in (["event:1"], ["event:2", "message:1"])]
    elsewhere = await jobs.put("answer", {"text": "c"}, keys=["event:1"], workspace="T2")
    fresh = await jobs.put("answer", {"text": "d"}, keys=["event:2"])

    assert again == [None, None]
    assert elsewhere is not None
    assert fresh is not None  # a refused put leaves no key behind
    assert await texts(jobs, 4) == ["a", "c", "d", "-"]


async def test_given_one_event_delivered_at_once_many_times_when_put_then_one_job_is_kept(
    jobs: JobTable[Job],
) -> None:
    keys = ["event:1", "message:1"]

    ids = await asyncio.gather(*(jobs.put("answer", {}, keys=keys[:: 1 if n % 2 else -1], lane="x") for n in range(12)))

    assert len([id for id in ids if id]) == 1


async def test_given_several_jobs_when_put_together_then_known_ones_are_left_out_and_what_goes_beside_them_is_kept(
    jobs: JobTable[Job], database: Database
) -> None:
    written = []

    async def put(**texts: str) -> None:
        payloads = {key: {"text": text} for key, text in texts.items()}
        await jobs.put_all(
            "answer", payloads, workspace="T1", lane="l", priority=0, beside=lambda _: written.append(texts)
        )

    await put(a="one", b="two")
    await put(b="two again", c="three")
    await put(c="three again")
    found = []
    for _ in range(3):
        job = await claimed(jobs)
        found.append(job.payload["text"])
        await jobs.done(job)

    assert found == ["one", "two", "three"]
    assert await jobs.claim(["answer"], 60) is None
    assert len(written) == 3


async def test_given_several_jobs_when_what_goes_beside_them_fails_then_none_is_kept(jobs: JobTable[Job]) -> None:
    def fails(_: object) -> None:
        raise Fenced("not now")

    with pytest.raises(Fenced):
        await jobs.put_all("answer", {"a": {"text": "one"}}, workspace="T1", lane="l", priority=0, beside=fails)

    assert await jobs.claim(["answer"], 60) is None


async def test_given_many_claimers_when_they_claim_at_once_then_each_job_goes_to_one(jobs: JobTable[Job]) -> None:
    for number in range(10):
        await jobs.put("answer", {"text": number}, keys=[str(number)])

    found = await asyncio.gather(*(jobs.claim(["answer"], 60) for _ in range(14)))

    assert sorted(job.payload["text"] for job in found if job) == list(range(10))


async def test_given_another_kind_when_claimed_then_it_is_left(jobs: JobTable[Job]) -> None:
    await jobs.put("digest", {}, keys=["1"])

    assert await jobs.claim(["answer", "ingest"], 60) is None
    assert (await claimed(jobs, "answer", "digest")).kind == "digest"


async def test_given_priorities_when_claimed_then_higher_first_and_equal_in_order_of_arrival(
    jobs: JobTable[Job],
) -> None:
    for name, priority in (("low", 0), ("high", 5), ("low too", 0), ("high too", 5)):
        await jobs.put("answer", {"text": name}, keys=[name], priority=priority)

    assert await texts(jobs, 4) == ["high", "high too", "low", "low too"]


async def test_given_a_lane_when_claimed_then_its_jobs_run_one_after_another(jobs: JobTable[Job]) -> None:
    for name, lane in (("first", "thread"), ("second", "thread"), ("other", "another"), ("free", "")):
        await jobs.put("answer", {"text": name}, keys=[name], lane=lane)
    first = await claimed(jobs)

    assert await texts(jobs, 3) == ["other", "free", "-"]
    await jobs.retry(first, 10, "later")
    assert await texts(jobs, 1) == ["-"]


@pytest.mark.parametrize("end", ["done", "bury"])
async def test_given_a_lane_when_its_first_job_ends_then_the_next_is_claimed(jobs: JobTable[Job], end: str) -> None:
    for name in ("first", "second"):
        await jobs.put("answer", {"text": name}, keys=[name], lane="thread")
    first = await claimed(jobs)

    await (jobs.done(first) if end == "done" else jobs.bury(first, "gone"))

    assert await texts(jobs, 2) == ["second", "-"]


async def test_given_one_lane_in_two_workspaces_when_claimed_then_neither_waits(jobs: JobTable[Job]) -> None:
    for workspace in ("T1", "T2"):
        await jobs.put("answer", {"text": workspace}, keys=["1"], lane="thread", workspace=workspace)

    assert await texts(jobs, 2) == ["T1", "T2"]


async def test_given_a_job_for_later_when_claimed_then_it_waits_for_its_time(jobs: JobTable[Job], clock: Clock) -> None:
    await jobs.put("answer", {"text": "later"}, keys=["1"], after_s=30)

    early = await texts(jobs, 1)
    clock.pass_s(30)

    assert early == ["-"]
    assert await texts(jobs, 1) == ["later"]


async def test_given_a_clock_that_is_set_back_when_claimed_then_what_was_due_is_still_due(
    jobs: JobTable[Job], clock: Clock
) -> None:
    for name in ("put", "given back", "revived"):
        await jobs.put("answer", {"text": name}, keys=[name])
    _, given_back, revived = [await claimed(jobs) for _ in range(3)]
    await jobs.put("answer", {"text": "put later"}, keys=["put later"])
    await jobs.release(given_back)
    await jobs.bury(revived, "gone")
    await jobs.revive(revived.id)

    clock.pass_s(-3600)

    assert await texts(jobs, 4) == ["given back", "revived", "put later", "-"]


async def test_given_a_lease_when_it_runs_out_then_another_takes_over_with_the_notes_and_the_first_is_fenced(
    jobs: JobTable[Job], clock: Clock
) -> None:
    await jobs.put("answer", {}, keys=["1"], lane="thread")
    first = await claimed(jobs, lease_s=60)
    await jobs.note(first, "reply", "half")
    await jobs.note(first, "reply", "whole")
    clock.pass_s(61)

    second = await claimed(jobs, lease_s=60)

    assert (second.id, second.claim, second.attempts, second.notes) == (first.id, 2, 2, {"reply": "whole"})
    for write in (
        jobs.done(first),
        jobs.note(first, "reply", "late"),
        jobs.renew(first, 60),
        jobs.retry(first, 0, "late"),
        jobs.release(first),
        jobs.bury(first, "late"),
    ):
        with pytest.raises(Fenced):
            await write
    clock.pass_s(61)
    assert (await claimed(jobs)).notes == {"reply": "whole"}


async def test_given_a_lease_when_renewed_then_nobody_takes_the_job_over(jobs: JobTable[Job], clock: Clock) -> None:
    await jobs.put("answer", {}, keys=["1"])
    job = await claimed(jobs, lease_s=60)
    clock.pass_s(50)

    await jobs.renew(job, 60)

    clock.pass_s(50)
    assert await jobs.claim(["answer"], 60) is None
    await jobs.done(job)


async def test_given_a_finished_job_when_written_to_then_it_is_fenced(jobs: JobTable[Job]) -> None:
    await jobs.put("answer", {}, keys=["1"])
    job = await claimed(jobs)
    await jobs.done(job)

    with pytest.raises(Fenced):
        await jobs.note(job, "reply", "late")
    with pytest.raises(Fenced):
        await jobs.done(job)


async def test_given_a_failed_job_when_retried_then_it_comes_again_after_its_time_as_a_further_attempt(
    jobs: JobTable[Job], clock: Clock
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    await jobs.retry(await claimed(jobs), 20, "busy")

    early = await jobs.claim(["answer"], 60)
    clock.pass_s(20)
    again = await claimed(jobs)

    assert early is None
    assert (again.attempts, again.claim) == (2, 2)


async def test_given_a_job_when_given_back_then_it_is_free_at_once_and_was_no_attempt(jobs: JobTable[Job]) -> None:
    await jobs.put("answer", {}, keys=["1"])
    await jobs.release(await claimed(jobs))

    again = await claimed(jobs)

    assert (again.attempts, again.claim) == (1, 2)


async def test_given_a_buried_job_when_revived_then_it_is_tried_from_the_first_attempt_with_its_notes(
    jobs: JobTable[Job], clock: Clock
) -> None:
    await jobs.put("answer", {}, keys=["1"])
    job = await claimed(jobs)
    await jobs.note(job, "reply", "whole")
    await jobs.bury(job, "ReplyUnusable")
    dead = await jobs.dead()

    revived = await jobs.revive(job.id)

    assert [(d.id, d.kind, d.workspace, d.attempts, d.reason, d.ended) for d in dead] == [
        (job.id, "answer", "local", 1, "ReplyUnusable", clock.now)
    ]
    assert revived
    assert await jobs.dead() == []
    again = await claimed(jobs)
    assert (again.attempts, again.notes) == (1, {"reply": "whole"})
    assert not await jobs.revive(job.id)


async def test_given_ended_jobs_when_purged_then_words_go_first_and_keys_later(
    jobs: JobTable[Job], database: Database, clock: Clock
) -> None:
    await jobs.put("answer", {"text": "secret"}, keys=["done"])
    await jobs.put("answer", {"text": "secret"}, keys=["dead"])
    await jobs.put("answer", {"text": "waits"}, keys=["waiting"])
    done, dead = await claimed(jobs), await claimed(jobs)
    for job in (done, dead):
        await jobs.note(job, "reply", "secret")
    await jobs.done(done)
    await jobs.bury(dead, "gave up")
    clock.pass_s(100)

    early = await jobs.purge(words_s=101, keys_s=1000)
    emptied = await jobs.purge(words_s=99, keys_s=1000)

    assert (early, emptied) == (0, 2)
    assert await held(database, "SELECT payload FROM jobs WHERE payload LIKE '%secret%'") == []
    assert await held(database, "SELECT value FROM job_notes") == []
    assert await jobs.dead() == []
    assert await jobs.put("answer", {}, keys=["done"]) is None
    clock.pass_s(1000)
    await jobs.purge(words_s=99, keys_s=1000)
    assert await held(database, "SELECT key FROM job_keys") == [("waiting",)]
    assert await texts(jobs, 2) == ["waits", "-"]


async def test_given_jobs_of_machines_when_forgotten_then_those_that_were_done_long_ago_are_gone(
    jobs: JobTable[Job], database: Database, clock: Clock
) -> None:
    for kind, key in (("feed", "old"), ("feed", "dead"), ("answer", "asked")):
        await jobs.put(kind, {}, keys=[key])
        job = await claimed(jobs, kind)
        await jobs.note(job, "reply", key)
        await (jobs.bury(job, "gave up") if key == "dead" else jobs.done(job))
    clock.pass_s(100)
    await jobs.put("feed", {}, keys=["new"])
    await jobs.done(await claimed(jobs, "feed"))

    await jobs.forget(["feed"], older_than_s=99)

    assert await held(database, "SELECT key FROM job_keys ORDER BY key") == [("asked",), ("dead",), ("new",)]
    assert await held(database, "SELECT value FROM job_notes ORDER BY value") == [("asked",), ("dead",)]
    assert [job.kind for job in await jobs.dead()] == ["feed"]
    assert await jobs.put("feed", {}, keys=["old"]) is not None


async def held(database: Database, query: str) -> list[tuple[object, ...]]:
    return await database.read(lambda connection: [tuple(row) for row in connection.execute(text(query))])


async def test_given_others_that_are_due_when_claimed_then_the_job_tells_so(jobs: JobTable[Job], clock: Clock) -> None:
    await jobs.put("answer", {}, keys=["1"], lane="thread")
    await jobs.put("answer", {}, keys=["2"], lane="thread")
    await jobs.put("ingest", {}, keys=["3"])
    await jobs.put("answer", {}, keys=["4"], after_s=60)

    first = await claimed(jobs)
    await jobs.done(first)
    second = await claimed(jobs)
    clock.pass_s(61)
    another = await claimed(jobs, "ingest", "answer")

    assert first.more  # one that waits for its lane
    assert not second.more  # another kind's, and one that is not due yet
    assert another.more


async def test_given_a_job_that_leaves_something_behind_when_done_then_it_is_kept_with_the_end_or_not_at_all(
    jobs: JobTable[Job], database: Database
) -> None:
    conversations = Conversations(database, "local")
    await jobs.put("answer", {}, keys=["1"])
    job = await claimed(jobs)

    await jobs.done(job, conversations.keeping("C1", "1.0", Turn("Why?", "Because.")))
    with pytest.raises(Fenced):
        await jobs.done(job, conversations.keeping("C1", "1.0", Turn("And then?", "Nothing.")))

    assert await conversations.turns("C1", "1.0") == [Turn("Why?", "Because.")]


async def test_given_jobs_that_wait_when_asked_for_a_place_then_it_tells_how_many_of_some_kinds_come_first(
    jobs: JobTable[Job],
) -> None:
    kinds = ("answer", "command")
    ids = [await jobs.put(kind, {}, keys=[kind], workspace=kind, lane="") for kind in (*kinds, "digest", "answer too")]
    ids.append(await jobs.put("answer", {}, keys=["third"]))
    places = [await jobs.before(str(id), kinds) for id in ids]

    first = await claimed(jobs)

    assert places == [0, 1, 2, 2, 2]
    assert [await jobs.before(str(id), kinds) for id in ids] == [None, 0, 1, 1, 1]
    await jobs.done(first)
    assert await jobs.before(first.id, kinds) is None


async def test_given_as_many_waiting_as_a_workspace_may_have_when_another_comes_then_it_is_kept_as_one_turned_away(
    jobs: JobTable[Job],
) -> None:
    bound = Bound(("answer", "command"), 2, "turned away")

    async def put(key: str, kind: str = "answer", workspace: str = "T1") -> None:
        assert await jobs.put(kind, {"text": key}, keys=[key], workspace=workspace, lane="thread", bound=bound)

    await put("one")
    await put("two", "command")
    await put("three", "command")
    await put("elsewhere", workspace="T2")

    away = await claimed(jobs, "turned away")
    assert (away.workspace, away.payload) == ("T1", {"text": "three", "was": "command"})
    assert await jobs.claim(["turned away"], 60) is None
    await jobs.done(await claimed(jobs))
    await put("four")
    assert await jobs.claim(["turned away"], 60) is None
