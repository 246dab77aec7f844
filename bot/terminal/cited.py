"""Titled sections of cited lines on a page in a terminal, with the sources of all of them numbered under them."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.news import words
from bot.news.catalogue import spoken
from bot.news.digest.words import Line, Section
from bot.news.model import Article, Citation


class CitedPage:
    """Prints from the top down. An article's number is the place where it is first cited, from 1."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._numbers: dict[str, int] = {}
        self._articles: list[Article] = []

    def heading(self, text: str) -> None:
        self._console.print(Text(text, style="bold"))

    def note(self, text: str) -> None:
        self._console.print(Text(text, style="italic"))

    def section(self, section: Section) -> None:
        self._console.print()
        if section.title:
            self.heading(section.title)
        for line in section.lines:
            self._console.print(Padding(self._shown(line), (0, 0, 0, 2), expand=False))

    def sources(self) -> None:
        if self._articles:
            self._console.print()
            self.heading(spoken().answer.sources)
        for article in self._articles:
            self._console.print(Text(f"[{self._numbers[article.id]}] {words.source_line(article)}"))

    def notes(self, texts: Iterable[str]) -> None:
        """What a reader must know, set off from what stands above."""
        for place, text in enumerate(texts):
            if place == 0:
                self._console.print()
            self.note(text)

    def _shown(self, line: Line) -> Text:
        lead = Text(" ".join(part for part in (line.sign, line.lead) if part), style="bold")
        shown = Text(" ").join(part for part in (lead, Text(line.text)) if part)
        return shown + Text(f" {self._marks(line.citations)}" if line.citations else "", style="cyan")

    def _marks(self, citations: Iterable[Citation]) -> str:
        for citation in citations:
            if citation.article.id not in self._numbers:
                self._articles.append(citation.article)
                self._numbers[citation.article.id] = len(self._articles)
        return "".join(f"[{n}]" for n in dict.fromkeys(self._numbers[c.article.id] for c in citations))
