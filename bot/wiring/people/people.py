"""What the Slack room asks of the store: questions, answers, and what people say of them, in that room's words."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.errors import UnreadableCoverage
from bot.feeds.urls import canonical_url
from bot.news.asked import Shown
from bot.news.digest.subscription import Wish, described
from bot.news.digest.words import paused_here
from bot.news.labels import Label, Verdict
from bot.news.ledger import changes
from bot.news.ledger.follows import Follows, News, TopicFollow
from bot.news.ledger.standing import Entry, State, by_weight, citations, resting_on, sentence_key, sides_of
from bot.news.model import Answer, Article, Comparison, Relation
from bot.news.overview import Heading, Health, Outlet
from bot.news.topic import Topic
from bot.news.words import citations as cited
from bot.slack.answers.following import Following
from bot.slack.commands.adding import Added
from bot.slack.coverage import Channel, Linked
from bot.slack.daily import Drawn
from bot.slack.languages import Languages
from bot.slack.trouble import SlackRefused
from bot.slack.wishes import Planned
from bot.store.coverage.keeping import Kept
from bot.store.coverage.library import Library
from bot.store.database import Clock, Database, utc_now
from bot.store.jobs.queue import depth
from bot.store.ledger.labels import Labels
from bot.store.ledger.ledger import StoredLedger
from bot.store.ledger.topic_follows import TopicFollows
from bot.store.people.answers import Answers
from bot.store.people.rules import StoredRules
from bot.store.people.subscriptions import Subscriptions
from bot.wiring.coverage.coverage import Coverage
from bot.wiring.desks.daily import Daily
from bot.wiring.desks.desk import SAMPLE, Desk
from bot.wiring.desks.uncompared import uncompared

log = logging.getLogger(__name__)

EXCERPTS_AN_ARTICLE = 3  # searched for each article of a timeline


def owner_of(person: str, channel: str, thread: str, answer: str) -> str:
    """Whose a followed question is: a person's, to be told in a thread. With the answer's key, so that one of several
    that are followed in a thread can be let go."""
    return f"{person}/{channel}/{thread}/{answer}"


@dataclass(frozen=True, slots=True)
class Follower:
    """A person who follows a question in a thread."""

    person: str
    channel: str
    thread: str

    @classmethod
    def of(cls, owner: str) -> Follower:
        person, channel, thread, _ = owner.split("/", 3)
        return cls(person, channel, thread)


class People(Answers):
    """The people of one workspace. What they label and follow belongs to the coverage that answered them: their own,
    or the sample while that is empty."""

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        super().__init__(database, workspace, clock=clock)
        self._own = workspace
        self._now = clock
        self._store = database

    async def answered(self, key: str, answer: Answer, messages: str | None = None) -> bool:
        sample = any(article.invented for article in answer.shown)
        coverage = SAMPLE if sample else self._own
        return await self.keep_shown(key, answer.comparison, cited(answer), coverage=coverage, messages=messages)

    async def shown(self, key: str) -> Shown | None:
        found = await self.read_shown(key)
        return found[0] if found else None

    async def label(self, key: str, verdict: Verdict, person: str, words: str) -> bool:
        found = await self.read_shown(key)
        if found is None:
            return False
        shown, coverage = found
        kept = StoredLedger(self._store, coverage)
        entry = standing_for(shown.comparison, await kept.standing(State.OPEN))
        label = Label(verdict, shown.comparison, words, person, self._now(), entry.id if entry else None)
        await Labels(self._store, coverage).keep(label)
        if verdict is Verdict.NOT_A_DISAGREEMENT and entry is not None:
            await changes.dismiss(entry.id, person, self._now(), ledger=kept)
        return True

    async def follow(self, key: str, person: str, channel: str, thread: str) -> bool:
        found = await self.read_shown(key)
        if found is None:
            return False
        shown, coverage = found
        owner = owner_of(person, channel, thread or shown.asked.thread, key)
        await changes.follow(owner, shown.comparison, self._now(), ledger=StoredLedger(self._store, coverage))
        return True


def standing_for(comparison: Comparison, entries: Iterable[Entry]) -> Entry | None:
    """The standing disagreement that a comparison is one with: two of its sides rest on sentences cited here."""
    here = {sentence_key(c) for c in citations(comparison)}
    for entry in entries:
        if sum(bool(resting_on(position) & here) for position in entry.comparison.positions) > 1:
            return entry
    return None


@dataclass(frozen=True, slots=True)
class Followers:
    """Those who follow a question or a topic hear of it in the thread where they do."""

    following: Following
    database: Database
    topics: TopicFollows
    rules: StoredRules
    languages: Languages

    async def tell(self, workspace: str, news: News, key: str) -> None:
        """A thread that is gone, or that the bot was taken out of, is told nothing. Raises SlackUnavailable."""
        if news.owner is not None:
            follower = Follower.of(news.owner)
            counting = await self._counting(workspace, news, follower.channel)
            if counting is not None:
                await self._tell(follower, counting, key)
            return
        for follow in await self.topics.all():
            counting = await self._counting(workspace, news, follow.channel) if follow.hears(news) else None
            if counting is not None and follow.hears(counting):
                follower = Follower(follow.person, follow.channel, follow.thread)
                await self._tell(follower, counting, follow.key(news), follow.topic)

    async def _counting(self, workspace: str, news: News, channel: str) -> News | None:
        """The news as far as they rest on what counts in a channel; None where that leaves nothing new, or one side
        alone of a conflict."""
        focus = (await self.rules.holding(channel)).channel.focus
        if not focus.narrow:
            return news
        ledger = StoredLedger(self.database, workspace, focus=focus)
        now = await ledger.counting(news.comparison)
        before = await ledger.counting(news.before) if news.before else None
        sides = 2 if now.relation in (Relation.DISPUTE, Relation.UPDATE) else 1
        if len(now.positions) < min(sides, len(news.comparison.positions)) or now == before:
            return None
        return replace(news, comparison=now, before=before)

    async def _tell(self, follower: Follower, news: News, key: str, topic: Topic | None = None) -> None:
        try:
            async with self.languages.to(follower.person, follower.channel):
                await self.following.tell(follower.channel, follower.thread, follower.person, news, key, topic)
        except SlackRefused as fault:
            log.info("a follower could not be told", extra={"reason": str(fault)})


class Glance:
    """The coverage that answers now, at a glance."""

    def __init__(self, database: Database, workspace: str, desk: Desk) -> None:
        self._database = database
        self._own = workspace
        self._desk = desk
        self._subscriptions = Subscriptions(database, workspace)
        self._rules = StoredRules(database, workspace)
        self._topics = TopicFollows(database, workspace)

    async def disagreements(self, channel: str) -> Sequence[Entry]:
        return by_weight(await (await self._counting(channel)).ledger.standing(State.OPEN))

    async def outlets(self, channel: str) -> Sequence[Outlet]:
        return await (await self._counting(channel)).overview.outlets()

    async def every_outlet(self) -> Sequence[Outlet]:
        return await (await self._desk.current()).overview.outlets()

    async def newest(self, channel: str, limit: int) -> Sequence[Heading]:
        return await (await self._counting(channel)).overview.newest(limit)

    async def about(self, channel: str, topic: str, limit: int) -> Sequence[Article]:
        library = await self._counting(channel)
        if topic:
            hits = await library.search(topic, limit=EXCERPTS_AN_ARTICLE * limit)
            found = list({hit.article.id: hit.article for hit in hits}.values())[:limit]
        else:
            latest = await library.overview.latest(limit)
            found = list((await library.ledger.current(latest)).values())
        return sorted(found, key=_age)

    async def linked(self, channel: str, urls: Sequence[str]) -> Mapping[str, Linked]:
        library = await self._counting(channel)
        found = {url: article for url in urls if (article := await library.at(*_addresses(url))) is not None}
        if not found:
            return {}
        entries = by_weight(await library.ledger.standing(State.OPEN))
        waits = await uncompared(self._database, library.workspace)
        return {
            url: Linked(
                article, [e for e in entries if sides_of(e.comparison, article)], compared=article.id not in waits
            )
            for url, article in found.items()
        }

    async def follows(self, person: str) -> Follows:
        questions = [e for e in await self._followed() if e.owner is not None and Follower.of(e.owner).person == person]
        return Follows(questions, await self._topics.of(person))

    async def follow_topic(self, follow: TopicFollow) -> None:
        await self._topics.keep(follow)

    async def unfollow(self, person: str, id: str) -> bool:
        for mine in (await self.follows(person)).questions:
            if mine.id == id and mine.owner is not None:
                for workspace in self._workspaces():
                    await StoredLedger(self._database, workspace).forget(mine.owner)
                return True
        return await self._topics.forget(person, id)

    async def channel(self, channel: str) -> Channel:
        known = await self._subscriptions.of(channel)
        if known is None:
            return Channel()
        subscription = known.subscription
        return Channel(paused_here(subscription.paused) if subscription.paused else described(subscription.wish))

    async def health(self) -> Health:
        library = await self._desk.current()
        ledger = library.ledger
        depths = await depth(self._database, self._own)
        return Health(
            articles=await library.count(),
            open=len(await ledger.standing(State.OPEN)),
            uncompared=len(await uncompared(self._database, library.workspace)),
            waiting=sum(count for (_, state), count in depths.items() if state == "waiting"),
            dead=sum(count for (_, state), count in depths.items() if state == "dead"),
            stored=await library.overview.stored(),
        )

    async def _followed(self) -> Sequence[Entry]:
        return [e for name in self._workspaces() for e in await StoredLedger(self._database, name).followed()]

    def _workspaces(self) -> Sequence[str]:
        """Whose ledgers may hold what people here follow."""
        return (self._own, SAMPLE) if self._desk.sample is not None else (self._own,)

    async def _counting(self, channel: str) -> Library:
        """What of the coverage counts in a channel."""
        rules = await self._rules.holding(channel)
        return await self._desk.within(rules.channel).current()


@dataclass(frozen=True, slots=True)
class Additions:
    """Coverage that people add by its address."""

    coverage: Coverage

    async def add(self, url: str) -> Added:
        counts: Counter[Kept] = Counter()
        async for taken in self.coverage.ingest(url):
            if taken.kept is not None:
                counts[taken.kept] += 1
        await self.coverage.announce()
        return Added(counts[Kept.NEW], counts[Kept.CHANGED], counts[Kept.SAME])


class Wishes:
    """The digests that channels wish for, kept and made at once where a person says so."""

    def __init__(self, subscriptions: Subscriptions, daily: Daily) -> None:
        self._subscriptions = subscriptions
        self._daily = daily

    async def of(self, channel: str) -> Wish | None:
        known = await self._subscriptions.of(channel)
        return known.subscription.wish if known else None

    async def all(self) -> Sequence[Planned]:
        found = []
        for known in await self._subscriptions.all():
            wished = known.subscription
            found.append(Planned(wished.channel, wished.subscriber, wished.wish, self._daily.comes(known)))
        return found

    async def on(self, channel: str, person: str, wish: Wish) -> datetime | None:
        await self._subscriptions.subscribe(channel, person, wish)
        return await self._daily.comes_next(channel)

    async def off(self, channel: str) -> bool:
        return await self._subscriptions.unsubscribe(channel)

    async def now(self, channel: str, person: str, wish: Wish | None, key: str) -> None:
        await self._daily.now(channel, person, wish, key=f"digest now:{key}")

    async def preview(self, channel: str, person: str, wish: Wish | None) -> Drawn:
        return await self._daily.preview(channel, person, wish)


def _addresses(url: str) -> set[str]:
    """An address as it is written, and the one by which the article is known."""
    with contextlib.suppress(UnreadableCoverage):
        return {url, canonical_url(url)}
    return {url}


def _age(article: Article) -> tuple[bool, date, float, str]:
    """By the day that is shown: a bare date may have begun before an instant of the day before it."""
    published = article.published
    if published is None:
        return (True, date.min, 0.0, article.id)
    return (False, published.day, published.earliest.timestamp(), article.id)
