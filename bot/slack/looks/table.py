"""Standing disagreements as one table: the claims down, the outlets across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.news import words
from bot.news.catalogue import spoken
from bot.news.ledger.grid import Grid, Row, by_voice, grid
from bot.news.ledger.standing import Entry
from bot.slack.looks import escape, kit
from bot.slack.looks.kit import Json
from bot.slack.looks.prose import OUTLET_CHARACTERS, Numbering
from bot.slack.looks.split import shortened

ROWS = 100  # Slack's limits of a table
COLUMNS = 20
TABLE_CHARACTERS = 7_500  # of its JSON; the rest of a message is for its sources
CLAIM_CHARACTERS = 220


@dataclass(frozen=True, slots=True)
class Table:
    """`rest`: the disagreements that it does not show whole, for there was no room for them or for their outlets."""

    block: Json
    rest: tuple[Entry, ...]


def table(entries: Sequence[Entry], numbering: Numbering) -> Table:
    """One table of as many disagreements as fit, the first first; the outlets that speak most come first."""
    grids = [grid(entry.comparison) for entry in entries]
    taken = 1
    while taken < len(grids) and _fits(grids[: taken + 1]):
        taken += 1
    columns = _columns(grids[:taken])
    settings = [{"is_wrapped": True}, *({"align": "center"} for _ in columns)]
    block = {"type": "table", "rows": _rows(grids[:taken], columns, numbering)[:ROWS], "column_settings": settings}
    cut = () if _speaking(grids[0]) <= set(columns) else entries[:1]
    return Table(block, (*cut, *entries[taken:]))


def _fits(grids: Sequence[Grid]) -> bool:
    """Whether all of it has room, and a column for each outlet that takes a side."""
    columns = _columns(grids)
    rows = _rows(grids, columns, Numbering())
    wide = frozenset.union(*map(_speaking, grids)) - set(columns)
    return not wide and len(rows) <= ROWS and kit.size([{"rows": rows}]) <= TABLE_CHARACTERS


def _columns(grids: Sequence[Grid]) -> list[str]:
    return by_voice(grids)[: COLUMNS - 1]


def _speaking(found: Grid) -> frozenset[str]:
    return frozenset(found.outlets) - frozenset(found.silent)


def _rows(grids: Sequence[Grid], columns: Sequence[str], numbering: Numbering) -> list[list[Json]]:
    rows = [
        [_bold(spoken().grid.question_and_claims), *(_cell(shortened(name, OUTLET_CHARACTERS)) for name in columns)]
    ]
    for found in grids:
        rows += [_question(found, len(columns)), *(_claim(found, row, columns, numbering) for row in found.rows)]
    return rows


def _question(found: Grid, columns: int) -> list[Json]:
    return [_bold(shortened(words.folded(found.question), CLAIM_CHARACTERS)), *(_cell(" ") for _ in range(columns))]


def _claim(found: Grid, row: Row, columns: Sequence[str], numbering: Numbering) -> list[Json]:
    claim = kit.text(f"{shortened(words.sentence(row.claim), CLAIM_CHARACTERS)} {row.weight}")
    best = kit.mark(numbering.of(row.best.article), row.best.article)
    said = dict(zip(found.outlets, row.marks, strict=True))
    cells = [_cell(spoken().grid.marks[said[name]] if name in said else " ") for name in columns]
    return [_rich(claim, best), *cells]


def _cell(text: str) -> Json:
    # A cell holds at least one character; a no-break space shows nothing, and is no disagreement's silence.
    return {"type": "raw_text", "text": escape.visible(text) or "\u00a0"}


def _bold(text: str) -> Json:
    return _rich(kit.text(text, bold=True, spaced=False))


def _rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [kit.paragraph(*elements)]}
