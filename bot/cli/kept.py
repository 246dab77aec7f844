"""`kept DIR`: the kept replies that the present prompts no longer ask for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.llm.kept import Kept, stale
from bot.llm.prompts import Prompts
from bot.llm.steps import prompt_digests
from bot.sample import KEPT
from bot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, default=KEPT, help="default: the sample's own")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    old = stale(given.folder, prompt_digests(Prompts.load()))
    for path, reply in old:
        sys.stdout.write(f"{path.name}: {reply.step} by {reply.model}, {reply.recorded}\n")
    count = sum(1 for _ in Kept(given.folder).replies())
    sys.stdout.write(f"{len(old)} of {count} kept replies were recorded with an earlier prompt\n")
    return 0
