"""English: every message by its name, and what any other language falls back to.

A language is a file like this one, named by ISO 639-1, whose MESSAGES say what they have to say otherwise:
`MESSAGES = Messages(undated="undatiert", home=Home(digest="Ihr Überblick"))`. In a message, `number` is a count
in words as far as `numbers` go, from 0, and `count` one in digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.news.languages import NAMES
from bot.news.model import Manner, Relation

Forms = tuple[str, ...]
"""One message in the forms that a count can take, in the order that `plural` gives."""


def one_or_more(count: int) -> int:
    return int(count != 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said in an answer. In a message, `who` are outlets and a day; a claim ends without a full stop."""

    headings: Mapping[Relation, str] = field(
        default_factory=lambda: {
            Relation.DISPUTE: "Sources disagree",
            Relation.UPDATE: "Corrected or updated since",
            Relation.AGREE: "Sources agree",
            Relation.COMPLEMENTARY: "Sources add to each other",
            Relation.OPINION: "Opinions differ",
            Relation.SINGLE: "One source only",
            Relation.NONE: "Nothing in the coverage answers this",
        }
    )
    section: str = "{heading}: {question}"
    now: str = "Now:"
    before: str = "Before:"
    manners: Mapping[Manner, str] = field(
        default_factory=lambda: {Manner.OPINION: "opinion", Manner.FORECAST: "forecast"}
    )
    independent: Forms = ("1 independent source", "{count} independent sources")
    outlets: str = "{outlets} outlets, {sources}"
    also: str = "also {outlets}"
    spoken: str = "{speaker}, in {article}"
    others: str = "also"
    citing: str = "{told}, citing {speaker}"
    as_of: str = "{told}, as of {day}"
    first_side: Forms = ("{number} source says that {claim}", "{number} sources say that {claim}")
    next_side: Forms = ("{number} says that {claim}", "{number} say that {claim}")
    another_side: str = "another says that {claim}"
    current: str = "{claim} ({who})."
    earlier: str = "Before that: {claim} ({who})."
    agree: str = "The {number} sources that speak to this agree."
    complementary: str = "The sources add to each other; they do not contradict one another."
    opinion: str = "These are judgements that differ, not conflicting facts."
    single: str = "Only {outlet} says this."
    silent: Forms = (
        "The other article does not mention it, which is not a denial.",
        "The other {number} articles do not mention it, which is not a denial.",
    )
    nothing_reconciles: str = "Nothing in the coverage reconciles them."
    second_look_failed: str = "A second look at this disagreement could not be made; treat it with care."
    none_answers: Forms = (
        "The one article read does not answer this.",
        "None of the {count} articles read answers this.",
    )
    no_match: str = "Nothing in the coverage matches these words."
    nothing_since: str = "Nothing in the coverage is dated {day} or later."
    nothing_counts: str = "Nothing in the coverage is of the topics and outlets that this channel is set to."
    empty_library: str = (
        "There is no coverage yet, so there is nothing to answer from. "
        "Whoever runs this bot adds some with: python -m bot ingest FOLDER"
    )
    not_compared: str = "Not compared: {why} Here is what each source says; whether they agree has not been checked."
    not_compared_nor_found: str = "Not checked: {why} No sentence of the coverage shares the words of this question."
    no_model: str = "no model is set up."
    uncited: str = "The model's reply cited nothing that it was shown, so it is not used."
    closest: str = "The nearest that the coverage says:"
    also_disputed: str = "Also in dispute:"
    sources: str = "Sources"
    read_articles: Forms = ("{count} article", "{count} articles")
    read_of: str = "{articles}, {days}"
    written: str = "Written by AI from {read}. Check the quotes before you rely on it."
    quoted: str = "Quoted from {read}, not compared."
    invented: str = "Sample coverage: these outlets and articles are invented."
    some_invented: str = "In part sample coverage: some of these outlets and articles are invented."
    recorded: str = "A recorded reply by {model}, {day}."
    earlier_prompt: str = "It was recorded with an earlier version of the instructions."
    left_out: Forms = (
        "{count} independent source more with something on this did not fit and was not read.",
        "{count} independent sources more with something on this did not fit and were not read.",
    )
    empty_question: str = "Ask a question in words, for example: Do British firms get access now?"
    long_question: str = "That is {characters} characters; a question can have {limit}. Ask it in a few sentences."


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    whole: str = "All coverage"
    happened: str = "What happened"
    agreed: str = "Sources agree"
    disputed: str = "Sources disagree"
    lone: str = "Only one source says"
    unknown: str = "Still unknown"
    beginnings: str = "How the articles begin"
    nothing_fits: str = "Nothing in the coverage fits this."
    not_summed_up: str = "Not summed up: {why} Here is how the articles begin; whether they agree has not been checked."
    no_lines: str = "Nothing that was read is worth a line."
    shortened: str = "There is too much to read all of it: of {articles}, only the beginning was read."
    since: str = "since {day}"
    until: str = "until {day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Under an answer and elsewhere; Slack takes 75 characters."""

    show_quotes: str = "Show quotes"
    follow: str = "Follow"
    not_a_disagreement: str = "Not a disagreement"
    missed: str = "Missed one"
    good: str = "Helpful"
    bad: str = "Not helpful"
    good_label: str = "This answer helped"
    bad_label: str = "This answer did not help"
    ask_next: str = "Ask next:"
    share: str = "Share to channel"
    unfollow: str = "Stop following"
    see_grid: str = "See the grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """While a question waits and is answered."""

    reading: str = "is reading the coverage…"
    loading: tuple[str, ...] = ("Reading each source on its own…", "Comparing what they say…")
    waiting: str = "waits for its turn…"
    before: Forms = ("One question is before yours…", "{count} questions are before yours…")
    plan: str = "Reading the coverage"
    plan_done: str = "Read {articles}"
    second_look: str = "Checking whether they really disagree"
    more_sources: str = "More sources"
    asked_by: str = "Asked by"
    stopped: str = "Stopped. Nothing of this answer is kept; ask again whenever you like."
    quiet: str = "I am quiet in this thread now. Mention me when you want to ask something."
    check: str = "Does the coverage bear this out: {said}"
    nothing_to_check: str = "There are no words in it that the coverage could be asked about."
    forgotten: str = "This answer is no longer kept. Ask the question again for a new one."
    too_long: str = "That is too long for one question: please keep it under {limit} characters. Nothing else was read."
    hello: str = "Hello. Ask me about the coverage, for example: “Do the sources agree on when it happened?”"
    thanks: str = "You’re welcome."
    help: str = (
        "Ask me a question about the coverage and I answer with cited sentences, and say where the sources disagree. "
        "In a channel, mention me; here or in a thread I answered in, go on with the next question."
    )
    welcome: str = (
        "Hello, I am Crosscheck: mention me with a question, and I answer from the coverage with cited sentences.\n"
        "Where the outlets contradict each other, I say so. More: /coverage help"
    )
    prompts: tuple[tuple[str, str], ...] = (
        ("Where do the outlets disagree?", "On which facts do the outlets contradict each other?"),
        ("What has been corrected?", "Which figures or statements were corrected or updated since first reported?"),
        ("What happened, and when?", "What happened, in which order, and on which dates?"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicks:
    """What a click under an answer opens, and is answered."""

    quotes_title: str = "Quotes"
    quotes_intro: str = "Each cited sentence is bold, in its place between its neighbours."
    quotes_left: str = "{count} more did not fit here; open the articles from the answer’s list of sources."
    loading_quotes: str = "Opening the articles…"
    not_filled: str = "This could not be shown just now. Close it, and try again in a moment."
    words_title: str = "What went wrong?"
    words_hint: str = "A wrong quote, a missing source, a disagreement that is none: a few words help."
    missed_title: str = "Missed one"
    missed_hint: str = "Which sources contradict each other here, and on what?"
    in_your_words: str = "In your words"
    close: str = "Close"
    send: str = "Send"
    save: str = "Save"
    thanks_good: str = "Thank you, noted."
    thanks_bad: str = "Thank you. What you wrote is kept with the answer."
    thanks_label: str = "Thank you. It is noted as “{verdict}”, and counts when the answers are measured."
    followed: str = "You follow this question. When new coverage changes the answer, I say so here, once."


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """`told`: what may follow a subcommand's name, and what it does."""

    told: Mapping[str, tuple[str, str]] = field(
        default_factory=lambda: {
            "ask": ("QUESTION", "answers from the coverage, with cited sentences, for you alone at first"),
            "disagreements": ("[TOPIC]", "shows where the outlets contradict each other now, as a table"),
            "timeline": ("[TOPIC]", "shows what was reported when"),
            "sources": ("", "lists the outlets that are read"),
            "new": ("[since WHEN]", "lists the newest articles, for example: new since Monday"),
            "follow": (
                "[QUESTION | TOPIC]",
                (
                    "opens a thread, and tells there when the answer changes or outlets begin to disagree; alone, "
                    "what you follow"
                ),
            ),
            "settings": ("", "shows and changes what is set in this channel, and shows what you follow"),
            "summary": (
                "[TOPIC | OUTLET | URL] [since 7d] [full]",
                "sums up the story, or a part of it, in cited lines",
            ),
            "digest": (
                "[on [WISH] | off | now | preview | list]",
                (
                    "has a digest posted here: opens a form, or takes words, for example: on 09:00 weekdays topics "
                    "tariffs"
                ),
            ),
            "add": ("URL", "adds a page or a feed’s articles to the coverage, for those who may"),
        }
    )
    begun: str = "Reading the coverage; the answer comes here, for you alone."
    shared_by: str = "Shared by"
    not_shared: str = "I cannot post in this channel. Invite me to it, then press Share again."
    left: Forms = (
        "{count} more message of this does not fit a private reply.",
        "{count} more messages of this do not fit a private reply.",
    )
    left_to_share: Forms = (
        "{count} more message of this does not fit a private reply. “Share to channel” posts all of it.",
        "{count} more messages of this do not fit a private reply. “Share to channel” posts all of it.",
    )
    help_title: str = "What /coverage can do"
    did_you_mean: str = "There is no “{typed}”. Did you mean: {meant}"
    unknown: str = "To ask the coverage, type: {command} ask {asked} — all that I can do: {command} help"
    ask_title: str = "Ask the coverage"
    ask_hint: str = "One question, for example: do the sources agree on when it happened?"
    no_such_time: str = "I don’t understand “since {said}”. Say, for example: since 7d, since Monday, or since 20 May"
    adding: str = "Reading that page…"
    no_address: str = (
        "That is no address of a page. Type /coverage add and the whole address, as your browser shows it."
    )
    added: str = "Added: {counts}."
    added_new: str = "{count} new"
    added_changed: str = "{count} corrected"
    added_known: str = "{count} known already"
    not_added: str = "Nothing there could be read as an article."


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    title: str = "Follow"
    hint: str = "A question: I tell when its answer changes. A topic in a word or a few: when outlets disagree on it."
    opened: str = "It has a thread of its own in this channel now; what changes is told there."
    opens: str = "Followed from now on: {question}"
    topic_opens: str = "From now on I say in this thread when outlets begin to disagree on “{topic}”."
    topic_stands: str = "They disagree on it already:"
    topic_more: str = "{count} more: /coverage disagreements {topic}"
    topic_already: str = "You follow that in this channel already. What you follow, and a way to stop: /coverage follow"
    topic_heard: str = "You follow “{topic}” in this thread."
    topic_empty: str = (
        "There is no telling word in it: name the topic in a word or a few, for example: /coverage follow export ban"
    )
    topic: str = "New disagreements on “{topic}”"
    news: Mapping[str, str] = field(
        default_factory=lambda: {
            "new": "Sources disagree now: {question}",
            "changed": "The answer has changed: {question}",
            "reopened": "Sources disagree again: {question}",
            "settled": "Settled since: {question}",
        }
    )
    said_before: str = "Before:"
    all: str = "You follow:"
    none: str = "You follow nothing. Press Follow under an answer, or type: /coverage follow QUESTION or TOPIC"
    left: str = "{count} more, shown once some of these are let go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a digest says."""

    everything: str = "All coverage"
    more_topics: str = "{count} more topics"
    nothing_new: str = "Nothing new"
    nothing_new_still_open: Forms = (
        "Nothing new, {count} disagreement still open",
        "Nothing new, {count} disagreements still open",
    )
    new_articles: Forms = ("{count} new article", "{count} new articles")
    moves: Mapping[str, Forms] = field(
        default_factory=lambda: {
            "new": ("{count} new disagreement", "{count} new disagreements"),
            "reopened": ("{count} open again", "{count} open again"),
            "changed": ("{count} changed", "{count} changed"),
            "settled": ("{count} settled", "{count} settled"),
        }
    )
    labels: Mapping[str, str] = field(
        default_factory=lambda: {"new": "New", "changed": "Changed", "reopened": "Open again", "settled": "Settled"}
    )
    still_open: str = "Still open without a change: {count}"
    happened: str = "What happened"
    corrected: str = "Corrected or added to"
    lone: str = "One source only"
    first_lines: str = "New articles, by outlet"
    not_compared: str = (
        "Not compared: no model is set up. Here is how each new article begins; nobody checked whether they agree."
    )
    not_summed_up: str = "Not summed up: {why} Here is how each new article begins."
    uncompared: Forms = (
        "{count} of the new articles waits to be compared.",
        "{count} of the new articles wait to be compared.",
    )
    left_out: str = "{count} more new articles did not fit and were not read for this."
    since: str = "Since {moment} ({zone})."
    missed: Forms = (
        "It also covers {count} earlier digest that could not be sent.",
        "It also covers {count} earlier digests that could not be sent.",
    )
    pictured: str = "Who stands where · {date}"
    details: str = "Details, quotes and sources"
    more_below: str = "More in the thread: {count}"
    and_more: str = "And {count} more."
    settled_no_sides: str = "No source speaks to it any more."
    settled_sides_fit: str = "They no longer contradict each other. {sides}"
    settled_one_side: str = "No source contradicts this any more: {claim}"
    paused: str = "I have paused the digest of"
    paused_plain: str = "I have paused the digest of one of your channels: {why}"
    paused_here: str = "paused, for {why}"
    gone_away: str = "it is archived, or I am no longer in it."
    zone_gone: str = "its time zone is not known any more."
    again: str = "To have it again, use /coverage digest on there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a channel wishes of its digest: the form, and what is said of it."""

    title: str = "Daily digest"
    loading: str = "Looking up this channel’s digest…"
    at: str = "Time"
    zone: str = "Time zone"
    zone_hint: str = "By its place, for example Europe/London."
    days: str = "Days"
    topics: str = "Topics"
    topics_hint: str = "Parted by commas, for example: AI export ban, tariffs. Without any, it tells of all coverage."
    length: str = "Length"
    lengths: Mapping[str, str] = field(
        default_factory=lambda: {"full": "Full", "short": "Short, with the rest in its thread"}
    )
    quiet: str = "On a day without news"
    quiets: Mapping[str, str] = field(default_factory=lambda: {"say": "Say so in a line", "skip": "Say nothing"})
    switch_on: str = "Switch on"
    switch_off: str = "Switch off"
    change: str = "Change"
    no_day: str = "Tick at least one day."
    no_time: str = "Choose a time of day."
    begun: str = "It is being put together, for you alone."
    described: str = "{about}, {length}, {days} at {at} ({zone}); {quiet}"
    described_everything: str = "on all coverage"
    described_topics: str = "on {topics}"
    described_topic: str = "“{topic}”"
    described_named: str = "“{topic}” ({phrases})"
    described_lengths: Mapping[str, str] = field(
        default_factory=lambda: {"full": "in full", "short": "in short with the rest in its thread"}
    )
    described_quiets: Mapping[str, str] = field(
        default_factory=lambda: {
            "say": "a day without news gets a line that says so",
            "skip": "on a day without news nothing comes",
        }
    )
    weekdays: str = "on weekdays"
    daily: str = "every day"
    weekends: str = "at weekends"
    some_days: str = "every {days}"
    too_many_topics: str = "There can be {most} topics; that is {count}."
    long_topic: str = "Keep each topic under {limit} characters."
    no_such_zone: str = "There is no time zone “{said}”. Name it by its place, for example Europe/London."
    quiet_usage: str = "Say “quiet say” for a line on a quiet day, or “quiet skip” for none."
    not_understood: str = (
        "I don't understand “{said}”. For example: 09:00 weekdays Europe/London topics AI export ban, tariffs"
    )
    usage: str = "Say on, off, now, preview or list; or nothing, for a form."
    on: str = "From now on this channel has a digest {digest}. The next one comes on {when}."
    off: str = "This channel has no digest any more."
    off_meanwhile: str = "Somebody has switched this channel’s digest off in this moment. Say on again to have it."
    where: str = "I am not in this channel, so no digest could come to it. Invite me, then try again."
    now: str = "It is being put together, and comes to this channel."
    all: str = "Daily digests"
    none: str = "You have set up no digest, and this channel has none."
    next: str = "next on {when}"
    paused: str = "paused"
    set: str = "Digest: {digest}"
    not_set: str = "Digest: none. To have one: /coverage digest on 09:00 weekdays"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The coverage at a glance."""

    outlets: str = "{outlets}, {articles}"
    outlet: str = "{outlet}: {articles}"
    outlet_newest: str = "{outlet}: {articles}, the newest of {day}"
    newest: str = "The newest in the coverage"
    new_usage: str = "Say since when, for example: /coverage new since Monday"
    nothing_since: str = "Nothing in the coverage was published since then."
    timeline: str = "What was reported when"
    timeline_of: str = "What was reported when on “{topic}”"
    nothing_about: str = "Nothing in the coverage matches “{topic}”."
    nothing_counts: str = (
        "Nothing in the coverage is of this channel’s topics and outlets. To see them: /coverage settings"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The card under a link to an article."""

    side: str = "{outlets}: {claim}"
    many: str = "{outlets} and {count} more"
    sides: Forms = ("One more answer is given.", "{count} more answers are given.")
    more: Forms = (
        "One more disagreement: /coverage disagreements",
        "{count} more disagreements: /coverage disagreements",
    )
    none: str = "No other outlet is known to contradict it so far."
    uncompared: str = "It has not been compared with the other outlets yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The standing disagreements, as a table and as pictures."""

    heading: Forms = ("Sources disagree on {count} question", "Sources disagree on {count} questions")
    heading_on: Forms = (
        "Sources disagree on {count} question about “{topic}”",
        "Sources disagree on {count} questions about “{topic}”",
    )
    none: str = "No standing disagreement is known. Articles that have not been compared yet may hold some."
    none_on: str = (
        "No standing disagreement on “{topic}” is known. Articles that have not been compared yet may hold some."
    )
    marks: Mapping[str, str] = field(
        default_factory=lambda: {"says": "says", "says otherwise": "says otherwise", "silent": "silent"}
    )
    question_and_claims: str = "Question, and what is claimed"
    legend: str = "An empty field: that outlet was not part of this comparison."
    stands_where: str = "Who stands where"
    pictured: str = "A picture of the {count} that do not fit the table follows."
    page: str = "{title} ({page}/{pages})"
    silent: str = "Silent: {outlets}."
    uncompared: str = "Not compared."
    not_compared: str = "empty: not part of that comparison"
    undrawn: str = "The numbers in brackets in the picture stand for:"
    not_shown: str = "In words, for Slack does not show the picture of it."
    and_more: str = "And {count} more."
    left_out: str = "{count} more did not fit: name a topic to see fewer."
    outlets_out: str = "{outlets} with less to say did not fit."


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The form for a channel, and what is said of it."""

    title: str = "Settings of this channel"
    loading: str = "Looking up what is set…"
    topics: str = "Topics"
    topics_hint: str = (
        "Words or phrases, parted by commas. What is asked, summed up and listed in this channel uses only coverage "
        "about one of them. Leave it empty for all. The digest has topics of its own."
    )
    outlets: str = "Outlets"
    which_outlets: str = "Which outlets"
    outlets_hint: str = "They hold for the digest, too."
    all_outlets: str = "All of them"
    only_outlets: str = "Only those chosen below"
    not_outlets: str = "All but those chosen below"
    language: str = "Language of answers and summaries"
    language_hint: str = (
        "All else that I say in this channel is in it, too. Where none is chosen, I speak to people in the language of "
        "their own Slack."
    )
    own_language: str = "That of the question, or of the coverage"
    askers: str = "Who may ask"
    askers_hint: str = "Leave it empty for everybody. Whoever looks after the bot may always ask."
    workspace: str = "For the whole workspace"
    workspace_hint: str = "Name people, or channels whose people may."
    rights: Mapping[str, tuple[str, str]] = field(
        default_factory=lambda: {
            "asking": ("Who may ask at all", "everybody"),
            "adding": ("Who may add coverage", "only those who look after the bot"),
            "digests": ("Who may change a channel’s digest", "everybody"),
        }
    )
    nobody_named: str = "Empty: {who}"
    people: str = "{right}: people"
    channels: str = "{right}: channels"
    no_outlet_chosen: str = "Choose at least one outlet, or “All of them” above."
    empty_topic: str = "“{phrase}” holds no telling word. Name what the coverage is to be about."
    changed: str = "The settings of this channel were changed."
    changed_by: str = "The settings of this channel were changed by"
    changed_untold: str = "It is saved. I am not in that channel, so nobody there was told."
    last_changed: str = "Last changed by"
    last_changed_at: str = "{day}, {time} UTC"
    every_topic: str = "all"
    everybody: str = "everybody"
    only: str = "only {outlets}"
    all_but: str = "all but {outlets}"
    admins_change: str = "This can be changed by the admins of this workspace and by"
    admins_alone_change: str = (
        "This can be changed by the admins of this workspace. Whoever runs the bot can name others in its setting "
        "ADMINS."
    )
    may_not_change: str = "You may not change these settings. Nothing was changed. To see who may: /coverage settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """To those who may not."""

    ask: str = "In this workspace only some people may ask me, and you are not among them. An admin can change that."
    ask_here: str = "In this channel only some people may ask me, and you are not among them. An admin can change that."
    add: str = "You may not add coverage. Those who look after this bot choose who may: ask an admin of this workspace."
    change_digest: str = "In this workspace only some people may change a digest. An admin can change that."


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    intro: str = (
        "I read a story’s coverage from many outlets, answer questions with cited sentences, and say where the "
        "outlets disagree. Write to me in Messages, mention me in a channel, or type /coverage help."
    )
    disputes: str = "Where the outlets disagree now"
    more: str = "{count} more: /coverage disagreements"
    newest: str = "Newest by outlet"
    follows: str = "What you follow"
    more_follows: str = "{count} more: /coverage follow"
    digest: str = "Your digest"
    no_digest: str = "None here. Have one in Messages, or type /coverage digest in a channel."
    set_digest: str = "Set one up"
    change_digest: str = "Change it"
    health: str = "Health"
    healthy: str = (
        "{articles} articles, {open} standing disagreements, {uncompared} articles not compared yet; {waiting} "
        "pieces of work waiting, {dead} given up. Last stored: {stored}."
    )
    never: str = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """To those who look after the bot."""

    nearly_spent: str = (
        "This workspace has used {share} of its share of the model for today. When it is used up, sources are quoted, "
        "not compared, until midnight UTC. Whoever runs this bot can raise the limit."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Installing:
    """To whoever installs the app."""

    not_installed: str = (
        "Crosscheck is not installed in this workspace any more. Whoever manages its apps can install it again."
    )
    organisation_wide: str = "Crosscheck is installed in one workspace at a time, not for a whole organisation"
    later: str = "This can’t be done right now. Nothing was installed: try again in a minute."


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One of `words`, by itself or with one of those `before` and some of those `after`; in small letters, and without
    marks."""

    words: tuple[str, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What people type that is no question; and `asking`, the words that begin one."""

    asking: tuple[str, ...] = (
        *("who", "whom", "whose", "what", "which", "when", "where", "why", "how"),
        *("is", "are", "was", "were", "do", "does", "did", "has", "have", "had"),
    )
    help: Phrase = Phrase(words=("help", "what can you do"))
    greetings: Phrase = Phrase(
        words=(
            *("hi", "hello", "hey", "hiya", "howdy", "yo", "greetings"),
            *("good morning", "good afternoon", "good evening", "good day"),
        ),
        after=("there", "all", "everyone", "team", "crosscheck", "bot"),
    )
    thanks: Phrase = Phrase(
        words=("thanks", "thank you", "thankyou", "thx", "cheers", "ta", "much appreciated"),
        before=("ok", "okay", "great", "perfect", "lovely", "cool", "nice", "brilliant", "super", "many"),
        after=(
            *("a lot", "a bunch", "so much", "very much", "again"),
            *("all", "everyone", "crosscheck", "bot"),
        ),
    )
    quiet: Phrase = Phrase(
        words=("quiet", "hush", "shush", "stop listening"),
        before=("be", "stay", "go", "please be"),
        after=("please", "crosscheck", "bot"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How people say from when on coverage counts. `new`, `lasting`, `happening` and `begun` are regular expressions
    over small letters without commas; in them `count` and `unit` name a span, `day` one of the days below, and `first`,
    `second` and `year` a day below, of the week or of the year, which is the one before where `last` is found."""

    since: str = "since"
    news: str = "what's new"
    new: str = (
        r"(?:so |and |is there |do you have )?(?:what(?:['’]?s| is| has been) (?:new|changed|the latest)|"
        r"any(?:thing)? (?:new|news)|(?:the )?latest(?: news)?|any updates?|what did i miss)"
    )
    lasting: str = (
        r"\b(?:in|over|within|during|from) the (?:last|past) "
        r"(?:(?P<count>\d{1,3}|[a-z]+) )?(?P<unit>hour|day|week|month)s?\b"
    )
    happening: str = (
        r"\b(?:what(?:['’]?s| has| was| is)? (?:happened|new|changed|reported|published)|any(?:thing)? (?:new|news)) "
        r"(?P<day>today|yesterday|this week)\b"
    )
    begun: str = r"\bsince (?:(?P<last>last )|the )?(?P<first>[\w-]+)(?: (?P<second>\w+))?(?: (?P<year>\d{4}))?"
    numbers: Mapping[str, int] = field(
        default_factory=lambda: {
            "a": 1,
            "one": 1,
            "two": 2,
            "three": 3,
            "four": 4,
            "five": 5,
            "six": 6,
            "seven": 7,
            "ten": 10,
            "few": 3,
        }
    )
    hours: Mapping[str, int] = field(default_factory=lambda: {"hour": 1, "day": 24, "week": 168, "month": 720})
    today: tuple[str, ...] = ("today", "this morning")
    yesterday: tuple[str, ...] = ("yesterday",)
    this_week: tuple[str, ...] = ("this week",)
    last_week: tuple[str, ...] = ("week",)
    short_weekdays: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    short_months: tuple[str, ...] = ("sept",)  # beside the first three letters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """All that a language says. `plural`: which of the forms a count takes. `weekdays` begin with Monday; `languages`
    go by ISO 639-1, and `errors`, what a person is told of each, by its class."""

    plural: Callable[[int], int] = one_or_more
    thousands: str = ","
    numbers: tuple[str, ...] = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    months: tuple[str, ...] = (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )
    weekdays: tuple[str, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    languages: Mapping[str, str] = field(default_factory=lambda: NAMES)
    day: str = "{day} {month} {year}"
    month: str = "{month} {year}"
    date: str = "{weekday} {day} {month}"
    moment: str = "{date}, {time}"
    undated: str = "undated"
    days: str = "{first} to {last}"
    names: str = "{first} and {last}"
    articles: Forms = ("{count} article", "{count} articles")
    outlets: Forms = ("{count} outlet", "{count} outlets")

    errors: Mapping[str, str] = field(
        default_factory=lambda: {
            "CrosscheckError": "I could not finish this one. Nothing was lost: ask again in a moment.",
            "WrongUse": "I could not make sense of that. Ask a question in one or two sentences.",
            "UnreadableCoverage": "That article could not be read.",
            "ReaderAbsent": "No model is set up.",
            "ReaderUnavailable": "The model can't be reached right now.",
            "ReaderRefused": (
                "The model refused the request; whoever runs this bot should check its key and model name."
            ),
            "ReplyUnusable": "The model's reply could not be used.",
            "ReplyCut": "The model's reply was cut off at its length limit, so it could not be used.",
            "ReplyWithheld": "The model declined to answer this one.",
            "StoreUnavailable": "The library can't be reached right now. Please ask again in a moment.",
            "StoreFull": (
                "There is no room left to keep new coverage; whoever runs this bot should free some disk space."
            ),
            "SealedAway": "I can't use what I was given to work here; whoever runs this bot should check its keys.",
            "LineIsFull": (
                "So many questions are waiting that I cannot take this one into the line. Ask it again in a few "
                "minutes; the ones that wait are all answered."
            ),
            "NotHere": "I cannot post in this channel. Invite me to it, then try again.",
            "WorkspaceSpent": (
                "This workspace has used up its share of the model for today. It is free again at midnight UTC; "
                "until then sources are quoted, not compared."
            ),
            "PersonSpent": (
                "You have used up your share of the model for today. It is free again at midnight UTC; until "
                "then sources are quoted for you, not compared."
            ),
            "UnknownZone": "I don't know that time zone. Name one as Europe/London or America/New_York.",
        }
    )
    answer: Answer = Answer()
    summary: Summary = Summary()
    buttons: Buttons = Buttons()
    asking: Asking = Asking()
    clicks: Clicks = Clicks()
    commands: Commands = Commands()
    follow: Follow = Follow()
    digest: Digest = Digest()
    wish: Wish = Wish()
    lists: Lists = Lists()
    card: Card = Card()
    grid: Grid = Grid()
    settings: Settings = Settings()
    rights: Rights = Rights()
    home: Home = Home()
    notices: Notices = Notices()
    installing: Installing = Installing()
    typed: Typed = Typed()
    times: Times = Times()

    def counted(self, forms: Forms, count: int, **named: str) -> str:
        """A message for a count."""
        return forms[self.plural(count)].format(count=self.digits(count), number=self.number(count), **named)

    def number(self, count: int) -> str:
        return self.numbers[count] if count < len(self.numbers) else str(count)

    def digits(self, count: int) -> str:
        """ "12,345" """
        return f"{count:,}".replace(",", self.thousands)


MESSAGES = Messages()
