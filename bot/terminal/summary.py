"""A Summary as a person reads it in a terminal: the same words and order as in Slack, and under them the sources."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.news import summary_words, words
from bot.news.catalogue import spoken
from bot.news.digest.words import Line
from bot.news.model import Article, Citation
from bot.news.summary import Summary


def show_summary(summary: Summary, console: Console) -> None:
    """Print the heading, the lines section by section, the sources and what a reader must know."""
    numbers: dict[str, int] = {}
    articles: list[Article] = []

    def marks(citations: Iterable[Citation]) -> str:
        for citation in citations:
            if citation.article.id not in numbers:
                articles.append(citation.article)
                numbers[citation.article.id] = len(articles)
        return "".join(f"[{n}]" for n in dict.fromkeys(numbers[c.article.id] for c in citations))

    def shown(line: Line) -> Text:
        lead = Text(f"{line.lead} " if line.lead else "", style="bold")
        return lead + Text(line.text) + Text(f" {marks(line.citations)}", style="cyan")

    console.print(Text(summary_words.heading(summary), style="bold"))
    if trouble := summary_words.trouble(summary):
        console.print(Text(trouble, style="italic"))
    for section in summary_words.sections(summary):
        console.print()
        console.print(Text(section.title, style="bold"))
        for line in section.lines:
            console.print(Padding(shown(line), (0, 0, 0, 2), expand=False))
    if articles:
        console.print()
        console.print(Text(spoken().answer.sources, style="bold"))
    for article in articles:
        console.print(Text(f"[{numbers[article.id]}] {words.source_line(article)}"))
    if notes := summary_words.notes(summary):
        console.print()
    for note in notes:
        console.print(Text(note, style="italic"))
