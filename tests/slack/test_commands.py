"""`/coverage` as people type it, over real Socket Mode."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import ReaderUnavailable, StoreUnavailable
from bot.news.catalogue import ENGLISH
from bot.news.ledger.follows import TopicFollow, standing_news
from bot.news.model import Replayed
from bot.news.topic import Topic
from bot.sandbox import ANNA, BEN, GENERAL, Delivery, Message, OpenView
from bot.slack.answers.following import Following
from bot.slack.commands.commands import Call, Said, Subcommand
from bot.slack.looks.blocks import compose, plain
from bot.slack.looks.lists import disagreements, newest, timeline
from tests.slack import answers, entries
from tests.slack.conftest import Bot
from tests.slack.fakes import Oracle
from tests.slack.snapshot import assert_kept
from tests.slack.texts import ODD_TEXTS


async def typed(bot: Bot, text: str, channel: str = GENERAL) -> list[Message]:
    """What Anna alone is shown once she has typed a command, and all that it asked for is done."""
    before = len(bot.sandbox.private(ANNA))
    delivery = await bot.sandbox.command("/coverage", text, channel=channel, user=ANNA)
    assert delivery.acked
    await bot.quiet()
    await bot.sandbox.wait_for(lambda: len(bot.sandbox.private(ANNA)) > before)
    return bot.sandbox.private(ANNA)[before:]


async def answered(bot: Bot) -> Message:
    """The answer to Anna's question by command, for her alone."""
    found = await typed(bot, f"ask {answers.QUESTION}")
    return next(m for m in found if m.blocks)


@pytest.mark.parametrize("text", ["", "help", "HELP", "help me"])
async def test_given_a_wish_for_help_when_typed_then_every_subcommand_is_told_at_once(bot: Bot, text: str) -> None:
    (told,) = await typed(bot, text)

    for name in ("ask", "disagreements", "timeline", "sources", "new", "follow", "settings"):
        assert f"/coverage {name}" in json.dumps(told.blocks)
    assert bot.inbox.jobs == []


async def test_given_help_on_one_subcommand_when_typed_then_only_that_is_told(bot: Bot) -> None:
    (told,) = await typed(bot, "help timeline")
    (same,) = await typed(bot, "timeline help")

    assert "/coverage timeline [TOPIC]" in told.shown
    assert "/coverage ask" not in told.shown
    assert same.shown == told.shown


@pytest.mark.parametrize("name", ["follow", "digest"])
async def test_given_help_on_what_keeps_something_when_typed_then_nothing_is_kept_or_posted(
    bot: Bot, name: str
) -> None:
    (told,) = await typed(bot, f"{name} help")

    assert f"/coverage {name}" in told.shown
    assert bot.inbox.jobs == []
    assert not bots_own(bot)


async def test_given_a_question_on_the_next_line_when_typed_then_it_is_asked_whole(bot: Bot) -> None:
    await typed(bot, f"ask\n{answers.QUESTION}")

    assert bot.oracle.questions == [answers.QUESTION]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("disagrements AI export", "/coverage disagreements AI export"),
        ("timline", "/coverage timeline"),
        ("souces", "/coverage sources"),
        ("Who lifted the ban?", "/coverage ask Who lifted the ban?"),
    ],
)
async def test_given_something_mistyped_when_typed_then_what_was_meant_is_suggested(
    bot: Bot, text: str, meant: str
) -> None:
    (told,) = await typed(bot, text)

    assert meant in told.text


async def test_given_a_question_when_asked_by_command_then_the_answer_is_private_and_can_be_shared(bot: Bot) -> None:
    answer = await answered(bot)
    assert ENGLISH.commands.begun in [m.text for m in bot.sandbox.private(ANNA)]
    assert bot.oracle.questions == [answers.QUESTION]
    assert "Sources disagree" in answer.shown
    assert not bots_own(bot)

    await bot.sandbox.click(answer, "share", user=ANNA)
    await bot.quiet()

    (shared,) = bots_own(bot)
    assert "Sources disagree" in shared.shown
    assert ANNA in json.dumps(shared.blocks)
    assert bot.oracle.questions == [answers.QUESTION]
    await bot.sandbox.click(shared, "quotes", user=BEN)
    await bot.sandbox.wait_for(lambda: (v := bot.sandbox.view(BEN)) and "Courier" in json.dumps(v.view))


