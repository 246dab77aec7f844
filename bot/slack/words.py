"""What of a person's words is no question, and what the bot says to it."""

from __future__ import annotations

import re

from bot.news.catalogue import spoken

QUESTION_CHARACTERS = 3_000

_GREETINGS = (
    r"(?:hi|hello|hey|hiya|howdy|yo|good (?:morning|afternoon|evening|day)|greetings)"
    r"(?: (?:there|all|everyone|team|crosscheck|bot))?"
)
_THANKS = (
    r"(?:(?:ok(?:ay)?|great|perfect|lovely|cool|nice|brilliant|super|many) )?"
    r"(?:thanks|thank you|thankyou|thx|cheers|ta|much appreciated)"
    r"(?: (?:a lot|a bunch|so much|very much|again|all|everyone|crosscheck|bot))?"
)
_QUIET = r"(?:(?:be |stay |go |please be )?quiet|hush|shush|stop listening)(?: please| crosscheck| bot)*"
_NOT_WORDS = re.compile(r":[\w+-]+:|[^\w\s]|_")


def short_word(question: str) -> str | None:
    """What to say to something that is no question: a greeting, thanks, nothing, or far too much; else None."""
    told = spoken().asking
    if len(question) > QUESTION_CHARACTERS:
        return told.too_long.format(limit=spoken().digits(QUESTION_CHARACTERS))
    said = _plain(question)
    if not said or said in ("help", "what can you do"):
        return told.help
    if re.fullmatch(_GREETINGS, said):
        return told.hello
    return told.thanks if re.fullmatch(_THANKS, said) else None


def asks_for_quiet(question: str) -> bool:
    """Whether somebody wants no more of the bot in a thread."""
    return re.fullmatch(_QUIET, _plain(question)) is not None


def _plain(question: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", question.casefold()).split())
