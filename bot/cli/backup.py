"""`backup FILE`: the library as one file, whichever database keeps it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.settings import Settings
from bot.store import backup
from bot.store.database import Database
from bot.wiring.desks.desk import SAMPLE

WORDS = {
    "articles": "articles",
    "versions": "versions of them",
    "feeds": "feeds and folders",
    "ledger_entries": "standing comparisons",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a new file, such as library.zip")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    async with await Database.open(settings.database_url) as database:
        made = await backup.back_up(database, given.file, without=SAMPLE)
    left_out = (
        "Left out: work in hand and what people asked, but for what they follow or label. Keep settings and keys apart."
    )
    sys.stdout.write(f"{given.file} holds {told(made.rows)}.\n{left_out}\n")
    return 0


def told(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{rows.get(table, 0)} {words}" for table, words in WORDS.items())
