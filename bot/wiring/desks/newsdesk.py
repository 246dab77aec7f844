"""Where digests are made: what came, the ledger and the model, joined; each made once for all channels."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from weakref import WeakValueDictionary

from bot.errors import ReaderError
from bot.llm.summariser import ModelSummariser
from bot.news.cite import Sheet
from bot.news.digest.counted import Counted
from bot.news.digest.digest import Digest, DraftDigest, Summariser, digest
from bot.news.model import Check
from bot.news.rules import EVERYTHING, Focus
from bot.news.topic import Topic
from bot.settings import Settings
from bot.store.coverage.library import Library
from bot.store.coverage.newcomers import Newcomers
from bot.store.database import Database, T, Transaction
from bot.store.jobs.paid import Paying
from bot.store.ledger.ledger import StoredLedger
from bot.store.people.rules import StoredRules
from bot.store.people.subscriptions import Shared, Subscriptions
from bot.wiring.desks.desk import SAMPLE, Desk, Reading

REMEMBERED = 16  # digests at hand in this process; they hold their articles
KEPT_S = 7 * 86_400  # for how long replicas share what was made


@dataclass(slots=True)
class Shares:
    """What replicas share, as the model's checkpoint while one digest is made: a reply is held back until it is
    written together with what it cost, or the next call begins."""

    shared: Shared
    held: dict[str, str] = field(default_factory=dict)

    async def get(self, name: str) -> str | None:
        await self.write()
        return await self.shared.get(name)

    async def put(self, name: str, text: str) -> None:
        self.held[name] = text

    async def write(self) -> None:
        if self.held:
            await self.write_with(lambda connection: None)

    async def write_with(self, beside: Transaction[T]) -> T:
        given = await self.shared.put_all(self.held, beside)
        self.held.clear()
        return given


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a digest is about: equal ones are made once. `since` and `until` are UTC-aware. Of `focus` the outlets alone
    count: a digest has topics of its own."""

    topics: tuple[Topic, ...]
    since: datetime
    until: datetime
    focus: Focus = EVERYTHING

    @classmethod
    def of(cls, topics: Sequence[Topic], since: datetime, until: datetime, focus: Focus = EVERYTHING) -> Assignment:
        """Topics and outlets count as sets."""
        return cls(
            tuple(sorted(set(topics), key=lambda t: (t.name, t.phrases))),
            since.astimezone(UTC),
            until.astimezone(UTC),
            Focus(outlets=tuple(sorted(set(focus.outlets))), without=focus.without),
        )

    def dump(self) -> dict[str, Any]:
        topics = [{"name": t.name, "phrases": list(t.phrases)} for t in self.topics]
        told = {"topics": topics, "since": self.since.isoformat(), "until": self.until.isoformat()}
        outlets = {"outlets": list(self.focus.outlets), "without": self.focus.without}
        return told | outlets if self.focus.narrow else told

    @classmethod
    def load(cls, raw: Any) -> Assignment:
        topics = (Topic(tuple(t["phrases"]), t["name"]) for t in raw["topics"])
        focus = Focus(outlets=tuple(raw.get("outlets", ())), without=raw.get("without", False))
        since, until = datetime.fromisoformat(raw["since"]), datetime.fromisoformat(raw["until"])
        return cls.of(tuple(topics), since, until, focus)

    @property
    def key(self) -> str:
        return hashlib.sha256(json.dumps(self.dump(), sort_keys=True).encode()).hexdigest()[:32]


class Newsdesk:
    """Makes the digests of one workspace; from the sample coverage while its own library is empty.

    `arrange` puts a summariser of its own before the model, where one is still to be asked; it is given the work, too.
    """

    def __init__(
        self,
        database: Database,
        desk: Desk,
        workspace: str,
        *,
        arrange: Callable[[Summariser, Paying], Summariser] = lambda summariser, work: summariser,
    ) -> None:
        self._database = database
        self._desk = desk
        self._workspace = workspace
        self._arrange = arrange
        self._made: OrderedDict[str, Digest] = OrderedDict()
        self._making: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.shared = Shared(database, workspace)

    async def is_made(self, assignment: Assignment) -> bool:
        """Whether some replica has made it: then it costs no call any more."""
        return await self.shared.get(_name(assignment)) is not None

    async def make(self, assignment: Assignment) -> Digest:
        """The digest; the model is called where no replica did so for this one. Raises StoreError."""
        async with self._making.setdefault(assignment.key, asyncio.Lock()):
            made = self._made.get(assignment.key)
            if made is None:
                made = await self._digest(assignment)
                if made.check is not Check.FAILED:
                    self._remember(assignment, made)
            return made

    async def settle(self, assignment: Assignment, made: Digest) -> None:
        """Let every replica know that this is the digest, a failed one too: its call is not made again."""
        await self.shared.put(_name(assignment), json.dumps({"check": made.check, "trouble": made.trouble}))
        self._remember(assignment, made)
        await self.shared.purge(older_than_s=KEPT_S)

    async def _digest(self, assignment: Assignment) -> Digest:
        library = await self._desk.current()
        sample, workspace = library.workspace == SAMPLE, library.workspace
        came, ledger = Newcomers(self._database, workspace), StoredLedger(self._database, workspace)
        counted, shares = Counted(came, ledger, assignment.focus), Shares(self.shared)
        made = await digest(
            assignment.topics,
            assignment.since,
            assignment.until,
            newcomers=counted if assignment.focus.narrow else came,
            changes=counted if assignment.focus.narrow else ledger,
            summariser=await self._summariser(assignment, shares, sample=sample),
            excerpt_tokens=self._desk.excerpt_tokens,
        )
        await shares.write()
        return made

    async def _summariser(self, assignment: Assignment, shares: Shares, *, sample: bool) -> Summariser | None:
        settled = await self.shared.get(_name(assignment))
        known = json.loads(settled) if settled else {}
        if known.get("check") == Check.FAILED:
            return _Failed(known["trouble"])
        reading = self._desk.reading
        kept = reading.sample if sample else reading.own
        if known.get("check") == Check.NOT_RUN or (reading.client is None and not kept):
            return None
        summariser = ModelSummariser(reading.client, reading.prompts, kept=kept, checkpoint=shares)
        return summariser if settled else self._arrange(summariser, shares)  # what is settled was paid for

    def _remember(self, assignment: Assignment, made: Digest) -> None:
        self._made[assignment.key] = made
        while len(self._made) > REMEMBERED:
            self._made.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Failed:
    """A call that failed for good: it fails the same way again, at once."""

    trouble: str

    async def summarise(self, sheet: Sheet, told: Sequence[str]) -> DraftDigest:
        fault = ReaderError("this digest's call failed before")
        fault.tell = self.trouble  # that of the call that failed
        raise fault


def _name(assignment: Assignment) -> str:
    return f"made:{assignment.key}"


@asynccontextmanager
async def newsdesk(settings: Settings, *, workspace: str) -> AsyncIterator[tuple[Newsdesk, Subscriptions, StoredRules]]:
    """The newsdesk of a workspace, who wishes for its digests, and its rules, for a command of its own."""
    reading = Reading.of(settings)
    try:
        async with await Database.open(settings.database_url) as database:
            sample = None if settings.in_slack else Library(database, SAMPLE)
            desk = Desk(Library(database, workspace), reading, settings.excerpt_tokens, sample)
            await desk.current()  # the sample comes, if it is to, before anybody asks what has come
            yield (
                Newsdesk(database, desk, workspace),
                Subscriptions(database, workspace),
                StoredRules(database, workspace),
            )
    finally:
        await reading.close()
