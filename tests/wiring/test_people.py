"""What the Slack room asks of the store, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.llm.prompts import Prompts
from bot.news.asked import Asked
from bot.news.digest.digest import Move
from bot.news.digest.subscription import Wish
from bot.news.labels import Verdict
from bot.news.ledger.follows import News, TopicFollow
from bot.news.ledger.standing import State, begun
from bot.news.model import Relation
from bot.news.rules import ChannelRules, Focus
from bot.news.topic import Topic
from bot.sandbox import ANNA, BEN, GENERAL, POLICY, Sandbox
from bot.slack.account import Account, signed_in
from bot.slack.answers.following import Following
from bot.slack.languages import Languages
from bot.store.coverage.arrivals import Arrivals
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.ledger.labels import Labels
from bot.store.ledger.ledger import StoredLedger
from bot.store.ledger.topic_follows import TopicFollows
from bot.store.people.rules import StoredRules
from bot.store.people.subscriptions import Subscriptions
from bot.wiring.desks.desk import Desk, Reading
from bot.wiring.people.people import Follower, Followers, Glance, People, owner_of
from tests.given import article
from tests.slack import answers

NOW = datetime(2026, 5, 22, 9, tzinfo=UTC)
ASKED = Asked("job-1", "C1", "1.1", "1.1", "U1")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with the story's coverage, and a question on it that was answered."""
    async with await Database.open(f"sqlite:///{tmp_path / 'kept.db'}") as opened:
        library = Library(opened, "local")
        for each in (answers.COURIER, answers.LEDGER, answers.WIRE, answers.HERALD):
            await library.add(each)
        people = People(opened, "local")
        await people.asked(ASKED)
        await people.answered("job-1", answers.dispute())
        yield opened


@pytest.mark.parametrize(("why", "told"), [("is_archived", "archived"), ("unknown_zone", "time zone")])
async def test_given_a_paused_digest_when_looked_at_then_why_is_told_in_plain_words(
    database: Database, why: str, told: str
) -> None:
    await Subscriptions(database, "local").subscribe(GENERAL, ANNA, Wish())
    await Subscriptions(database, "local").pause(GENERAL, why)

    channel = await glance(database).channel(GENERAL)

    assert channel.digest is not None
    assert channel.digest.startswith("paused, for it")
    assert told in channel.digest
    assert why not in channel.digest


def glance(database: Database) -> Glance:
    return Glance(database, "local", Desk(Library(database, "local"), Reading(Prompts.load(), None, (), ()), 12_000))


async def test_given_an_answer_when_its_quotes_are_asked_for_after_a_restart_then_all_that_was_cited_is_there(
    database: Database,
) -> None:
    shown = await People(database, "local").shown("job-1")

    assert shown is not None
    assert shown.comparison == answers.dispute().comparison
    assert {c.article.id for c in shown.cited} == {"courier", "ledger", "wire", "herald"}


async def test_given_a_standing_disagreement_when_somebody_says_it_is_none_then_it_is_labelled_and_dismissed(
    database: Database,
) -> None:
    ledger = StoredLedger(database, "local")
    change = begun(answers.dispute().comparison, NOW)
    assert change is not None
    await ledger.keep(change)

    known = await People(database, "local", clock=lambda: NOW).label("job-1", Verdict.NOT_A_DISAGREEMENT, "U2", "")

    assert known
    (label,) = await Labels(database, "local").all()
    assert (label.by, label.verdict, label.entry) == ("U2", Verdict.NOT_A_DISAGREEMENT, change.entry.id)
    entry = await ledger.entry(change.entry.id)
    assert entry is not None
    assert (entry.state, entry.dismissed_by) == (State.DISMISSED, "U2")


async def test_given_a_missed_disagreement_when_labelled_then_it_is_kept_with_its_words_and_nothing_is_dismissed(
    database: Database,
) -> None:
    ledger = StoredLedger(database, "local")
    change = begun(answers.dispute().comparison, NOW)
    assert change is not None
    await ledger.keep(change)

    await People(database, "local").label("job-1", Verdict.MISSED, "U2", "41 or 54?")

    (label,) = await Labels(database, "local").all()
    assert label.words == "41 or 54?"
    assert len(await ledger.standing(State.OPEN)) == 1


async def test_given_an_answer_that_is_forgotten_when_pressed_then_nothing_is_kept(database: Database) -> None:
    people = People(database, "local")

    assert not await people.label("job-9", Verdict.MISSED, "U2", "")
    assert not await people.follow("job-9", "U2", "C1", "1.1")
    assert await Labels(database, "local").all() == []


