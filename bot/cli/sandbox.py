"""`sandbox`: the bot in the sandbox, whatever tokens are set."""

from __future__ import annotations

import argparse

from bot.cli import run
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run_in_sandbox, demonstrate=False)


async def run_in_sandbox(given: argparse.Namespace, settings: Settings) -> int:
    return await run.run(given, settings.model_copy(update={"slack_bot_token": None, "slack_client_id": None}))
