"""Digests from the clock to the channel: the real store, jobs and sandbox, a scripted model, and a clock to move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ReaderUnavailable, SlackUnavailable
from bot.llm.client import ModelClient
from bot.llm.patience import Patience
from bot.llm.prompts import Prompts
from bot.news.digest.subscription import EVERY_DAY, Quiet, Wish
from bot.news.ledger.standing import begun
from bot.news.rules import ChannelRules, Focus
from bot.news.topic import Topic
from bot.sandbox import ANNA, GENERAL, POLICY, Message, Sandbox
from bot.slack.account import Account, signed_in
from bot.slack.languages import Languages
from bot.slack.posting.gallery import Gallery
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.store.ledger.ledger import StoredLedger
from bot.store.people.rules import StoredRules
from bot.store.people.subscriptions import Subscriptions
from bot.store.people.usage import UsageTable
from bot.wiring.desks.daily import BRIEF, DIGEST, Daily, digest_worker
from bot.wiring.desks.desk import Desk, Reading
from bot.wiring.desks.newsdesk import Newsdesk
from bot.wiring.people.limits import Allowance, Limits
from bot.wiring.serving import Patrol, going, these
from bot.worker import Job
from tests.given import article, disputed
from tests.scripted_model import ScriptedModel, failed

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WISH = Wish(time(9), EVERY_DAY, "Europe/London")
LINES = {"happened": [{"text": "Licences were granted.", "keys": ["A1"]}], "lone": []}


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class World:
    """One workspace with its store and Slack; `replica` is one more process of the bot."""

    sandbox: Sandbox
    account: Account
    database: Database
    clock: Clock
    model: ScriptedModel | None = None
    clients: list[ModelClient] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    @property
    def library(self) -> Library:
        return Library(self.database, "local", clock=self.clock)

    @property
    def subscriptions(self) -> Subscriptions:
        return Subscriptions(self.database, "local", clock=self.clock)

    @property
    def rules(self) -> StoredRules:
        return StoredRules(self.database, "local", clock=self.clock)

    @property
    def jobs(self) -> JobTable[Job]:
        return JobTable(self.database, Job)

    @property
    def usage(self) -> UsageTable:
        return UsageTable(self.database, "local", clock=self.clock)

    def replica(self, jobs: Any = None) -> Daily:
        client = None
        if self.model is not None:
            patience = Patience(attempts=1)
            client = ModelClient(api_key="test", model="scripted", base_url=self.model.base_url, patience=patience)
            self.clients.append(client)
        desk = Desk(self.library, Reading(Prompts.load(), client, [], []), 12_000)
        allowance = Allowance(self.usage, self.limits, jobs=self.jobs, workspace="local", clock=self.clock)
        return Daily(
            self.account,
            jobs or self.jobs,
            self.subscriptions,
            Newsdesk(self.database, desk, "local", arrange=allowance.for_digest),
            self.rules,
            workspace="local",
            languages=Languages(self.account, self.rules),
            clock=self.clock,
            apart_s=0,
            gallery=Gallery(self.account, (0, 0)),
        )

    async def comes(self, id: str, *sentences: str) -> None:
        await self.library.add(article(id, *sentences, url=f"https://example.org/{id}"))

    async def live(self, daily: Daily, until: datetime | None = None) -> None:
        """Look at the clock, and do all that it leaves."""
        self.clock.now = until or self.clock.now
        await daily.go()
        await self.work(daily)

    async def work(self, daily: Daily) -> list[Exception]:
        """Run the jobs that are due, one after the other, until there is none; what they raised."""
        faults: list[Exception] = []
        while (job := await self.jobs.claim([DIGEST, BRIEF, "digest now"], 60)) is not None:
            try:
                await daily.work()[job.kind](job)
            except Exception as fault:
                faults.append(fault)
                await self.jobs.retry(job, 0, "again") if job.attempts < 4 else await self.jobs.bury(job, "enough")
            else:
                await self.jobs.done(job)
        return faults

    async def disagree(self, *questions: str) -> None:
        """Two outlets come to contradict each other on these questions."""
        post, echo = (article(id, f"The {id} counted it.", url=f"https://example.org/{id}") for id in ("post", "echo"))
        for one in (post, echo):
            await self.library.add(one)
        for question in questions:
            sides = (("the post is right", [post]), ("the echo is right", [echo]))
            change = begun(disputed(question, *sides), self.clock())
            assert change is not None
            await StoredLedger(self.database, "local").keep(change)

    def forget(self) -> None:
        """Have Slack forget the client_msg_id of every message, as it does after a while: the look-up must do."""
        self.sandbox.workspace.keys.clear()

    def digests(self, channel: str = GENERAL) -> list[Message]:
        return [m for m in self.sandbox.messages(channel) if m.thread_ts is None and m.user == self.sandbox.bot]

    def thread(self, digest: Message) -> list[Message]:
        return [m for m in self.sandbox.replies(digest) if m.ts != digest.ts]

    def told(self, channel: str = GENERAL) -> list[str]:
        return [m.text for m in self.digests(channel)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with (
        Sandbox() as sandbox,
        signed_in(sandbox.bot_token, sandbox.api_url) as account,
        await Database.open(f"sqlite:///{tmp_path / 'crosscheck.db'}") as database,
    ):
        made = World(sandbox, account, database, Clock())
        yield made
        for client in made.clients:
            await client.aclose()


@pytest.fixture
async def modelled(world: World) -> AsyncIterator[World]:
    """With a model that writes one line."""
    with ScriptedModel() as model:
        model.always(digest=LINES)
        world.model = model
        yield world


def nine(day: int) -> datetime:
    """Nine o'clock in London, in May."""
    return datetime(2026, 5, day, 8, 0, tzinfo=UTC)


