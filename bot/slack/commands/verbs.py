"""The subcommands that the room brings itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.errors import WrongUse
from bot.news import spans
from bot.news import words as news_words
from bot.news.answer import asked as checked
from bot.news.asked import Asked
from bot.news.catalogue import explained, heard, spoken
from bot.news.digest.subscription import NotUnderstood, topics
from bot.news.ledger.follows import TopicFollow, standing_news
from bot.news.ledger.standing import Entry
from bot.news.since import asked_since
from bot.news.topic import Topic, comparison_about
from bot.slack import words
from bot.slack.account import Account
from bot.slack.answers.answering import Ask
from bot.slack.answers.following import Following
from bot.slack.answers.screen import Nobody
from bot.slack.commands.commands import Call, Said, Subcommand, known
from bot.slack.coverage import Coverage
from bot.slack.daily import DailyPost
from bot.slack.gate import Ruling
from bot.slack.intake import A_PERSON_WAITS, ANSWER, Inbox, lane_of
from bot.slack.looks import blocks, follows, lists
from bot.slack.looks.blocks import Message, with_buttons
from bot.slack.looks.buttons import suggested, under
from bot.slack.looks.kit import Json
from bot.slack.shelf import Shelf
from bot.slack.trouble import SlackRefused

HEADINGS = 15
ARTICLES = 20  # of a timeline
LISTED = "listed"  # note: the disputes that a topic's thread begins with


class Verbs:
    """`ask` answers; `inbox` keeps what a follow begins in its thread."""

    def __init__(
        self,
        account: Account,
        inbox: Inbox,
        workspace: str,
        *,
        ask: Ask,
        shelf: Shelf,
        coverage: Coverage,
        rules: Ruling,
        clock: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._inbox = inbox
        self._workspace = workspace
        self._asks = ask
        self._shelf = shelf
        self._coverage = coverage
        self._rules = rules
        self._clock = clock

    def all(self) -> list[Subcommand]:
        def made(name: str, run: Any, **more: Any) -> Subcommand:
            return Subcommand(name, known(name), run, **more)

        return [
            made(
                "ask",
                self.ask,
                works=True,
                begun=lambda call: None if words.short_word(call.text) else spoken().commands.begun,
                asks=lambda: (spoken().commands.ask_title, spoken().commands.ask_hint),
                again=self.asked,
            ),
            made("disagreements", self.disagreements),
            made("timeline", self.timeline),
            made("sources", self.sources),
            made("new", self.newest),
            made(
                "follow",
                self.follow,
                works=True,
                begun=lambda call: None,
                asks=lambda: (spoken().follow.title, spoken().follow.hint),
                fuller=self.follow_form,
            ),
        ]

    async def ask(self, call: Call, work: Any) -> Said:
        if not call.text:  # only a message that is checked can be empty
            return Said(blocks.plain(spoken().asking.nothing_to_check))
        if (said := words.short_word(call.text)) is not None:
            return Said(blocks.plain(said))
        text = checked(call.text)
        key = str(work.id)
        await self._shelf.asked(Asked(key, call.channel, "", "", call.user))
        answer = await self._asks(work, text, Nobody())
        messages = with_buttons(blocks.compose(answer), under(answer, key), suggested(answer))
        await self._shelf.answered(key, answer, blocks.dump(messages))
        return Said(messages, share=key)

    async def asked(self, call: Call, work: Any) -> Said:
        """The answer that was given before, under its key."""
        kept = await self._shelf.messages(call.text)
        return Said(blocks.load(kept) if kept else blocks.plain(spoken().asking.forgotten))

    async def disagreements(self, call: Call, work: Any) -> Said:
        try:
            about = topics(call.text)
        except NotUnderstood as fault:
            return Said(blocks.plain(explained(fault)))
        if (empty := next((topic for topic in about if not topic.telling), None)) is not None:
            return Said(blocks.plain(spoken().settings.empty_topic.format(phrase=empty.title)))
        found = [e for e in await self._coverage.disagreements(call.channel) if comparison_about(e.comparison, about)]
        messages, pictures = lists.disagreements(found, news_words.listed([topic.title for topic in about]))
        return replace(await self._listed(call, found, messages), pictures=pictures)

    async def timeline(self, call: Call, work: Any) -> Said:
        found = await self._coverage.about(call.channel, call.text, ARTICLES)
        return await self._listed(call, found, lists.timeline(found, call.text))

    async def sources(self, call: Call, work: Any) -> Said:
        found = await self._coverage.outlets(call.channel)
        return await self._listed(call, found, lists.outlets(found))

    async def newest(self, call: Call, work: Any) -> Said:
        since = self._begin(call.text)
        if call.text and since is None:
            return Said(blocks.plain(spoken().lists.new_usage))
        found = await self._coverage.newest(call.channel, HEADINGS)
        if since is not None and found:
            found = [h for h in found if h.published is not None and h.published.latest >= since]
            if not found:
                return Said(blocks.plain(spoken().lists.nothing_since))
        return await self._listed(call, found, lists.newest(found))

    def _begin(self, said: str) -> datetime | None:
        """When "since Monday", "since 7d" or "today" begins."""
        if not said:
            return None
        now, head, _, rest = self._clock(), *said.partition(" ")
        times = [each.times for each in heard()]
        found = spans.begin(rest, now) if head.casefold() in [each.since for each in times] else None
        return found or next(filter(None, (asked_since(f"{each.news} {said}", now) for each in times)), None)

    async def _listed(self, call: Call, found: Sequence[Any], messages: list[Message]) -> Said:
        """A list; where what is set in the channel may be why it is empty, that is said."""
        if not found and (await self._rules.holding(call.channel)).channel.focus.narrow:
            return Said(blocks.plain(spoken().lists.nothing_counts))
        return Said(messages, share=call.text if found else None)

    async def follow(self, call: Call, work: Any) -> Said:
        """Open a thread for a question, which is answered and followed in it, or for a topic."""
        text = checked(call.text)
        if not words.is_question(text):
            return await self._follow_topic(text, call, work)
        ts = await self._open_thread(blocks.plain(spoken().follow.opens.format(question=text))[0], call, work)
        payload = {
            "team": call.team,
            "channel": call.channel,
            "thread": ts,
            "ts": ts,
            "user": call.user,
            "text": text,
            "follow": True,
        }
        await self._inbox.put(
            ANSWER,
            payload,
            keys=[f"follow:{work.id}"],
            workspace=self._workspace,
            lane=lane_of(payload),
            priority=A_PERSON_WAITS,
        )
        return Said(blocks.plain(spoken().follow.opened))

    async def follow_form(self, call: Call) -> Json:
        return follows.form(call.dump(), await self._coverage.follows(call.user))

    async def _follow_topic(self, text: str, call: Call, work: Any) -> Said:
        """Open a thread that says what stands on the topic now, and hears of what opens on it."""
        topic = Topic(tuple(phrase.strip() for phrase in text.split(",")))
        if not topic.telling:
            return Said(blocks.plain(spoken().follow.topic_empty))
        found = await self._disputes_on(topic, call.channel)
        if LISTED not in work.notes:
            mine = (await self._coverage.follows(call.user)).topics
            known = topic.title.casefold()
            if any(each.channel == call.channel and each.topic.title.casefold() == known for each in mine):
                return Said(blocks.plain(spoken().follow.topic_already))
            await work.note(LISTED, json.dumps([entry.id for entry in found]))
        listed = json.loads(work.notes[LISTED])
        ts = await self._open_thread(follows.opening(topic, [e for e in found if e.id in listed]), call, work)
        follow = TopicFollow(call.user, call.channel, ts, topic)
        await self._coverage.follow_topic(follow)
        for entry in await self._disputes_on(topic, call.channel):
            if entry.id not in listed:  # it opened before anybody knew of the follow
                news = standing_news(entry)
                await Following(self._account).tell(call.channel, ts, call.user, news, follow.key(news), topic)
        return Said(blocks.plain(spoken().follow.opened))

    async def _disputes_on(self, topic: Topic, channel: str) -> list[Entry]:
        return [e for e in await self._coverage.disagreements(channel) if comparison_about(e.comparison, [topic])]

    async def _open_thread(self, opens: Message, call: Call, work: Any) -> str:
        """Its time stamp; once for a job, however often that is run."""
        post = DailyPost(self._account, call.channel, str(work.id), call.user)
        try:
            return await post.main(opens, "0")
        except SlackRefused as fault:
            raise NotHere(fault.code) from fault


class NotHere(WrongUse):
    pass
