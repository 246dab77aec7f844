"""`labels add` and `labels export`: what people say of comparisons, kept, and written as labelled questions."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bot.errors import WrongUse
from bot.news.answer import asked
from bot.news.labels import Label, Verdict, as_questions
from bot.news.model import Comparison
from bot.settings import Settings
from bot.store.database import utc_now
from bot.wiring.desks.desk import desk
from bot.wiring.desks.standing import kept_labels
from bot.wiring.people.people import standing_for

VERDICTS = {"not-a-disagreement": Verdict.NOT_A_DISAGREEMENT, "missed-one": Verdict.MISSED}


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="add|export")
    adding = what.add_parser("add", help="keep a verdict on what the bot says to a question")
    adding.add_argument("verdict", choices=sorted(VERDICTS))
    adding.add_argument("question", help="a question, or the id of a standing disagreement")
    adding.add_argument("--words", default="", help="a word on why, or on what was missed")
    adding.add_argument("--by", default="", metavar="NAME", help="who says so")
    adding.set_defaults(run=run_add)
    exporting = what.add_parser("export", help="write all verdicts as labelled questions, for `eval`")
    exporting.add_argument("file", type=Path, metavar="FILE")
    exporting.set_defaults(run=run_export)


async def run_add(given: argparse.Namespace, settings: Settings) -> int:
    question = asked(given.question)
    async with kept_labels(settings, workspace=given.workspace) as (labels, ledger):
        entries = await ledger.standing()
        entry = next((e for e in entries if question.casefold() in (e.id, e.comparison.question.casefold())), None)
        comparison = entry.comparison if entry else await _answered(question, given, settings)
        entry = entry or standing_for(comparison, entries)
        id = entry.id if entry else None
        label = Label(VERDICTS[given.verdict], comparison, given.words.strip(), given.by, utc_now(), id)
        await labels.keep(label)
    on = f", on the standing disagreement {id}" if id else ""
    sys.stdout.write(f"Kept: {given.verdict}{on}.\n")
    return 0


async def run_export(given: argparse.Namespace, settings: Settings) -> int:
    async with kept_labels(settings, workspace=given.workspace) as (labels, _):
        items = as_questions(await labels.all())
    if not items:
        raise WrongUse("there are no labels yet; `labels add` keeps one")
    try:
        given.file.write_text(json.dumps(items, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"{given.file} cannot be written: {error.strerror}") from error
    sys.stdout.write(f"{len(items)} labelled question{'' if len(items) == 1 else 's'} in {given.file}\n")
    return 0


async def _answered(question: str, given: argparse.Namespace, settings: Settings) -> Comparison:
    """What the bot says to the question now."""
    async with desk(settings, workspace=given.workspace) as at:
        return (await at.ask(question)).comparison
