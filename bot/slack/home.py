"""The bot's Home: what it does, what the outlets disagree on, what is new, and what is this person's own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import CrosscheckError
from bot.news.catalogue import spoken
from bot.news.ledger.follows import Follows
from bot.news.ledger.standing import Entry
from bot.news.overview import Heading, Health
from bot.news.words import comparisons_provenance
from bot.slack.account import Account
from bot.slack.coverage import Channel, Coverage
from bot.slack.gate import Gate, Right
from bot.slack.looks import escape, follows, kit, lists
from bot.slack.looks.buttons import DIGEST
from bot.slack.looks.kit import Json
from bot.slack.looks.prose import OUTLET_CHARACTERS
from bot.slack.looks.split import shortened
from bot.slack.trouble import slack_errors

log = logging.getLogger(__name__)

DISPUTES = 5
FOLLOWS = 10
LATEST = 60  # articles that are looked at for the newest by outlet
OUTLETS, OF_EACH = 6, 2
PROMPTS = 4  # Slack's limit
PROMPT_TITLE_CHARACTERS = 60
PROMPT_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Glance:
    """What a person's Home shows. `direct`: their direct message with the bot; `health` is for admins."""

    direct: str

    disputes: Sequence[Entry]
    newest: Sequence[Heading]
    follows: Follows
    channel: Channel
    health: Health | None = None


def view(seen: Glance) -> Json:
    """Within Slack's limits however much there is: each part shows its first few and counts the rest."""
    blocks = [kit.header("Crosscheck"), *kit.told(spoken().home.intro)]
    if seen.disputes:
        blocks += [kit.header(spoken().home.disputes), *_lines(seen.disputes[:DISPUTES])]
        if len(seen.disputes) > DISPUTES:
            blocks.append(kit.context(spoken().home.more.format(count=len(seen.disputes) - DISPUTES)))
        notes = comparisons_provenance(entry.comparison for entry in seen.disputes[:DISPUTES])
        blocks += [kit.context(note) for note in notes]
    else:
        blocks += kit.told(spoken().grid.none)
    if seen.newest:
        blocks += [kit.header(spoken().home.newest), *_by_outlet(seen.newest)]
    blocks.append(kit.header(spoken().home.follows))
    blocks += follows.lines(seen.follows, FOLLOWS, spoken().home.more_follows) or kit.told(spoken().follow.none)
    blocks += [kit.header(spoken().home.digest), *kit.told(seen.channel.digest or spoken().home.no_digest)]
    change = spoken().home.change_digest if seen.channel.digest else spoken().home.set_digest
    blocks.append({"type": "actions", "elements": [kit.button(DIGEST, change, "own")]})
    if seen.health is not None:
        blocks += [kit.header(spoken().home.health), *kit.told(_health(seen.health))]
    return {"type": "home", "private_metadata": seen.direct, "blocks": blocks}


def closed(told: str) -> Json:
    """The Home of somebody who may not use the bot."""
    return {"type": "home", "blocks": [kit.header("Crosscheck"), *kit.told(told)]}


@dataclass(frozen=True, slots=True)
class Home:
    account: Account
    coverage: Coverage
    gate: Gate

    async def publish(self, person: str, channel: str) -> None:
        """Show a person's Home; `channel` is their direct message. What fails is logged: they look again."""
        try:
            refused = await self.gate.refusal(Right.ASK, person, channel)
            shown = view(await self._glance(person, channel)) if refused is None else closed(refused)
            with slack_errors("views.publish"):
                await self.account.client.views_publish(user_id=person, view=shown)
        except CrosscheckError as fault:
            log.warning("a Home could not be shown", extra={"error": type(fault).__name__, "reason": str(fault)})

    async def suggest(self, person: str, channel: str) -> None:
        """Offer questions in a direct message: first what the outlets disagree on now."""
        try:
            if await self.gate.refusal(Right.ASK, person, channel) is not None:
                return
            disputes = await self.coverage.disagreements(channel)
            with slack_errors("assistant.threads.setSuggestedPrompts"):
                await self.account.client.assistant_threads_setSuggestedPrompts(
                    channel_id=channel, prompts=prompts(disputes)
                )
        except CrosscheckError as fault:
            log.info("no prompts were suggested", extra={"error": type(fault).__name__})

    async def _glance(self, person: str, channel: str) -> Glance:
        disputes, newest, followed, settings = await asyncio.gather(
            self.coverage.disagreements(channel),
            self.coverage.newest(channel, LATEST),
            self.coverage.follows(person),
            self.coverage.channel(channel),
        )
        health = await self.coverage.health() if await self.gate.admins.has(person) else None
        return Glance(channel, disputes, newest, followed, settings, health)


def prompts(disputes: Sequence[Entry]) -> list[dict[str, str]]:
    """At most four suggested questions."""
    asked = [escape.visible(entry.comparison.question) for entry in disputes[: PROMPTS - 1]]
    found = [(shortened(q, PROMPT_TITLE_CHARACTERS), shortened(q, PROMPT_CHARACTERS)) for q in asked]
    return [{"title": title, "message": message} for title, message in [*found, *spoken().asking.prompts][:PROMPTS]]


def _lines(entries: Sequence[Entry]) -> list[Json]:
    return kit.rich(kit.paragraph(*lists.entry_line(entry)) for entry in entries)


def _by_outlet(newest: Sequence[Heading]) -> list[Json]:
    """The newest few articles of the outlets that published last."""
    outlets: dict[str, list[Heading]] = {}
    for heading in newest:
        outlets.setdefault(heading.outlet, []).append(heading)
    parts = []
    for name, headings in list(outlets.items())[:OUTLETS]:
        parts.append(kit.paragraph(kit.text(shortened(name, OUTLET_CHARACTERS), bold=True, spaced=False)))
        parts += [kit.paragraph(*lists.heading_line(heading, named=False)) for heading in headings[:OF_EACH]]
    return kit.rich(parts)


def _health(health: Health) -> str:
    stored = f"{health.stored:%Y-%m-%d %H:%M} UTC" if health.stored else spoken().home.never
    return spoken().home.healthy.format(
        articles=spoken().digits(health.articles),
        open=health.open,
        uncompared=health.uncompared,
        waiting=health.waiting,
        dead=health.dead,
        stored=stored,
    )
