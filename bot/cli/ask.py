"""`ask QUESTION`: the answer, readable or as the JSON contract."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from bot import contract
from bot.news.answer import asked
from bot.news.model import Answer, Check, Mode
from bot.settings import Settings
from bot.terminal.answer import show_answer
from bot.wiring.desks.desk import desk


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question")
    parser.add_argument("--coverage", type=Path, metavar="DIR", help="answer from this folder, not from the library")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    question = asked(given.question)
    async with desk(settings, workspace=given.workspace, coverage=given.coverage) as at:
        answer = await at.ask(question)
    if given.json:
        json.dump(contract.as_json(answer), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        show_answer(answer, Console(highlight=False))
    return status(answer)


def status(answer: Answer) -> int:
    """3 where the model failed and the offline reading was given, else 0."""
    return 3 if answer.mode is Mode.OFFLINE and answer.comparison.check is Check.FAILED else 0
