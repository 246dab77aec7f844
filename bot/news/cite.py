"""Keys to sentences: what the model is shown, under which keys, and what it may cite.

What cannot be cited is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.news.model import Article, Citation, DraftStatement, Excerpt, Sentence, Statement

_KEY = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True)
class ShownSource:
    """One article under its label, with the sentences of it that are shown, in order."""

    label: str
    article: Article
    sentences: tuple[Sentence, ...]

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
class Echo:
    """A sentence of a copy that is not shown again, and the shown sentence that it repeats word for word."""

    article: Article
    sentence: Sentence
    original: Citation


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one call shows: sources under labels A, B, …, Z, AA, …; a sentence's key is its label and number ("B12").

    Sentences that only repeat a copy are left out and kept as `echoes`; an article of nothing else has no label.
    """

    sources: tuple[ShownSource, ...]
    echoes: tuple[Echo, ...] = field(default=())

    @classmethod
    def of(cls, excerpts: Iterable[Excerpt], echoes: Mapping[tuple[str, int], Citation] | None = None) -> Sheet:
        """Label the articles in the order in which they come; overlapping excerpts of one article are joined."""
        shown: dict[str, tuple[Article, dict[int, Sentence]]] = {}
        left_out: list[Echo] = []
        for excerpt in excerpts:
            for sentence in excerpt.sentences:
                original = (echoes or {}).get((excerpt.article.id, sentence.number))
                if original is not None:
                    left_out.append(Echo(excerpt.article, sentence, original))
                else:
                    _, sentences = shown.setdefault(excerpt.article.id, (excerpt.article, {}))
                    sentences[sentence.number] = sentence
        sources = (
            ShownSource(_label(index), article, tuple(sentences[n] for n in sorted(sentences)))
            for index, (article, sentences) in enumerate(shown.values())
        )
        return cls(tuple(sources), tuple(dict.fromkeys(left_out)))

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article that was read, those shown only through their original included."""
        found = [s.article for s in self.sources] + [e.article for e in self.echoes]
        return tuple({article.id: article for article in found}.values())

    def source(self, label: str) -> ShownSource | None:
        return next((s for s in self.sources if s.label == label.strip().strip("[]")), None)

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

    def around(self, citations: Iterable[Citation], neighbours: int) -> Sheet:
        """The same labels, with the cited sentences and their neighbours alone."""
        wanted: dict[str, set[int]] = {}
        for citation in citations:
            number = citation.sentence.number
            wanted.setdefault(citation.article.id, set()).update(range(number - neighbours, number + neighbours + 1))
        return Sheet(
            tuple(
                replace(source, sentences=tuple(s for s in source.sentences if s.number in wanted[source.article.id]))
                for source in self.sources
                if source.article.id in wanted
            )
        )


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