async def test_given_a_subscribed_channel_when_its_time_comes_then_one_digest_and_its_details_are_posted(
    modelled: World,
) -> None:
    await modelled.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await modelled.comes("post", "The Post counted 41 licences.")

    await modelled.live(modelled.replica(), nine(21))
    await modelled.live(modelled.replica(), nine(21) + HOUR)

    (posted,) = modelled.digests()
    assert posted.text == "All coverage · Thursday 21 May · 1 new article"
    assert "Licences were granted" in str(posted.blocks)
    (details,) = modelled.thread(posted)
    assert "Outlet post" in str(details.blocks)


async def test_given_a_german_channel_when_its_time_comes_then_what_the_bot_itself_says_in_the_digest_is_german(
    world: World,
) -> None:
    await world.rules.change_channel(GENERAL, ChannelRules(language="de"), ANNA)
    for channel in (GENERAL, POLICY):
        await world.subscriptions.subscribe(channel, ANNA, WISH)
    await world.comes("post", "Licences were granted.")

    await world.live(world.replica(), nine(21))

    assert world.told() == ["Die ganze Berichterstattung · Donnerstag, 21. Mai · 1 neuer Artikel"]
    assert world.told(POLICY) == ["All coverage · Thursday 21 May · 1 new article"]


async def test_given_a_day_of_two_disagreements_when_delivered_then_a_picture_of_them_ends_the_thread(
    world: World,
) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    world.clock.now += HOUR
    await world.disagree("How many were granted?", "How many were refused?")

    await world.live(world.replica(), nine(21))

    (posted,) = world.digests()
    (image,) = [b for b in world.thread(posted)[-1].blocks if b["type"] == "image"]
    assert "Who stands where · Thursday 21 May. How many were" in image["alt_text"]
    assert "The post is right: Outlet post." in image["alt_text"]


