"""A new article meets the sentences of the others that its own sentences retrieve."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.news.cite import Echo, Sheet
from bot.news.copies import are_copies, echoes
from bot.news.find import CHARACTERS_A_TOKEN, KEY_CHARACTERS
from bot.news.model import Article, Excerpt, Sentence
from bot.news.ports import Archive

SEARCHES = 24  # a part of an article; a news article has 15 to 40 sentences, of which the plainest have nothing to meet
HITS = 6  # excerpts a search; contradictions of one sentence stand in few places
OWN_SHARE = 0.4  # of the room for the article itself; a longer one meets the others in parts

_FIGURE = re.compile(r"\d")
_NAME = re.compile(r"(?<=[\w,;:’'] )[A-Z]\w+")


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the ledger's reader is shown. `own`: the article's sentences that are not known already from a copy;
    `copied`: those that are. `sheets`: one for each part of its own sentences, which are the first source of it.
    """

    own: tuple[Sentence, ...]
    sheets: tuple[Sheet, ...]
    copied: tuple[Echo, ...] = ()


async def meet(article: Article, archive: Archive, excerpt_tokens: int) -> Meeting:
    """Set an article beside the others: all coverage where it fits, else what its own sentences retrieve."""
    room = excerpt_tokens * CHARACTERS_A_TOKEN
    whole = await _all_coverage(article, archive, room)
    if whole is not None:
        found = {s.number: whole for s in article.sentences}
    else:
        found = {}
        for part in _parted(article.sentences, room):
            found |= await _retrieved(article, part, archive)
    others = list({e.article.id: e.article for hits in found.values() for e in hits}.values())
    copied = _copied(article, others)
    repeated = {echo.sentence.number for echo in copied}
    own = [s for s in article.sentences if s.number not in repeated]
    parts = [_parts_sheet(article, part, found, room) for part in _parted(own, room)]
    return Meeting(tuple(own), tuple(parts), copied)


def telling(sentences: Sequence[Sentence], count: int) -> list[Sentence]:
    """The sentences with most figures and names, then the longest, in their order: what others can contradict."""

    def weight(sentence: Sentence) -> tuple[int, int, int]:
        marks = len(_FIGURE.findall(sentence.text)[:4]) + len(_NAME.findall(sentence.text))
        return (marks, len(sentence.text), -sentence.number)

    chosen = sorted(sentences, key=weight, reverse=True)[:count]
    return sorted(chosen, key=lambda s: s.number)


async def _all_coverage(article: Article, archive: Archive, room: int) -> list[Excerpt] | None:
    """The other articles whole; None where they and this one do not fit."""
    whole = await archive.whole(room)
    if whole is None:
        return None
    others = [a for a in whole if a.id != article.id and a.sentences]
    if sum(_size(s) for a in (*others, article) for s in a.sentences) > room:
        return None
    return [Excerpt(a, 1, len(a.sentences)) for a in others]


async def _retrieved(article: Article, part: Sequence[Sentence], archive: Archive) -> dict[int, list[Excerpt]]:
    """The best excerpts of the other articles for each telling sentence of a part, by its number."""
    found = {}
    for sentence in telling(part, SEARCHES):
        # The article's own excerpts are found too, and best; there is at most one a sentence.
        ranked = await archive.search(sentence.text, limit=HITS + len(article.sentences))
        found[sentence.number] = [e for e in ranked if e.article.id != article.id][:HITS]
    return found


def _copied(article: Article, others: Sequence[Article]) -> tuple[Echo, ...]:
    """The article's sentences that only repeat the text of an article of which it is a copy."""
    originals = [a for a in others if are_copies(a, article)]
    whole = [Excerpt(a, 1, len(a.sentences)) for a in [*originals, article]]
    repeated = echoes(whole)
    return tuple(
        Echo(article, s, original)
        for s in article.sentences
        if (original := repeated.get((article.id, s.number))) is not None
    )


def _parted(sentences: Sequence[Sentence], room: int) -> list[list[Sentence]]:
    """The sentences in parts that leave the others their share of the room; a part is one sentence at least."""
    parts: list[list[Sentence]] = []
    left = 0.0
    for sentence in sentences:
        size = _size(sentence)
        if not parts or size > left:
            parts.append([])
            left = room * OWN_SHARE
        parts[-1].append(sentence)
        left -= size
    return parts


def _parts_sheet(article: Article, part: Sequence[Sentence], found: dict[int, list[Excerpt]], room: int) -> Sheet:
    """A part of the article, and then each of its sentences' best excerpts in turn, while they fit."""
    room -= sum(_size(s) for s in part)
    shown: set[tuple[str, int]] = set()
    chosen: list[Excerpt] = []
    hits = [found[s.number] for s in part if found.get(s.number)]
    for rank in range(max((len(h) for h in hits), default=0)):
        for excerpt in [h[rank] for h in hits if rank < len(h)]:
            new = [s for s in excerpt.sentences if (excerpt.article.id, s.number) not in shown]
            size = sum(_size(s) for s in new)
            if new and size <= room:
                room -= size
                shown.update((excerpt.article.id, s.number) for s in new)
                chosen.append(excerpt)
    chosen.sort(key=_age)
    own = [Excerpt(article, s.number, s.number) for s in part]
    return Sheet.of([*own, *chosen], echoes(chosen))


def _age(excerpt: Excerpt) -> tuple[bool, str, str, int]:
    published = excerpt.article.published
    when = published.earliest.isoformat() if published else ""
    return (published is None, when, excerpt.article.id, excerpt.first)


def _size(sentence: Sentence) -> int:
    return len(sentence.text) + KEY_CHARACTERS
