"""The lines of an answer as Markdown, the same whether they are streamed one by one or posted at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.news.model import Article, Citation, Statement
from bot.news.words import dated
from bot.slack.looks import kit
from bot.slack.looks.split import shortened, split

PIECE_CHARACTERS = 1_000  # raw; escaping makes it five times as long at most, well within a message
OUTLET_CHARACTERS = 100
BODY_CHARACTERS = 6_000  # of Markdown in one message; the rest of the message is for what stands under it


def who(article: Article) -> str:
    """The outlet and the date, "The Courier, 20 May 2026"; a name too long for a line is shortened."""
    return dated(replace(article, outlet=shortened(article.outlet, OUTLET_CHARACTERS)))


@dataclass(slots=True)
class Numbering:
    """Articles numbered from 1 in the order in which they are first cited."""

    articles: dict[str, Article] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def of(self, article: Article) -> int:
        if article.id not in self._numbers:
            self.articles[article.id] = article
            self._numbers[article.id] = len(self._numbers) + 1
        return self._numbers[article.id]

    def marks(self, citations: Iterable[Citation]) -> list[tuple[int, Citation]]:
        return [(self.of(citation.article), citation) for citation in citations]

    def listed(self) -> list[tuple[int, Article]]:
        return [(number, self.articles[id]) for id, number in self._numbers.items()]


@dataclass(slots=True)
class Prose:
    """Running text that grows by statements. The first is the answer: bold, in a paragraph of its own."""

    numbering: Numbering = field(default_factory=Numbering)
    pieces: list[str] = field(default_factory=list)

    def add(self, statement: Statement, *, paragraph: bool = False) -> list[str]:
        """The pieces of Markdown that a statement adds, none longer than a message can hold."""
        parts = split(statement.text, PIECE_CHARACTERS)
        added: list[str] = []
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            marks = self.numbering.marks(statement.citations) if last else []
            shown = kit.statement(part, marks, bold=not self.pieces)
            if not shown:
                continue
            leads = len(self.pieces) + len(added) == 0
            new_paragraph = paragraph or len(self.pieces) == 1
            added.append(("" if leads else "\n\n" if new_paragraph and index == 0 else " ") + shown)
        self.pieces += added
        return added

    def bodies(self) -> list[str]:
        """The pieces joined into as few texts of BODY_CHARACTERS as hold them; at least one, which may be empty."""
        found = [""]
        for piece in self.pieces:
            if len(found[-1]) + len(piece) > BODY_CHARACTERS:
                found.append(piece.lstrip())
            else:
                found[-1] += piece
        return found
