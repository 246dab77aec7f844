"""`digest`: what is new and what the sources disagree on now, readable or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from bot import contract
from bot.errors import WrongUse
from bot.news.catalogue import because
from bot.news.digest.digest import Digest, Moved
from bot.news.digest.due import window, zone_of
from bot.news.digest.subscription import topics
from bot.news.digest.words import Edition
from bot.news.model import Check
from bot.news.rules import EVERYTHING
from bot.news.spans import since as since_of
from bot.news.topic import Topic
from bot.settings import Settings
from bot.store.people.subscriptions import Subscriptions
from bot.terminal.digest import show_digest
from bot.wiring.desks.newsdesk import Assignment, newsdesk
from bot.wiring.desks.standing import compare_sample

USUAL = timedelta(days=1)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="WHEN", help="a date, a time, or how long ago: 12h, 7d, 2w (default: 24h)")
    parser.add_argument("--topics", default="", metavar="TOPICS", help="parted by commas (default: all coverage)")
    parser.add_argument("--channel", metavar="ID", help="what this channel's next digest would tell so far")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.set_defaults(run=run)


async def run(given: argparse.Namespace, settings: Settings) -> int:
    """Exit status 3 where the model failed and the articles' own first sentences were given, else 0."""
    since = since_of(given.since, datetime.now(UTC)) if given.since else None
    await compare_sample(settings, workspace=given.workspace)
    async with newsdesk(settings, workspace=given.workspace) as (desk, subscriptions, rules):
        now = datetime.now(UTC)
        about, begin, zone, focus = topics(given.topics), now - USUAL, ZoneInfo("UTC"), EVERYTHING
        if given.channel:
            about, begin, zone = await _of_channel(given.channel, subscriptions, now)
            focus = (await rules.holding(given.channel)).channel.focus
        made = await desk.make(Assignment.of(about, since or begin, now, focus))
    if given.json:
        json.dump(as_json(made), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        show_digest(made, Edition(now.astimezone(zone).date(), zone), Console(highlight=False))
    return 3 if made.check is Check.FAILED else 0


def as_json(digest: Digest) -> dict[str, Any]:
    """A Digest for machines, verbatim; instants are ISO 8601 in UTC."""
    return {
        "topics": [{"name": t.name, "phrases": list(t.phrases)} for t in digest.topics],
        "since": digest.since.isoformat(),
        "until": digest.until.isoformat(),
        "moved": [_moved(m) for m in digest.moved],
        "unmoved": digest.unmoved,
        "articles": [a.id for a in digest.articles],
        "happened": [contract.statement(s) for s in digest.happened],
        "lone": [contract.statement(s) for s in digest.lone],
        "corrected": [contract.statement(s) for s in digest.corrected],
        "first_lines": [contract.statement(s) for s in digest.first_lines],
        "check": digest.check.value,
        "replayed": digest.replayed and contract.replayed(digest.replayed),
        "trouble": digest.trouble and because(digest.trouble),
        "uncompared": digest.uncompared,
        "left_out": digest.left_out,
        "usage": {
            "calls": digest.usage.calls,
            "input_tokens": digest.usage.input_tokens,
            "output_tokens": digest.usage.output_tokens,
        },
    }


async def _of_channel(
    channel: str, subscriptions: Subscriptions, now: datetime
) -> tuple[tuple[Topic, ...], datetime, ZoneInfo]:
    known = await subscriptions.of(channel)
    if known is None:
        raise WrongUse(f"{channel} has no digest; say --topics and --since instead")
    wish = known.subscription.wish
    since, _ = window(known.subscription, known.delivered, now)
    return wish.topics, since, zone_of(wish.zone)


def _moved(moved: Moved) -> dict[str, Any]:
    comparison = moved.comparison
    return {
        "id": moved.id,
        "move": moved.move.value,
        "at": moved.at.isoformat(),
        "question": comparison.question,
        "relation": comparison.relation and comparison.relation.value,
        "kind": comparison.kind and comparison.kind.value,
        "positions": [contract.position(p) for p in comparison.positions],
        "reconciled": comparison.reconciled and contract.statement(comparison.reconciled),
    }
