"""Situations that several tests begin with."""

from __future__ import annotations

from collections.abc import Sequence

from bot.news.cite import Sheet
from bot.news.copies import echoes
from bot.news.model import (
    Article,
    Check,
    Citation,
    Comparison,
    Draft,
    DraftPosition,
    DraftReading,
    DraftStatement,
    Excerpt,
    Kind,
    Manner,
    Moment,
    Position,
    Reading,
    Relation,
    Sentence,
    Usage,
)


def article(
    id: str,
    *sentences: str,
    outlet: str | None = None,
    published: str | None = None,
    url: str | None = None,
    title: str = "",
) -> Article:
    """An article whose sentences are given one by one; its text is them joined by spaces."""
    found, start = [], 0
    for number, text in enumerate(sentences, 1):
        found.append(Sentence(number, text, start, start + len(text)))
        start += len(text) + 1
    return Article(
        id=id,
        outlet=outlet or f"Outlet {id}",
        title=title or f"Title {id}",
        text=" ".join(sentences),
        sentences=tuple(found),
        published=Moment.parse(published) if published else None,
        url=url,
        identity=url or id,
    )


def disputed(
    question: str, *sides: tuple[str, Sequence[Article]], silent: Sequence[Article] = (), kind: Kind = Kind.NUMBER
) -> Comparison:
    """A dispute; a side is its claim and the articles that make it in their first sentence, each a source."""
    positions = tuple(
        Position(claim, tuple(Reading(a, claim, Manner.FACT, (Citation(a, a.sentences[0]),)) for a in held), len(held))
        for claim, held in sides
    )
    return Comparison(question, Check.CHECKED, Relation.DISPUTE, kind, positions, tuple(silent))


def sheet(*articles: Article) -> Sheet:
    """The articles shown whole, in this order: A, B, …; what a copy repeats is left out."""
    excerpts = [Excerpt(a, 1, len(a.sentences)) for a in articles]
    return Sheet.of(excerpts, echoes(excerpts))


def says(
    source: str,
    said: str,
    *keys: str,
    manner: Manner = Manner.FACT,
    speaker: str | None = None,
    as_of: str | None = None,
) -> DraftReading:
    """What a model reads in a source; without keys, the source's first sentence."""
    return DraftReading(source, False, said, speaker, manner, as_of, keys or (f"{source}1",))


def silent(source: str) -> DraftReading:
    return DraftReading(source, True)


def draft(
    relation: Relation,
    readings: Sequence[DraftReading],
    positions: Sequence[tuple[str, str]],
    statements: Sequence[tuple[str, str]] = (),
    *,
    kind: Kind | None = None,
) -> Draft:
    """A model's reply. A position is its claim and its labels, a statement its text and its keys, parted by blanks."""
    return Draft(
        readings=tuple(readings),
        positions=tuple(DraftPosition(claim, tuple(labels.split())) for claim, labels in positions),
        could_all_be_true="",
        relation=relation,
        kind=kind,
        statements=tuple(DraftStatement(text, tuple(keys.split())) for text, keys in statements),
        complete=True,
        usage=Usage(1, 100, 10),
    )
