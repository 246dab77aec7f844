"""`remove ARTICLE|URL`: take an article out of the coverage."""

from __future__ import annotations

import argparse
import sys

from bot.errors import WrongUse
from bot.settings import Settings
from bot.wiring.coverage.coverage import stored_coverage


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("articles", nargs="+", metavar="ARTICLE|URL", help="its id, as answers' JSON names it, or URL")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    """Exit status 2 where there is no such article; the others are removed all the same."""
    missing = []
    async with stored_coverage(settings, workspace=given.workspace) as coverage:
        for name in given.articles:
            removed = await coverage.remove(name)
            if removed is None:
                missing.append(name)
                continue
            sys.stdout.write(f"Removed {removed}. Feeds will not bring it back; `ingest --restore` does.\n")
    if missing:
        raise WrongUse(f"no article of the coverage is called {', '.join(missing)}")
    return 0
