"""`disagreements [TOPIC]`: what stands in the ledger, and what people say of it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from bot import contract
from bot.errors import WrongUse
from bot.news.digest.subscription import topics
from bot.news.ledger.changes import dismiss, restore
from bot.news.ledger.grid import grid
from bot.news.ledger.standing import Entry, Event, State, by_weight
from bot.news.topic import comparison_about
from bot.news.words import comparisons_provenance
from bot.settings import Settings
from bot.store.database import utc_now
from bot.terminal.grid import show_entry
from bot.wiring.desks.standing import Standing, kept, made_of

NONE_STANDS = "No disagreement stands."
NONE_KNOWN = "Of what was compared, none stands."
UNCOMPARED = "Not compared: {articles}; `python -m bot run` compares them where OPENAI_API_KEY is set."
NOT_ALL = "Not all was compared: {why}"
FAILED = "{count} had no usable reply, so nothing is concluded from them."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topic", nargs="?", default="", help="words, parted by commas (default: all)")
    parser.add_argument("--quotes", action="store_true", help="every sentence that the sides rest on")
    parser.add_argument("--settled", action="store_true", help="also what is settled or dismissed")
    parser.add_argument("--coverage", type=Path, metavar="DIR", help="compare this folder for this once")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--dismiss", metavar="ID", help="this is no disagreement")
    parser.add_argument("--restore", metavar="ID", help="undo a dismissal")
    parser.add_argument("--by", metavar="NAME", help="who dismisses or restores")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    """Exit status 3 where the model failed while a folder was compared, else 0."""
    async with AsyncExitStack() as stack:
        if given.coverage is not None:
            progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
            bar = progress.add_task("Comparing", total=None)
            standing = await stack.enter_async_context(
                made_of(
                    settings,
                    given.coverage,
                    workspace=given.workspace,
                    progress=lambda done, of: progress.update(bar, completed=done, total=of),
                )
            )
        else:
            standing = await stack.enter_async_context(kept(settings, workspace=given.workspace))
        if given.dismiss or given.restore:
            return await _judge(given, standing)
        return await _list(given, standing)


async def _judge(given: argparse.Namespace, standing: Standing) -> int:
    if given.coverage is not None or (given.dismiss and given.restore):
        raise WrongUse("--dismiss and --restore are for one disagreement of the ledger that is kept")
    if not given.by:
        raise WrongUse("say who does so: --by NAME")
    id = given.dismiss or given.restore
    verb, done = (dismiss, "Dismissed") if given.dismiss else (restore, "Restored")
    change = await verb(id, given.by, utc_now(), ledger=standing.ledger)
    if change is None:
        raise WrongUse(f"there is no disagreement {id}; `disagreements --settled` shows all")
    if not change.events:
        raise WrongUse(f"{id} is {change.entry.state}; only an open one is dismissed, and a dismissed one restored")
    sys.stdout.write(f"{done} by {given.by}: {change.entry.comparison.question}\n")
    return 0


async def _list(given: argparse.Namespace, standing: Standing) -> int:
    about = topics(given.topic)
    states = tuple(State) if given.settled else (State.OPEN,)
    found = [e for e in await standing.ledger.standing(*states) if comparison_about(e.comparison, about)]
    ordered = [e for state in State for e in by_weight(found) if e.state is state]
    if given.json:
        told = [as_json(e, await standing.ledger.history(e.id)) for e in ordered]
        made = standing.made
        whole = {
            "disagreements": told,
            "uncompared": standing.uncompared,
            "failed": made.failed,
            "trouble": made.trouble,
        }
        json.dump(whole, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        _show(ordered, standing, Console(highlight=False), quotes=given.quotes)
    return 3 if standing.made.trouble else 0


def as_json(entry: Entry, history: Sequence[Event]) -> dict[str, Any]:
    """A standing comparison for machines: its grid, its sides with their sentences, and what has happened to it."""
    comparison, found = entry.comparison, grid(entry.comparison)
    return {
        "id": entry.id,
        "state": entry.state.value,
        "opened": entry.opened.isoformat(),
        "moved": entry.moved.isoformat(),
        "dismissed_by": entry.dismissed_by,
        "question": comparison.question,
        "relation": comparison.relation and comparison.relation.value,
        "kind": comparison.kind and comparison.kind.value,
        "grid": {
            "outlets": found.outlets,
            "rows": [{"claim": row.claim, "marks": [mark.value for mark in row.marks]} for row in found.rows],
        },
        "positions": [contract.position(p) for p in comparison.positions],
        "silent": [a.id for a in comparison.silent],
        "reconciled": comparison.reconciled and contract.statement(comparison.reconciled),
        "replayed": comparison.replayed and contract.replayed(comparison.replayed),
        "history": [{"happening": e.happening.value, "at": e.at.isoformat(), "by": e.by} for e in history],
    }


def _show(entries: Sequence[Entry], standing: Standing, console: Console, *, quotes: bool) -> None:
    for entry in entries:
        show_entry(entry, console, quotes=quotes)
        console.print()
    if standing.uncompared:
        waits = "1 article waits" if standing.uncompared == 1 else f"{standing.uncompared} articles wait"
        console.print(Text(UNCOMPARED.format(articles=waits), style="italic"))
    if not entries:
        console.print(Text(NONE_KNOWN if standing.uncompared else NONE_STANDS))
    if standing.made.trouble:
        console.print(Text(NOT_ALL.format(why=standing.made.trouble), style="italic"))
    if standing.made.failed:
        console.print(Text(FAILED.format(count=standing.made.failed), style="italic"))
    for note in comparisons_provenance(entry.comparison for entry in entries):
        console.print(Text(note, style="italic"))