async def test_given_an_answer_that_is_there_at_once_when_asked_by_command_then_the_ack_still_comes_first(
    bot: Bot,
) -> None:
    assert await begun_by_the_ack(bot) == [True, False] * 5


async def test_given_an_answer_that_is_there_at_once_when_asked_over_http_then_the_ack_still_comes_first(
    bot_over_http: Bot,
) -> None:
    assert await begun_by_the_ack(bot_over_http) == [True, False] * 5


async def begun_by_the_ack(bot: Bot) -> list[bool]:
    """Of each message that Anna alone is shown on five commands, whether it is the ack's."""
    for n in range(5):
        await bot.sandbox.command("/coverage", f"ask {answers.QUESTION} ({n})", channel=GENERAL, user=ANNA)
        await bot.quiet()
    return [m.text == ENGLISH.commands.begun for m in bot.sandbox.private(ANNA)]


async def test_given_an_answer_longer_than_a_private_reply_when_asked_by_command_then_what_is_left_out_can_be_shared(
    bot: Bot,
) -> None:
    bot.oracle = Oracle(answers.long(150))
    count = len(compose(answers.long(150)))

    await bot.sandbox.command("/coverage", f"ask {answers.QUESTION}", channel=GENERAL, user=ANNA)
    await bot.quiet()
    shown = [m for m in bot.sandbox.private(ANNA) if m.text != ENGLISH.commands.begun]
    last = shown[-1]
    await bot.sandbox.click(last, "quotes", user=ANNA)
    await bot.sandbox.wait_for(lambda: bot.sandbox.view(ANNA))
    await bot.sandbox.click(last, "share", user=ANNA)
    await bot.quiet()

    assert (len(shown), last.text) == (4, ENGLISH.counted(ENGLISH.commands.left_to_share, count - 3))
    shared = bot.sandbox.messages(GENERAL, bots_own(bot)[0].ts)
    assert len(shared) == count
    assert "of weight number 150 is told" in " ".join(m.shown for m in shared)


async def test_given_more_than_a_private_reply_that_nobody_may_share_when_told_then_what_is_left_out_is_counted(
    bot: Bot,
) -> None:
    await bot.sandbox.command("/coverage", "novel", channel=GENERAL, user=ANNA)
    said = await bot.sandbox.wait_for(lambda: len(told := bot.sandbox.private(ANNA)) == 4 and told)

    told = ["Chapter 1", "Chapter 2", "Chapter 3", ENGLISH.counted(ENGLISH.commands.left, 3)]
    assert [m.text for m in said] == told


async def test_given_a_long_topic_in_any_script_when_listed_then_it_can_be_shared(bot: Bot) -> None:
    topic = "许可证" * 300
    bot.coverage.articles = [answers.article("x", f"{topic}。")]

    (told,) = await typed(bot, f"timeline {topic}")

    assert "share" in json.dumps(told.blocks)
    assert bot.sandbox.refusals == []


async def test_given_a_share_that_slack_brings_twice_when_done_then_it_stands_once(bot: Bot) -> None:
    answer = await answered(bot)
    delivery = await bot.sandbox.click(answer, "share", user=ANNA)
    await bot.sandbox.redeliver(delivery)
    await bot.quiet()

    assert len(bots_own(bot)) == 1


async def test_given_a_channel_without_the_bot_when_shared_then_it_is_told_how(bot: Bot) -> None:
    answer = await answered(bot)
    bot.sandbox.faults.refuse("chat.postMessage", "not_in_channel")

    await bot.sandbox.click(answer, "share", user=ANNA)
    await bot.quiet()

    assert bot.sandbox.private(ANNA)[-1].text == ENGLISH.commands.not_shared


async def test_given_ask_without_a_question_when_typed_then_a_form_asks_for_it(bot: Bot) -> None:
    await bot.sandbox.command("/coverage", "ask", channel=GENERAL, user=ANNA)
    form = await bot.sandbox.wait_for(lambda: bot.sandbox.view(ANNA))

    await bot.sandbox.submit(form, {"words": answers.QUESTION})
    await bot.quiet()

    assert bot.oracle.questions == [answers.QUESTION]
    assert "Sources disagree" in bot.sandbox.private(ANNA)[-1].shown


