"""The bot's Home, its greeting, its suggested questions and its message shortcut, over real Socket Mode."""

from __future__ import annotations

import json

import pytest

from bot.errors import StoreUnavailable
from bot.news.catalogue import ENGLISH
from bot.news.ledger.follows import Follows, TopicFollow
from bot.news.model import Check, Relation
from bot.news.topic import Topic
from bot.sandbox import ANNA, BEN, CHIE, GENERAL, POLICY, OpenView
from bot.slack.coverage import Channel
from bot.slack.home import Glance, prompts, view
from tests.slack import answers, entries
from tests.slack.conftest import Bot
from tests.slack.snapshot import assert_kept
from tests.slack.texts import ODD_TEXTS


async def opened(bot: Bot, user: str) -> OpenView:
    await bot.sandbox.open_home(user)
    home: OpenView = await bot.sandbox.wait_for(lambda: bot.sandbox.home(user))
    return home


async def test_given_coverage_when_home_is_opened_then_it_shows_what_stands_what_is_new_and_what_is_one_s_own(
    bot: Bot,
) -> None:
    bot.coverage.entries = [entries.entry(f"e{n}", f"Question number {n}?") for n in range(7)]
    bot.coverage.headings = entries.HEADINGS
    bot.coverage.followed[ANNA] = [entries.entry("f1", "How long did it last?", "owner")]
    bot.coverage.topics = [TopicFollow(ANNA, GENERAL, "1.1", Topic(("export licences",)))]
    bot.coverage.digest = "on all coverage, in full, on weekdays at 09:00 (Europe/London)"

    home = await opened(bot, ANNA)

    assert_kept("home", [{k: v for k, v in b.items() if k != "block_id"} for b in home.view["blocks"]])
    other = json.dumps((await opened(bot, BEN)).view["blocks"])
    assert "How long did it last?" not in other


async def test_given_an_admin_when_home_is_opened_then_it_shows_how_the_bot_fares_and_to_nobody_else(bot: Bot) -> None:
    mine = json.dumps((await opened(bot, ANNA)).view["blocks"])
    others = json.dumps((await opened(bot, CHIE)).view["blocks"])

    assert "1,234 articles" in mine
    assert ENGLISH.home.health not in others


async def test_given_nobody_can_be_looked_up_when_home_is_opened_then_it_is_shown_without_health(bot: Bot) -> None:
    bot.sandbox.workspace.people[ANNA].admin = True
    bot.sandbox.faults.refuse("users.info", "missing_scope")

    home = await opened(bot, ANNA)

    assert ENGLISH.home.health not in json.dumps(home.view["blocks"])


async def test_given_a_followed_question_when_it_is_unfollowed_then_home_shows_it_no_more(bot: Bot) -> None:
    bot.coverage.followed[ANNA] = [entries.entry("f1", owner="owner")]
    home = await opened(bot, ANNA)

    await bot.sandbox.click(home, "unfollow")
    await bot.quiet()

    assert bot.coverage.followed[ANNA] == []
    now = bot.sandbox.home(ANNA)
    assert now is not None
    assert ENGLISH.follow.none[:20] in json.dumps(now.view["blocks"])


@pytest.mark.parametrize(
    ("check", "relation"), [(Check.NOT_RUN, None), (Check.NOT_RUN, Relation.NONE), (Check.FAILED, None)]
)
async def test_given_a_followed_question_that_was_not_compared_when_home_is_opened_then_it_says_so(
    bot: Bot, check: Check, relation: Relation | None
) -> None:
    bot.coverage.followed[ANNA] = [entries.entry("f1", owner="owner", check=check, relation=relation, positions=())]

    home = await opened(bot, ANNA)

    assert "Not compared." in json.dumps(home.view["blocks"])
    assert bot.sandbox.refusals == []


async def test_given_two_followed_topics_when_the_second_is_let_go_then_home_shows_the_other_alone(bot: Bot) -> None:
    kept, gone = (TopicFollow(ANNA, GENERAL, "1.1", Topic((phrase,))) for phrase in ("tariffs", "export licences"))
    bot.coverage.topics = [kept, gone]
    home = await opened(bot, ANNA)

    await bot.sandbox.click(home, "unfollow", gone.id)
    await bot.quiet()

    assert bot.coverage.topics == [kept]
    now = bot.sandbox.home(ANNA)
    assert now is not None
    assert "tariffs" in json.dumps(now.view["blocks"])
    assert "export licences" not in json.dumps(now.view["blocks"])


