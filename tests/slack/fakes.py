"""Stand-ins for what the room asks of others: a table of jobs in memory, and answers made to order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import StoreUnavailable
from bot.news.asked import Asked, Fate, Shown
from bot.news.digest.subscription import Wish
from bot.news.labels import Verdict
from bot.news.ledger.follows import Follows, TopicFollow
from bot.news.ledger.standing import Entry
from bot.news.model import Answer, Article
from bot.news.overview import Heading, Health, Outlet
from bot.news.rules import Changed, ChannelRules, Rules, WorkspaceRules
from bot.news.words import citations
from bot.slack.answers.answering import Work
from bot.slack.answers.screen import Audience
from bot.slack.coverage import Channel, Linked
from bot.slack.daily import Drawn
from bot.slack.intake import ANSWER, question
from bot.slack.looks.blocks import plain
from bot.slack.wishes import Planned


@dataclass
class Job:
    """A claimed job; its notes outlive the run that wrote them."""

    id: str
    payload: Mapping[str, Any]
    kind: str = "answer"
    notes: dict[str, str] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _runs: int = 0

    @property
    def again(self) -> bool:
        """Asked once a run, and so true from the second run on."""
        self._runs += 1
        return self._runs > 1

    async def note(self, name: str, value: str) -> None:
        self.notes[name] = value


@dataclass
class MemoryInbox:
    """Keeps jobs; each known key is refused. The first `failures` times it raises, as a database that is away."""

    failures: int = 0
    shelf: MemoryShelf = field(default_factory=lambda: MemoryShelf())
    jobs: list[Job] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def put(
        self, kind: str, payload: Mapping[str, Any], *, keys: Sequence[str], workspace: str, lane: str, priority: int
    ) -> str | None:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("away")
        if self._keys & set(keys):
            return None
        self._keys |= set(keys)
        job = Job(f"job-{len(self.jobs) + 1}", payload, kind)
        self.jobs.append(job)
        if kind == ANSWER:
            await self.shelf.asked(question(job.id, payload))
        self.options.append({"kind": kind, "keys": keys, "workspace": workspace, "lane": lane, "priority": priority})
        self._came.set()
        return job.id

    async def next(self, number: int) -> Job:
        """The job with this number, from 0, once it is there."""
        while len(self.jobs) <= number:
            self._came.clear()
            await self._came.wait()
        return self.jobs[number]


@dataclass
class MemoryShelf:
    """Keeps questions and answers; `said` is what people said of them, in order. While `away`, nothing is found."""

    away: bool = False
    questions: dict[str, Asked] = field(default_factory=dict)
    answers: dict[str, tuple[Answer, str | None]] = field(default_factory=dict)
    shelved: dict[str, str] = field(default_factory=dict)
    quiet: set[tuple[str, str]] = field(default_factory=set)
    said: list[tuple[Any, ...]] = field(default_factory=list)

    async def asked(self, question: Asked) -> None:
        known = self.questions.setdefault(question.key, question)
        if question.fate is Fate.EDITED and known.fate is not Fate.WITHDRAWN:
            await self.becomes(question.key, Fate.EDITED)

    async def question(self, channel: str, ts: str) -> Asked | None:
        return next((q for q in self.questions.values() if (q.channel, q.ts) == (channel, ts)), None)

    async def fate(self, key: str) -> Fate | None:
        return self.questions[key].fate if key in self.questions else None

    async def becomes(self, key: str, fate: Fate) -> None:
        if key in self.questions:
            self.questions[key] = replace(self.questions[key], fate=fate)

    async def stop(self, channel: str, thread: str) -> list[str]:
        found = [q.key for q in self.questions.values() if (q.channel, q.thread) == (channel, thread)]
        stopped = [key for key in found if self.questions[key].fate is Fate.ASKED]
        for key in stopped:
            await self.becomes(key, Fate.STOPPED)
        return stopped

    async def withdraw(self, key: str) -> None:
        await self.becomes(key, Fate.WITHDRAWN)
        self.answers.pop(key, None)

    async def ask_anew(self, key: str) -> None:
        await self.withdraw(key)
        await self.becomes(key, Fate.ASKED)

    async def listens(self, channel: str, thread: str, person: str) -> bool:
        asked = [q for q in self.questions.values() if (q.channel, q.thread, q.person) == (channel, thread, person)]
        return bool(asked) and (channel, thread) not in self.quiet

    async def hush(self, channel: str, thread: str) -> None:
        self.quiet.add((channel, thread))

    async def answered(self, key: str, answer: Answer, messages: str | None = None) -> bool:
        if await self.fate(key) not in (Fate.ASKED, Fate.ANSWERED):
            return False
        self.answers[key] = (answer, messages)
        await self.becomes(key, Fate.ANSWERED)
        return True

    async def shown(self, key: str) -> Shown | None:
        if self.away:
            raise StoreUnavailable("away")
        if key not in self.answers:
            return None
        answer, _ = self.answers[key]
        return Shown(self.questions[key], answer.comparison, tuple(citations(answer)))

    async def shelve(self, key: str, messages: str) -> None:
        self.shelved[key] = messages

    async def messages(self, key: str) -> str | None:
        return self.answers[key][1] if key in self.answers else self.shelved.get(key)

    async def judged(self, key: str, person: str, *, good: bool, words: str) -> None:
        self.said.append(("judged", key, person, good, words))

    async def label(self, key: str, verdict: Verdict, person: str, words: str) -> bool:
        self.said.append(("label", key, verdict, person, words))
        return key in self.answers

    async def follow(self, key: str, person: str, channel: str, thread: str) -> bool:
        self.said.append(("follow", key, person, channel, thread))
        return key in self.answers


@dataclass
class FixedCoverage:
    """Coverage at a glance, as given. `fault` is raised instead of anything."""

    entries: list[Entry] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    followed: dict[str, list[Entry]] = field(default_factory=dict)
    topics: list[TopicFollow] = field(default_factory=list)
    digest: str | None = None
    compared: bool = True
    fault: Exception | None = None

    async def disagreements(self, channel: str) -> list[Entry]:
        if self.fault is not None:
            raise self.fault
        return self.entries

    async def every_outlet(self) -> list[Outlet]:
        return await self.outlets("")

    async def outlets(self, channel: str) -> list[Outlet]:
        if self.fault is not None:
            raise self.fault
        names = dict.fromkeys(h.outlet for h in self.headings)
        return [Outlet(n, sum(h.outlet == n for h in self.headings), self.headings[0].published) for n in names]

    async def newest(self, channel: str, limit: int) -> list[Heading]:
        return self.headings[:limit]

    async def about(self, channel: str, topic: str, limit: int) -> list[Article]:
        return [a for a in self.articles if topic.casefold() in a.text.casefold()][:limit]

    async def linked(self, channel: str, urls: Sequence[str]) -> dict[str, Linked]:
        if self.fault is not None:
            raise self.fault
        return {a.url: Linked(a, self.entries, self.compared) for url in urls for a in self.articles if a.url == url}

    async def follows(self, person: str) -> Follows:
        return Follows(self.followed.get(person, []), [t for t in self.topics if t.person == person])

    async def follow_topic(self, follow: TopicFollow) -> None:
        self.topics = [*(t for t in self.topics if t != follow), follow]

    async def unfollow(self, person: str, id: str) -> bool:
        before = len(await self.follows(person))
        self.followed[person] = [e for e in self.followed.get(person, []) if e.id != id]
        self.topics = [t for t in self.topics if t.person != person or t.id != id]
        return len(await self.follows(person)) < before

    async def channel(self, channel: str) -> Channel:
        return Channel(self.digest)

    async def health(self) -> Health:
        return Health(1_234, len(self.entries), 2, 3, 1, datetime(2026, 5, 22, 9, tzinfo=UTC))


@dataclass
class MemoryRules:
    """The rules of channels, and who changed which last; under "" those of the workspace."""

    channels: dict[str, ChannelRules] = field(default_factory=dict)
    workspace: WorkspaceRules = field(default_factory=WorkspaceRules)
    by: dict[str, Changed] = field(default_factory=dict)

    async def holding(self, channel: str) -> Rules:
        return Rules(self.channels.get(channel, ChannelRules()), self.workspace)

    async def changed(self, channel: str) -> Changed | None:
        return self.by.get(channel)

    async def change_channel(self, channel: str, now: ChannelRules, by: str) -> None:
        self.channels[channel] = now
        self.by[channel] = Changed(by, datetime(2026, 5, 22, 9, tzinfo=UTC))

    async def change_workspace(self, now: WorkspaceRules, by: str) -> None:
        self.workspace = now
        self.by[""] = Changed(by, datetime(2026, 5, 22, 9, tzinfo=UTC))


@dataclass
class Oracle:
    """Answers every question with the same answer, telling its audience on the way.

    `holds`: after its readings it waits until `go` is set. `held` is set once it waits. `fault` is raised in
    place of an answer.
    """

    answer: Answer
    holds: bool = False
    fault: Exception | None = None
    questions: list[str] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, work: Work, question: str, audience: Audience) -> Answer:
        self.questions.append(question)
        readings = [r for p in self.answer.comparison.positions for r in p.readings]
        for reading in readings:
            await audience.reading(reading)
        if self.holds:
            self.held.set()
            await self.go.wait()
        if self.fault is not None:
            raise self.fault
        if self.answer.comparison.second_look is not None:
            await audience.second_look()
        for statement in self.answer.statements:
            await audience.statement(statement)
        return self.answer


@dataclass
class FixedDigests:
    """Keeps wishes by channel; `asked`: the digests that were to be posted at once; `races`: each is switched off by
    somebody else as soon as it is on."""

    wishes: dict[str, Wish] = field(default_factory=dict)
    asked: list[tuple[str, str, Wish | None, str]] = field(default_factory=list)
    races: bool = False
    by: dict[str, str] = field(default_factory=dict)

    async def of(self, channel: str) -> Wish | None:
        return self.wishes.get(channel)

    async def on(self, channel: str, person: str, wish: Wish) -> datetime | None:
        if self.races:
            return None
        self.wishes[channel], self.by[channel] = wish, person
        return datetime(2026, 5, 22, 8, 30, tzinfo=ZoneInfo(wish.zone))

    async def off(self, channel: str) -> bool:
        return self.wishes.pop(channel, None) is not None

    async def now(self, channel: str, person: str, wish: Wish | None, key: str) -> None:
        self.asked.append((channel, person, wish, key))

    async def preview(self, channel: str, person: str, wish: Wish | None) -> Drawn:
        return Drawn(plain("Nothing new today.")[0], (plain("In detail: nothing.")[0],))

    async def all(self) -> list[Planned]:
        comes = datetime(2026, 5, 22, 8, 30, tzinfo=UTC)
        return [Planned(channel, self.by.get(channel, ""), wish, comes) for channel, wish in self.wishes.items()]
