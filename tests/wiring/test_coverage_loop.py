"""Coverage that comes in by itself: rounds that leave jobs, jobs that poll, and what they leave for the ledger."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import UnreadableCoverage
from bot.feeds.confined import Confined
from bot.feeds.fetch import Fetcher
from bot.feeds.guard import anywhere
from bot.store.coverage.arrivals import Arrivals
from bot.store.coverage.feeds import FeedTable
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.wiring.coverage.coverage import LEDGER, Coverage
from bot.wiring.coverage.feed_states import read_state
from bot.wiring.coverage.reprints import Reprints
from bot.wiring.coverage.rounds import FEED, Rounds, whose_turn
from bot.wiring.coverage.subscribing import subscribe, watch
from bot.wiring.coverage.taking import take
from bot.wiring.serving import Patrol, these
from bot.worker import Job, Worker
from tests.databases import database, database_url, postgres_server
from tests.feeds.pages import STORY, a_page, an_item, rss
from tests.feeds.site import Site, a_site, answer
from tests.given import article

__all__ = ["database", "database_url", "postgres_server"]

ROOT = Path(__file__).parents[2]
QUARTER = timedelta(minutes=15)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(database: Database, clock: Clock) -> JobTable[Job]:
    return JobTable(database, Job, clock=clock)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "coverage"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def reading() -> Iterator[Confined]:
    with Confined(timeout_s=10) as confined:
        yield confined


@pytest.fixture
async def incoming(database: Database, jobs: JobTable[Job], clock: Clock, reading: Confined) -> AsyncIterator[Coverage]:
    async with Fetcher(may_reach=anywhere, pause_s=0) as web:
        yield Coverage(database, "local", jobs=jobs, web=web, reading=reading, clock=clock)


@asynccontextmanager
async def a_feed(*titles: str) -> AsyncIterator[Site]:
    """A site whose feed has these entries, each with a page of its own."""
    async with a_site({}) as site:
        show(site, *titles)
        yield site


def show(site: Site, *titles: str, summary: str = "It is over.") -> None:
    items = [an_item(site.url(f"/{title}"), title, summary) for title in titles]
    site.answers["/feed"] = answer(rss(items), type="application/rss+xml")
    for title in titles:
        page = a_page(f"{title} begins.", *STORY, title=title)
        site.answers.setdefault(f"/{title}", answer(page))


async def done(jobs: JobTable[Job], rounds: Rounds) -> int:
    """Run the feeds' jobs that wait; how many there were."""
    count = 0
    while (job := await jobs.claim([FEED], 60)) is not None:
        await rounds.work()[FEED](job)
        await jobs.done(job)
        count += 1
    return count


async def told(jobs: JobTable[Job]) -> list[tuple[str, int]]:
    """The articles and versions that wait for the ledger, which takes them one at a time."""
    found = []
    while (job := await jobs.claim([LEDGER], 60)) is not None:
        found.append((job.payload["article"], job.payload["version"]))
        await jobs.done(job)
    return found


async def titles(incoming: Coverage) -> set[str]:
    return {each.title for each in await incoming.library.articles()}


async def test_given_a_feed_when_the_rounds_go_then_its_articles_come_and_the_ledger_is_told(
    incoming: Coverage, jobs: JobTable[Job]
) -> None:
    async with a_feed("ban", "talks") as site:
        added = await subscribe(incoming, site.url("/feed"), interval_s=900)
        rounds = Rounds(incoming, jobs)

        await rounds.go()
        ran = await done(jobs, rounds)

    assert (added.title, added.entries, added.trouble) == ("The Courier", 2, None)
    assert ran == 1
    assert await titles(incoming) == {"ban", "talks"}
    ids = [each.id for each in await incoming.library.articles()]
    assert sorted(await told(jobs)) == sorted((id, 1) for id in ids)


