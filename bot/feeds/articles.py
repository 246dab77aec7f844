"""What is known about a text, and the article made of it: the one place where articles come into being."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from bot.errors import UnreadableCoverage
from bot.feeds.cleaning import clean, clean_line
from bot.feeds.sentences import split
from bot.feeds.urls import canonical_url, web_url
from bot.news.model import Article, Moment

MAX_TITLE_CHARACTERS = 300
_DERIVED_TITLE_CHARACTERS = 80
_DAY_FORMATS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%A %d %B %Y", "%d/%m/%Y", "%Y/%m/%d", "%Y%m%d")


@dataclass(frozen=True, slots=True)
class Skipped:
    """What gave no article. `path`: its path or address; `reason`: why, to follow the words "was skipped:".

    `retry`: it may come later."""

    path: str
    reason: str
    retry: bool = False


class Details(BaseModel):
    """What a file's front matter, a row of `sources.csv` or a page says about its text; None where it does not."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    title: str | None = None
    outlet: str | None = Field(default=None, validation_alias=AliasChoices("outlet", "source"))
    author: str | None = None
    published: str | None = None
    url: str | None = None
    invented: bool = False

    @field_validator("title", "outlet", "author", "published", "url", mode="before")
    @classmethod
    def _one_line(cls, value: object) -> object:
        if isinstance(value, (list, tuple)):
            value = ", ".join(str(item) for item in value[:20])
        return clean_line(value)[:2_000] or None if isinstance(value, str) else value

    @field_validator("invented", mode="before")
    @classmethod
    def _empty_is_no(cls, value: object) -> object:
        return value or False

    def filled_from(self, other: Details) -> Details:
        """These details, and what they lack from another."""
        mine = self.model_dump(exclude_none=True, exclude_defaults=True)
        return Details.model_validate(other.model_dump(exclude_none=True) | mine)


def make_article(id: str, text: str, details: Details, *, outlet: str, identity: str) -> Article:
    """An article of a text that may still be unclean.

    `outlet` stands in where the details name none, `identity` where they give no address. The title is derived
    from the first sentence where there is none; a date or address that cannot be read counts as unknown.
    Raises UnreadableCoverage where there is no text.
    """
    text = clean(text)
    sentences = split(text)
    if not any(character.isalnum() for character in text):
        raise UnreadableCoverage("it holds no text")
    url = _url(details.url)
    return Article(
        id=id,
        outlet=details.outlet or outlet,
        title=shortened(details.title or sentences[0].text, MAX_TITLE_CHARACTERS if details.title else None),
        text=text,
        sentences=sentences,
        published=moment(details.published) if details.published else None,
        url=url,
        author=details.author,
        identity=canonical_url(url) if url else identity,
        invented=details.invented,
    )


def moment(text: str) -> Moment | None:
    """When that was, from ISO 8601, from RFC 2822 or from a day or month in words ("20 May 2026", "May 2026"); None
    where it says nothing.

    An offset that was given is kept.
    """
    text = clean_line(text)
    for reading in (_iso, _rfc_2822, _day):
        try:
            return Moment.parse(reading(text))
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def shortened(text: str, limit: int | None = None) -> str:
    """One line of at most `limit` characters (a derived title's where None), cut at a word and marked with "…"."""
    limit = limit or _DERIVED_TITLE_CHARACTERS
    line = clean_line(text)
    if len(line) <= limit:
        return line
    kept = line[: limit - 1]
    at_word = kept.rsplit(" ", 1)[0] if " " in kept[limit // 2 :] else kept
    return at_word.rstrip(" ,;:–—-") + "…"


def _url(url: str | None) -> str | None:
    if not url:
        return None
    try:
        return web_url(url)
    except UnreadableCoverage:
        return None


def _iso(text: str) -> str:
    text = re.sub(r"^(\d{4}-\d\d-\d\d) (?=\d)", r"\1T", text)
    text = re.sub(r"(?<=\d) (?=[+-]\d\d:?\d\d$|Z$)", "", text)
    if re.fullmatch(r"\d{4}-\d\d", text):
        return date.fromisoformat(f"{text}-01").strftime("%Y-%m")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text).isoformat()
    if not re.match(r"\d{4}-\d\d-\d\dT\d\d", text):
        raise ValueError("not ISO 8601")
    return datetime.fromisoformat(text).isoformat()


def _rfc_2822(text: str) -> str:
    return parsedate_to_datetime(text).isoformat()


def _day(text: str) -> str:
    for pattern in _DAY_FORMATS:
        try:
            return datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    for pattern in ("%B %Y", "%b %Y"):
        try:
            return datetime.strptime(text, pattern).strftime("%Y-%m")
        except ValueError:
            continue
    raise ValueError("not a day, nor a month")