async def test_given_fifty_commands_at_once_and_a_slow_model_when_typed_then_each_is_acked_in_time(bot: Bot) -> None:
    bot.oracle.holds = True

    typing = [
        bot.sandbox.command("/coverage", f"ask {answers.QUESTION} ({n})", channel=GENERAL, user=ANNA) for n in range(50)
    ]
    deliveries: list[Delivery] = await asyncio.gather(*typing)
    bot.oracle.go.set()

    # The sandbox gives half a second, a sixth of Slack's time.
    assert all(d.acked and d.attempts == 1 for d in deliveries)
    assert len(bot.inbox.jobs) == 50


async def test_given_the_model_fails_for_good_when_told_then_in_plain_words(bot: Bot) -> None:
    await answered(bot)
    job = bot.inbox.jobs[0]

    await bot.commands.give_up(job, ReaderUnavailable("HTTP 503 secret innards"))
    await bot.commands.give_up(job, RuntimeError("secret innards"))

    one, other = bot.sandbox.private(ANNA)[-2:]
    assert one.text == "The model can't be reached right now."
    assert "innards" not in one.shown + other.shown


async def test_given_the_store_is_away_when_a_list_is_asked_for_then_it_is_told_plainly(bot: Bot) -> None:
    bot.coverage.fault = StoreUnavailable("psycopg: connection refused")
    (told,) = await typed(bot, "disagreements")
    bot.coverage.fault = RuntimeError("secret innards")
    (other,) = await typed(bot, "disagreements")

    assert told.text.startswith("The library can't be reached")
    assert "psycopg" not in told.shown
    assert "innards" not in other.shown


async def test_given_standing_disagreements_when_listed_then_they_are_a_table(bot: Bot) -> None:
    bot.coverage.entries = [entries.entry(), entries.entry("e2", "How long did the ban last?")]

    (told,) = await typed(bot, "disagreements")

    (table,) = [b for b in told.blocks if b["type"] == "table"]
    cells = json.dumps(table["rows"])
    assert "says otherwise" in cells
    assert "How long did the ban last?" in cells
    assert_kept("disagreements", [{k: v for k, v in b.items() if k != "block_id"} for b in told.blocks[:-1]])


async def test_given_a_topic_when_disagreements_are_listed_then_only_those_about_it_are(bot: Bot) -> None:
    bot.coverage.entries = [entries.entry()]

    (about,) = await typed(bot, "disagreements licences")
    (none,) = await typed(bot, "disagreements whales")

    assert "about “licences”" in about.text
    assert none.text == ENGLISH.grid.none_on.format(topic="whales")


async def test_given_a_topic_without_a_telling_word_when_disagreements_are_listed_then_that_is_said(bot: Bot) -> None:
    (told,) = await typed(bot, "disagreements the of")

    assert told.text == ENGLISH.settings.empty_topic.format(phrase="the of")


async def test_given_a_topic_that_the_cited_articles_name_elsewhere_when_disagreements_are_listed_then_none_is_on_it(
    bot: Bot,
) -> None:
    bot.coverage.entries = [entries.entry()]

    (none,) = await typed(bot, "disagreements forty-one licences")
    (about,) = await typed(bot, "disagreements British access")

    assert none.text == ENGLISH.grid.none_on.format(topic="forty-one licences")
    assert "about “British access”" in about.text


@pytest.mark.parametrize(("count", "outlets"), [(1, 2), (3, 40), (60, 4), (40, 25)])
def test_given_more_than_a_table_holds_when_drawn_then_it_keeps_slack_s_limits_and_counts_the_rest(
    count: int, outlets: int
) -> None:
    (message,), pictures = disagreements(entries.many(count, outlets), "")

    table = message.tail[0]
    assert len(table["rows"]) <= 100
    assert all(len(row) == len(table["rows"][0]) <= 20 for row in table["rows"])
    told = json.dumps(message.tail, ensure_ascii=False)
    shown = {f"Question number {n}?" for n in range(count) if f'"Question number {n}?"' in told}
    drawn = {question.text for picture in pictures for question in picture.questions}
    assert (outlets > 20) == any(len(picture.outlets) == 20 and picture.note for picture in pictures)
    left = count - len(shown | drawn)
    assert (f"{left} more did not fit" in told) == (left > 0)
    assert (f"A picture of the {len(drawn)} that do not fit" in told) == bool(drawn)


