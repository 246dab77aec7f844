"""A Digest as a person reads it in a terminal: the same words and order as in Slack, and under them the sources."""

from __future__ import annotations

from rich.console import Console

from bot.news.digest import words
from bot.news.digest.digest import Digest
from bot.news.digest.words import Edition
from bot.terminal.cited import CitedPage


def show_digest(digest: Digest, edition: Edition, console: Console) -> None:
    """Print the heading and the span, the lines section by section, the sources and what a reader must know."""
    page = CitedPage(console)
    page.heading(words.heading(digest, edition))
    for note in (words.trouble(digest), words.span(digest, edition)):
        if note:
            page.note(note)
    for section in words.sections(digest):
        page.section(section)
    page.sources()
    page.notes(words.notes(digest))
