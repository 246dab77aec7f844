"""The words of the house, as frozen values: what every room means by article, reading, position, comparison."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

_MONTH, _DAY = len("2026-05"), len("2026-05-20")


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was published, as precisely as known: a month, a day, or an instant with its zone.

    `text` is ISO 8601 as it was given ("2026-05", "2026-05-20" or "2026-05-20T08:30:00+01:00"). `earliest` and
    `latest` are UTC-aware and bound the moment: equal for an instant, else the whole day or month anywhere on Earth.
    """

    text: str
    earliest: datetime
    latest: datetime

    @classmethod
    def parse(cls, text: str) -> Moment:
        """Read an ISO 8601 month, date or date-time. An instant without a zone is taken as UTC.

        Raises ValueError where it is neither, or lies at the ends of the calendar.
        """
        text = text.strip()
        try:
            if len(text) in (_MONTH, _DAY):
                first = date.fromisoformat(text if len(text) == _DAY else f"{text}-01")
                last = first if len(text) == _DAY else first.replace(day=monthrange(first.year, first.month)[1])
                start, end = (datetime.combine(day, time(), UTC) for day in (first, last))
                return cls(text, start - timedelta(hours=14), end + timedelta(hours=36))
            instant = datetime.fromisoformat(text)
            if instant.tzinfo is None:
                instant = instant.replace(tzinfo=UTC)
            return cls(text, instant.astimezone(UTC), instant.astimezone(UTC))
        except OverflowError as error:
            raise ValueError(f"{text} lies at the end of the calendar") from error

    @property
    def day(self) -> date:
        """The day as its publisher wrote it; the first of a month that is all they wrote."""
        return date.fromisoformat(self.text[:_DAY] if self.to_the_day else f"{self.text}-01")

    @property
    def to_the_day(self) -> bool:
        """Whether more than the month is known."""
        return len(self.text) >= _DAY

    def before(self, other: Moment) -> bool:
        """Whether this is certainly earlier. Of two bare dates, the earlier day is, and of two
        months the earlier month; else bounds must not touch."""
        if len(self.text) == len(other.text) <= _DAY:
            return self.day < other.day
        return self.latest < other.earliest


@dataclass(frozen=True, slots=True)
class Sentence:
    """A numbered, verbatim unit of an article: `text == article.text[start:end]`. Numbers count from 1."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One text by one outlet at one time. A corrected text is a new version of the same article.

    `id` is unique in a workspace. `identity` is what makes a later text the same article: its URL, else its path.
    `invented` marks sample coverage, which is labelled wherever it shows.
    """

    id: str
    outlet: str
    title: str
    text: str = field(repr=False)
    sentences: tuple[Sentence, ...] = field(repr=False, compare=False)  # follow from the text
    published: Moment | None = None
    url: str | None = None
    author: str | None = None
    identity: str = ""
    version: int = 1
    invented: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A run of neighbouring sentences, from number `first` to `last`, both included."""

    article: Article
    first: int
    last: int

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return self.article.sentences[self.first - 1 : self.last]


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of an article, as the ground of something said."""

    article: Article
    sentence: Sentence

    @property
    def quote(self) -> str:
        return self.sentence.text


class Manner(StrEnum):
    """How a source says it: its own statement of fact, someone else's reported, a judgement, an expectation."""

    FACT = "fact"
    REPORTED = "reported"
    OPINION = "opinion"
    FORECAST = "forecast"


class Relation(StrEnum):
    """How the positions on one question stand to each other."""

    NONE = "none"
    SINGLE = "single"
    AGREE = "agree"
    COMPLEMENTARY = "complementary"
    UPDATE = "update"
    OPINION = "opinion"
    DISPUTE = "dispute"


class Kind(StrEnum):
    """What a dispute or an update is about. `date` covers when and how long, `attribution` who said or did it."""

    NUMBER = "number"
    DATE = "date"
    STATUS = "status"
    ATTRIBUTION = "attribution"
    CAUSE = "cause"
    CONDITION = "condition"
    REACTION = "reaction"
    DENIAL = "denial"
    OTHER = "other"


class Check(StrEnum):
    """Whether the comparison was made. "Not run" never looks like "nothing found"."""

    CHECKED = "checked"
    NOT_RUN = "not_run"
    FAILED = "failed"


