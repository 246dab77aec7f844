"""In which language the bot speaks to whom, over real Socket Mode."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.errors import StoreUnavailable
from bot.news.catalogue import ENGLISH, of, speaking, spoken
from bot.news.catalogue.en import Messages
from bot.news.rules import ChannelRules
from bot.news.summary import Scope
from bot.sandbox import ANNA, BEN, GENERAL, Message
from bot.slack.account import Account
from bot.slack.commands.summaries import drawn
from bot.slack.languages import AGAIN_S, FRESH_S, Languages
from bot.slack.looks.digest_form import KIND
from tests.slack import answers, entries
from tests.slack.conftest import Bot
from tests.slack.fakes import MemoryRules
from tests.slack.snapshot import assert_kept
from tests.slack.test_commands import typed
from tests.slack.test_home import opened as home_of
from tests.slack.test_summaries import summed_up

GERMAN: Messages = of("de")


def in_german(bot: Bot) -> None:
    bot.rules.channels[GENERAL] = ChannelRules(language="de")


def german(bot: Bot, person: str = ANNA) -> None:
    bot.sandbox.workspace.people[person].locale = "de-DE"


def shown(view: dict[str, object]) -> list[dict[str, object]]:
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    return [{key: value for key, value in block.items() if key != "block_id"} for block in blocks]


async def asked(bot: Bot, text: str, person: str = ANNA) -> list[Message]:
    return await bot.settled(await bot.sandbox.say(GENERAL, person, f"{bot.sandbox.mention} {text}"))


async def test_given_a_german_channel_when_asked_for_help_then_it_is_told_in_german(bot: Bot) -> None:
    in_german(bot)

    (told,) = await typed(bot, "help")

    assert told.text == GERMAN.commands.help_title
    assert_kept("german-help", shown({"blocks": told.blocks}))


async def test_given_a_german_channel_when_asked_then_the_answer_its_buttons_and_what_a_click_tells_are_german(
    bot: Bot,
) -> None:
    in_german(bot)
    bot.oracle.answer = replace(answers.dispute(), language="de")

    answer = (await asked(bot, answers.QUESTION))[-1]
    await bot.sandbox.click(answer, "follow", user=BEN)
    await bot.quiet()

    assert GERMAN.buttons.show_quotes in json.dumps(answer.blocks, ensure_ascii=False)
    assert bot.sandbox.private(BEN)[-1].text == GERMAN.clicks.followed


async def test_given_two_people_when_they_click_under_one_answer_then_each_is_told_in_their_own_language(
    bot: Bot,
) -> None:
    german(bot, BEN)
    answer = (await asked(bot, answers.QUESTION))[-1]

    for person in (ANNA, BEN):
        await bot.sandbox.click(answer, "follow", user=person)
        await bot.quiet()
        await bot.sandbox.click(answer, "quotes", user=person)
        await bot.sandbox.wait_for(lambda who=person: bot.sandbox.view(who))

    assert bot.sandbox.private(ANNA)[-1].text == ENGLISH.clicks.followed
    assert bot.sandbox.private(BEN)[-1].text == GERMAN.clicks.followed
    titles = [bot.sandbox.view(person).view["title"]["text"] for person in (ANNA, BEN)]
    assert titles == [ENGLISH.clicks.quotes_title, GERMAN.clicks.quotes_title]


async def test_given_a_person_who_reads_slack_in_german_when_home_is_opened_then_it_is_german(bot: Bot) -> None:
    german(bot)
    bot.coverage.entries = [entries.entry("e1", "How long did it last?")]
    bot.coverage.headings = entries.HEADINGS

    mine, others = await home_of(bot, ANNA), await home_of(bot, BEN)

    assert_kept("german-home", shown(mine.view))
    assert ENGLISH.home.disputes in json.dumps(others.view)


async def test_given_a_german_channel_when_its_settings_are_opened_then_the_form_is_german_and_what_is_wrong_in_it(
    bot: Bot,
) -> None:
    in_german(bot)
    bot.coverage.headings = entries.HEADINGS
    await bot.sandbox.command("/coverage", "settings", channel=GENERAL, user=BEN)
    form = await bot.sandbox.wait_for(
        lambda: (view := bot.sandbox.view(BEN)) and view.view.get("callback_id") == "settings" and view
    )

    faults = await bot.sandbox.submit(form, {"which_outlets": "only"})

    assert_kept("german-settings-form", shown(form.view))
    assert faults == {"outlets": GERMAN.settings.no_outlet_chosen}


async def test_given_a_german_channel_when_a_digest_is_wished_for_in_words_then_it_is_told_in_german(bot: Bot) -> None:
    in_german(bot)

    on = (await typed(bot, "digest on 09:00 weekdays Europe/London topics tariffs"))[-1]
    wrong = (await typed(bot, "digest on whenever"))[-1]

    assert "zu „tariffs“, ausführlich, montags bis freitags um 09:00 Uhr (Europe/London)" in on.text
    assert "Freitag, 22. Mai, 08:30 Uhr" in on.text
    assert wrong.text == GERMAN.wish.not_understood.format(said="whenever")


async def test_given_a_german_channel_when_the_digest_s_form_is_opened_then_it_is_german(bot: Bot) -> None:
    in_german(bot)

    await bot.sandbox.command("/coverage", "digest", channel=GENERAL, user=BEN)
    form = await bot.sandbox.wait_for(
        lambda: (view := bot.sandbox.view(BEN)) and view.view.get("callback_id") == KIND and view
    )

    assert_kept("german-digest-form", shown(form.view))


async def test_given_a_german_channel_when_a_command_fails_then_the_apology_is_german(bot: Bot) -> None:
    in_german(bot)
    bot.coverage.fault = StoreUnavailable("away")

    told = (await typed(bot, "sources"))[-1]

    assert told.text == GERMAN.errors["StoreUnavailable"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Hallo zusammen!", GERMAN.asking.hello),
        ("Grüß Gott", GERMAN.asking.hello),
        ("Hello", GERMAN.asking.hello),
        ("Super, danke schön!", GERMAN.asking.thanks),
        ("Thanks", GERMAN.asking.thanks),
        ("Sei still, bitte.", GERMAN.asking.quiet),
        ("Quiet, please", GERMAN.asking.quiet),
        ("Hilfe", GERMAN.asking.help),
    ],
)
async def test_given_a_german_channel_when_a_person_greets_thanks_or_hushes_in_either_language_then_it_is_understood(
    bot: Bot, said: str, told: str
) -> None:
    in_german(bot)

    (reply,) = await asked(bot, said)

    assert reply.text == told
    assert bot.oracle.questions == []


@pytest.mark.parametrize("said", ["seit Montag", "since Monday", "diese Woche", "heute"])
async def test_given_a_german_channel_when_the_new_is_asked_for_in_either_language_then_it_is_understood(
    bot: Bot, said: str
) -> None:
    in_german(bot)
    bot.coverage.headings = entries.HEADINGS

    told = (await typed(bot, f"new {said}"))[-1]

    assert told.text in (GERMAN.lists.newest, GERMAN.lists.nothing_since)


async def test_given_german_when_a_summary_is_drawn_without_a_language_of_its_own_then_it_is_german(bot: Bot) -> None:
    with speaking("de"):
        (message, *_) = drawn(summed_up(Scope()))

    assert GERMAN.summary.happened in message.body


async def test_given_a_message_when_checked_by_a_german_then_the_question_is_german(bot: Bot) -> None:
    german(bot)
    said = await bot.sandbox.say(GENERAL, BEN, "Forty-one licences were granted.")

    await bot.sandbox.shortcut("check", user=ANNA, message=said)
    await bot.quiet()

    assert bot.oracle.questions == [GERMAN.asking.check.format(said="Forty-one licences were granted.")]


class Hands:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_given_a_person_when_spoken_to_again_then_slack_is_asked_once_a_day(bot: Bot, account: Account) -> None:
    german(bot)
    clock = Hands()
    languages = Languages(account, MemoryRules(), clock=clock)

    first, second = [await languages.of(ANNA, GENERAL) for _ in range(2)]
    bot.sandbox.workspace.people[ANNA].locale = "en-US"
    clock.now = FRESH_S + 1

    assert (first, second) == ("de", "de")
    assert await languages.of(ANNA, GENERAL) == "en"


async def test_given_slack_that_is_away_when_spoken_to_then_it_is_english_and_slack_asked_again_in_a_minute(
    bot: Bot, account: Account
) -> None:
    german(bot)
    clock = Hands()
    languages = Languages(account, MemoryRules(), clock=clock)
    bot.sandbox.faults.refuse("users.info", "internal_error")

    assert await languages.of(ANNA) == ""
    bot.sandbox.faults.clear()
    assert await languages.of(ANNA) == ""
    clock.now = AGAIN_S + 1
    assert await languages.of(ANNA) == "de"


async def test_given_a_slow_slack_when_spoken_to_then_nobody_waits_and_the_next_time_it_is_known(
    bot: Bot, account: Account
) -> None:
    german(bot)
    languages = Languages(account, MemoryRules(), within_s=0)

    assert await languages.of(ANNA) == ""
    patient = Languages(account, MemoryRules())
    async with patient.to(ANNA):
        assert spoken() == GERMAN
    assert spoken() is ENGLISH


async def test_given_a_channel_with_a_language_when_spoken_in_then_nobody_is_looked_up(account: Account) -> None:
    rules = MemoryRules({GENERAL: ChannelRules(language="de")})
    languages = Languages(account, rules)

    assert await languages.of("U0NOBODY", GENERAL) == "de"
