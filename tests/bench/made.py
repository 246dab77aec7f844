"""Articles made by chance, alike in every run: words as frequent as in English, sentences of about 20 words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from bot.news.model import Article, Moment, Sentence

VOCABULARY = 25_000  # different words: about what 1,000 articles of news hold
FIRST_DAY = date(2024, 1, 1)
DAYS = 720
_WORDS_A_SENTENCE = 20
_SYLLABLES = [a + b for a in "bcdfghjklmnprstvz" for b in "aeiou"]


def word(rank: int) -> str:
    """Another word for each rank from 0."""
    syllables = [_SYLLABLES[rank % len(_SYLLABLES)]]
    while rank := rank // len(_SYLLABLES):
        syllables.append(_SYLLABLES[rank % len(_SYLLABLES)])
    return "".join(reversed(syllables)) + "n"


class Writer:
    """Draws words by Zipf's law."""

    def __init__(self, vocabulary: int = VOCABULARY, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        self._words = [word(rank) for rank in range(vocabulary)]
        total, self._weights = 0.0, []
        for rank in range(vocabulary):
            total += 1 / (rank + 2.7)
            self._weights.append(total)

    def ranked(self, count: int) -> list[str]:
        """The most frequent words, the first most of all."""
        return self._words[:count]

    def words(self, count: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)

    def articles(self, count: int, *, sentences: int) -> Iterator[Article]:
        """Spread over DAYS days and 40 outlets."""
        for number in range(count):
            texts = [f"{' '.join(self.words(_WORDS_A_SENTENCE)).capitalize()}." for _ in range(sentences)]
            day = FIRST_DAY + timedelta(days=self._chance.randrange(DAYS))
            yield made(f"made-{number}", " ".join(self.words(8)), texts, day, f"Outlet {number % 40}")


def made(id: str, title: str, texts: list[str], day: date | None, outlet: str = "Outlet") -> Article:
    """An article of these sentences, one after the other."""
    sentences, at = [], 0
    for number, text in enumerate(texts, 1):
        sentences.append(Sentence(number, text, at, at + len(text)))
        at += len(text) + 1
    published = Moment.parse(day.isoformat()) if day else None
    return Article(id, outlet, title, " ".join(texts), tuple(sentences), published, identity=id)
