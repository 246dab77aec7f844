"""The bot's own words that only Slack needs; what the terminal says too stands in `news.words`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.news.digest.digest import Move
from bot.news.digest.subscription import Length, Quiet

QUESTION_CHARACTERS = 3_000

READING = "is reading the coverage…"
LOADING = ["Reading each source on its own…", "Comparing what they say…"]
WAITING = "waits for its turn…"
BEFORE = ("One question is before yours…", "{count} questions are before yours…")
LINE_IS_FULL = (
    "So many questions are waiting that I cannot take this one into the line. Ask it again in a few minutes; the ones "
    "that wait are all answered."
)
PLAN = "Reading the coverage"
PLAN_DONE = "Read {articles}"
SECOND_LOOK = "Checking whether they really disagree"
MORE_SOURCES = "More sources"

HELLO = "Hello. Ask me about the coverage, for example: “Do the sources agree on when it happened?”"
THANKS = "You’re welcome."
HELP = (
    "Ask me a question about the coverage and I answer with cited sentences, and say where the sources disagree. "
    "In a channel, mention me; here or in a thread I answered in, go on with the next question."
)
TOO_LONG = "That is too long for one question: please keep it under {limit} characters. Nothing else was read."


ASKED_BY = "Asked by"

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

NOT_INSTALLED = "Crosscheck is not installed in this workspace any more. Whoever manages its apps can install it again."
ORGANISATION_WIDE = "Crosscheck is installed in one workspace at a time, not for a whole organisation"
INSTALL_LATER = "This can’t be done right now. Nothing was installed: try again in a minute."

BEGUN = "Reading the coverage; the answer comes here, for you alone."
SHARE = "Share to channel"
SHARED_BY = "Shared by"
NOT_SHARED = "I cannot post in this channel. Invite me to it, then press Share again."
HELP_TITLE = "What /coverage can do"
DID_YOU_MEAN = "There is no “{typed}”. Did you mean: {meant}"
UNKNOWN = "To ask the coverage, type: {command} ask {asked} — all that I can do: {command} help"
ASK_TITLE, ASK_HINT = "Ask the coverage", "One question, for example: do the sources agree on when it happened?"
FOLLOW_TITLE = "Follow"
FOLLOW_HINT = "A question: I tell when its answer changes. A topic in a word or a few: when outlets disagree on it."
FOLLOW_OPENED = "It has a thread of its own in this channel now; what changes is told there."
FOLLOW_OPENS = "Followed from now on: {question}"
TOPIC_OPENS = "From now on I say in this thread when outlets begin to disagree on “{topic}”."
TOPIC_STANDS = "They disagree on it already:"
TOPIC_MORE = "{count} more: /coverage disagreements {topic}"
TOPIC_ALREADY = "You follow that in this channel already. What you follow, and a way to stop: /coverage follow"
TOPIC_HEARD = "You follow “{topic}” in this thread."
TOPIC_EMPTY = (
    "There is no telling word in it: name the topic in a word or a few, for example: /coverage follow export ban"
)
FOLLOWED_TOPIC = "New disagreements on “{topic}”"
FOLLOWS_LEFT = "{count} more, shown once some of these are let go"
FOLLOW_WHERE = "I cannot post in this channel. Invite me to it, then try again."

TOLD = {
    "ask": ("QUESTION", "answers from the coverage, with cited sentences, for you alone at first"),
    "disagreements": ("[TOPIC]", "shows where the outlets contradict each other now, as a table"),
    "timeline": ("[TOPIC]", "shows what was reported when"),
    "sources": ("", "lists the outlets that are read"),
    "new": ("[since WHEN]", "lists the newest articles, for example: new since Monday"),
    "follow": (
        "[QUESTION | TOPIC]",
        "opens a thread, and tells there when the answer changes or outlets begin to disagree; alone, what you follow",
    ),
    "settings": ("", "shows and changes what is set in this channel, and shows what you follow"),
    "help": ("[SUBCOMMAND]", "shows this"),
}

TOLD_DIGEST = (
    "[on [WISH] | off | now | preview | list]",
    "has a digest posted here: opens a form, or takes words, for example: on 09:00 weekdays topics tariffs",
)
DIGEST_BEGUN = "It is being put together, for you alone."
DIGEST_USAGE = "Say on, off, now, preview or list; or nothing, for a form."
DIGEST_ON = "This channel has its digest from now on: {digest}. The next one comes on {when}."
DIGEST_TITLE = "Daily digest"
LOADING_DIGEST = "Looking up this channel’s digest…"
DIGEST_AT, DIGEST_ZONE, DIGEST_DAYS, DIGEST_TOPICS = "Time", "Time zone", "Days", "Topics"
DIGEST_ZONE_HINT = "By its place, for example Europe/London."
DIGEST_TOPICS_HINT = "Parted by commas, for example: AI export ban, tariffs. Without any, it tells of all coverage."
DIGEST_LENGTH, DIGEST_QUIET = "Length", "On a day without news"
DIGEST_LENGTHS: Mapping[str, str] = {Length.FULL: "Full", Length.SHORT: "Short, with the rest in its thread"}
DIGEST_QUIETS: Mapping[str, str] = {Quiet.SAY: "Say so in a line", Quiet.SKIP: "Say nothing"}
SWITCH_ON, SWITCH_OFF, CHANGE_DIGEST = "Switch on", "Switch off", "Change"
NO_DAY, NO_TIME = "Tick at least one day.", "Choose a time of day."
DIGESTS = "Daily digests"
NO_DIGESTS = "You have set up no digest, and this channel has none."
NEXT = "next on {when}"
PAUSED = "paused"
DIGEST_OFF_MEANWHILE = "Somebody has switched this channel’s digest off in this moment. Say on again to have it."
DIGEST_OFF = "This channel has no digest any more."
DIGEST_WHERE = "I am not in this channel, so no digest could come to it. Invite me, then try again."
DIGEST_NOW = "It is being put together, and comes to this channel."

TOLD_SUMMARY = ("[TOPIC | OUTLET | URL] [since 7d] [full]", "sums up the story, or a part of it, in cited lines")
TOLD_ADD = ("URL", "adds a page or a feed’s articles to the coverage, for those who may")
NO_SUCH_TIME = "I don’t understand “since {said}”. Say, for example: since 7d, since Monday, or since 20 May"
ADDING = "Reading that page…"
NO_ADDRESS = "That is no address of a page. Type /coverage add and the whole address, as your browser shows it."
ADDED = "Added: {counts}."
NOT_ADDED = "Nothing there could be read as an article."

FOLLOW_NEWS = {
    Move.NEW: "Sources disagree now: {question}",
    Move.CHANGED: "The answer has changed: {question}",
    Move.REOPENED: "Sources disagree again: {question}",
    Move.SETTLED: "Settled since: {question}",
}
SAID_BEFORE = "Before:"

OUTLETS = "{outlets}, {articles}"
NEWEST = "The newest in the coverage"
NEW_USAGE = "Say since when, for example: /coverage new since Monday"
NOTHING_SINCE = "Nothing in the coverage was published since then."
TIMELINE, TIMELINE_OF = "What was reported when", "What was reported when on “{topic}”"
NOTHING_ABOUT = "Nothing in the coverage matches “{topic}”."
NO_DISAGREEMENTS = "No standing disagreement is known. Articles that have not been compared yet may hold some."
NO_DISAGREEMENTS_ON = "No standing disagreement on “{topic}” is known."
LEGEND = "An empty field: that outlet was not part of this comparison."
SEE_GRID = "See the grid"
STANDS_WHERE = "Who stands where"
PICTURED = "A picture of the {count} that do not fit the table follows."
PAGE = "{title} ({page}/{pages})"
SILENT = "Silent: {outlets}."
UNCOMPARED = "Not compared."
NOT_COMPARED = "empty: not part of that comparison"
UNDRAWN = "The numbers in brackets in the picture stand for:"
NOT_SHOWN = "In words, for Slack does not show the picture of it."
AND_MORE = "And {count} more."
LEFT_OUT = "{count} more did not fit: name a topic to see fewer."
OUTLETS_OUT = "{outlets} with less to say did not fit."

SETTINGS_TITLE = "Settings of this channel"
LOADING_SETTINGS = "Looking up what is set…"
SAVE = "Save"
SET_TOPICS = "Topics"
SET_TOPICS_HINT = (
    "Words or phrases, parted by commas. What is asked, summed up and listed in this channel uses only coverage about "
    "one of them. Leave it empty for all. The digest has topics of its own."
)
SET_OUTLETS, SET_WHICH_OUTLETS = "Outlets", "Which outlets"
SET_OUTLETS_HINT = "They hold for the digest, too."
ALL_OUTLETS, ONLY_OUTLETS, NOT_OUTLETS = "All of them", "Only those chosen below", "All but those chosen below"
SET_LANGUAGE = "Language of answers and summaries"
OWN_LANGUAGE = "That of the question, or of the coverage"
SET_ASKERS = "Who may ask"
SET_ASKERS_HINT = "Leave it empty for everybody. Whoever looks after the bot may always ask."
SET_WORKSPACE = "For the whole workspace"
SET_WORKSPACE_HINT = "Name people, or channels whose people may."
SET_RIGHTS = {
    "asking": ("Who may ask at all", "everybody"),
    "adding": ("Who may add coverage", "only those who look after the bot"),
    "digests": ("Who may change a channel’s digest", "everybody"),
}
SET_NOBODY_NAMED = "Empty: {who}"
SET_PEOPLE, SET_CHANNELS = "{right}: people", "{right}: channels"
NO_OUTLET_CHOSEN = "Choose at least one outlet, or “All of them” above."
EMPTY_TOPIC = "“{phrase}” holds no telling word. Name what the coverage is to be about."
SETTINGS_CHANGED = "The settings of this channel were changed."
CHANGED_SETTINGS = "The settings of this channel were changed by"
CHANGED_UNTOLD = "It is saved. I am not in that channel, so nobody there was told."
LAST_CHANGED = "Last changed by"
EVERY_TOPIC, EVERYBODY = "all", "everybody"
ONLY, ALL_BUT = "only {outlets}", "all but {outlets}"
ADMINS_CHANGE = "This can be changed by the admins of this workspace and by"
ADMINS_ALONE_CHANGE = (
    "This can be changed by the admins of this workspace. Whoever runs the bot can name others in its setting ADMINS."
)
MAY_NOT_CHANGE = "You may not change these settings. Nothing was changed. To see who may: /coverage settings"
MAY_NOT_ASK = "In this workspace only some people may ask me, and you are not among them. An admin can change that."
MAY_NOT_ASK_HERE = "In this channel only some people may ask me, and you are not among them. An admin can change that."
MAY_NOT_ADD = "You may not add coverage. Those who look after this bot choose who may: ask an admin of this workspace."
MAY_NOT_CHANGE_DIGEST = "In this workspace only some people may change a digest. An admin can change that."
NOTHING_COUNTS = "Nothing in the coverage is of this channel’s topics and outlets. To see them: /coverage settings"
SET_DIGEST = "Digest: {digest}"
NO_DIGEST = "Digest: none. To have one: /coverage digest on 09:00 weekdays"
FOLLOWS = "You follow:"
NO_FOLLOWS = "You follow nothing. Press Follow under an answer, or type: /coverage follow QUESTION or TOPIC"

CHECK = "Does the coverage bear this out: {said}"

NOTHING_TO_CHECK = "There are no words in it that the coverage could be asked about."

HOME_INTRO = (
    "I read a story’s coverage from many outlets, answer questions with cited sentences, and say where the outlets "
    "disagree. Write to me in Messages, mention me in a channel, or type /coverage help."
)
HOME_DISPUTES = "Where the outlets disagree now"
HOME_MORE = "{count} more: /coverage disagreements"
HOME_NEWEST = "Newest by outlet"
HOME_FOLLOWS = "What you follow"
HOME_MORE_FOLLOWS = "{count} more: /coverage follow"
HOME_DIGEST = "Your digest"
HOME_NO_DIGEST = "None here. Have one in Messages, or type /coverage digest in a channel."
HOME_SET_DIGEST, HOME_CHANGE_DIGEST = "Set one up", "Change it"
HOME_HEALTH = "Health"
HEALTH = (
    "{articles:,} articles, {open} standing disagreements, {uncompared} articles not compared yet; "
    "{waiting} pieces of work waiting, {dead} given up. Last stored: {stored}."
)
NEVER = "never"
UNFOLLOW = "Stop following"

WELCOME = (
    "Hello, I am Crosscheck: mention me with a question, and I answer from the coverage with cited sentences.\n"
    "Where the outlets contradict each other, I say so. More: /coverage help"
)
PROMPTS = (
    ("Where do the outlets disagree?", "On which facts do the outlets contradict each other?"),
    ("What has been corrected?", "Which figures or statements were corrected or updated since first reported?"),
    ("What happened, and when?", "What happened, in which order, and on which dates?"),
)

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


def before(count: int) -> str:
    """A place in the line of questions, from how many come first; at least one."""
    one, more = BEFORE
    return one if count == 1 else more.format(count=count)


def disagreements(count: int, topic: str) -> str:
    """The heading of a table of standing disagreements."""
    on = f" in articles on “{topic}”" if topic else ""
    return f"Sources disagree on {count} question{'' if count == 1 else 's'}{on}"


def counted(number: int, thing: str) -> str:
    """ "1 outlet", "1,200 articles" """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def added(counts: Mapping[str, int]) -> str:
    """What came of an address, from how many articles there are of each kind."""
    told = [f"{count} {kind}" for kind, count in counts.items() if count]
    return ADDED.format(counts=", ".join(told)) if told else NOT_ADDED
