"""The clock of the digests: a job for each channel and local date that is due, and what such a job does.

Several replicas may keep time at once: the keys of the jobs and the record of what was delivered stop the second one.
Before the channels of equal topics and span have their turn, one job of kind BRIEF makes their digest for all.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import ReaderUnavailable
from bot.news.digest.due import Due, UnknownZone, due, next_due, window, zone_of
from bot.news.digest.subscription import Delivered, Length, Quiet, Subscription, Wish
from bot.news.digest.words import UNKNOWN_ZONE, Edition
from bot.news.model import Check
from bot.slack.account import Account
from bot.slack.daily import GONE, DailyPost, Drawn, draw, dumped, loaded, tell_paused
from bot.slack.gate import is_direct
from bot.slack.languages import Languages
from bot.slack.posting.gallery import PICTURED, Gallery
from bot.slack.trouble import SlackRefused
from bot.store.people.rules import StoredRules
from bot.store.people.subscriptions import Subscribed, Subscriptions
from bot.wiring.desks.newsdesk import Assignment, Newsdesk
from bot.worker import UNHURRIED_S, Job, Jobs, Work, Worker

log = logging.getLogger(__name__)

DIGEST = "digest"  # the kind of job that delivers; its payload: channel, on
BRIEF = "brief"  # that makes what equal digests share; its payload: an assignment
DIGEST_NOW = "digest now"  # that posts one at a person's word, beside the daily ones
KINDS = (DIGEST, BRIEF, DIGEST_NOW)
AFTER_PEOPLE = -5  # the priority of a digest
AT_A_PERSONS_WORD = 0
DRAWN = "drawn"  # note: the messages; from here on they may stand in the channel

TICK_S = 20.0  # between two looks at the clock
APART_S = 0.6  # between two digests of a process: a workspace takes several hundred messages a minute
CONCURRENCY = 2  # digests at once in a process, in a worker of their own, so that questions never wait for one
ATTEMPTS = 150  # with the pauses below about a day: a digest is late as long as its date lasts, then it folds
BRIEF_ATTEMPTS = 3  # before a digest goes out without the model's lines
SKEW_S = 300  # between our clock and Slack's


def digest_worker(
    jobs: Jobs, work: Mapping[str, Work], *, lease_s: float = 60, back_off: Callable[[int], float] | None = None
) -> Worker:
    """What runs the jobs of digests, of all workspaces. `back_off`: seconds to wait after so many attempts."""
    return Worker(
        jobs,
        work,
        concurrency=CONCURRENCY,
        lease_s=lease_s,
        poll_s=UNHURRIED_S,
        attempts=ATTEMPTS,
        unforeseen=ATTEMPTS,
        back_off=back_off or _patience_s,
    )


class Daily:
    """The digests of one workspace. `clock` tells what time it is for people; `apart_s`: seconds between two posts;
    `wake` tells whoever runs the jobs that there are some."""

    def __init__(
        self,
        account: Account,
        jobs: Jobs,
        subscriptions: Subscriptions,
        newsdesk: Newsdesk,
        rules: StoredRules,
        *,
        workspace: str,
        languages: Languages,
        gallery: Gallery,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        apart_s: float = APART_S,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._account = account
        self._jobs = jobs
        self._subscriptions = subscriptions
        self._newsdesk = newsdesk
        self._workspace = workspace
        self._clock = clock
        self._pace = _Pace(apart_s)
        self._wake = wake
        self._rules = rules
        self._languages = languages
        self._gallery = gallery
        self._put: set[str] = set()

    def work(self) -> Mapping[str, Work]:
        """What runs the jobs, by kind."""
        return {DIGEST: self._deliver, BRIEF: self._brief, DIGEST_NOW: self._deliver_now}

    async def go(self) -> None:
        """Leave a job for each digest that is due and has none."""
        now = self._clock()
        wanted: dict[str, list[Due]] = {}
        assignments: dict[str, Assignment] = {}
        for each in await self._subscriptions.active():
            found = await self._due(each.subscription, each.delivered, now)
            if found is not None:
                assignment = await self._assignment(each.subscription.wish, found)
                assignments[assignment.key] = assignment
                wanted.setdefault(assignment.key, []).append(found)
        for key, assignment in assignments.items():
            if await self._newsdesk.is_made(assignment):
                for found in wanted[key]:
                    await self._put_delivery(found)
            else:
                await self._put_once(BRIEF, assignment.dump(), f"brief:{key}", lane="")
        self._put &= {f"brief:{key}" for key in assignments} | {_key(d) for found in wanted.values() for d in found}
        self._wake()

    async def now(self, channel: str, person: str, wish: Wish | None = None, *, key: str) -> bool:
        """Have a digest posted at once, of what a channel's next one would tell so far; the daily ones stay as they
        are. False where this `key` was asked for before."""
        wish, assignment = await self._so_far(channel, person, wish)
        payload = {"channel": channel, "person": person, "length": wish.length, "zone": wish.zone}
        put = await self._jobs.put(
            DIGEST_NOW,
            payload | assignment.dump(),
            keys=[key],
            workspace=self._workspace,
            lane=f"digest:{channel}",
            priority=AT_A_PERSONS_WORD,
        )
        self._wake()
        return put is not None

    async def preview(self, channel: str, person: str, wish: Wish | None = None) -> Drawn:
        """What a channel's next digest would tell so far. Raises StoreError."""
        wish, assignment = await self._so_far(channel, person, wish)
        digest = await self._newsdesk.make(assignment)
        return draw(digest, self._edition(zone_of(wish.zone)), wish.length)

    async def comes_next(self, channel: str) -> datetime | None:
        """When a channel's next digest is due, at its own local time; None where it has none. Raises StoreError."""
        known = await self._subscriptions.of(channel)
        return self.comes(known) if known is not None else None

    def comes(self, known: Subscribed) -> datetime | None:
        """When the next one of a subscription is due, at its own local time; None while it is paused."""
        if known.subscription.paused:
            return None
        try:
            found = next_due(known.subscription, known.delivered, self._clock())
        except UnknownZone:  # at its next turn it is paused
            return None
        return found.astimezone(zone_of(known.subscription.zone))

    async def _so_far(self, channel: str, person: str, wish: Wish | None) -> tuple[Wish, Assignment]:
        now, known = self._clock(), await self._subscriptions.of(channel)
        if known is not None and wish is None:
            subscription, delivered = known.subscription, known.delivered
        else:
            subscription = Subscription(channel, person, wish or Wish(), now)
            delivered = known.delivered if known else None
        since, until = window(subscription, delivered, now)
        focus = (await self._rules.holding(channel)).channel.focus
        return subscription.wish, Assignment.of(subscription.wish.topics, since, until, focus)

    async def _assignment(self, wish: Wish, found: Due) -> Assignment:
        rules = await self._rules.holding(found.channel)
        return Assignment.of(wish.topics, found.since, found.until, rules.channel.focus)

    async def _brief(self, job: Job) -> None:
        """Make a digest for all channels that wish for it, and let them have their turns."""
        assignment = Assignment.load(job.payload)
        made = await self._newsdesk.make(assignment)
        if made.check is Check.FAILED and job.attempts < BRIEF_ATTEMPTS:
            raise ReaderUnavailable("a digest could not be summed up")
        await self._newsdesk.settle(assignment, made)
        await self.go()

    async def _deliver(self, job: Job) -> None:
        """Deliver a digest while its date lasts; one that nobody is to have any more is let go."""
        channel, on = str(job.payload["channel"]), date.fromisoformat(job.payload["on"])
        known = await self._subscriptions.of(channel)
        if known is None:
            return
        async with self._spoken(channel, known.subscription.subscriber):
            await self._deliver_to(known, on, job)

    async def _deliver_to(self, known: Subscribed, on: date, job: Job) -> None:
        subscription = known.subscription
        channel = subscription.channel
        found = None if subscription.paused else await self._due(subscription, known.delivered, self._clock())
        still = found if found is not None and found.on == on else None
        kept = json.loads(job.notes[DRAWN]) if DRAWN in job.notes else None
        if kept is None:
            if still is None:
                return
            kept = await self._drawn(subscription, still)
            if kept is None:
                await self._subscriptions.deliver(channel, Delivered(on, still.until), None)
                return
            await self._jobs.note(job, DRAWN, json.dumps(kept))
        delivered = Delivered(on, datetime.fromisoformat(kept["until"]))

        async def stands(ts: str) -> None:
            await self._subscriptions.deliver(channel, delivered, ts)

        post = DailyPost(self._account, channel, f"digest:{channel}:{on.isoformat()}", subscription.subscriber)
        try:
            await self._post(post, kept, job, stands, wanted=still is not None)
        except SlackRefused as fault:
            if fault.code not in GONE:
                raise
            await self._pause(subscription, fault.code)

    async def _deliver_now(self, job: Job) -> None:
        async with self._spoken(str(job.payload["channel"]), str(job.payload["person"])):
            await self._deliver_at_once(job)

    async def _deliver_at_once(self, job: Job) -> None:
        kept = json.loads(job.notes[DRAWN]) if DRAWN in job.notes else None
        if kept is None:
            digest = await self._newsdesk.make(Assignment.load(job.payload))
            edition = self._edition(zone_of(str(job.payload["zone"])))
            drawn = draw(digest, edition, Length(job.payload["length"]))
            kept = dumped(drawn) | {"begun": time.time()}
            await self._jobs.note(job, DRAWN, json.dumps(kept))
        post = DailyPost(self._account, str(job.payload["channel"]), job.id, str(job.payload["person"]))
        await self._post(post, kept, job, _nothing, wanted=True)

    async def _post(
        self, post: DailyPost, kept: Any, job: Job, stands: Callable[[str], Awaitable[None]], *, wanted: bool
    ) -> None:
        """Bring the messages to stand, each once. What an earlier run may have posted is looked up; what it did not
        is posted only where it is still `wanted`."""
        drawn, again, since_ts = loaded(kept), DRAWN in job.notes, f"{kept['begun'] - SKEW_S:.6f}"
        ts = await post.look_up(since_ts) if again else None
        if ts is None:
            if not wanted:
                return
            await self._pace.turn()
            ts = await post.main(drawn.main, since_ts)
        await stands(ts)
        try:
            await post.details(drawn.thread, ts, again=again)
            kept, keep = job.notes.get(PICTURED), partial(self._jobs.note, job, PICTURED)
            await post.pictures(drawn.pictures, ts, self._gallery, kept, keep, again=again)
        except SlackRefused as fault:  # somebody deleted the message meanwhile
            log.info("the details of a digest were refused", extra={"reason": str(fault)})

    async def _drawn(self, subscription: Subscription, found: Due) -> dict[str, Any] | None:
        """The messages, to be kept; None for a quiet day on which nothing is to be said."""
        digest = await self._newsdesk.make(await self._assignment(subscription.wish, found))
        if digest.quiet and subscription.wish.quiet is Quiet.SKIP:
            return None
        edition = Edition(found.on, zone_of(subscription.zone), found.missed)
        drawn = draw(digest, edition, subscription.wish.length)
        return dumped(drawn) | {"begun": time.time(), "until": found.until.isoformat()}

    async def _due(self, subscription: Subscription, delivered: Delivered | None, now: datetime) -> Due | None:
        try:
            return due(subscription, delivered, now)
        except UnknownZone:
            await self._pause(subscription, UNKNOWN_ZONE)
            return None

    async def _pause(self, subscription: Subscription, why: str) -> None:
        """Tell, then pause: the other way round, a crash in between would leave nobody told."""
        key = f"paused:{subscription.channel}:{subscription.began.isoformat()}"
        async with self._languages.to(subscription.subscriber):
            await tell_paused(self._account, subscription.subscriber, subscription.channel, why, key)
        await self._subscriptions.pause(subscription.channel, why)
        log.info("a digest was paused", extra={"channel": subscription.channel, "reason": why})

    def _spoken(self, channel: str, person: str) -> AbstractAsyncContextManager[None]:
        """A digest is all a channel's, and only in a direct message one person's."""
        return self._languages.to(person if is_direct(channel) else "", channel)

    def _edition(self, zone: ZoneInfo) -> Edition:
        return Edition(self._clock().astimezone(zone).date(), zone)

    async def _put_delivery(self, found: Due) -> None:
        payload = {"channel": found.channel, "on": found.on.isoformat()}
        await self._put_once(DIGEST, payload, _key(found), lane=f"digest:{found.channel}")

    async def _put_once(self, kind: str, payload: Mapping[str, Any], key: str, *, lane: str) -> None:
        if key in self._put:
            return
        await self._jobs.put(kind, payload, keys=[key], workspace=self._workspace, lane=lane, priority=AFTER_PEOPLE)
        self._put.add(key)


@dataclass(slots=True)
class _Pace:
    """Lets one through at a time, `apart_s` seconds after the one before."""

    apart_s: float
    _next: float = 0.0

    async def turn(self) -> None:
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self.apart_s
        await asyncio.sleep(mine - now)


def _key(found: Due) -> str:
    """Of the job. With the due time, for a wish may be changed between a put and its run; that no date has two
    digests is kept by the record of deliveries, in the channel's lane."""
    return f"digest:{found.channel}:{found.on.isoformat()}:{found.until.isoformat()}"


def _patience_s(attempts: int) -> float:
    """Seconds to wait after so many attempts: up to ten minutes, for hours."""
    return min(30.0 * attempts, 600.0)


async def _nothing(ts: str) -> None: ...
