"""A year of digests in five time zones, with processes that are killed, outages of minutes to days, and cut
connections: each article is told once in each channel, and each local date has one digest or was missed whole.

python -m tests.storms.year [DAYS] [REPLICAS] [URL]     an empty database; by default SQLite in a new folder
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.llm.prompts import Prompts
from bot.news.digest.due import due
from bot.news.digest.subscription import EVERY_DAY, Wish
from bot.sandbox import ANNA, Message, Sandbox
from bot.slack.account import signed_in
from bot.slack.languages import Languages
from bot.slack.posting.gallery import Gallery
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.store.people.rules import StoredRules
from bot.store.people.subscriptions import Subscriptions
from bot.wiring.desks.daily import Daily, digest_worker
from bot.wiring.desks.desk import Desk, Reading
from bot.wiring.desks.newsdesk import Newsdesk
from bot.wiring.serving import Patrol, these
from bot.worker import Job
from tests.given import article

PLACES = {  # a clock change of each falls into its hour of delivery, but for Tokyo's, which has none
    "Europe/Berlin": time(2, 30),
    "America/New_York": time(2, 15),
    "Australia/Lord_Howe": time(2, 10),
    "America/Santiago": time(0, 0),
    "Asia/Tokyo": time(9),
}
BEGIN = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
OUTAGE, KILL, CUT = 0.01, 0.04, 0.04  # chances at each step, about five of which make a day
PATIENCE_S = 60


class Forgetful(dict[tuple[str, str], str]):
    def __setitem__(self, key: tuple[str, str], value: str) -> None: ...


@dataclass
class Year:
    """What has been lived through. `away`: the spans in which no replica ran."""

    days: int
    url: str
    sandbox: Sandbox
    clock: Path
    replicas: int
    chance: random.Random
    channels: dict[str, str] = field(default_factory=dict)
    running: list[asyncio.subprocess.Process] = field(default_factory=list)
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    articles: int = 0
    kills: int = 0
    cuts: int = 0

    async def live(self) -> None:
        """Subscribe a channel in each zone, and let the days pass."""
        async with await Database.open(self.url) as database:
            self.set(BEGIN)
            subscriptions = Subscriptions(database, "local", clock=self.now)
            for zone, at in PLACES.items():
                channel = self._channel()
                self.channels[channel] = zone
                await subscriptions.subscribe(channel, ANNA, Wish(at, EVERY_DAY, zone))
            # Slack may know a message by its client_msg_id and may not; posting once must not rest on that.
            self.sandbox.workspace.keys = Forgetful()
            try:
                while self.now() < BEGIN + self.days * DAY:
                    await self._step(database, subscriptions)
                await self._settled(subscriptions)
            finally:
                await self._kill(len(self.running))

    def set(self, now: datetime) -> None:
        part = self.clock.with_suffix(".part")
        part.write_text(now.isoformat())
        part.replace(self.clock)

    def now(self) -> datetime:
        return read(self.clock)

    async def _step(self, database: Database, subscriptions: Subscriptions) -> None:
        """News comes; some hours pass; something may go wrong; what is due is waited for."""
        self.articles += 1
        text = f"This is the story of number {self.articles:05}."
        await Library(database, "local", clock=self.now).add(article(f"a{self.articles}", text))
        hours = self.chance.uniform(1, 9)
        if self.chance.random() < OUTAGE:
            await self._settled(subscriptions)
            await self._kill(len(self.running))
            begun, hours = self.now(), self.chance.choice([0.2, 5, 30, 80])
            self.set(begun + timedelta(hours=hours))
            self.away.append((begun, self.now()))
            await self._start()
            return
        if self.chance.random() < CUT:
            self.cuts += 1
            self.sandbox.faults.cut("chat.postMessage")
        # Minute by minute around a change of clocks would change nothing: what counts is that none is skipped.
        for _ in range(3):
            self.set(self.now() + timedelta(hours=hours / 3))
            await self._start()
            if self.chance.random() < KILL / 3:
                await asyncio.sleep(self.chance.uniform(0, 0.3))
                await self._kill(1)
                await self._start()
            await self._settled(subscriptions)

    async def _settled(self, subscriptions: Subscriptions) -> None:
        """Once nothing is due any more."""
        async with asyncio.timeout(PATIENCE_S):
            while any(due(s.subscription, s.delivered, self.now()) for s in await subscriptions.active()):  # noqa: ASYNC110 - other processes deliver
                await asyncio.sleep(0.05)

    async def _start(self) -> None:
        while len(self.running) < self.replicas:
            self.running.append(
                await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "tests.storms.year",
                    "replica",
                    self.url,
                    self.sandbox.api_url,
                    self.sandbox.bot_token,
                    str(self.clock),
                )
            )

    async def _kill(self, count: int) -> None:
        for process in self.chance.sample(self.running, count):
            self.running.remove(process)
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            self.kills += 1

    def _channel(self) -> str:
        """A channel that has no digest yet."""
        free = [
            c
            for c in self.sandbox.workspace.channels.values()
            if not c.direct and self.sandbox.bot in c.members and c.id not in self.channels
        ]
        if free:
            return free[0].id
        return next(
            direct.id
            for person in self.sandbox.workspace.people
            if (direct := self.sandbox.workspace.direct_with(person)).id not in self.channels
        )


def check(year: Year) -> dict[str, int]:
    """Raises AssertionError where an article was told twice or never, or a date has two digests or none that it
    should have; how many digests there were in each zone."""
    counts = {}
    for channel, zone in year.channels.items():
        posted = [m for m in year.sandbox.messages(channel) if m.thread_ts is None and m.metadata]
        dates = Counter(str((m.metadata or {})["event_payload"]["key"]).rpartition(":")[2] for m in posted)
        assert max(dates.values()) == 1, f"{zone}: two digests of a date: {dates.most_common(3)}"
        wanted = {d.isoformat() for d in expected(zone, year)}
        assert wanted <= set(dates), f"{zone}: no digest for {sorted(wanted - set(dates))}"
        told = "".join(_text(m) for p in posted for m in year.sandbox.messages(channel, p.ts))
        often = Counter(told.split("story of number ")[n + 1][:5] for n in range(told.count("story of number ")))
        twice = [number for number, count in often.items() if count > 1]
        assert not twice, f"{zone}: told twice: {twice[:5]}"
        last = max(map(int, often), default=0)
        lost = {f"{n:05}" for n in range(1, last)} - set(often)
        assert not lost, f"{zone}: never told: {sorted(lost)[:5]}"
        assert last >= year.articles - 12, f"{zone}: nothing told after {last} of {year.articles}"
        counts[zone] = len(posted)
    return counts


def expected(zone: str, year: Year) -> list[date]:
    """The dates whose digest was due while a replica ran; found minute by minute, not as the bot finds them."""
    there, at = ZoneInfo(zone), PLACES[zone]
    found: dict[date, datetime] = {}
    minute, end = BEGIN + timedelta(minutes=5), year.now() - timedelta(minutes=5)
    while minute < end:
        local = minute.astimezone(there)
        if local.time() >= at:
            found.setdefault(local.date(), minute)
        minute += timedelta(minutes=5)
    first = BEGIN.astimezone(there).date()
    return [day for day, when in found.items() if day > first and not any(a <= when < b for a, b in year.away)]


def read(clock: Path) -> datetime:
    return datetime.fromisoformat(clock.read_text())


async def replica(url: str, api_url: str, token: str, clock: Path) -> None:
    """One process of the bot, until it is killed."""

    def now() -> datetime:
        return read(clock)

    async with await Database.open(url) as database, signed_in(token, api_url) as account:
        desk = Desk(Library(database, "local"), Reading(Prompts.load(), None, [], []), 12_000)
        jobs = JobTable(database, Job)
        daily = Daily(
            account,
            jobs,
            Subscriptions(database, "local", clock=now),
            Newsdesk(database, desk, "local"),
            StoredRules(database, "local"),
            workspace="local",
            languages=Languages(account, StoredRules(database, "local")),
            gallery=Gallery(account),
            clock=now,
            apart_s=0,
        )
        worker = digest_worker(jobs, daily.work(), lease_s=1, back_off=lambda attempts: 0.1)
        await asyncio.gather(Patrol(worker, these(daily), tick_s=0.1).run(), worker.run())


async def year(days: int, replicas: int, url: str, seed: int = 7) -> tuple[Year, dict[str, int]]:
    """Live through so many days; what was done, and how many digests each zone had."""
    with tempfile.TemporaryDirectory(prefix="year-") as folder:
        async with Sandbox() as sandbox:
            lived = Year(days, url, sandbox, Path(folder) / "clock", replicas, random.Random(seed))
            await lived.live()
            return lived, check(lived)


def _text(message: Message) -> str:
    return _strings(message.blocks or [])


def _strings(value: Any) -> str:
    if isinstance(value, dict):
        return _strings(list(value.values()))
    if isinstance(value, list):
        return "\n".join(_strings(each) for each in value)
    return value if isinstance(value, str) else ""


async def _main(arguments: Sequence[str]) -> None:
    if arguments[:1] == ["replica"]:
        await replica(*arguments[1:4], Path(arguments[4]))
        return
    with tempfile.TemporaryDirectory(prefix="year-") as folder:
        days, replicas, url = [*arguments, *["365", "1", f"sqlite:///{folder}/year.db"][len(arguments) :]]
        lived, counts = await year(int(days), int(replicas), url)
    sys.stdout.write(
        f"{days} days, {lived.articles} articles, {lived.kills} kills, {len(lived.away)} outages, "
        f"{lived.cuts} cut connections; digests: {counts}\n"
    )


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1:]))
