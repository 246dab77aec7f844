"""What each source says, side by side, without a model: quoted, never compared.

It claims neither agreement nor disagreement: rules on words are near chance at that.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from bot.news.cite import Sheet, ShownSource
from bot.news.copies import copied_pairs, same_voice, words
from bot.news.model import Citation, Manner, Reading, Sentence, Statement

SENTENCES_A_SOURCE = 2
SHORTEST_WORDS = 4  # a shorter sentence is a heading or an exclamation and says nothing on its own
NEAR_BEST = 0.5  # of the best sentence's score, for another to be quoted beside it
USUAL_WORDS = 24  # of a sentence in a newspaper
_COMMON = frozenset(
    words(
        "a about after all an and any are as at be been before but by can could did do does for from had has have he "
        "her his how i in into is it its many much no not now of on or our say says she should so than that the their "
        "them then there they this to under up was we were what when where which who why will with would you your"
    )
)


def side_by_side(question: str, sheet: Sheet) -> tuple[Statement, ...]:
    """The best sentences of each independent source for a question, best source first; empty where no word fits."""
    rarity = _rarity(question, [s for source in sheet.sources for s in source.sentences])
    scored = [(source, *_best(source, rarity)) for source in sheet.sources]
    ranked = sorted((found for found in scored if found[1] > 0), key=lambda found: (-found[1], found[0].article.id))
    pairs = copied_pairs([source.article for source, _, _ in ranked])
    voices: list[list[Reading]] = []
    for source, _, best in ranked:
        citations = tuple(Citation(source.article, s) for s in sorted(best, key=lambda s: s.number))
        found = Reading(source.article, " ".join(c.quote for c in citations), Manner.FACT, citations)
        same = [voice for voice in voices if any(_one_voice(found, other, pairs) for other in voice)]
        voices = [voice for voice in voices if voice not in same[1:]]
        if same:
            same[0] += [*(other for voice in same[1:] for other in voice), found]
        else:
            voices.append([found])
    return tuple(Statement(best.says, best.citations) for best, *_ in voices)


def stems(text: str) -> frozenset[str]:
    """The telling words of a text in a crude common form."""
    return frozenset(_stem(w) for w in words(text) if w not in _COMMON)


def _rarity(question: str, sentences: Sequence[Sentence]) -> dict[str, float]:
    """The question's telling words, each with how rare it is among the sentences."""
    wanted = stems(question)
    holding: Counter[str] = Counter()
    for sentence in sentences:
        holding.update(wanted & stems(sentence.text))
    return {w: math.log(1 + len(sentences) / count) for w, count in holding.items()}


def _best(source: ShownSource, rarity: dict[str, float]) -> tuple[float, list[Sentence]]:
    """The score of a source's best sentence, and the sentences worth quoting, best first."""
    scored = [(_score(s.text, rarity), -s.number, s) for s in source.sentences]
    scored.sort(key=lambda found: found[:2], reverse=True)
    top = scored[0][0] if scored else 0.0
    return top, [s for score, _, s in scored[:SENTENCES_A_SOURCE] if score > 0 and score >= NEAR_BEST * top]


def _score(sentence: str, rarity: dict[str, float]) -> float:
    """How much of the question a sentence holds; a long one holds more words by its length alone."""
    length = len(words(sentence))
    if length < SHORTEST_WORDS:
        return 0.0
    return sum(rarity.get(w, 0.0) for w in stems(sentence)) / (1 + length / USUAL_WORDS)


def _one_voice(one: Reading, other: Reading, pairs: set[frozenset[str]]) -> bool:
    """As `same_voice`, asked only of those that can be: what a longer piece adds to the wire it holds is its own."""
    if one.article.outlet.casefold() == other.article.outlet.casefold():
        return True
    return frozenset((one.article.id, other.article.id)) in pairs and same_voice(one, other)


def _stem(word: str) -> str:
    """A crude common form, enough to let "licences" meet "licence"."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
