"""Keys to sentences: what the model is shown, under which keys, and what it may cite.

What cannot be cited is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.news.model import Article, Citation, DraftStatement, Excerpt, Sentence, Statement

_KEY = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class ShownSource:
    """One article under its label, with the sentences of it that are shown, in order."""

    label: str
    article: Article
    sentences: tuple[Sentence, ...]

    @property
    def whole(self) -> bool:
        return len(self.sentences) == len(self.article.sentences)

    def key(self, sentence: Sentence) -> str:
        return f"{self.label}{sentence.number}"

    def runs(self) -> list[list[Sentence]]:
        """The sentences parted where some in between are not shown."""
        if not self.sentences:
            return []
        runs = [[self.sentences[0]]]
        for before, sentence in pairwise(self.sentences):
            if sentence.number == before.number + 1:
                runs[-1].append(sentence)
            else:
                runs.append([sentence])
        return runs


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one call shows: sources under labels A, B, …, Z, AA, …; a sentence's key is its label and number ("B12")."""

    sources: tuple[ShownSource, ...]

    @classmethod
    def of(cls, excerpts: Iterable[Excerpt]) -> Sheet:
        """Label the articles in the order in which they come; overlapping excerpts of one article are joined."""
        shown: dict[str, tuple[Article, dict[int, Sentence]]] = {}
        for excerpt in excerpts:
            _, sentences = shown.setdefault(excerpt.article.id, (excerpt.article, {}))
            sentences.update((s.number, s) for s in excerpt.sentences)
        return cls(
            tuple(
                ShownSource(_label(index), article, tuple(sentences[n] for n in sorted(sentences)))
                for index, (article, sentences) in enumerate(shown.values())
            )
        )

    def source(self, label: str) -> ShownSource | None:
        return next((s for s in self.sources if s.label == label.strip()), None)

    def citation(self, key: str) -> Citation | None:
        """The sentence behind a key, or None where no such key was shown."""
        found = _KEY.fullmatch(key.strip().strip("[]"))
        source = self.source(found[1]) if found else None
        if found is None or source is None:
            return None
        number = int(found[2])
        return next((Citation(source.article, s) for s in source.sentences if s.number == number), None)

    def citations(self, keys: Sequence[str]) -> tuple[Citation, ...]:
        """The sentences behind those keys that were shown, each once, in the order given."""
        found = (self.citation(key) for key in keys)
        return tuple(dict.fromkeys(c for c in found if c is not None))


def cited(statements: Iterable[DraftStatement], sheet: Sheet) -> tuple[Statement, ...]:
    """The statements that cite at least one sentence that was shown; the others are dropped."""
    resolved = (Statement(s.text.strip(), sheet.citations(s.keys)) for s in statements)
    return tuple(s for s in resolved if s.text and s.citations)


def _label(index: int) -> str:
    label = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        label = chr(ord("A") + rest) + label
    return label
