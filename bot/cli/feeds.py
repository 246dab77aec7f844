"""`feeds add|list|remove`: the feeds that `run` polls, and the folders that it watches."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from bot.errors import WrongUse
from bot.feeds.cleaning import clean_line
from bot.feeds.ingest import is_address
from bot.feeds.poll import DEFAULT_INTERVAL_S
from bot.feeds.urls import web_url
from bot.feeds.watch import FolderState
from bot.settings import Settings
from bot.store.coverage.feeds import FeedTable
from bot.store.database import Database
from bot.wiring.coverage.coverage import Coverage, stored_coverage
from bot.wiring.coverage.feed_states import State, read_state
from bot.wiring.coverage.subscribing import subscribe


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="add|list|remove")
    adding = what.add_parser("add", help="poll a feed; known already, it gets these words and this interval")
    adding.add_argument("url", metavar="URL", help="an RSS, Atom or JSON feed")
    adding.add_argument("--words", nargs="+", default=[], help="only entries with one of these words or phrases")
    adding.add_argument(
        "--every", type=_minutes, default=DEFAULT_INTERVAL_S // 60, metavar="MINUTES", help="default: %(default)s"
    )
    adding.set_defaults(run=run_add)
    listing = what.add_parser("list", help="each feed and folder, and how its last poll went")
    listing.set_defaults(run=run_list)
    removing = what.add_parser("remove", help="poll no longer; its articles stay")
    removing.add_argument("address", metavar="URL|FOLDER")
    removing.set_defaults(run=run_remove)


async def run_add(given: argparse.Namespace, settings: Settings) -> int:
    async with stored_coverage(settings, workspace=given.workspace) as coverage:
        await add_feed(coverage, given.url, given.words, given.every * 60)
    return 0


async def add_feed(coverage: Coverage, url: str, words: Sequence[str], interval_s: int) -> None:
    told = await subscribe(coverage, url, words=words, interval_s=interval_s)
    if told.trouble:
        sys.stdout.write(f"Added {told.address}, though for now {told.trouble}.\n")
        return
    count = f"{told.entries} entries" if not words else f"{told.about} of its {told.entries} entries are wanted"
    sys.stdout.write(f"Added {told.title or told.address}: {count}. `python -m bot run` polls it.\n")


async def run_list(given: argparse.Namespace, settings: Settings) -> int:
    async with await Database.open(settings.database_url) as database:
        found = [read_state(stored) for stored in await FeedTable(database, given.workspace).all()]
    for state in found:
        sys.stdout.write("\n    ".join(_lines(state)) + "\n")
    if not found:
        sys.stdout.write("No feeds yet: add one with `python -m bot feeds add URL`.\n")
    return 0


async def run_remove(given: argparse.Namespace, settings: Settings) -> int:
    address = _absolute(given.address)
    async with await Database.open(settings.database_url) as database:
        if not await FeedTable(database, given.workspace).remove(address):
            raise WrongUse(f"there is no feed or folder at {address}; `feeds list` shows all")
    sys.stdout.write(f"Removed {address}; its articles stay.\n")
    return 0


def _absolute(address: str) -> str:
    return web_url(address) if is_address(address) else os.path.abspath(address)


def _lines(state: State) -> list[str]:
    """The address stands alone on its line: it is what `feeds remove` takes."""
    every = f"{state.interval_s // 60} min" if state.interval_s >= 60 else f"{state.interval_s} s"
    went = state.trouble or ("ok" if state.seen else "not polled yet")
    when = f"every {every}, next at {state.next_at:%Y-%m-%d %H:%M} UTC"
    if isinstance(state, FolderState):
        return [str(state.path), f"{went}; {when}"]
    about = f"about: {', '.join(state.words)}" if state.words else ""
    told = went if state.gone else f"{went}; {when}"
    return [line for line in (state.url, clean_line(state.title), about, told) if line]


def _minutes(text: str) -> int:
    minutes = int(text)
    if not 1 <= minutes <= 24 * 60:
        raise argparse.ArgumentTypeError("from 1 to 1440 minutes")
    return minutes
