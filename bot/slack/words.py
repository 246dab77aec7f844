"""The bot's own words that only Slack needs; what the terminal says too stands in `news.words`."""

from __future__ import annotations

import re

QUESTION_CHARACTERS = 3_000

READING = "is reading the coverage…"
LOADING = ["Reading each source on its own…", "Comparing what they say…"]
PLAN = "Reading the coverage"
PLAN_DONE = "Read {articles}"
SECOND_LOOK = "Checking whether they really disagree"
MORE_SOURCES = "More sources"
CLOSEST = "Closest in the coverage:"

HELLO = "Hello. Ask me about the coverage, for example: “Do the sources agree on when it happened?”"
THANKS = "You’re welcome."
HELP = (
    "Ask me a question about the coverage and I answer with cited sentences, and say where the sources disagree. "
    "In a channel, mention me; here or in a thread I answered in, go on with the next question."
)
TOO_LONG = "That is too long for one question: please keep it under {limit} characters. Nothing else was read."

_GREETINGS = (
    r"(?:hi|hello|hey|hiya|howdy|yo|good (?:morning|afternoon|evening|day)|greetings)"
    r"(?: (?:there|all|everyone|team|crosscheck|bot))?"
)
_THANKS = (
    r"(?:(?:ok(?:ay)?|great|perfect|lovely|cool|nice|brilliant|super|many) )?"
    r"(?:thanks|thank you|thankyou|thx|cheers|ta|much appreciated)"
    r"(?: (?:a lot|a bunch|so much|very much|again|all|everyone|crosscheck|bot))?"
)
_NOT_WORDS = re.compile(r":[\w+-]+:|[^\w\s]|_")


def short_word(question: str) -> str | None:
    """What to say to something that is no question: a greeting, thanks, nothing, or far too much; else None."""
    if len(question) > QUESTION_CHARACTERS:
        return TOO_LONG.format(limit=f"{QUESTION_CHARACTERS:,}")
    said = " ".join(_NOT_WORDS.sub(" ", question.casefold()).split())
    if not said or said in ("help", "what can you do"):
        return HELP
    if re.fullmatch(_GREETINGS, said):
        return HELLO
    return THANKS if re.fullmatch(_THANKS, said) else None