def test_given_disagreements_that_do_not_fit_when_drawn_then_their_outlets_and_sources_are_not_in_the_table() -> None:
    first = [entries.entry(str(n), f"Is it {'so ' * 60}{n}?") for n in range(30)]

    (message,), _ = disagreements([*first, *entries.many(1, 4)], "")

    assert "Outlet number" not in json.dumps(message.tail)


async def test_given_articles_when_the_newest_and_the_outlets_are_listed_then_they_are_linked_and_counted(
    bot: Bot,
) -> None:
    bot.coverage.headings = entries.HEADINGS

    (new,) = await typed(bot, "new")
    (outlets,) = await typed(bot, "sources")

    assert_kept("newest", [{k: v for k, v in b.items() if k != "block_id"} for b in new.blocks])
    assert outlets.text == "4 outlets, 4 articles"


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("since Thursday", ["2026-05-21", "2026-05-22"]),
        ("today", ["2026-05-22"]),
        ("since 22 May", ["2026-05-22"]),
        ("since 1d", ["2026-05-22"]),
        ("in the last three days", ["2026-05-20", "2026-05-21", "2026-05-22"]),
    ],
)
async def test_given_a_time_when_what_is_new_since_then_is_asked_for_then_only_that_is_listed(
    bot: Bot, since: str, told: list[str]
) -> None:
    days = ["2026-05-22", "2026-05-21", "2026-05-20", "2026-05-12"]
    bot.coverage.headings = entries.headings(
        *(answers.article(day, "One.", title=f"News of {day}", published=f"{day}T09:00:00+00:00") for day in days)
    )

    (shown,) = await typed(bot, f"new {since}")
    await bot.sandbox.click(shown, "share", user=ANNA)
    await bot.quiet()

    (shared,) = bots_own(bot)
    for message in (shown, shared):
        assert [day for day in reversed(days) if day in message.shown] == told


async def test_given_nothing_new_or_words_that_are_no_time_when_asked_for_then_it_is_said(bot: Bot) -> None:
    bot.coverage.headings = entries.headings(answers.article("a", "One.", published="2026-05-12"))

    (nothing,) = await typed(bot, "new since Thursday")
    (no_time,) = await typed(bot, "new whales")

    assert (nothing.text, no_time.text) == (ENGLISH.lists.nothing_since, ENGLISH.lists.new_usage)


async def test_given_a_question_that_is_too_long_when_asked_by_command_then_its_limit_is_told(bot: Bot) -> None:
    (told,) = await typed(bot, "ask " + "why " * 1_000)

    assert "3,000 characters" in told.text


async def test_given_a_greeting_when_asked_by_command_then_nothing_is_said_to_be_read(bot: Bot) -> None:
    (told,) = await typed(bot, "ask thanks")

    assert told.text == ENGLISH.asking.thanks


async def test_given_a_topic_when_its_timeline_is_asked_for_then_each_article_s_sentence_on_it_is_shown(
    bot: Bot,
) -> None:
    bot.coverage.articles = [answers.COURIER, answers.LEDGER, answers.REVIEW]

    (told,) = await typed(bot, "timeline licences were granted")

    assert "Forty-one licences were granted by noon." in told.shown
    assert "Mira Holt" not in told.shown


@pytest.mark.parametrize("text", ["new", "sources", "timeline", "disagreements", "timeline whales"])
async def test_given_no_coverage_when_something_is_listed_then_it_is_said(bot: Bot, text: str) -> None:
    (told,) = await typed(bot, text)

    assert told.text
    assert "share" not in json.dumps(told.blocks)