class SecondLook(StrEnum):
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class Mode(StrEnum):
    MODEL = "model"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of an answer. One that is shown cites at least one sentence."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one article says to one question. `speaker` is None where the outlet speaks in its own voice."""

    article: Article
    says: str
    manner: Manner
    citations: tuple[Citation, ...]
    speaker: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """The readings that give the same answer. `independent` counts its sources, never its outlets."""

    claim: str
    readings: tuple[Reading, ...]
    independent: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where a kept reply came from. `earlier_prompt`: it was recorded with a prompt that has changed since."""

    model: str
    recorded: str
    earlier_prompt: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question, the positions on it and how they stand to each other.

    `relation` is None unless `check` is CHECKED; one exception: NONE with NOT_RUN where there was nothing to show.
    In an update `positions[0]` is the current one; else the strongest support comes first.
    `silent`: articles shown that do not answer. `reconciled` says what in the coverage reconciles the
    positions, after a second look withdrew a dispute. `replayed`: a comparison of the ledger that a kept reply made.
    """

    question: str
    check: Check
    relation: Relation | None = None
    kind: Kind | None = None
    positions: tuple[Position, ...] = ()
    silent: tuple[Article, ...] = ()
    second_look: SecondLook | None = None
    reconciled: Statement | None = None
    replayed: Replayed | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Completed model calls and their tokens; None where a server does not report them."""

    calls: int = 0
    input_tokens: int | None = 0
    output_tokens: int | None = 0

    def __add__(self, other: Usage) -> Usage:
        def total(a: int | None, b: int | None) -> int | None:
            return None if a is None or b is None else a + b

        return Usage(
            self.calls + other.calls,
            total(self.input_tokens, other.input_tokens),
            total(self.output_tokens, other.output_tokens),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A standing dispute of the ledger, shown beside an answer whose claim is one of its sides."""

    question: str
    positions: tuple[Position, ...]
    replayed: Replayed | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A comparison with prose.

    `statements` are the lines to show, the first of which answers; empty where nothing does.
    `closest`: where nothing answers, what the coverage has nearest. `shown`: the articles that were read.
    `left_out`: independent sources that had something to say but did not fit. `library_empty`: there was no
    coverage at all. `trouble`: a plain sentence on why the check failed. `standing`: other disputes in which its claim
    is a side; `nearby`: questions of the ledger near it, to ask next. `language`: that it is written in, by ISO 639-1;
    empty where that is not plain.
    """

    question: str
    mode: Mode
    comparison: Comparison
    statements: tuple[Statement, ...] = ()
    closest: tuple[Statement, ...] = ()
    shown: tuple[Article, ...] = ()
    left_out: int = 0
    library_empty: bool = False
    standing: tuple[Standing, ...] = ()
    nearby: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    replayed: Replayed | None = None
    trouble: str | None = None
    language: str = ""


# What the model wrote, not checked yet. Labels and keys are those of the sheet it was shown.


@dataclass(frozen=True, slots=True)
class DraftReading:
    source: str
    silent: bool
    says: str = ""
    speaker: str | None = None
    manner: Manner = Manner.FACT
    as_of: str | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftPosition:
    claim: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftStatement:
    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply so far. While it streams, `complete` is False and each next draft is longer by whole items;
    `relation` is None until the model has written it. A complete draft carries its usage."""

    readings: tuple[DraftReading, ...] = ()
    positions: tuple[DraftPosition, ...] = ()
    could_all_be_true: str = ""
    relation: Relation | None = None
    kind: Kind | None = None
    statements: tuple[DraftStatement, ...] = ()
    complete: bool = False
    usage: Usage = field(default_factory=Usage)
    replayed: Replayed | None = None


@dataclass(frozen=True, slots=True)
class DraftLook:
    """What the second look wrote: whether the dispute stands, else what it is instead and on which sentences."""

    upheld: bool
    relation: Relation
    text: str
    keys: tuple[str, ...]
    usage: Usage = field(default_factory=Usage)
    replayed: Replayed | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it stands without its thread. `search`: the same in the coverage's language; empty where it is in
    that already."""

    question: str
    search: str = ""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a thread and the first line of its answer."""

    question: str
    lead: str
