"""The topics that people follow, on both databases."""

from __future__ import annotations

from dataclasses import replace

from bot.news.ledger.follows import TopicFollow
from bot.news.topic import Topic
from bot.store.database import Database
from bot.store.ledger.topic_follows import TopicFollows

BAN = TopicFollow("U1", "C1", "1.1", Topic(("export ban", "Zölle \U0001f4a5")))
TARIFFS = TopicFollow("U1", "C2", "2.2", Topic(("tariffs",)))


async def test_given_topics_when_followed_then_each_is_read_back_once_oldest_first(database: Database) -> None:
    kept = TopicFollows(database, "local")
    for follow in (BAN, TARIFFS, BAN, replace(TARIFFS, person="U2")):
        await kept.keep(follow)

    assert list(await kept.all()) == [BAN, TARIFFS, replace(TARIFFS, person="U2")]
    assert list(await kept.of("U1")) == [BAN, TARIFFS]


async def test_given_a_topic_that_is_followed_when_let_go_then_only_by_whoever_follows_it(database: Database) -> None:
    kept = TopicFollows(database, "local")
    await kept.keep(BAN)

    assert not await kept.forget("U2", BAN.id)
    assert await kept.forget("U1", BAN.id)
    assert not await kept.forget("U1", BAN.id)
    assert await kept.all() == []


async def test_given_two_workspaces_when_a_topic_is_followed_in_one_then_the_other_knows_nothing(
    database: Database,
) -> None:
    await TopicFollows(database, "mine").keep(BAN)
    theirs = TopicFollows(database, "theirs")

    assert await theirs.all() == []
    assert not await theirs.forget("U1", BAN.id)