async def test_given_a_question_when_followed_by_command_then_a_thread_of_its_own_answers_and_follows_it(
    bot: Bot,
) -> None:
    (told,) = await typed(bot, f"follow {answers.QUESTION}")
    await bot.quiet()

    assert told.text == ENGLISH.follow.opened
    (opener,) = bots_own(bot)
    assert answers.QUESTION in opener.shown
    (answer,) = bot.sandbox.messages(GENERAL, opener.ts)[1:]
    assert "Sources disagree" in answer.shown
    assert bot.shelf.said == [("follow", "job-2", ANNA, GENERAL, opener.ts)]


async def test_given_a_topic_when_followed_then_a_thread_of_its_own_says_what_stands_and_what_it_will_hear(
    bot: Bot,
) -> None:
    replayed = Replayed("a-model-1", "2026-05-22")
    bot.coverage.entries = [
        entries.entry(replayed=replayed),
        entries.entry("e2", "How long did the ban last?", positions=()),
    ]

    await typed(bot, "follow access, export licences")

    (opener,) = bots_own(bot)
    assert bot.coverage.topics == [TopicFollow(ANNA, GENERAL, opener.ts, Topic(("access", "export licences")))]
    assert "begin to disagree on “access, export licences”" in opener.text
    assert answers.QUESTION in opener.shown
    assert "A recorded reply by a-model-1" in opener.shown
    assert "How long did the ban last?" not in opener.shown
    assert bot.oracle.questions == []


async def test_given_a_wish_to_follow_a_topic_that_slack_brings_twice_when_done_then_one_thread_stands(
    bot: Bot,
) -> None:
    await typed(bot, "follow export licences")
    (job,) = bot.inbox.jobs
    del job.notes["told"]

    await bot.commands.run(job)

    assert len(bots_own(bot)) == 1
    assert len(bot.coverage.topics) == 1


async def test_given_a_dispute_that_opens_while_a_topic_s_thread_is_opened_when_it_is_kept_then_that_is_told_there_once(
    bot: Bot,
) -> None:
    await typed(bot, "follow access")
    (job,) = bot.inbox.jobs
    (opener,) = bots_own(bot)
    bot.coverage.topics.clear()
    bot.coverage.entries = [entries.entry()]
    for _ in range(2):  # each as after a crash before the follow was kept
        job.notes.pop("told", None)
        await bot.commands.run(job)
    [follow] = bot.coverage.topics
    news = standing_news(entries.entry())
    await Following(bot.account).tell(GENERAL, opener.ts, ANNA, news, follow.key(news), follow.topic)

    (told,) = bot.sandbox.messages(GENERAL, opener.ts)[1:]
    assert told.text == f"Sources disagree now: {answers.QUESTION}"


async def test_given_a_topic_that_is_followed_already_when_followed_again_then_it_is_said_and_no_thread_opens(
    bot: Bot,
) -> None:
    await typed(bot, "follow export licences")

    (told,) = await typed(bot, "follow Export licences")

    assert told.text == ENGLISH.follow.topic_already
    assert len(bots_own(bot)) == 1


async def test_given_a_topic_without_a_telling_word_when_followed_then_it_is_said_and_no_thread_opens(
    bot: Bot,
) -> None:
    (told,) = await typed(bot, "follow what they did")

    assert told.text == ENGLISH.follow.topic_empty
    assert bots_own(bot) == []


async def test_given_follows_when_follow_alone_is_typed_then_a_form_lists_them_and_each_can_be_let_go(
    bot: Bot,
) -> None:
    topic = TopicFollow(ANNA, GENERAL, "1.1", Topic(("export licences",)))
    bot.coverage.followed[ANNA] = [entries.entry("f1", owner="owner")]
    bot.coverage.topics = [topic, replace(topic, person=BEN, topic=Topic(("whales",)))]

    form = await form_of(bot, "follow")
    await bot.sandbox.wait_for(
        lambda: "New disagreements on “export licences”" in json.dumps(form.view, ensure_ascii=False)
    )
    listed = json.dumps(form.view, ensure_ascii=False)
    await bot.sandbox.click(form, "unfollow", topic.id)
    await bot.quiet()

    assert answers.QUESTION in listed
    assert "New disagreements on “export licences”" in listed
    assert "whales" not in listed
    assert not (await bot.coverage.follows(ANNA)).topics
    now = json.dumps(form.view, ensure_ascii=False)
    assert "export licences" not in now
    assert answers.QUESTION in now
    await bot.sandbox.submit(form, {"words": "whales"})
    await bot.quiet()
    assert [f.topic.title for f in (await bot.coverage.follows(ANNA)).topics] == ["whales"]


