"""`workspaces`: where the app is installed, and the removal of all that is kept of a workspace that left."""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import WrongUse
from bot.settings import Settings
from bot.store.database import Database
from bot.store.forgetting import forget
from bot.store.installations import Installation, Installations
from bot.store.seal import Seal


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", metavar="forget")
    parser.set_defaults(run=run_list)
    forgetting = what.add_parser("forget", help="remove all that is kept of a workspace that removed the app")
    forgetting.add_argument("team", metavar="TEAM", help="its id (T…)")
    forgetting.set_defaults(run=run_forget)


async def run_list(given: argparse.Namespace, settings: Settings) -> int:
    async with _installations(settings) as (_, installations):
        found = await installations.all()
    for each in found:
        sys.stdout.write(f"{each.workspace}  {each.name}  {_since(each)}\n")
    sys.stdout.write(f"{sum(each.ended is None for each in found)} installed, {len(found)} known\n")
    return 0


async def run_forget(given: argparse.Namespace, settings: Settings) -> int:
    async with _installations(settings) as (database, installations):
        found = await installations.of(given.team)
        if found is None:
            raise WrongUse(f"no workspace {given.team} is known; `workspaces` lists those that are")
        if found.ended is None:
            raise WrongUse(f"the app is installed in {found.name}; remove it there first")
        rows = await forget(database, found.workspace)
    sys.stdout.write(f"{found.name} is forgotten: {rows} rows.\n")
    return 0


@asynccontextmanager
async def _installations(settings: Settings) -> AsyncIterator[tuple[Database, Installations]]:
    if settings.token_keys is None or not settings.by_oauth:
        raise WrongUse(settings.slack_trouble or "no workspace installs the app by itself: SLACK_CLIENT_ID is not set")
    async with await Database.open(settings.database_url) as database:
        yield database, Installations(database, Seal(settings.token_keys))


def _since(found: Installation) -> str:
    if found.ended is not None:
        return f"removed {found.ended:%Y-%m-%d}"
    return f"installed {found.installed:%Y-%m-%d}"
