"""`digest`: what is new and what the sources disagree on now, readable or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot import contract
from bot.errors import WrongUse
from bot.news import words
from bot.news.catalogue import spoken
from bot.news.digest import words as digest_words
from bot.news.digest.digest import Digest, Moved
from bot.news.digest.due import window, zone_of
from bot.news.digest.subscription import topics
from bot.news.digest.words import Edition, Line
from bot.news.model import Article, Check, Citation
from bot.news.spans import since as since_of
from bot.news.topic import Topic
from bot.settings import Settings
from bot.store.people.subscriptions import Subscriptions
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
    async with newsdesk(settings, workspace=given.workspace) as (desk, subscriptions):
        now = datetime.now(UTC)
        about, begin, zone = topics(given.topics), now - USUAL, ZoneInfo("UTC")
        if given.channel:
            about, begin, zone = await _of_channel(given.channel, subscriptions, now)
        made = await desk.make(Assignment.of(about, since or begin, now))
    if given.json:
        json.dump(as_json(made), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        show(made, Edition(now.astimezone(zone).date(), zone), Console(highlight=False))
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
        "trouble": digest.trouble,
        "uncompared": digest.uncompared,
        "left_out": digest.left_out,
        "usage": {
            "calls": digest.usage.calls,
            "input_tokens": digest.usage.input_tokens,
            "output_tokens": digest.usage.output_tokens,
        },
    }


def show(digest: Digest, edition: Edition, console: Console) -> None:
    """The same words and order as in Slack, and under them the sources."""
    numbers: dict[str, int] = {}
    articles: list[Article] = []

    def marks(citations: Iterable[Citation]) -> str:
        for citation in citations:
            if citation.article.id not in numbers:
                articles.append(citation.article)
                numbers[citation.article.id] = len(articles)
        return "".join(f"[{n}]" for n in dict.fromkeys(numbers[c.article.id] for c in citations))

    def line(told: Line) -> Text:
        lead = Text(" ".join(part for part in (told.sign, told.lead) if part), style="bold")
        shown = Text(" ").join(part for part in (lead, Text(told.text)) if part)
        return shown + Text(f" {marks(told.citations)}" if told.citations else "", style="cyan")

    console.print(Text(digest_words.heading(digest, edition), style="bold"))
    for note in (digest_words.trouble(digest), digest_words.span(digest, edition)):
        if note:
            console.print(Text(note, style="italic"))
    for section in digest_words.sections(digest):
        console.print()
        if section.title:
            console.print(Text(section.title, style="bold"))
        for told in section.lines:
            console.print(Padding(line(told), (0, 0, 0, 2)))
    if articles:
        console.print()
        console.print(Text(spoken().answer.sources, style="bold"))
    for article in articles:
        console.print(Text(f"[{numbers[article.id]}] {words.source_line(article)}"))
    console.print()
    for note in digest_words.notes(digest):
        console.print(Text(note, style="italic"))


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
