"""What those who follow a question or a topic hear in their thread when new coverage changes something."""

from __future__ import annotations

from dataclasses import dataclass

from bot.news import words as news_words
from bot.news.catalogue import spoken
from bot.news.compare import cited_by
from bot.news.ledger.follows import News
from bot.news.model import Comparison, Relation, Statement
from bot.news.topic import Topic
from bot.slack.account import Account
from bot.slack.looks import kit
from bot.slack.looks.blocks import Message, packed, sources
from bot.slack.looks.follows import title
from bot.slack.looks.prose import Prose
from bot.slack.looks.sides import sides
from bot.slack.posting.post import Place, Post


def drawn(news: News, topic: Topic | None = None) -> list[Message]:
    """What is said now, the conflict in full, what was said before, and the topic that is followed, if one is."""
    now = news.comparison
    prose = Prose()
    lead = spoken().follow.news[news.move].format(question=news_words.folded(now.question))
    prose.add(Statement(lead, ()))
    for statement in _says(now):
        prose.add(statement)
    if news.before is not None and (before := _says(news.before)):
        prose.add(Statement(spoken().follow.said_before, ()), paragraph=True)
        for statement in before:
            prose.add(statement)
    units = [*sides(now, prose.numbering), *([block] for block in sources(prose.numbering))]
    if topic is not None:
        units.append([kit.context(spoken().follow.topic_heard.format(topic=title(topic)))])
    return packed(lead, prose.bodies(), units)


@dataclass(frozen=True, slots=True)
class Following:
    account: Account

    async def tell(
        self, channel: str, thread: str, person: str, news: News, key: str, topic: Topic | None = None
    ) -> None:
        """Post in the thread, once under this key. Raises SlackUnavailable, SlackRefused."""
        post = Post(self.account, Place(channel, thread, thread, person), key)
        # What is not whole is somebody's answer that is still being made.
        standing = {key: found for key, found in (await post.look_up()).items() if found.whole}
        await post.deliver(drawn(news, topic), standing)


def _says(comparison: Comparison) -> list[Statement]:
    """The positions in one line where they conflict, else each on its own."""
    positions = comparison.positions
    if comparison.relation is Relation.DISPUTE and positions:
        return [Statement(news_words.dispute_line(positions), cited_by(positions))]
    if comparison.relation is Relation.UPDATE and positions:
        return [Statement(news_words.update_line(positions), cited_by(positions))]
    return [Statement(news_words.sentence(p.claim), cited_by([p])) for p in positions]
