"""What is set for a channel and for its workspace: what of the coverage counts, in which language answers are, and who
may do what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.news.topic import Topic


@dataclass(frozen=True, slots=True)
class Focus:
    """What of the coverage counts: articles about one of the `topics`, by one of the `outlets`; all where none are
    named. `without`: the outlets are those that do not count."""

    topics: tuple[Topic, ...] = ()
    outlets: tuple[str, ...] = ()
    without: bool = False

    @property
    def narrow(self) -> bool:
        return bool(self.topics or self.outlets)

    def hears(self, outlet: str) -> bool:
        """Whether an outlet counts."""
        return not self.outlets or (outlet in self.outlets) is not self.without


EVERYTHING = Focus()


@dataclass(frozen=True, slots=True)
class Listed:
    """People, by their ids, and channels whose people may do something."""

    people: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    @property
    def anybody(self) -> bool:
        """Whether somebody is named at all."""
        return bool(self.people or self.channels)

    def has(self, person: str, channel: str) -> bool:
        return person in self.people or channel in self.channels


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """`language`: of answers, as ISO 639-1 names it; empty where each is in that of its question. `askers`: the people
    who may use the bot there; everybody where none is named."""

    focus: Focus = EVERYTHING
    language: str = ""
    askers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceRules:
    """Who may ask at all, add coverage, and change digests. Where nobody is named, everybody may ask and change
    digests, and only those who look after the bot may add."""

    asking: Listed = field(default_factory=Listed)
    adding: Listed = field(default_factory=Listed)
    digests: Listed = field(default_factory=Listed)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds in a channel: its own rules, and its workspace's."""

    channel: ChannelRules = field(default_factory=ChannelRules)
    workspace: WorkspaceRules = field(default_factory=WorkspaceRules)


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed rules last, and when (UTC-aware)."""

    by: str
    at: datetime
