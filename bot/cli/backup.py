"""`backup FILE` and `restore FILE`: the library as one file, and back, whichever database keeps it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.store import backup
from bot.store.database import Database

WORDS = {
    "articles": "articles",
    "versions": "versions of them",
    "feeds": "feeds and folders",
    "ledger_entries": "standing comparisons",
}


def add(commands: Any) -> None:
    saving = commands.add_parser("backup", help="write the library of all workspaces to one file")
    saving.add_argument("file", type=Path, metavar="FILE", help="a new file, such as library.zip")
    saving.set_defaults(run=run_backup)
    restoring = commands.add_parser("restore", help="fill an empty library from such a file")
    restoring.add_argument("file", type=Path, metavar="FILE")
    restoring.set_defaults(run=run_restore)


async def run_backup(given: argparse.Namespace, settings: Settings) -> int:
    async with await Database.open(settings.database_url) as database:
        made = await backup.back_up(database, given.file)
    left_out = "Left out: work in hand and what people asked. Keep settings and keys apart."
    sys.stdout.write(f"{given.file} holds {_told(made.rows)}.\n{left_out}\n")
    return 0


async def run_restore(given: argparse.Namespace, settings: Settings) -> int:
    async with await Database.open(settings.database_url) as database:
        restored = await backup.restore(database, given.file)
    sys.stdout.write(f"Restored {_told(restored.rows)}, as of {restored.made:%Y-%m-%d %H:%M} UTC.\n")
    return 0


def _told(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{rows.get(table, 0)} {words}" for table, words in WORDS.items())
