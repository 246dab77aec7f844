"""The coverage at a glance: headings without their texts, and outlets with how much they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.news.model import Moment


@dataclass(frozen=True, slots=True)
class Heading:
    """An article by what stands over it."""

    outlet: str
    title: str
    url: str | None = None
    published: Moment | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """How many articles of an outlet there are, and when its newest dated one was published."""

    name: str
    articles: int
    newest: Moment | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot fares: articles kept, standing disagreements, articles that wait for the ledger, work that waits or
    was given up, and when the newest article was stored (UTC-aware)."""

    articles: int
    open: int
    uncompared: int
    waiting: int
    dead: int
    stored: datetime | None = None
