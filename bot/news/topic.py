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
    """Whether what is compared is about one of the topics: by its own words, or by an article that it cites."""
    if not topics:
        return True
    told = "\n".join([comparison.question, *(p.claim for p in comparison.positions)])
    cited = {r.article.id: r.article for p in comparison.positions for r in p.readings}
    return any(t.fits(told) for t in topics) or any(article_about(a, topics) for a in cited.values())


def dispute_about(comparison: Comparison, topic: Topic) -> bool:
    """Whether what is disputed is about a topic: each of two sides, by its claim or by a sentence that it cites, holds
    a phrase of it together with the question.

    That an article names the topic elsewhere, or one side alone in passing, does not make the dispute one on it.
    """

    def holds(position: Position) -> bool:
        said = [position.claim, *(c.quote for r in position.readings for c in r.citations)]
        return any(topic.fits(f"{comparison.question}\n{text}") for text in said)

    return sum(holds(position) for position in comparison.positions) > 1


def _forms(text: str) -> frozenset[str]:
    """The telling words, where "bans" is "ban": a topic's words are few and short."""
    return frozenset(stem.removesuffix("s") if len(stem) > 3 else stem for stem in stems(text))