async def test_given_the_store_is_away_when_home_is_opened_then_nothing_breaks_and_the_next_look_shows_it(
    bot: Bot,
) -> None:
    bot.coverage.fault = StoreUnavailable("away")
    delivery = await bot.sandbox.open_home(ANNA)
    assert delivery.acked
    bot.coverage.fault = None

    await opened(bot, ANNA)


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_given_odd_texts_when_home_is_opened_then_slack_takes_it(bot: Bot, text: str) -> None:
    bot.coverage.entries = [entries.entry(question=text)]
    bot.coverage.headings = entries.headings(
        answers.article("x", "One.", title=text, outlet=text, published="2026-05-20")
    )
    bot.coverage.followed[ANNA] = [entries.entry("f1", text, "owner")]

    await opened(bot, ANNA)

    assert bot.sandbox.refusals == []


def test_given_far_too_much_when_home_is_drawn_then_it_keeps_slack_s_limits() -> None:
    much = entries.many(500, 30)
    headings = entries.headings(*(answers.article(f"a{n}", "x", title="long " * 200) for n in range(60)))

    found = view(Glance("D1", much, headings, Follows(much), Channel("x" * 500)))

    assert len(found["blocks"]) <= 100
    assert len(json.dumps(found)) < 250_000


async def test_given_a_direct_message_when_it_is_opened_then_questions_from_the_ledger_are_suggested(bot: Bot) -> None:
    bot.coverage.entries = [entries.entry()]

    channel = await bot.sandbox.open_dm(ANNA)

    suggested = await bot.sandbox.wait_for(lambda: bot.sandbox.prompts(channel))
    assert suggested[0]["message"] == answers.QUESTION
    assert len(suggested) == 4


@pytest.mark.parametrize(("known", "offered"), [(0, 3), (1, 4), (3, 4), (9, 4)])
def test_given_any_number_of_disagreements_when_questions_are_suggested_then_at_most_four(
    known: int, offered: int
) -> None:
    found = prompts([entries.entry(f"e{n}", f"Question {n}? " * 50) for n in range(known)])

    assert len(found) == offered
    assert all(p["title"] and p["message"] for p in found)


async def test_given_a_channel_when_the_bot_joins_it_then_it_introduces_itself_in_two_lines_once(bot: Bot) -> None:
    await bot.sandbox.invite(POLICY)
    await bot.quiet()
    await bot.sandbox.invite(POLICY)
    await bot.quiet()

    (hello,) = [m for m in bot.sandbox.messages(POLICY) if m.bot_id == bot.sandbox.workspace.bot.bot_id]
    assert hello.blocks[0]["text"].count("\n") == 1
    assert hello.thread_ts is None


async def test_given_somebody_else_joins_when_told_then_the_bot_says_nothing(bot: Bot) -> None:
    await bot.sandbox.invite(GENERAL, BEN)
    await bot.quiet()

    assert bot.inbox.jobs == []


async def test_given_a_message_when_it_is_checked_against_the_coverage_then_only_who_wished_it_is_answered(
    bot: Bot,
) -> None:
    message = await bot.sandbox.say(GENERAL, BEN, f"British firms are locked out, I hear, <@{ANNA}>.")

    await bot.sandbox.shortcut("check", user=ANNA, message=message)
    await bot.quiet()

    (told,) = bot.sandbox.private(ANNA)
    assert "Sources disagree" in told.shown
    assert bot.oracle.questions == ["Does the coverage bear this out: British firms are locked out, I hear, @someone."]
    assert bot.sandbox.replies(message) == []


async def test_given_a_message_without_words_when_checked_then_it_is_said_that_there_is_nothing_to_check(
    bot: Bot,
) -> None:
    message = await bot.sandbox.say(GENERAL, BEN, "")

    await bot.sandbox.shortcut("check", user=ANNA, message=message)
    await bot.quiet()

    (told,) = bot.sandbox.private(ANNA)
    assert told.text == ENGLISH.asking.nothing_to_check
