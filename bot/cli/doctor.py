"""`doctor`: whether each part of the bot is well, and what to do where it is not."""

from __future__ import annotations

import argparse
import sys

from bot.settings import Settings
from bot.wiring.checkup.checkup import checkup

TROUBLE = 1  # exit status


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    """Exit status 1 where anything is not well."""
    status = 0
    async for finding in checkup(settings, workspace=given.workspace):
        status = status if finding.well else TROUBLE
        sys.stdout.write(f"{'ok     ' if finding.well else 'TROUBLE'}  {finding.what}: {finding.said}\n")
        sys.stdout.flush()
    return status
