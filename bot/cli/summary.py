"""`summary [TOPIC]`: the story, a topic, an outlet, one article or a span of time, readable or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from bot import contract
from bot.news.model import Check
from bot.news.spans import since
from bot.news.summary import Length, Scope, Summary
from bot.settings import Settings
from bot.terminal.summary import show_summary
from bot.wiring.desks.desk import desk
from bot.wiring.desks.standing import compare_sample
from bot.wiring.desks.summing import sum_up


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topic", nargs="?", default="", help="words, parted by commas (default: all coverage)")
    parser.add_argument("--outlet", default="", metavar="NAME", help="this outlet's articles alone")
    parser.add_argument("--article", default="", metavar="ID|URL", help="this article alone")
    parser.add_argument("--since", metavar="WHEN", help="what was published since: 12h, 7d, 2w, a date or a time")
    parser.add_argument("--full", action="store_true", help="more lines than fit a screen")
    parser.add_argument("--coverage", type=Path, metavar="DIR", help="sum up this folder, not the library")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    """Exit status 3 where the model failed and the outlets' own first sentences were given, else 0."""
    begin = since(given.since, datetime.now(UTC)) if given.since else None
    scope = Scope(given.topic.strip(), given.outlet.strip(), given.article.strip(), begin)
    length = Length.FULL if given.full else Length.SHORT
    if given.coverage is None:
        await compare_sample(settings, workspace=given.workspace)
    async with AsyncExitStack() as stack:
        at = await stack.enter_async_context(desk(settings, workspace=given.workspace, coverage=given.coverage))
        progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
        bar = progress.add_task("Reading", total=None)
        made = await sum_up(
            at, scope, length=length, progress=lambda done, of: progress.update(bar, completed=done, total=of + 1)
        )
    if given.json:
        json.dump(as_json(made), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        show_summary(made, Console(highlight=False))
    return 3 if made.check is Check.FAILED else 0


def as_json(summary: Summary) -> dict[str, Any]:
    """A Summary for machines, verbatim; instants are ISO 8601 in UTC."""
    scope, usage = summary.scope, summary.usage
    return {
        "topic": scope.topic,
        "outlet": scope.outlet,
        "article": scope.article,
        "since": scope.since and scope.since.isoformat(),
        "until": scope.until and scope.until.isoformat(),
        "check": summary.check.value,
        "trouble": summary.trouble,
        "replayed": summary.replayed and contract.replayed(summary.replayed),
        "happened": [contract.statement(s) for s in summary.happened],
        "agreed": [contract.statement(s) for s in summary.agreed],
        "disputed": [
            {"question": s.question, "positions": [contract.position(p) for p in s.positions]} for s in summary.disputed
        ],
        "lone": [contract.statement(s) for s in summary.lone],
        "unknown": [contract.statement(s) for s in summary.unknown],
        "articles": [a.id for a in summary.shown],
        "shortened": summary.shortened,
        "usage": {
            "calls": usage.calls,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
        },
    }
