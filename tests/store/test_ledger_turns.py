"""Articles' turns on the real library and ledger, from arrival to what digests and follows are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.news.ledger.changes import follow, removed, take_next
from bot.news.ledger.standing import State, citations
from bot.news.model import Article, Check, Comparison, Relation
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.ledger.ledger import StoredLedger
from bot.store.ledger.waiting import workspaces_waiting
from tests.given import article
from tests.news.ledger_world import Fact, KnowingReader

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
FIRMS = Fact("How many firms have access?", {"Twelve firms": "twelve do", "Twenty firms": "twenty do"})


class Newsroom:
    def __init__(self, database: Database) -> None:
        self.library = Library(database, "local")
        self.ledger = StoredLedger(database, "local")
        self.model = KnowingReader(FIRMS)
        self.now = NOON

    async def comes(self, new: Article) -> None:
        self.now += timedelta(hours=1)
        await self.library.add(new)
        await self.ledger.arrived(new.id, self.now)
        taken = await take_next(
            ledger=self.ledger, archive=self.library, reader=self.model, proposer=self.model, at=self.now
        )
        assert taken is not None
        assert (taken.article, taken.failed, taken.waits) == (new.id, 0, False)

    async def happened(self) -> list[tuple[str | None, list[str]]]:
        """By owner, what digests and followers would be told of."""
        changes = await self.ledger.changes(NOON, self.now + timedelta(hours=1))
        return [(c.entry.owner, [e.happening.value for e in c.events]) for c in changes]


async def test_given_coverage_that_comes_changes_and_goes_when_taken_then_the_stored_ledger_follows(
    database: Database,
) -> None:
    room = Newsroom(database)
    await room.comes(article("a", "Twelve firms have access.", "Rain is expected in the north."))
    await room.comes(article("b", "Twenty firms have access.", "The minister smiled at the crowd."))
    (opened,) = await room.ledger.standing(State.OPEN)

    await room.comes(article("b", "A new line.", "Twenty firms have access.", "The minister smiled at the crowd."))
    (carried,) = await room.ledger.standing(State.OPEN)
    await room.library.remove("b")
    room.now += timedelta(hours=1)
    await removed("b", room.now, ledger=room.ledger)

    assert carried.id == opened.id
    cited = citations(carried.comparison)
    assert [(c.article.id, c.article.version, c.sentence.number) for c in cited] == [("a", 1, 1), ("b", 2, 2)]
    assert [e.id for e in await room.ledger.standing(State.SETTLED)] == [opened.id]
    assert await room.happened() == [(None, ["opened", "settled"])]
    assert await room.ledger.waiting() == []
    assert await room.ledger.spent(NOON.date()) == room.model.calls


async def test_given_a_followed_question_when_coverage_answers_it_then_only_its_owner_is_told(
    database: Database,
) -> None:
    room = Newsroom(database)
    question = "How many firms got access?"
    room.model.facts.append(Fact(question, FIRMS.answers, asked=True))
    await follow("thread:1", Comparison(question, Check.CHECKED, Relation.NONE), room.now, ledger=room.ledger)

    await room.comes(article("a", "Twelve firms have access."))

    assert await room.happened() == [("thread:1", ["opened", "changed"])]
    assert await room.ledger.standing() == []


async def test_given_many_ledgers_when_looked_over_then_those_with_an_article_waiting_tell_what_they_spent(
    database: Database,
) -> None:
    today = date(2026, 5, 20)
    spent, yesterday, idle = (StoredLedger(database, name) for name in ("spent", "yesterday", "idle"))
    for ledger in (spent, yesterday):
        for name in ("a", "b"):
            await ledger.arrived(name, NOON)
    for ledger in (spent, idle):
        await ledger.spend(today, 7)
    await yesterday.spend(today - timedelta(days=1), 9)

    assert await workspaces_waiting(database, today) == {"spent": 7, "yesterday": 0}