@pytest.mark.parametrize("cut", ["files.completeUploadExternal", "chat.postMessage"])
async def test_given_a_kill_while_its_picture_is_brought_when_run_again_then_it_stands_once(
    world: World, cut: str
) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    world.clock.now += HOUR
    await world.disagree("How many were granted?", "How many were refused?")
    world.clock.now = nine(21)
    daily = world.replica()
    job = await claimed(world, daily)
    world.sandbox.faults.cut(cut, 1 if cut.startswith("files") else 3)  # digest, details, picture
    world.sandbox.faults.fail("conversations.replies", 2)
    with pytest.raises(SlackUnavailable):
        await daily.work()[DIGEST](job)

    world.forget()
    await world.jobs.release(job)
    while await world.work(world.replica()):
        world.forget()

    (posted,) = world.digests()
    assert [sum(b["type"] == "image" for b in m.blocks) for m in world.thread(posted)] == [0, 1]


async def test_given_days_when_lived_through_then_each_tells_only_what_came_since_the_last(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    daily = world.replica()

    for day in (21, 22, 23):
        world.clock.now = nine(day) - HOUR
        await world.comes(f"a{day}", f"The news of day {day} is here.")
        await world.live(daily, nine(day))

    assert [str(m.blocks).count("The news of day") for m in world.digests()] == [1, 1, 1]
    assert all(f"day {day}" in str(m.blocks) for day, m in zip((21, 22, 23), world.digests(), strict=True))


async def test_given_an_outage_of_days_when_it_ends_then_one_digest_covers_all_and_says_so(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await world.comes("a", "The news of the first day is here.")
    world.clock.now = nine(22)
    await world.comes("b", "The news of the third day is here.")

    await world.live(world.replica(), nine(23) + HOUR)

    (posted,) = world.digests()
    assert "the first day" in str(posted.blocks)
    assert "the third day" in str(posted.blocks)
    assert "2 earlier digests that could not be sent" in str(posted.blocks)


async def test_given_a_quiet_day_when_nothing_is_to_be_said_then_nothing_is_and_the_next_goes_on(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, replace(WISH, quiet=Quiet.SKIP))
    await world.subscriptions.subscribe(POLICY, ANNA, WISH)

    await world.live(world.replica(), nine(21))

    assert (world.told(), world.told(POLICY)) == ([], ["All coverage · Thursday 21 May · Nothing new"])
    found = await world.subscriptions.of(GENERAL)
    assert found is not None
    assert found.delivered is not None
    assert found.delivered.until == nine(21)


async def test_given_many_channels_of_one_wish_when_due_then_one_call_is_made_for_all(modelled: World) -> None:
    channels = [modelled.sandbox.workspace.direct_with(person).id for person in modelled.sandbox.workspace.people]
    for channel in (GENERAL, POLICY, *channels):
        await modelled.subscriptions.subscribe(channel, ANNA, WISH)
    await modelled.comes("post", "The Post counted 41 licences.")
    modelled.clock.now = nine(21)

    replicas = [modelled.replica() for _ in range(3)]
    await asyncio.gather(*(daily.go() for daily in replicas))
    await asyncio.gather(*(modelled.work(daily) for daily in replicas))

    assert modelled.model is not None
    assert len(modelled.model.requests) == 1
    assert [len(modelled.told(c)) for c in (GENERAL, POLICY, *channels)] == [1] * (2 + len(channels))


async def test_given_the_day_s_last_call_made_the_digest_when_other_replicas_deliver_it_then_it_is_the_same(
    modelled: World,
) -> None:
    modelled.limits = Limits(workspace_calls=1)
    for channel in (GENERAL, POLICY):
        await modelled.subscriptions.subscribe(channel, ANNA, WISH)
    await modelled.comes("post", "The Post counted 41 licences.")
    modelled.clock.now = nine(21)
    await modelled.replica().go()

    while job := await modelled.jobs.claim([BRIEF, DIGEST], 60):
        await modelled.replica().work()[job.kind](job)
        await modelled.jobs.done(job)

    posted = [digest for channel in (GENERAL, POLICY) for digest in modelled.digests(channel)]
    assert ["Licences were granted." in str(digest.blocks) for digest in posted] == [True, True]
    workspace, _ = await modelled.usage.spent(modelled.clock.now.date(), "")
    assert workspace.calls == 1


async def test_given_a_model_that_is_down_when_due_then_the_digest_goes_out_without_its_lines(modelled: World) -> None:
    assert modelled.model is not None
    modelled.model.always(digest=failed())
    for channel in (GENERAL, POLICY):
        await modelled.subscriptions.subscribe(channel, ANNA, WISH)
    await modelled.comes("post", "The Post counted 41 licences.")

    await modelled.live(modelled.replica(), nine(21))

    assert len(modelled.model.requests) == 3
    for channel in (GENERAL, POLICY):
        (posted,) = modelled.digests(channel)
        assert "Not summed up" in str(posted.blocks)
        assert "The Post counted 41 licences" in str(posted.blocks)


async def test_given_a_model_that_failed_when_another_replica_delivers_then_it_is_not_called_again(
    modelled: World,
) -> None:
    assert modelled.model is not None
    modelled.model.always(digest=failed())
    await modelled.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await modelled.comes("post", "The Post counted 41 licences.")
    modelled.clock.now = nine(21)
    maker = modelled.replica()
    await maker.go()
    while (brief := await modelled.jobs.claim([BRIEF], 60)) is not None:
        try:
            await maker.work()[BRIEF](brief)
        except ReaderUnavailable:
            await modelled.jobs.retry(brief, 0, "again")
        else:
            await modelled.jobs.done(brief)

    await modelled.work(modelled.replica())

    assert len(modelled.model.requests) == 3
    assert "Not summed up" in str(modelled.digests()[0].blocks)


async def test_given_a_channel_without_an_outlet_when_due_then_its_digest_holds_none_of_it_and_others_are_as_they_were(
    modelled: World,
) -> None:
    without = ChannelRules(Focus((Topic(("whales",)),), ("Outlet post",), without=True))
    await modelled.rules.change_channel(POLICY, without, ANNA)
    for channel in (GENERAL, POLICY):
        await modelled.subscriptions.subscribe(channel, ANNA, WISH)
    modelled.clock.now += HOUR
    await modelled.disagree("How many were granted?")
    await modelled.comes("courier", "The Courier counted 54 licences.")

    await modelled.live(modelled.replica(), nine(21))

    (everything,), (counted,) = modelled.told(), modelled.told(POLICY)
    assert everything == "All coverage · Thursday 21 May · 1 new disagreement, 3 new articles"
    assert counted == "All coverage · Thursday 21 May · 2 new articles"
    assert modelled.model is not None
    assert sorted("Outlet post" in request.text for request in modelled.model.heard) == [False, True]


async def test_given_the_same_topics_in_another_order_when_due_then_one_call_is_made(modelled: World) -> None:
    one, other = Topic(("licences",), "Trade"), Topic(("rain",), "Weather")
    await modelled.subscriptions.subscribe(GENERAL, ANNA, replace(WISH, topics=(one, other)))
    await modelled.subscriptions.subscribe(POLICY, ANNA, replace(WISH, topics=(other, one, other)))
    await modelled.comes("post", "The Post counted 41 licences.")

    await modelled.live(modelled.replica(), nine(21))

    assert modelled.model is not None
    assert len(modelled.model.requests) == 1
    assert modelled.told() == modelled.told(POLICY)


class Killed(BaseException):
    """The process died."""


@dataclass
class Dying:
    """A table of jobs of a process that dies at the note, or once the message stands."""

    jobs: JobTable[Job]

    async def note(self, job: Job, name: str, value: str) -> None:
        await self.jobs.note(job, name, value)
        raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self.jobs, name)


async def claimed(world: World, daily: Daily) -> Job:
    """The job that delivers, made ready by the one that makes."""
    await daily.go()
    brief = await world.jobs.claim([BRIEF], 60)
    assert brief is not None
    await daily.work()[BRIEF](brief)
    await world.jobs.done(brief)
    job = await world.jobs.claim([DIGEST], 60)
    assert job is not None
    return job


async def test_given_a_kill_before_the_post_when_run_again_then_it_is_posted_once(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await world.comes("post", "The Post counted 41 licences.")
    world.clock.now = nine(21)
    dying = world.replica(Dying(world.jobs))
    job = await claimed(world, dying)
    with pytest.raises(Killed):
        await dying.work()[DIGEST](job)

    await world.jobs.release(job)
    await world.work(world.replica())

    assert len(world.digests()) == 1


@pytest.mark.parametrize("parts", [1, 2])
async def test_given_a_kill_after_slack_took_it_when_run_again_then_it_is_found_and_not_posted_twice(
    world: World, parts: int
) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await world.comes("post", "The Post counted 41 licences.")
    world.clock.now = nine(21)
    daily = world.replica()
    job = await claimed(world, daily)
    posts = world.sandbox.faults
    if parts == 1:
        # The main message is taken, the connection is cut, and so is whatever would look it up.
        posts.cut("chat.postMessage")
        posts.fail("conversations.history")
        with pytest.raises(SlackUnavailable):
            await daily.work()[DIGEST](job)
    else:
        posts.cut("chat.postMessage", 2)
        posts.fail("conversations.replies")
        with pytest.raises(SlackUnavailable):
            await daily.work()[DIGEST](job)

    world.forget()
    await world.jobs.release(job)
    faults = await world.work(world.replica())

    (posted,) = world.digests()
    assert faults == []
    assert len(world.thread(posted)) == 1
    found = await world.subscriptions.of(GENERAL)
    assert found is not None
    assert found.delivered is not None


async def test_given_a_cut_connection_when_posted_then_the_look_up_finds_it_at_once(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await world.comes("post", "The Post counted 41 licences.")
    world.sandbox.faults.cut("chat.postMessage", 2)

    await world.live(world.replica(), nine(21))

    (posted,) = world.digests()
    assert len(world.thread(posted)) == 1


async def test_given_a_job_whose_date_is_over_when_run_then_it_folds_into_the_next(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await world.comes("post", "The Post counted 41 licences.")
    world.clock.now = nine(21)
    daily = world.replica()
    job = await claimed(world, daily)
    world.clock.now = nine(22) - HOUR

    await daily.work()[DIGEST](job)
    before = world.told()
    await world.jobs.done(job)
    await world.live(daily, nine(22))

    assert before == []
    assert world.told() == ["All coverage · Friday 22 May · 1 new article"]


async def test_given_a_kill_before_the_post_when_its_date_is_over_then_it_folds_into_the_next(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await world.comes("post", "The Post counted 41 licences.")
    world.clock.now = nine(21)
    dying = world.replica(Dying(world.jobs))
    job = await claimed(world, dying)
    with pytest.raises(Killed):
        await dying.work()[DIGEST](job)

    world.clock.now = nine(22) - HOUR
    await world.jobs.release(job)
    await world.work(world.replica())
    before = world.told()
    await world.live(world.replica(), nine(22))

    assert before == []
    assert world.told() == ["All coverage · Friday 22 May · 1 new article"]


async def test_given_a_job_that_waited_until_the_next_is_due_when_run_then_it_leaves_that_to_its_own(
    world: World,
) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    world.clock.now = nine(21)
    daily = world.replica()
    job = await claimed(world, daily)
    world.clock.now = nine(22)

    await daily.work()[DIGEST](job)

    assert world.told() == []


async def test_given_a_digest_switched_off_when_its_job_runs_then_nothing_is_posted(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    world.clock.now = nine(21)
    daily = world.replica()
    job = await claimed(world, daily)

    await world.subscriptions.unsubscribe(GENERAL)
    await daily.work()[DIGEST](job)

    assert world.told() == []


async def test_given_a_time_that_changes_while_the_job_waits_when_the_new_time_comes_then_it_is_delivered(
    world: World,
) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    world.clock.now = nine(21)
    daily = world.replica()
    job = await claimed(world, daily)
    await world.jobs.release(job)
    await world.subscriptions.subscribe(GENERAL, ANNA, replace(WISH, at=time(18)))

    await world.work(daily)
    before = world.told()
    await world.live(daily, nine(21) + 9 * HOUR)

    assert (before, len(world.told())) == ([], 1)


@pytest.mark.parametrize("how", ["archived", "removed"])
async def test_given_a_channel_that_is_gone_when_due_then_it_is_paused_and_its_subscriber_told(
    world: World, how: str
) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    channel = world.sandbox.workspace.channels[GENERAL]
    if how == "archived":
        channel.archived = True
    else:
        channel.members.remove(world.sandbox.bot)

    await world.live(world.replica(), nine(21))
    await world.live(world.replica(), nine(22))

    (found,) = await world.subscriptions.all()
    assert found.subscription.paused is not None
    direct = world.sandbox.workspace.direct_with(ANNA).id
    (told,) = world.digests(direct)
    assert "paused" in told.text
    assert GENERAL in str(told.blocks)


async def test_given_a_zone_that_is_gone_when_due_then_it_is_paused_and_its_subscriber_told(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, replace(WISH, zone="Europe/Atlantis"))
    await world.subscriptions.subscribe(POLICY, ANNA, WISH)

    await world.live(world.replica(), nine(21))

    (told,) = world.digests(world.sandbox.workspace.direct_with(ANNA).id)
    assert "time zone" in str(told.blocks)
    assert (len(world.told()), len(world.told(POLICY))) == (0, 1)


async def test_given_a_person_who_wants_it_now_when_posted_then_the_days_own_comes_all_the_same(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await world.comes("post", "The Post counted 41 licences.")
    daily = world.replica()
    world.clock.now += HOUR

    put = [await daily.now(GENERAL, ANNA, key="event-1"), await daily.now(GENERAL, ANNA, key="event-1")]
    await world.work(daily)
    await world.live(daily, nine(21))

    assert put == [True, False]
    assert world.told() == [
        "All coverage · Wednesday 20 May · 1 new article",
        "All coverage · Thursday 21 May · 1 new article",
    ]


async def test_given_a_subscription_when_asked_for_the_next_then_it_is_the_next_at_its_own_local_time(
    world: World,
) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, replace(WISH, at=time(6), zone="Asia/Tokyo"))

    comes = await world.replica().comes_next(GENERAL)

    assert (comes.hour, comes.minute, str(comes.tzinfo)) == (6, 0, "Asia/Tokyo")
    assert timedelta() < comes - world.clock() <= timedelta(days=3)


async def test_given_a_digest_that_somebody_switches_off_meanwhile_when_asked_for_the_next_then_there_is_none(
    world: World,
) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    await world.subscriptions.unsubscribe(GENERAL)

    assert await world.replica().comes_next(GENERAL) is None


async def test_given_no_subscription_when_previewed_then_it_is_drawn_and_nothing_is_posted(world: World) -> None:
    world.clock.now = nine(20) - HOUR
    await world.comes("post", "The Post counted 41 licences.")
    world.clock.now = NOON

    drawn = await world.replica().preview(GENERAL, ANNA, replace(WISH, at=time(6)))

    assert drawn.main.text == "All coverage · Wednesday 20 May · 1 new article"
    assert world.told() == []


async def test_given_a_clock_that_somebody_moves_when_running_then_the_digest_comes_at_once(world: World) -> None:
    await world.subscriptions.subscribe(GENERAL, ANNA, WISH)
    moved = asyncio.Event()
    desk = Desk(world.library, Reading(Prompts.load(), None, [], []), 12_000)
    newsdesk = Newsdesk(world.database, desk, "local")
    daily = Daily(
        world.account,
        world.jobs,
        world.subscriptions,
        newsdesk,
        world.rules,
        workspace="local",
        languages=Languages(world.account, world.rules),
        gallery=Gallery(world.account),
        clock=world.clock,
    )
    worker = digest_worker(world.jobs, daily.work())

    async with going(Patrol(worker, these(daily), tick_s=60, moved=moved), 5):
        world.clock.now = nine(21)
        moved.set()
        await world.sandbox.wait_for(world.digests)

    assert world.told() == ["All coverage · Thursday 21 May · Nothing new"]