async def test_given_a_followed_answer_when_looked_at_then_it_is_its_follower_s_alone_until_unfollowed(
    database: Database,
) -> None:
    await People(database, "local").follow("job-1", "U2", "C1", "1.1")

    seen = glance(database)
    (mine,) = (await seen.follows("U2")).questions
    assert mine.owner is not None
    assert Follower.of(mine.owner) == Follower("U2", "C1", "1.1")
    assert not await seen.follows("U1")
    assert await seen.disagreements("C1") == []
    assert not await seen.unfollow("U1", mine.id)
    assert await seen.unfollow("U2", mine.id)
    assert not await seen.follows("U2")


async def test_given_two_questions_followed_in_one_thread_when_one_is_unfollowed_then_the_other_stays(
    database: Database,
) -> None:
    people, seen = People(database, "local"), glance(database)
    await people.asked(replace(ASKED, key="job-2", ts="1.2"))
    await people.answered("job-2", answers.single())
    for key in ("job-1", "job-2"):
        await people.follow(key, "U2", "C1", "1.1")
    first, second = (await seen.follows("U2")).questions

    await seen.unfollow("U2", first.id)

    assert [e.id for e in (await seen.follows("U2")).questions] == [second.id]


async def test_given_a_topic_and_a_question_when_followed_then_both_are_seen_and_each_is_let_go_alone(
    database: Database,
) -> None:
    seen = glance(database)
    await People(database, "local").follow("job-1", "U2", "C1", "1.1")
    topic = TopicFollow("U2", "C1", "2.2", Topic(("licences",)))

    await seen.follow_topic(topic)

    mine = await seen.follows("U2")
    assert (len(mine), list(mine.topics)) == (2, [topic])
    assert not await seen.unfollow("U1", topic.id)
    assert await seen.unfollow("U2", topic.id)
    assert [e.id for e in (await seen.follows("U2")).questions] == [mine.questions[0].id]


def followers_of(account: Account, database: Database, topics: TopicFollows, rules: StoredRules) -> Followers:
    return Followers(Following(account), database, topics, rules, Languages(account, rules))


async def test_given_followers_when_a_dispute_opens_then_each_thread_on_it_hears_once_and_no_other(
    database: Database,
) -> None:
    async with Sandbox() as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        topics = TopicFollows(database, "local")
        threads = [await sandbox.say(GENERAL, ANNA, "here") for _ in range(3)]
        for thread, phrase in zip(threads, ("access", "British firms", "whales"), strict=True):
            await topics.keep(TopicFollow(ANNA, GENERAL, thread.ts, Topic((phrase,))))
        await topics.keep(TopicFollow(ANNA, "C0GONE", "1.1", Topic(("access",))))
        followers = followers_of(account, database, topics, StoredRules(database, "local"))
        news = News("e1", None, Move.NEW, answers.dispute().comparison, None, NOW)

        for _ in range(2):
            await followers.tell("local", news, "follow:e1:1")
        await followers.tell("local", replace(news, move=Move.SETTLED), "follow:e1:2")

        told = [sandbox.replies(thread) for thread in threads]
        assert [len(replies) for replies in told] == [1, 1, 0]
        assert told[0][0].text == f"Sources disagree now: {answers.QUESTION}"
        assert "Nobody here has had a licence" in told[0][0].shown
        assert "You follow “access” in this thread." in told[0][0].shown


async def test_given_a_channel_where_one_side_does_not_count_when_a_dispute_opens_then_its_topic_follows_hear_nothing(
    database: Database,
) -> None:
    async with Sandbox() as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        topics, rules = TopicFollows(database, "local"), StoredRules(database, "local")
        here, there = await sandbox.say(GENERAL, ANNA, "here"), await sandbox.say(POLICY, ANNA, "there")
        for channel, thread in ((GENERAL, here), (POLICY, there)):
            await topics.keep(TopicFollow(ANNA, channel, thread.ts, Topic(("access",))))
        await rules.change_channel(POLICY, ChannelRules(Focus(outlets=("The Courier", "Wire Agency"))), ANNA)
        change = begun(answers.dispute().comparison, NOW)
        assert change is not None
        await StoredLedger(database, "local").keep(change)

        news = News(change.entry.id, None, Move.NEW, change.entry.comparison, None, NOW)
        await followers_of(account, database, topics, rules).tell("local", news, "follow:e1:1")

        assert (len(sandbox.replies(here)), sandbox.replies(there)) == (1, [])


async def test_given_a_narrow_channel_when_a_followed_answer_changes_then_only_what_counts_there_is_told(
    database: Database,
) -> None:
    async with Sandbox() as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        rules = StoredRules(database, "local")
        thread = await sandbox.say(GENERAL, ANNA, "here")
        followers = followers_of(account, database, TopicFollows(database, "local"), rules)
        now = answers.dispute().comparison
        before = replace(now, positions=(answers.CANNOT,), relation=Relation.SINGLE)
        news = News("f1", owner_of(ANNA, GENERAL, thread.ts, "job-1"), Move.CHANGED, now, before, NOW)

        await rules.change_channel(GENERAL, ChannelRules(Focus(outlets=("The Northern Ledger",))), ANNA)
        await followers.tell("local", news, "follow:f1:1")
        unheard = len(sandbox.replies(thread))
        await rules.change_channel(GENERAL, ChannelRules(Focus(outlets=("The Herald",), without=True)), ANNA)
        await followers.tell("local", news, "follow:f1:2")

        assert unheard == 0
        (told,) = sandbox.replies(thread)
        assert "Wire Agency" in told.shown
        assert "The Herald" not in told.shown


