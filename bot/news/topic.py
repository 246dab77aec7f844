"""A topic: a name with its words and phrases, or the words alone; and what is about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.news.model import Article, Comparison, Position
from bot.news.offline import stems


@dataclass(frozen=True, slots=True)
class Topic:
    """`phrases`: each a word or a few; a text is about the topic that holds every telling word of one of them.

    A topic without a name goes by its phrases.
    """

    phrases: tuple[str, ...]
    name: str = ""

    @property
    def title(self) -> str:
        return self.name or ", ".join(self.phrases)

    @property
    def telling(self) -> bool:
        """Whether it has words by which something could be about it."""
        return any(_forms(phrase) for phrase in self.phrases)

    def fits(self, text: str) -> bool:
        held = _forms(text)
        return any(wanted <= held for phrase in self.phrases if (wanted := _forms(phrase)))


def article_about(article: Article, topics: Sequence[Topic]) -> bool:
    """Whether an article is about one of the topics; any is, where there are none."""
    return not topics or any(topic.fits(f"{article.title}\n{article.text}") for topic in topics)


def comparison_about(comparison: Comparison, topics: Sequence[Topic]) -> bool:
    """Whether what is compared is on one of the topics; any is, where there are none.

    It is on a topic that its question holds a phrase of, or each of two sides (the only one, where there is one) by its
    claim or a sentence that it cites, together with the question. That an article names the topic elsewhere, or one
    of several sides in passing, does not make the comparison one on it.
    """
    return not topics or any(_on(comparison, topic) for topic in topics)


def _on(comparison: Comparison, topic: Topic) -> bool:
    def holds(position: Position) -> bool:
        said = [position.claim, *(c.quote for r in position.readings for c in r.citations)]
        return any(topic.fits(f"{comparison.question}\n{text}") for text in said)

    holding = sum(holds(position) for position in comparison.positions)
    return topic.fits(comparison.question) or holding >= min(2, len(comparison.positions)) > 0


def _forms(text: str) -> frozenset[str]:
    """The telling words, where "bans" is "ban": a topic's words are few and short."""
    return frozenset(stem.removesuffix("s") if len(stem) > 3 else stem for stem in stems(text))
