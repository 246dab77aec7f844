"""A standing comparison as a person reads it in a terminal: its claims down, and who says it, otherwise or nothing."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.news import words
from bot.news.digest import words as digest_words
from bot.news.ledger.grid import Grid, Mark, Row, grid
from bot.news.ledger.standing import Entry, State
from bot.news.model import Reading

STATES = {State.OPEN: "open since {opened}", State.SETTLED: "settled on {moved}", State.DISMISSED: "dismissed by {by}"}


def show_entry(entry: Entry, console: Console, *, quotes: bool) -> None:
    """Print the question, how it stands, the table; with `quotes` every sentence that the sides rest on."""
    comparison = entry.comparison
    console.print(Text(words.folded(comparison.question), style="bold"))
    console.print(Text(_state(entry), style="dim"))
    if entry.state is State.SETTLED:
        console.print(Padding(Text(digest_words.settled(comparison)), (0, 0, 0, 2), expand=False))
    if comparison.positions:
        console.print(_table(grid(comparison)))
    if quotes:
        for position in comparison.positions:
            console.print(Padding(Text(words.sentence(position.claim), style="bold"), (0, 0, 0, 2), expand=False))
            for reading in position.readings:
                _quote(reading, console)


def _state(entry: Entry) -> str:
    """ "open since 20 May 2026 · number · 1f0c…" """
    told = STATES[entry.state].format(
        opened=words.day(entry.opened), moved=words.day(entry.moved), by=entry.dismissed_by
    )
    return " · ".join(part for part in (told, entry.comparison.kind, entry.id) if part)


def _table(found: Grid) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for head in ("", "", Mark.SAYS, Mark.OTHERWISE, ""):
        table.add_column(head)
    for row in found.rows:
        says, otherwise = _marked(row, found, Mark.SAYS), _marked(row, found, Mark.OTHERWISE)
        table.add_row("", *map(Text, (words.sentence(row.claim), says, otherwise, row.weight)))
    if found.silent:
        table.add_row("", Text(Mark.SILENT), Text(words.listed(found.silent)))
    return table


def _marked(row: Row, found: Grid, mark: Mark) -> str:
    return words.listed([outlet for outlet, stands in zip(found.outlets, row.marks, strict=True) if stands is mark])


def _quote(reading: Reading, console: Console) -> None:
    for citation in reading.citations:
        where = f"{reading.article.id}, sentence {citation.sentence.number}"
        told = f"{words.attribution(reading)}: “{words.folded(citation.quote)}” ({where})"
        console.print(Padding(Text(told), (0, 0, 0, 4), expand=False))
