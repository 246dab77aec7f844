"""What of a person's words is no question, and what the bot says to it."""

from __future__ import annotations

import re

from bot.news.catalogue import heard, spoken
from bot.news.catalogue.en import Phrase

QUESTION_CHARACTERS = 3_000

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


def asks_for_quiet(question: str) -> bool:
    """Whether somebody wants no more of the bot in a thread."""
    return any(_is(each.typed.quiet, _plain(question)) for each in heard())


def _is(phrase: Phrase, said: str) -> bool:
    before, words, after = (
        "|".join(map(re.escape, map(str.casefold, each))) for each in (phrase.before, phrase.words, phrase.after)
    )
    return re.fullmatch(rf"(?:(?:{before}) )?(?:{words})(?: (?:{after}))*", said) is not None


def _plain(question: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", question.casefold()).split())
