"""Which runs of neighbouring sentences are indexed, and under which keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, literal

from bot.news.model import Moment, Sentence

_WORDS = 120  # of a run: long enough to hold an argument, short enough to show many sources
_LEAD_IN = 40  # words; a run begins with the sentence before it where that is no longer: "He denied it" needs its "he"
_DAY_SHIFT, _VERSION_SHIFT = 47, 12  # 16 bits of days since 1970, 35 of versions, 12 of places
_PLACES = 1 << _VERSION_SHIFT
_LAST_VERSION = (1 << _DAY_SHIFT - _VERSION_SHIFT) - 1
_EPOCH = date(1970, 1, 1)
_LAST_DAY = (1 << 16) - 1

Span = tuple[datetime, datetime]


def runs(sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Numbers of the first and last sentence of each run: whole sentences, even lengths, every sentence in one."""
    if not sentences:
        return []
    lengths = [len(s.text.split()) for s in sentences]
    total = sum(lengths)
    count = min(max(1, round(total / _WORDS)), _PLACES)
    found: list[tuple[int, int]] = []
    first, passed = 1, 0
    for sentence, length in zip(sentences, lengths, strict=True):
        passed += length
        # Whole numbers: a sum of thirds that ends just short of the total would lose the last run.
        if passed * count >= total * (len(found) + 1) or sentence.number == len(sentences):
            found.append((first, sentence.number))
            first = sentence.number + 1
    return [(start - 1 if start > 1 and lengths[start - 2] <= _LEAD_IN else start, end) for start, end in found]


def span(published: Moment) -> Span:
    """The half-open UTC span of publication: a microsecond for an instant, its UTC day for a bare date."""
    if published.earliest == published.latest:
        return published.earliest, published.earliest + timedelta(microseconds=1)
    start = datetime(published.day.year, published.day.month, published.day.day, tzinfo=UTC)
    return start, start + timedelta(days=1)


def excerpt_key(begins: datetime | None, version: int, place: int) -> int:
    """The key of an excerpt; keys are ordered by UTC day of publication, undated ones first."""
    return _day(begins) << _DAY_SHIFT | version << _VERSION_SHIFT | place


def version_in(key: int) -> int:
    """The row of `versions` that a key names."""
    return key >> _VERSION_SHIFT & _LAST_VERSION


def version_of(key: ColumnElement[int]) -> ColumnElement[int]:
    """As `version_in`, for the database to work out."""
    return key.bitwise_rshift(literal(_VERSION_SHIFT, Integer())).bitwise_and(_LAST_VERSION)


def key_range(since: datetime | None, until: datetime | None) -> tuple[int, int] | None:
    """The smallest and largest key that a publication between the two can have; None where neither is given."""
    if since is None and until is None:
        return None
    first = _day(since) if since else 1
    last = _day(until) if until else _LAST_DAY
    return first << _DAY_SHIFT, (last + 1 << _DAY_SHIFT) - 1


def _day(instant: datetime | None) -> int:
    """Days since 1970 from 1 on; 0 where the day is unknown."""
    if instant is None:
        return 0
    return min(max((instant.astimezone(UTC).date() - _EPOCH).days, 1), _LAST_DAY)
