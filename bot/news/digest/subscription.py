"""A channel's wish for a digest, and how people put it into words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from zoneinfo import available_timezones

from bot.errors import WrongUse
from bot.news.catalogue import spoken
from bot.news.topic import Topic
from bot.news.words import listed

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
MOST_TOPICS = 10
TOPIC_CHARACTERS = 80
EVERYTHING = "everything"  # stands for all coverage where topics are named


class Length(StrEnum):
    """How much stands in the message itself; the rest is in its thread."""

    SHORT = "short"
    FULL = "full"


class Quiet(StrEnum):
    """What a channel wants of a day without news: a line, or nothing."""

    SAY = "say"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a digest is to be. `days` count from Monday, 0; there is at least one. No topics: all coverage."""

    at: time = time(9)
    days: frozenset[int] = WEEKDAYS
    zone: str = "UTC"
    topics: tuple[Topic, ...] = ()
    length: Length = Length.FULL
    quiet: Quiet = Quiet.SAY


@dataclass(frozen=True, slots=True)
class Subscription:
    """A wish that a channel, or a person's direct message, has had since `began` (UTC-aware).

    `paused`: why nothing is delivered until somebody subscribes again; None while it is delivered.
    """

    channel: str
    subscriber: str
    wish: Wish
    began: datetime
    paused: str | None = None

    @property
    def at(self) -> time:
        return self.wish.at

    @property
    def days(self) -> frozenset[int]:
        return self.wish.days

    @property
    def zone(self) -> str:
        return self.wish.zone


@dataclass(frozen=True, slots=True)
class Delivered:
    """The last digest of a channel: its local date, and when it was due, UTC-aware."""

    on: date
    until: datetime


class NotUnderstood(WrongUse):
    """`tell` says which words were not, and what would be."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.tell = told


def parse(words: str, usual: Wish) -> Wish:
    """A wish in words: `09:00 weekdays Europe/London short quiet skip topics AI export ban, tariffs`.

    What is not named stays as in `usual`. Topics come last and take the rest: parted by commas, or, where one has a
    name, `NAME: phrase, phrase; NAME: phrase`. Raises NotUnderstood.
    """
    head, named, tail = _parted(words)
    wish = replace(usual, topics=topics(tail)) if named else usual
    tokens = iter(head.replace(",", " ").split())
    days: set[int] = set()
    for token in tokens:
        word = token.casefold()
        if (found := _days(word)) is not None:
            days |= found
        else:
            wish = _with(wish, token, word, tokens)
    return replace(wish, days=frozenset(days)) if days else wish


def topics(words: str) -> tuple[Topic, ...]:
    """Topics in words; "everything" or nothing stands for all coverage. Raises NotUnderstood."""
    if words.strip().casefold() in ("", "all", EVERYTHING, "any"):
        return ()
    parts = words.split(";") if ";" in words or ":" in words else words.split(",")
    found = tuple(topic for part in parts if (topic := _topic(part)) is not None)
    if len(found) > MOST_TOPICS:
        raise NotUnderstood(spoken().wish.too_many_topics.format(most=MOST_TOPICS, count=len(found)))
    if any(len(phrase) > TOPIC_CHARACTERS for t in found for phrase in (t.name, *t.phrases)):
        raise NotUnderstood(spoken().wish.long_topic.format(limit=TOPIC_CHARACTERS))
    return found


def zone_named(said: str) -> str:
    """A time zone as it is written, from its name in any letters. Raises NotUnderstood."""
    found = _zones().get("_".join(said.split()).casefold())
    if found is None:
        raise NotUnderstood(spoken().wish.no_such_zone.format(said=said))
    return found


def described(wish: Wish) -> str:
    """The wish as people say it, within a sentence."""
    told = spoken().wish
    about = told.described_topics.format(topics=listed([_named(topic) for topic in wish.topics]))
    return told.described.format(
        about=about if wish.topics else told.described_everything,
        at=f"{wish.at:%H:%M}",
        days=_told_days(wish.days),
        zone=wish.zone,
        length=told.described_lengths[wish.length],
        quiet=told.described_quiets[wish.quiet],
    )


def _named(topic: Topic) -> str:
    if topic.name:
        return spoken().wish.described_named.format(topic=topic.name, phrases=", ".join(topic.phrases))
    return spoken().wish.described_topic.format(topic=topic.title)


def told_topics(found: Sequence[Topic]) -> str:
    """Topics in the words that `topics` reads."""
    named = any(t.name for t in found)
    told = (f"{t.name}: {', '.join(t.phrases)}" if t.name else ", ".join(t.phrases) for t in found)
    return ("; " if named else ", ").join(told) + (";" if named else "")


def _parted(words: str) -> tuple[str, bool, str]:
    found = re.search(r"(?:^|\s)(?:topics?|about)(?:\s+|:\s*|$)", words, re.IGNORECASE)
    return (words[: found.start()], True, words[found.end() :]) if found else (words, False, "")


def _with(wish: Wish, token: str, word: str, rest: Iterator[str]) -> Wish:
    if word in ("at", "every", "on", "and", "in"):
        return wish
    if word == "quiet":
        said = next(rest, "").casefold()
        if said not in tuple(Quiet):
            raise NotUnderstood(spoken().wish.quiet_usage)
        return replace(wish, quiet=Quiet(said))
    if word in tuple(Length):
        return replace(wish, length=Length(word))
    if (at := _time(word)) is not None:
        return replace(wish, at=at)
    if word in _zones() or "/" in word:
        return replace(wish, zone=zone_named(token))
    raise NotUnderstood(spoken().wish.not_understood.format(said=token))


def _time(word: str) -> time | None:
    """A time of day: 9, 09:00, 9.30, 6pm; None where it is none."""
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?", word)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _days(word: str) -> frozenset[int] | None:
    """Days of the week: weekdays, daily, mondays, mon-fri; None where it is none."""
    sets = {"weekdays": WEEKDAYS, "weekday": WEEKDAYS, "daily": EVERY_DAY, "day": EVERY_DAY, "everyday": EVERY_DAY}
    sets |= {"weekends": EVERY_DAY - WEEKDAYS, "weekend": EVERY_DAY - WEEKDAYS}
    if word in sets:
        return sets[word]
    first, dash, last = word.replace("–", "-").partition("-")
    begin, end = _day(first), _day(last) if dash else _day(first)
    if begin is None or end is None:
        return None
    return frozenset((begin + n) % 7 for n in range((end - begin) % 7 + 1))


def _day(word: str) -> int | None:
    word = word.removesuffix("s") if len(word) > 4 else word
    fits = [n for n, day in enumerate(DAYS) if len(word) >= 3 and day.casefold().startswith(word)]
    return fits[0] if fits else None


def _told_days(days: frozenset[int]) -> str:
    told = spoken()
    named = {WEEKDAYS: told.wish.weekdays, EVERY_DAY: told.wish.daily, EVERY_DAY - WEEKDAYS: told.wish.weekends}
    return named.get(days) or told.wish.some_days.format(days=listed([told.weekdays[day] for day in sorted(days)]))


def _topic(part: str) -> Topic | None:
    name, colon, phrases = part.partition(":")
    if not colon:
        name, phrases = "", part
    found = tuple(" ".join(p.split()) for p in (phrases.split(",") if colon else [phrases]) if p.strip())
    return Topic(found, " ".join(name.split())) if found else None


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Every time zone by its name in small letters."""
    return {name.casefold(): name for name in available_timezones()}
