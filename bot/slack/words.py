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

SHOW_QUOTES = "Show quotes"
FOLLOW = "Follow"
NOT_A_DISAGREEMENT = "Not a disagreement"
MISSED = "Missed one"
GOOD, BAD = "Helpful", "Not helpful"
GOOD_LABEL, BAD_LABEL = "This answer helped", "This answer did not help"

QUOTES_TITLE = "Quotes"
QUOTES_INTRO = "Each cited sentence is bold, in its place between its neighbours."
QUOTES_LEFT = "{count} more did not fit here; open the articles from the answer’s list of sources."
LOADING_QUOTES = "Opening the articles…"
FORGOTTEN = "This answer is no longer kept. Ask the question again for a new one."
CLOSE, SEND = "Close", "Send"
WORDS_TITLE = "What went wrong?"
WORDS_HINT = "A wrong quote, a missing source, a disagreement that is none: a few words help."
MISSED_TITLE = "Missed one"
MISSED_HINT = "Which sources contradict each other here, and on what?"
IN_YOUR_WORDS = "In your words"

THANKS_GOOD = "Thank you, noted."
THANKS_BAD = "Thank you. Whoever looks after this bot can read what you wrote."
THANKS_LABEL = "Thank you. It is noted as “{verdict}”, and counts when the answers are measured."
FOLLOWED = "You follow this question. When new coverage changes the answer, I say so here, once."

STOPPED = "Stopped. Nothing of this answer is kept; ask again whenever you like."
QUIET = "I am quiet in this thread now. Mention me when you want to ask something."

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
    if len(question) > QUESTION_CHARACTERS:
        return TOO_LONG.format(limit=f"{QUESTION_CHARACTERS:,}")
    said = _plain(question)
    if not said or said in ("help", "what can you do"):
        return HELP
    if re.fullmatch(_GREETINGS, said):
        return HELLO
    return THANKS if re.fullmatch(_THANKS, said) else None


def asks_for_quiet(question: str) -> bool:
    """Whether somebody wants no more of the bot in a thread."""
    return re.fullmatch(_QUIET, _plain(question)) is not None


def _plain(question: str) -> str:
    return " ".join(_NOT_WORDS.sub(" ", question.casefold()).split())
