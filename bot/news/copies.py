"""Who printed whose text: agency copy and syndication, found by the word runs that two articles share.

Copies are one source. Partial ones count too: a wire text inside a longer piece is still the wire's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from itertools import combinations

from bot.news.model import Article, Citation, Excerpt, Reading, Sentence

SHINGLE_WORDS = 4
COPY_CONTAINMENT = (
    0.3  # share of the shorter text; measured: recall .99 under cutting and 10 % edits, no false hit in 602
)
COPY_RUNS = 12  # fewer shared word runs are a quote or a set phrase, unless they are the whole of the shorter text
SENTENCE_CONTAINMENT = 0.5  # share of a sentence's word runs that stand in the other article

_WORD = re.compile(r"\w+")


def words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


# Beside figures, the words of which a single one turns what a sentence says.
_TELLING = frozenset(
    words(
        "no not never none nor t one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
        "thousand million billion half monday tuesday wednesday thursday friday saturday sunday january february "
        "march april may june july august september october november december"
    )
)


@lru_cache(maxsize=4096)
def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of four words in a text; a shorter text is one run."""
    found = words(text)
    if len(found) <= SHINGLE_WORDS:
        return frozenset([found]) if found else frozenset()
    return frozenset(zip(*(found[i:] for i in range(SHINGLE_WORDS)), strict=False))


def are_copies(one: Article, other: Article) -> bool:
    return _share_text(one.text, other.text)


@lru_cache(maxsize=65_536)  # the same coverage is compared anew with every question
def _share_text(one: str, other: str) -> bool:
    a, b = shingles(one), shingles(other)
    return _copied(len(a & b), min(len(a), len(b)))


def copied_pairs(articles: Sequence[Article]) -> set[frozenset[str]]:
    """The pairs of article ids that print the same text, in whole or in part."""
    return {frozenset((one.id, other.id)) for one, other in combinations(articles, 2) if are_copies(one, other)}


def same_voice(one: Reading, other: Reading) -> bool:
    """Whether two readings come from one source: one outlet, or both resting on the text that they share.

    A reading with a sentence outside the shared text is its outlet's own.
    """
    if one.article.outlet.casefold() == other.article.outlet.casefold():
        return True
    return (
        are_copies(one.article, other.article)
        and _rests_on_copy(one, other.article)
        and _rests_on_copy(other, one.article)
    )


def independent_sources(readings: Sequence[Reading]) -> int:
    """How many independent sources stand behind these readings: voices are joined, then counted."""
    return len(set(voices(readings).values()))


def voices(readings: Sequence[Reading], printed_by: Mapping[str, Set[str]] | None = None) -> dict[str, int]:
    """Article id to its independent source, a number that joined voices share.

    `printed_by`: article id to the outlets, case-folded, that print its reading's sentences too and are not shown
    again. A copy joins what is counted, so adding one never raises a weight.
    """
    outlets = [{r.article.outlet.casefold(), *(printed_by or {}).get(r.article.id, ())} for r in readings]
    parent = list(range(len(readings)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in combinations(range(len(readings)), 2):
        if root(i) != root(j) and (outlets[i] & outlets[j] or same_voice(readings[i], readings[j])):
            parent[root(j)] = root(i)
    return {r.article.id: root(i) for i, r in enumerate(readings)}


def echoes(excerpts: Iterable[Excerpt]) -> Mapping[tuple[str, int], Citation]:
    """Sentences that only repeat a copy shown before them, word for word: (article id, number) to the original.

    They need not be shown twice: what is read in the original holds for the copy. A sentence in which a single
    word or figure differs is no echo.
    """
    sentences: dict[str, dict[int, Sentence]] = {}
    articles: dict[str, Article] = {}
    for excerpt in excerpts:
        articles[excerpt.article.id] = excerpt.article
        sentences.setdefault(excerpt.article.id, {}).update((s.number, s) for s in excerpt.sentences)
    pairs = copied_pairs(list(articles.values()))
    if not pairs:
        return {}
    found: dict[tuple[str, int], Citation] = {}
    first: dict[tuple[str, ...], list[Citation]] = {}
    for article in articles.values():
        for sentence in sentences[article.id].values():
            said = words(sentence.text)
            earlier = [c for c in first.get(said, []) if frozenset((c.article.id, article.id)) in pairs]
            if earlier:
                found[article.id, sentence.number] = earlier[0]
            else:
                first.setdefault(said, []).append(Citation(article, sentence))
    return found


def _copied(shared: int, shorter: int) -> bool:
    """Whether so many shared runs, of so many in the shorter text, make a copy."""
    if shared < COPY_RUNS:
        return 0 < shared == shorter
    return shared / shorter >= COPY_CONTAINMENT


def _rests_on_copy(reading: Reading, other: Article) -> bool:
    return all(_stands_in(c.sentence.text, other) for c in reading.citations)


def _stands_in(sentence: str, other: Article) -> bool:
    """Whether the other article has most of this sentence, and there the same figures, days and denials."""
    runs = shingles(sentence)
    near = [s.text for s in other.sentences if not runs.isdisjoint(shingles(s.text))]
    shared = runs.intersection(run for text in near for run in shingles(text))
    return bool(near) and len(shared) / len(runs) >= SENTENCE_CONTAINMENT and _telling(sentence) <= _telling(*near)


def _telling(*sentences: str) -> set[str]:
    return {w for s in sentences for w in words(s) if w in _TELLING or any(c.isdigit() for c in w)}
