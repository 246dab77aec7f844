"""What the room asks of the coverage, in its own words. Each call raises StoreError."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.news.ledger.follows import Follows, TopicFollow
from bot.news.ledger.standing import Entry
from bot.news.model import Article
from bot.news.overview import Heading, Health, Outlet


@dataclass(frozen=True, slots=True)
class Channel:
    """What is set in a channel: its digest in words, None where it has none."""

    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """An article that somebody linked to. `entries`: the open disagreements that it takes a side in, most independent
    sources first. `compared`: whether it was set beside the other outlets."""

    article: Article
    entries: Sequence[Entry]
    compared: bool


class Coverage(Protocol):
    """Where a channel is named, what counts there."""

    async def disagreements(self, channel: str) -> Sequence[Entry]:
        """The open ones, most independent sources first."""

    async def outlets(self, channel: str) -> Sequence[Outlet]:
        """That with most articles first."""

    async def every_outlet(self) -> Sequence[Outlet]:
        """As `outlets`, of all coverage."""

    async def newest(self, channel: str, limit: int) -> Sequence[Heading]:
        """Newest first."""

    async def about(self, channel: str, topic: str, limit: int) -> Sequence[Article]:
        """The articles that fit a topic best, or, where it is empty, the newest; oldest first."""

    async def linked(self, channel: str, urls: Sequence[str]) -> Mapping[str, Linked]:
        """The articles at those of the addresses where the coverage has one."""

    async def follows(self, person: str) -> Follows:
        """What a person follows."""

    async def follow_topic(self, follow: TopicFollow) -> None:
        """Tell its thread when sources begin to disagree on its topic."""

    async def unfollow(self, person: str, id: str) -> bool:
        """Let a question or a topic go by its id. False where that person does not follow it."""

    async def channel(self, channel: str) -> Channel: ...

    async def health(self) -> Health: ...