async def test_given_nothing_followed_and_a_busy_store_when_follow_alone_is_typed_then_the_form_opens_all_the_same(
    bot: Bot,
) -> None:
    bot.coverage.fault = StoreUnavailable("away")

    form = await form_of(bot, "follow")

    assert ENGLISH.follow.hint in json.dumps(form.view)
    assert ENGLISH.follow.all not in json.dumps(form.view)


async def test_given_more_follows_than_a_form_holds_when_listed_then_slack_takes_it_and_the_rest_is_counted(
    bot: Bot,
) -> None:
    bot.coverage.topics = [TopicFollow(ANNA, GENERAL, "1.1", Topic((f"topic {n}",))) for n in range(60)]

    form = await form_of(bot, "follow")
    await bot.sandbox.wait_for(lambda: "20 more" in json.dumps(form.view))

    assert bot.sandbox.refusals == []


async def form_of(bot: Bot, text: str) -> OpenView:
    await bot.sandbox.command("/coverage", text, channel=GENERAL, user=ANNA)
    form: OpenView = await bot.sandbox.wait_for(lambda: bot.sandbox.view(ANNA))
    return form


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_given_odd_text_everywhere_when_listed_then_slack_takes_it_and_nobody_is_pinged(
    bot: Bot, text: str
) -> None:
    bot.coverage.entries = [entries.entry(question=text)]
    bot.oracle = Oracle(answers.single())

    told = [*await typed(bot, f"disagreements {text}"), *await typed(bot, text), *await typed(bot, f"follow {text}?")]
    told += await typed(bot, f"follow {text[:40]}")
    await bot.quiet()

    assert bot.faults == []
    assert bot.sandbox.refusals == []
    for message in [*told, *bots_own(bot)]:
        assert "<!channel>" not in message.text
        assert not any(name in message.text for name in ("@here", "<@U0ANNA>", "https://evil"))


async def test_given_another_room_s_subcommand_when_typed_then_it_is_served_and_told_like_the_others(
    bot: Bot,
) -> None:
    assert "/coverage weather TOWN" in (await typed(bot, "help"))[0].shown

    (told,) = await typed(bot, "weather Leeds")

    assert told.text == "It rains in Leeds."


@pytest.fixture
def subcommands() -> list[Subcommand]:
    async def weather(call: Call, work: Any) -> Said:
        return Said(plain(f"It rains in {call.text}."))

    async def novel(call: Call, work: Any) -> Said:
        return Said([message for n in range(1, 7) for message in plain(f"Chapter {n}")])

    return [
        Subcommand("weather", lambda: ("TOWN", "tells the weather"), weather),
        Subcommand("novel", lambda: ("", "tells a long story"), novel),
    ]


def bots_own(bot: Bot) -> list[Message]:
    """What the bot has posted in the channel for all to see."""
    return [m for m in bot.sandbox.messages(GENERAL) if m.bot_id == bot.sandbox.workspace.bot.bot_id]


def test_given_headings_without_titles_or_dates_when_listed_then_each_has_a_line() -> None:
    untitled = entries.headings(answers.article("x", "One.", title=" ", outlet="The Blank"))

    (message,) = newest(untitled)

    assert "undated, The Blank" in json.dumps(message.tail)


def test_given_a_heading_among_the_sentences_when_a_timeline_is_drawn_then_a_whole_sentence_is_shown() -> None:
    found = [answers.article("x", "Licences.", "Forty-one licences were granted.", published="2026-05-20")]

    (message,) = timeline(found, "licences")

    assert "Forty-one licences were granted." in json.dumps(message.tail)


def test_given_very_long_texts_when_listed_then_each_message_keeps_its_limit() -> None:
    long = [answers.article(f"a{n}", "word " * 400, title="title " * 100, published="2026-05-20") for n in range(20)]

    messages = timeline(long, "")

    assert all(len(json.dumps(m.blocks)) < 13_000 for m in messages)