async def test_given_replicas_when_they_go_on_rounds_at_once_then_a_feed_is_polled_once(
    incoming: Coverage, jobs: JobTable[Job]
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        rounds = Rounds(incoming, jobs)

        await asyncio.gather(*(rounds.go() for _ in range(4)))

        assert await done(jobs, rounds) == 1


async def test_given_a_polled_feed_when_rounds_go_on_then_it_rests_until_it_is_due_and_nothing_is_fetched_twice(
    incoming: Coverage, jobs: JobTable[Job], clock: Clock
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        rounds = Rounds(incoming, jobs)
        await rounds.go()
        await done(jobs, rounds)
        await told(jobs)

        await rounds.go()
        resting = await done(jobs, rounds)
        clock.now += QUARTER
        show(site, "ban", "talks")
        await rounds.go()
        again = await done(jobs, rounds)

    assert (resting, again) == (0, 1)
    assert await titles(incoming) == {"ban", "talks"}
    assert len(site.asked_for("/ban")) == 1
    assert len(await told(jobs)) == 1


async def test_given_an_article_that_is_corrected_when_polled_then_the_ledger_is_told_of_its_new_version(
    incoming: Coverage, jobs: JobTable[Job], clock: Clock
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        rounds = Rounds(incoming, jobs)
        await rounds.go()
        await done(jobs, rounds)
        [(id, _)] = await told(jobs)

        clock.now += QUARTER
        site.answers["/ban"] = answer(a_page("ban is corrected.", *STORY, title="ban"))
        show(site, "ban", summary="It is corrected.")
        await rounds.go()
        await done(jobs, rounds)

    assert await told(jobs) == [(id, 2)]


async def test_given_a_crash_between_keeping_and_telling_when_the_rounds_go_on_then_the_ledger_is_told_once(
    incoming: Coverage, jobs: JobTable[Job]
) -> None:
    await take(incoming.library, [article("a", "The ban is gone.")])
    rounds = Rounds(incoming, jobs)

    await asyncio.gather(rounds.go(), rounds.go())
    await rounds.go()

    assert await told(jobs) == [("a", 1)]


async def test_given_a_poll_that_died_before_its_state_was_kept_when_it_runs_again_then_nothing_is_doubled(
    incoming: Coverage, jobs: JobTable[Job]
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        [stored] = await incoming.feeds.all()
        await incoming.poll(stored.id)
        [polled] = await incoming.feeds.all()
        await incoming.feeds.put(stored.kind, stored.address, stored.next_at, stored.state)  # as if never kept
        rounds = Rounds(incoming, jobs)

        await rounds.go()
        await done(jobs, rounds)

    [again] = await incoming.feeds.all()
    assert again.state == polled.state
    assert await incoming.library.count() == 1
    assert len(site.asked_for("/ban")) == 1
    assert len(await told(jobs)) == 1


async def test_given_a_job_that_was_given_up_when_an_hour_has_passed_then_its_feed_gets_another(
    incoming: Coverage, jobs: JobTable[Job], clock: Clock
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        rounds = Rounds(incoming, jobs)
        await rounds.go()
        job = await jobs.claim([FEED], 60)
        assert job is not None
        await jobs.bury(job, "StoreError")

        clock.now += timedelta(minutes=59)
        await rounds.go()
        before = await done(jobs, rounds)
        clock.now += timedelta(minutes=1)
        await rounds.go()

        assert (before, await done(jobs, rounds)) == (0, 1)
    assert await incoming.library.count() == 1


async def test_given_a_feed_that_fails_when_polled_then_its_trouble_is_kept_and_it_is_put_off(
    incoming: Coverage, jobs: JobTable[Job], clock: Clock
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        site.answers["/feed"] = answer(status=503)
        rounds = Rounds(incoming, jobs)

        await rounds.go()
        await done(jobs, rounds)

    [stored] = await incoming.feeds.all()
    state = read_state(stored)
    assert state.trouble == "the site answers 503"
    assert state.next_at == clock.now + 2 * QUARTER


async def test_given_a_feed_that_is_gone_for_good_when_rounds_go_on_then_it_is_not_asked_again(
    incoming: Coverage, jobs: JobTable[Job], clock: Clock
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        site.answers["/feed"] = answer(status=410)
        rounds = Rounds(incoming, jobs)
        await rounds.go()
        await done(jobs, rounds)

        clock.now += timedelta(days=30)
        await rounds.go()

        assert await done(jobs, rounds) == 0


async def test_given_words_when_a_feed_is_added_again_with_others_then_what_they_want_comes_though_it_is_unchanged(
    incoming: Coverage, jobs: JobTable[Job]
) -> None:
    async with a_feed("ban", "football") as site:
        rounds = Rounds(incoming, jobs)
        first = await subscribe(incoming, site.url("/feed"), words=["ban"], interval_s=900)
        await rounds.go()
        await done(jobs, rounds)
        before = await titles(incoming)

        second = await subscribe(incoming, site.url("/feed"), words=["ban", "football"], interval_s=60)
        await rounds.go()
        await done(jobs, rounds)

    assert (before, await titles(incoming)) == ({"ban"}, {"ban", "football"})
    assert (first.about, second.about) == (1, 2)
    assert len(site.asked_for("/ban")) == 1
    [stored] = await incoming.feeds.all()
    assert stored.state["interval_s"] == 60


async def test_given_a_feed_that_moved_for_good_when_added_then_its_new_address_is_kept(incoming: Coverage) -> None:
    async with a_feed("ban") as site:
        site.answers["/old"] = answer(status=301, Location="/feed")

        added = await subscribe(incoming, site.url("/old"), interval_s=900)

    assert added.address == site.url("/feed")
    assert [each.address for each in await incoming.feeds.all()] == [site.url("/feed")]


async def test_given_a_page_that_is_no_feed_when_added_then_it_is_refused(incoming: Coverage) -> None:
    async with a_site({"/": answer(a_page())}) as site:
        with pytest.raises(UnreadableCoverage):
            await subscribe(incoming, site.url("/"), interval_s=900)

    assert await incoming.feeds.all() == []


async def test_given_a_removed_article_when_its_feed_shows_it_changed_then_it_stays_away(
    incoming: Coverage, jobs: JobTable[Job], clock: Clock
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        rounds = Rounds(incoming, jobs)
        await rounds.go()
        await done(jobs, rounds)
        [(id, _)] = await told(jobs)

        removed = await incoming.remove(site.url("/ban?utm_source=feed"))
        clock.now += QUARTER
        show(site, "ban", summary="It is corrected.")
        await rounds.go()
        await done(jobs, rounds)

    assert removed == id
    assert await incoming.library.count() == 0
    assert await told(jobs) == [(id, 1)]  # of its removal, once


async def test_given_a_removed_article_when_restored_then_it_is_back_and_the_ledger_is_told(
    incoming: Coverage, jobs: JobTable[Job], folder: Path
) -> None:
    (folder / "ban.txt").write_text("The ban is gone.", encoding="utf-8")
    async for _ in incoming.ingest(str(folder)):
        pass
    await incoming.announce()
    await incoming.remove("ban")
    await told(jobs)

    without = [taken.kept async for taken in incoming.ingest(str(folder))]
    with_it = [taken.kept async for taken in incoming.ingest(str(folder), restore=True)]

    await incoming.announce()

    assert (without, with_it) == (["same"], ["new"])
    assert await incoming.library.count() == 1
    assert await told(jobs) == [("ban", 2)]


async def test_given_a_watched_folder_when_a_file_comes_then_its_article_does(
    incoming: Coverage, jobs: JobTable[Job], clock: Clock, folder: Path
) -> None:
    def write(name: str) -> None:
        path = folder / name
        path.write_text("The ban is gone.", encoding="utf-8")
        os.utime(path, (clock.now.timestamp() - 60,) * 2)

    write("ban.txt")
    await watch(incoming, folder)
    rounds = Rounds(incoming, jobs)
    await rounds.go()
    await done(jobs, rounds)
    first = await incoming.library.count()

    write("talks.txt")
    clock.now += timedelta(seconds=30)
    await rounds.go()
    await done(jobs, rounds)

    assert (first, await incoming.library.count()) == (1, 2)
    assert sorted(await told(jobs)) == [("ban", 1), ("talks", 1)]


async def test_given_an_article_that_no_database_can_hold_when_taken_then_it_is_skipped_and_says_why(
    incoming: Coverage,
) -> None:
    (taken,) = await take(incoming.library, [article("ban", "The ban\0 is gone.")])

    assert taken.kept is None
    assert taken.skipped is not None
    assert "null bytes" in taken.skipped.reason


async def test_given_an_ingest_when_it_is_interrupted_in_the_middle_of_a_file_then_it_ends_in_order(
    incoming: Coverage, folder: Path
) -> None:
    (folder / "ban.html").write_text(a_page(), encoding="utf-8")  # for it a process of its own is started
    began = asyncio.Event()

    async def ingest() -> None:
        began.set()
        async for _ in incoming.ingest(str(folder)):
            pass

    ingesting = asyncio.create_task(ingest())
    await began.wait()
    await asyncio.sleep(0.05)
    ingesting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await ingesting


def test_given_articles_that_print_one_text_when_counted_then_the_later_ones_are_copies() -> None:
    wire = [f"The ministry granted licence number {n} to a firm in Leeds." for n in range(8)]
    given = [
        article("wire", *wire),
        article("post", *wire, "The Post could not reach the ministry."),
        article("echo", "It rained in Leeds.", "The match was put off by the referee."),
        article("wire", *wire[1:], "One licence was withdrawn."),
        article("mercury", *wire[3:]),
    ]
    reprints = Reprints()

    counted = [reprints.is_copy(each) for each in given]

    assert counted == [False, True, False, False, True]


async def test_given_many_workspaces_when_asked_whose_turn_it_is_then_those_with_something_to_do_are_named(
    database: Database, clock: Clock
) -> None:
    for name in ("arrived", "announced", "idle"):
        await Library(database, name).add_all([] if name == "idle" else [article("a", "It is over.")])
    [known] = await Arrivals(database, "announced").waiting(10)
    await database.write(Arrivals(database, "announced").announced(known.serial))
    for name, due in (("due", clock.now), ("later", clock.now + QUARTER)):
        await FeedTable(database, name).put("feed", "https://example.org/feed", due, {})

    assert await whose_turn(database, clock.now) == {"arrived", "due"}


async def test_given_a_store_that_is_away_when_on_rounds_then_they_go_on(
    incoming: Coverage, jobs: JobTable[Job], database: Database
) -> None:
    async with a_feed("ban") as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)
        rounds = Rounds(incoming, jobs)
        worker = Worker(jobs, rounds.work(), poll_s=0.01)
        await database.write(lambda connection: connection.exec_driver_sql("ALTER TABLE feeds RENAME TO away"))
        going = asyncio.create_task(Patrol(worker, these(rounds), tick_s=0.01).run())
        await asyncio.sleep(0.1)
        still_going = not going.done()
        await database.write(lambda connection: connection.exec_driver_sql("ALTER TABLE away RENAME TO feeds"))
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(20):
            while await incoming.library.count() == 0:  # noqa: ASYNC110  # it waits for a row in a database
                await asyncio.sleep(0.02)
        await worker.stop(5)
        await working
        going.cancel()
        await asyncio.wait([going])

    assert still_going
    assert await titles(incoming) == {"ban"}


@asynccontextmanager
async def polling(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of its own that polls, killed at the end."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.storms.polling", url, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def test_given_replicas_that_are_killed_while_they_poll_when_others_go_on_then_nothing_is_lost_or_doubled(
    database: Database, database_url: str, jobs: JobTable[Job], incoming: Coverage
) -> None:
    chance = random.Random(database_url[:6])
    names = [f"story-{number}" for number in range(30)]
    async with a_feed(*names) as site:
        await subscribe(incoming, site.url("/feed"), interval_s=900)

        async def until(true: Callable[[], Awaitable[bool]]) -> None:
            async with asyncio.timeout(60):
                while not await true():  # noqa: ASYNC110  # it is seen from outside the processes
                    await asyncio.sleep(0.005)

        async def fetched(count: int) -> bool:
            return len(site.asked) >= count

        async def kept(count: int) -> bool:
            return await incoming.library.count() >= count

        async def rested() -> bool:
            return not await incoming.feeds.due(incoming.clock())

        asked, some = len(site.asked) + chance.randint(3, 25), chance.randint(2, 20)
        async with polling(database_url):
            await until(lambda: fetched(asked))
        async with polling(database_url), polling(database_url):
            await until(lambda: kept(some))
        async with polling(database_url):
            await until(rested)

    assert await titles(incoming) == set(names)
    ids = [(each.id, 1) for each in await incoming.library.articles()]
    await incoming.announce()
    assert len(ids) == len(names)
    assert sorted(await told(jobs)) == sorted(ids)
