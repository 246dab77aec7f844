"""What a question is answered from: all coverage where it fits, else excerpts in which every source is heard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.news.cite import Sheet
from bot.news.copies import copied_pairs, echoes, shingles
from bot.news.model import Article, Excerpt
from bot.news.ports import Archive

CHARACTERS_A_TOKEN = 4
KEY_CHARACTERS = 5  # what a sentence's key adds to it in a prompt
CANDIDATES = 200
FIRST_SENTENCES = 3  # of an article, where nothing tells which of it is asked about
MOSTLY_COPIED = 0.8  # share of an article's word runs that another prints, above which it has no voice of its own


@dataclass(frozen=True, slots=True)
class Found:
    """The sheet to read, and the words that it was looked for by. `left_out` counts the sources that had something on
    it and did not fit."""

    sheet: Sheet
    query: str
    left_out: int = 0
    library_empty: bool = False


async def find(
    question: str,
    archive: Archive,
    excerpt_tokens: int,
    *,
    since: datetime | None = None,
    put: Callable[[], Awaitable[str]] | None = None,
) -> Found:
    """Coverage that fits is shown whole, matched or not, for a side may use other words than the question.

    `put` puts the question into the words to search by; it is asked only where there is something to search.
    `since`: only coverage published from then on counts; the newest of it where the question's words tell nothing.
    """
    room = excerpt_tokens * CHARACTERS_A_TOKEN
    whole = await archive.whole(room)
    if whole is not None and not whole:
        return Found(Sheet(()), question, library_empty=True)
    if since is not None:
        whole = await archive.articles(since=since)
    articles = [a for a in whole or () if a.sentences]
    if whole is not None and sum(_size(s.text) for a in articles for s in a.sentences) <= room:
        return Found(_whole(tuple(articles)), question)
    query = await put() if put else question
    ranked = await archive.search(query, limit=CANDIDATES, since=since)
    if not ranked and since is not None:
        newest = articles[::-1][:CANDIDATES]
        ranked = [Excerpt(a, 1, min(FIRST_SENTENCES, len(a.sentences))) for a in newest]
    chosen, left_out = _every_source_heard(ranked, room)
    return Found(_sheet(chosen), query, left_out)


@lru_cache(maxsize=8)  # the same for every question until the coverage changes, and dear to look through for copies
def _whole(articles: tuple[Article, ...]) -> Sheet:
    return _sheet([Excerpt(a, 1, len(a.sentences)) for a in articles])


def _every_source_heard(ranked: Sequence[Excerpt], room: int) -> tuple[list[Excerpt], int]:
    """Take each source's best excerpt in turn, then each one's next, while they fit; the very first in any case."""
    voices = _voices([e.article for e in ranked])
    by_voice: dict[str, list[Excerpt]] = {}
    for excerpt in ranked:
        by_voice.setdefault(voices[excerpt.article.id], []).append(excerpt)
    seen: set[tuple[str, int]] = set()
    chosen: list[Excerpt] = []
    heard: set[str] = set()
    for rank in range(max((len(found) for found in by_voice.values()), default=0)):
        for voice, found in by_voice.items():
            if rank >= len(found):
                continue
            new = [s for s in found[rank].sentences if (found[rank].article.id, s.number) not in seen]
            size = sum(_size(s.text) for s in new)
            if size <= room or not chosen:
                room -= size
                seen.update((found[rank].article.id, s.number) for s in new)
                chosen.append(found[rank])
                heard.add(voice)
    return chosen, len(by_voice) - len(heard)


def _voices(articles: Sequence[Article]) -> dict[str, str]:
    """Article id to its voice: its outlet, or that of the earlier article of which it is mostly a copy."""
    unique = _oldest_first({a.id: a for a in articles}.values())
    voices = {a.id: a.outlet.casefold() for a in unique}
    order = {a.id: i for i, a in enumerate(unique)}
    pairs = sorted(sorted((order[id] for id in pair), reverse=True) for pair in copied_pairs(unique))
    for later, first in pairs:  # oldest first, so that a copy of a copy speaks with the voice of the original
        runs = shingles(unique[later].text)
        if len(runs & shingles(unique[first].text)) / len(runs) >= MOSTLY_COPIED:
            voices[unique[later].id] = voices[unique[first].id]
    return voices


def _sheet(excerpts: Sequence[Excerpt]) -> Sheet:
    """The same sheet for the same excerpts, in whatever order they were found."""
    articles = _oldest_first({e.article.id: e.article for e in excerpts}.values())
    order = {article.id: i for i, article in enumerate(articles)}
    ordered = sorted(excerpts, key=lambda e: (order[e.article.id], e.first))
    return Sheet.of(ordered, echoes(ordered))


def _oldest_first(articles: Iterable[Article]) -> list[Article]:
    def age(article: Article) -> tuple[bool, str, str]:
        published = article.published
        return (published is None, published.earliest.isoformat() if published else "", article.id)

    return sorted(articles, key=age)


def _size(sentence: str) -> int:
    return len(sentence) + KEY_CHARACTERS
