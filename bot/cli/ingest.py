"""`ingest DIR…`: store articles from folders or files."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Skipped
from bot.feeds.files import read_folder
from bot.settings import Settings
from bot.wiring.desk import library


def add(commands: Any) -> None:
    parser = commands.add_parser("ingest", help="store articles from a folder or a file")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    """Exit status 0 where at least one article was read, else 2."""
    counts: Counter[str] = Counter()
    skipped: list[Skipped] = []
    found = [each for path in given.paths for each in read_folder(path)]
    async with library(settings, workspace=given.workspace) as kept:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            for each in progress.track(found, description="Storing"):
                if isinstance(each, Skipped):
                    skipped.append(each)
                    continue
                try:
                    counts[await kept.add(each)] += 1
                except UnreadableCoverage as fault:
                    skipped.append(Skipped(each.identity, str(fault)))
    for each in skipped:
        sys.stderr.write(f"{each.path} was skipped: {each.reason}\n")
    sys.stdout.write(f"{counts['new']} new, {counts['changed']} changed, {counts['same']} known already")
    sys.stdout.write(f", {len(skipped)} skipped\n" if skipped else "\n")
    return 0 if counts.total() else 2
