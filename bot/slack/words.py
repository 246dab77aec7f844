"""What of a person's words is no question, and what the bot says to it."""

from __future__ import annotations

import re
from functools import cache

from bot.news.catalogue import heard, languages, spoken
from bot.news.catalogue.en import Phrase

QUESTION_CHARACTERS = 3_000
TOPIC_WORDS = 6  # a phrase of a topic has no more
MARKS = ("?", "？", "؟", "՞", "\u037e")  # that end a question; the last is Greek

_NOT_WORDS = re.compile(r":[\w+-]+:|[^\w\s]|_")


def short_word(question: str) -> str | None:
    """What to say to something that is no question: a greeting, thanks, nothing, or far too much; else None."""
    told = spoken().asking
    if len(question) > QUESTION_CHARACTERS:
        return told.too_long.format(limit=spoken().digits(QUESTION_CHARACTERS))
    said = _plain(question)
    if not said or any(_is(each.typed.help, said) for each in heard()):
        return told.help
    if any(_is(each.typed.greetings, said) for each in heard()):
        return told.hello
    return told.thanks if any(_is(each.typed.thanks, said) for each in heard()) else None


def is_question(said: str) -> bool:
    """Whether somebody asks something instead of naming a topic: by its mark, by the word that it begins with in any
    language of the catalogue, or because no phrase of a topic is as long.

    A word in capitals is a name: WHO.
    """
    if said.rstrip().endswith(MARKS):
        return True
    first, *more = said.split() or [""]
    begun = any(first.casefold() in each.typed.asking for each in languages().values()) and not first.isupper()
    return (begun and len(more) > 2) or any(len(phrase.split()) > TOPIC_WORDS for phrase in said.split(","))


def asks_for_quiet(question: str) -> bool:
    """Whether somebody wants no more of the bot in a thread."""
    return any(_is(each.typed.quiet, _plain(question)) for each in heard())


def _is(phrase: Phrase, said: str) -> bool:
    return _pattern(phrase).fullmatch(said) is not None


@cache
def _pattern(phrase: Phrase) -> re.Pattern[str]:
    before, words, after = (
        "|".join(map(re.escape, map(str.casefold, each))) for each in (phrase.before, phrase.words, phrase.after)
    )
    return re.compile(rf"(?:(?:{before}) )?(?:{words})(?: (?:{after}))*")


def _plain(question: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", question.casefold()).split())
