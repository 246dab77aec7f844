"""What the middle asks of the world, in its own words. The edges answer; `wiring` joins them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from bot.news.cite import Sheet
from bot.news.model import Article, Comparison, Draft, DraftLook, Excerpt, Resolved, Turn


class Archive(Protocol):
    """The coverage of one workspace: current versions of articles that were not removed."""

    async def whole(self, most: int) -> Sequence[Article] | None:
        """All articles, as `articles` gives them, where their text has at most so many characters; None where it has
        more."""

    async def language(self) -> str | None:
        """What the newest of it is mostly written in, by ISO 639-1; None where that is not plain."""

    async def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Sequence[Article]:
        """All articles, oldest first, undated ones last; within the span of publication where one is given."""

    async def search(
        self, query: str, *, limit: int, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Excerpt]:
        """The excerpts that fit the query best, best first; empty where no word of it occurs."""


class Reader(Protocol):
    """A careful reader: the model. Each call raises ReaderUnavailable, ReaderRefused or ReplyUnusable."""

    def read(self, question: str, sheet: Sheet) -> AsyncIterator[Draft]:
        """Read each source of the sheet on its own, compare, and answer. Yields ever longer drafts; the last,
        and only the last, is complete."""

    async def second_look(self, comparison: Comparison, sheet: Sheet) -> DraftLook:
        """Try to reconcile the positions of a candidate dispute from what the coverage says."""

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        """Put a follow-up into a question that stands without its thread, and a question in another language than the
        coverage's `language` (ISO 639-1; None where that is not known) into that."""
