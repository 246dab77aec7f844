"""Counting copies while articles come in, without setting each beside all others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from zlib import crc32

from bot.news.copies import SHINGLE_WORDS, are_copies, words
from bot.news.model import Article

SAMPLE = 4  # one word run in so many is remembered
FEWEST = 2  # remembered runs in common, from which on two articles are looked at closely; copies share three or more
ARTICLES = 5_000  # looked back at; about 35 kB are held of each


class Reprints:
    """The articles of one run, by some of their word runs."""

    def __init__(self) -> None:
        self._articles: list[Article] = []
        self._holding: dict[int, list[int]] = {}

    def is_copy(self, article: Article) -> bool:
        """Whether this prints the text of an article that came before it; remember it where it does not."""
        runs = _sampled(article.text)
        shared = Counter(place for run in runs for place in self._holding.get(run, ()))
        close = (self._articles[place] for place, count in shared.most_common() if count >= min(FEWEST, len(runs)))
        found = any(other.identity != article.identity and are_copies(article, other) for other in close)
        if not found and len(self._articles) < ARTICLES:
            for run in runs:
                self._holding.setdefault(run, []).append(len(self._articles))
            self._articles.append(replace(article, sentences=()))
        return found


def _sampled(text: str) -> list[int]:
    """Keys of some of the runs of words that make copies. Not by `shingles`, which keeps the runs of thousands of
    articles in memory."""
    codes = [crc32(word.encode()) for word in words(text)]
    runs = set(zip(*(codes[n:] for n in range(SHINGLE_WORDS)), strict=False))
    return [key for run in runs if (key := hash(run)) % SAMPLE == 0]