async def test_given_somebody_s_followed_question_when_it_changes_then_those_who_follow_its_topic_hear_nothing(
    database: Database,
) -> None:
    async with Sandbox() as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        topics = TopicFollows(database, "local")
        mine, others = await sandbox.say(GENERAL, ANNA, "mine"), await sandbox.say(GENERAL, BEN, "others")
        await topics.keep(TopicFollow(BEN, GENERAL, others.ts, Topic(("access",))))
        owner = owner_of(ANNA, GENERAL, mine.ts, "job-1")

        news = News("f1", owner, Move.REOPENED, answers.dispute().comparison, None, NOW)
        followers = followers_of(account, database, topics, StoredRules(database, "local"))
        await followers.tell("local", news, "follow:f1:1")

        assert (len(sandbox.replies(mine)), sandbox.replies(others)) == (1, [])


async def test_given_coverage_when_glanced_at_then_outlets_and_headings_are_counted_and_in_order(
    database: Database,
) -> None:
    await Library(database, "local").add(article("c2", "More of it.", outlet="The Courier", published="2026-05-25"))

    seen = glance(database)
    outlets, newest = await seen.outlets("C1"), await seen.newest("C1", 2)

    assert (outlets[0].name, outlets[0].articles) == ("The Courier", 2)
    assert newest[0].outlet == "The Courier"
    assert len(newest) == 2
    health = await seen.health()
    assert (health.articles, health.open, health.dead) == (5, 0, 0)


async def test_given_a_topic_when_its_articles_are_asked_for_then_they_come_oldest_first(database: Database) -> None:
    found = await glance(database).about("C1", "licences access", 10)

    assert {a.id for a in found} >= {"courier", "ledger"}
    days = [a.published.day for a in found if a.published]
    assert days == sorted(days)


async def test_given_a_bare_date_and_an_instant_of_the_day_before_when_asked_for_then_they_come_day_by_day(
    database: Database,
) -> None:
    library = Library(database, "local")
    await library.add(article("day", "Whales swam.", outlet="The Echo", published="2026-06-05"))
    await library.add(article("hour", "Whales dived.", outlet="The Post", published="2026-06-04T16:30:00+01:00"))

    found = await glance(database).about("C1", "whales", 10)

    assert [a.id for a in found] == ["hour", "day"]


async def test_given_no_topic_when_articles_are_asked_for_then_the_newest_come_oldest_first(
    database: Database,
) -> None:
    found = await glance(database).about("C1", "", 2)

    assert {a.id for a in found} == {"wire", "herald"}


@pytest.mark.parametrize("suffix", ["", "?utm_source=slack#top"])
async def test_given_a_link_to_an_article_when_looked_up_then_its_own_disagreements_come_with_it(
    database: Database, suffix: str
) -> None:
    ledger = StoredLedger(database, "local")
    change = begun(answers.dispute().comparison, NOW)
    assert change is not None
    await ledger.keep(change)
    arrivals = Arrivals(database, "local")
    await database.write(arrivals.announced((await arrivals.waiting(10))[-1].serial))
    await ledger.arrived("wire", NOW)

    url = f"{answers.HERALD.url}{suffix}"
    found = await glance(database).linked(GENERAL, [url, "https://courier.example.org/elsewhere"])

    assert list(found) == [url]
    linked = found[url]
    assert (linked.article.id, [e.id for e in linked.entries], linked.compared) == ("herald", [change.entry.id], True)


async def test_given_an_article_that_waits_for_its_comparison_when_looked_up_then_it_is_not_called_compared(
    database: Database,
) -> None:
    await StoredLedger(database, "local").arrived("herald", NOW)

    [linked] = (await glance(database).linked(GENERAL, [str(answers.HERALD.url)])).values()

    assert not linked.compared


async def test_given_a_channel_of_other_outlets_when_a_link_is_looked_up_there_then_the_coverage_has_none(
    database: Database,
) -> None:
    focus = Focus(outlets=("The Herald",))
    await StoredRules(database, "local").change_channel(GENERAL, ChannelRules(focus=focus), ANNA)

    assert not await glance(database).linked(GENERAL, [str(answers.COURIER.url)])
    assert await glance(database).linked(POLICY, [str(answers.COURIER.url)])
