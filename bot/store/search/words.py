"""Text to index terms: one way for both databases and for the ranking, so that all of them count the same words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer  # type: ignore[import-untyped]

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_LONGEST = 64  # letters; what is longer is an address or noise, and PostgreSQL takes no lexeme above 2 kB

_STOP_WORDS = """
    a about after again all also am an and any are as at be because been before being between both but by can could
    did do does doing during each few for from further had has have having he her here hers him his how i if in into
    is it its itself just me more most my no nor not now of off on once only or other our out over own same she
    should so some such than that the their them then there these they this those through to too under until up very
    was we were what when where which while who whom whose why will with would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def terms(text: str) -> list[str]:
    """The stems of the words of `text`, in order, with repeats; stop words are left out.

    Case, accents, possessives and the commas of thousands make no difference.
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c)) if not folded.isascii() else folded
    words = _WORD.findall(_THOUSANDS.sub("", _POSSESSIVE.sub("", plain)))
    return [_stem(word) for word in words if word not in STOP_WORDS and len(word) <= _LONGEST]


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    # Built each time because it holds its word: threads must not share one. Taken by its module because the package
    # prefers a compiled one where that is installed, and all machines of one database have to stem alike.
    stem: str = EnglishStemmer().stemWord(word)
    return stem
