"""A Summary as a person reads it in a terminal: the same words and order as in Slack, and under them the sources."""

from __future__ import annotations

from rich.console import Console

from bot.news import summary_words
from bot.news.summary import Summary
from bot.terminal.cited import CitedPage


def show_summary(summary: Summary, console: Console) -> None:
    """Print the heading, the lines section by section, the sources and what a reader must know."""
    page = CitedPage(console)
    page.heading(summary_words.heading(summary))
    if trouble := summary_words.trouble(summary):
        page.note(trouble)
    for section in summary_words.sections(summary):
        page.section(section)
    page.sources()
    page.notes(summary_words.notes(summary))
