"""`restore FILE`: an empty library filled from a backup, whichever database keeps it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.cli.backup import told
from bot.settings import Settings
from bot.store import backup
from bot.store.database import Database
from bot.wiring.desks.desk import SAMPLE


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    async with await Database.open(settings.database_url) as database:
        restored = await backup.restore(database, given.file, without=SAMPLE)
    sys.stdout.write(f"Restored {told(restored.rows)}, as of {restored.made:%Y-%m-%d %H:%M} UTC.\n")
    return 0
