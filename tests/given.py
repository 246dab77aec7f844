"""Situations that several tests begin with."""

from __future__ import annotations

from bot.news.model import Article, Moment, Sentence


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
