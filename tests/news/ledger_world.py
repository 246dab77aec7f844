"""A small world for the ledger: coverage that comes, changes and goes; a reader and a proposer that know its facts.

A fact is a question with the words by which a sentence gives an answer to it. The scripted model finds what a sheet
shows of it, so that what it says depends on what it was shown, as with a real one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from bot.errors import ReaderError
from bot.news.cite import Sheet, ShownSource
from bot.news.ledger.changes import CALLS_A_DAY, Taken, removed, take_next
from bot.news.ledger.ports import Waiting
from bot.news.ledger.proposing import Conflict, DraftCandidate, DraftTouch, Known, Proposals
from bot.news.ledger.standing import Change, Entry, Event, citations
from bot.news.model import (
    Article,
    Comparison,
    Draft,
    DraftLook,
    DraftPosition,
    DraftReading,
    DraftStatement,
    Kind,
    Relation,
    Resolved,
    Turn,
    Usage,
)
from tests.fakes import UPHELD, FakeArchive
from tests.given import article

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
ONE_CALL = Usage(1, 100, 10)


@dataclass(frozen=True)
class Fact:
    """`answers`: words that a sentence holds, to the claim they make. `asked`: by a person; nobody proposes it."""

    question: str
    answers: Mapping[str, str]
    relation: Relation = Relation.DISPUTE
    kind: Kind = Kind.NUMBER
    asked: bool = False

    def said_by(self, source: ShownSource) -> tuple[str, str] | None:
        """The key and the claim of the first sentence that answers."""
        for sentence in source.sentences:
            for words, claim in self.answers.items():
                if words in sentence.text:
                    return source.key(sentence), claim
        return None


class KnowingReader:
    """Reads, compares and proposes from facts; notes what it was asked.

    `overlooks`: it names no standing question that an article speaks to. `meanwhile`: what happens in the world while
    it proposes, `while_reading` while it compares.
    """

    def __init__(self, *facts: Fact) -> None:
        self.facts = list(facts)
        self.look: DraftLook | ReaderError = UPHELD
        self.fault: ReaderError | None = None
        self.questions: list[str] = []
        self.sheets: list[Sheet] = []
        self.proposed: list[tuple[Sheet, tuple[Known, ...]]] = []
        self.looks = 0
        self.overlooks = False
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self.while_reading: Callable[[], Awaitable[None]] | None = None

    @property
    def calls(self) -> int:
        return len(self.questions) + len(self.proposed) + self.looks

    async def read(self, question: str, sheet: Sheet) -> AsyncIterator[Draft]:
        if self.fault is not None:
            raise self.fault
        if self.while_reading is not None:
            await self.while_reading()
        self.questions.append(question)
        self.sheets.append(sheet)
        fact = next((f for f in self.facts if f.question == question), Fact(question, {}))
        told = {source.label: said for source in sheet.sources if (said := fact.said_by(source))}
        claims = list(dict.fromkeys(claim for _, claim in told.values()))
        readings = tuple(
            DraftReading(s.label, False, told[s.label][1], keys=(told[s.label][0],))
            if s.label in told
            else DraftReading(s.label, True)
            for s in sheet.sources
        )
        positions = tuple(
            DraftPosition(claim, tuple(label for label, (_, said) in told.items() if said == claim)) for claim in claims
        )
        relation = fact.relation if len(claims) > 1 else Relation.AGREE if claims else Relation.NONE
        lines = (
            ()
            if relation in (Relation.DISPUTE, Relation.UPDATE)
            else tuple(
                DraftStatement(claim, tuple(key for key, said in told.values() if said == claim)) for claim in claims
            )
        )
        yield Draft(readings, positions, "", relation, fact.kind, lines, True, ONE_CALL)

    async def second_look(self, comparison: Comparison, sheet: Sheet) -> DraftLook:
        self.looks += 1
        if isinstance(self.look, ReaderError):
            raise self.look
        return replace(self.look, usage=ONE_CALL)

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        raise AssertionError("a question of the ledger is no follow-up")

    async def propose(self, sheet: Sheet, known: Sequence[Known]) -> Proposals:
        if self.fault is not None:
            raise self.fault
        self.proposed.append((sheet, tuple(known)))
        if self.meanwhile is not None:
            await self.meanwhile()
        new, *others = sheet.sources
        standing = {k.question for k in known}
        found = []
        for fact in self.facts:
            here = fact.said_by(new)
            there = [said[0] for other in others if (said := fact.said_by(other)) and here and said[1] != here[1]]
            if here and there and not fact.asked and fact.question not in standing:
                found.append(DraftCandidate(fact.question, fact.kind, Conflict.FLAT, (here[0],), tuple(there[:2])))
        touched = [
            DraftTouch(k.label, (said[0],))
            for k in (() if self.overlooks else known)
            for fact in self.facts
            if fact.question == k.question and (said := fact.said_by(new))
        ]
        return Proposals(tuple(found), tuple(touched), ONE_CALL)


@dataclass
class FakeLedger:
    """What `Ledger` asks for, in memory. `held`: the current versions of the articles."""

    held: dict[str, Article] = field(default_factory=dict)
    kept: dict[str, Entry] = field(default_factory=dict)
    happened: dict[str, list[Event]] = field(default_factory=dict)
    queue: dict[str, Waiting] = field(default_factory=dict)
    calls: dict[date, int] = field(default_factory=dict)

    async def entries(self, *, citing: Collection[str] | None = None) -> Sequence[Entry]:
        standing = [e for e in self.kept.values() if e.into is None]
        if citing is None:
            return standing
        return [e for e in standing if {c.article.id for c in citations(e.comparison)} & set(citing)]

    async def followed(self) -> Sequence[Entry]:
        return [e for e in self.kept.values() if e.private]

    async def entry(self, id: str) -> Entry | None:
        return self.kept.get(id)

    async def keep(self, change: Change) -> None:
        self.kept[change.entry.id] = change.entry
        self.happened.setdefault(change.entry.id, []).extend(change.events)

    async def forget(self, owner: str) -> None:
        self.kept = {id: e for id, e in self.kept.items() if e.owner != owner}

    async def current(self, articles: Collection[str]) -> Mapping[str, Article]:
        return {id: self.held[id] for id in articles if id in self.held}

    async def arrived(self, article: str, at: datetime) -> None:
        known = self.queue.get(article)
        self.queue[article] = Waiting(article, known.since, None, known.arrivals + 1) if known else Waiting(article, at)

    async def first_waiting(self) -> Waiting | None:
        return min(self.queue.values(), key=lambda w: w.since, default=None)

    async def wait(self, waiting: Waiting) -> None:
        if self.queue[waiting.article].arrivals == waiting.arrivals:
            self.queue[waiting.article] = waiting

    async def done(self, waiting: Waiting) -> None:
        if self.queue[waiting.article].arrivals == waiting.arrivals:
            del self.queue[waiting.article]

    async def spent(self, day: date) -> int:
        return self.calls.get(day, 0)

    async def spend(self, day: date, calls: int) -> None:
        self.calls[day] = self.calls.get(day, 0) + calls


class World:
    """Coverage, its ledger and the model, with a clock that moves an hour with each arrival."""

    def __init__(self, *facts: Fact, excerpt_tokens: int = 12_000, calls_a_day: int = CALLS_A_DAY) -> None:
        self.model = KnowingReader(*facts)
        self.ledger = FakeLedger()
        self.now = NOON
        self.excerpt_tokens = excerpt_tokens
        self.calls_a_day = calls_a_day

    async def comes(self, id: str, *sentences: str, outlet: str | None = None, published: str | None = None) -> Taken:
        """An article comes, or a new version of it, and has its turn."""
        await self.waits(id, *sentences, outlet=outlet, published=published)
        taken = await self.turn()
        assert taken is not None
        return taken

    async def waits(self, id: str, *sentences: str, outlet: str | None = None, published: str | None = None) -> None:
        known = self.ledger.held.get(id)
        new = article(id, *sentences, outlet=outlet, published=published)
        self.ledger.held[id] = replace(new, version=known.version + 1 if known else 1)
        self.now += timedelta(hours=1)
        await self.ledger.arrived(id, self.now)

    async def turn(self) -> Taken | None:
        return await take_next(
            ledger=self.ledger,
            archive=FakeArchive(*self.ledger.held.values(), neighbours=1),
            reader=self.model,
            proposer=self.model,
            at=self.now,
            calls_a_day=self.calls_a_day,
            excerpt_tokens=self.excerpt_tokens,
        )

    async def goes(self, id: str) -> tuple[Change, ...]:
        del self.ledger.held[id]
        self.now += timedelta(hours=1)
        return await removed(id, self.now, ledger=self.ledger)

    def standing(self) -> list[Entry]:
        return [e for e in self.ledger.kept.values() if e.into is None and not e.private]

    def only(self) -> Entry:
        (entry,) = self.standing()
        return entry

    def history(self, entry: Entry) -> list[str]:
        return [event.happening.value for event in self.ledger.happened[entry.id]]
