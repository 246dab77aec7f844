"""`/coverage settings` as people use it, and who may do what in a channel, over real Socket Mode."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.errors import StoreUnavailable
from bot.news.catalogue import ENGLISH
from bot.news.ledger.follows import TopicFollow
from bot.news.rules import ChannelRules, Focus, Listed, WorkspaceRules
from bot.news.topic import Topic
from bot.sandbox import BEN, CHIE, GENERAL, POLICY, OpenView
from bot.slack.commands.adding import AddCommand, Added
from bot.slack.commands.commands import Subcommand
from tests.slack import answers, entries
from tests.slack.conftest import Bot
from tests.slack.snapshot import assert_kept

TARIFFS = Focus((Topic(("tariffs",)),))


async def opened(bot: Bot, user: str, channel: str = GENERAL) -> OpenView:
    """What stands before somebody who typed `/coverage settings`."""
    await bot.sandbox.command("/coverage", "settings", channel=channel, user=user)

    def settled() -> OpenView | None:
        view = bot.sandbox.view(user)
        return view if view and ENGLISH.settings.loading not in json.dumps(view.view, ensure_ascii=False) else None

    found: OpenView = await bot.sandbox.wait_for(settled)
    return found


async def told(bot: Bot, user: str, text: str, channel: str = GENERAL) -> str:
    """The last that somebody alone is told once they have typed a command."""
    before = len(bot.sandbox.private(user))
    await bot.sandbox.command("/coverage", text, channel=channel, user=user)
    await bot.quiet()
    begun = (ENGLISH.commands.begun, ENGLISH.commands.adding, ENGLISH.wish.begun)
    private = await bot.sandbox.wait_for(
        lambda: [m for m in bot.sandbox.private(user)[before:] if m.text not in begun] or None
    )
    return str(private[-1].text)


def posted(bot: Bot, channel: str = GENERAL) -> list[Any]:
    return [m for m in bot.sandbox.messages(channel) if m.bot_id == bot.sandbox.workspace.bot.bot_id]


async def test_given_an_admin_when_the_form_is_filled_then_it_is_kept_and_the_channel_hears_who_changed_what(
    bot: Bot,
) -> None:
    bot.coverage.headings = entries.HEADINGS
    outlet = entries.HEADINGS[0].outlet
    form = await opened(bot, BEN)
    assert_kept("settings-form", [{k: v for k, v in b.items() if k != "block_id"} for b in form.view["blocks"]])

    faults = await bot.sandbox.submit(
        form,
        {
            "topics": "AI export ban, tariffs",
            "which_outlets": "without",
            "outlets": [outlet],
            "language": "de",
            "askers": [CHIE, BEN],
            "adding_people": [CHIE],
            "digests_channels": [POLICY],
        },
    )
    await bot.quiet()

    assert faults == {}
    topics = (Topic(("AI export ban",)), Topic(("tariffs",)))
    assert bot.rules.channels == {GENERAL: ChannelRules(Focus(topics, (outlet,), True), "de", (CHIE, BEN))}
    assert bot.rules.workspace == WorkspaceRules(adding=Listed((CHIE,)), digests=Listed((), (POLICY,)))
    assert {by.by for by in bot.rules.by.values()} == {BEN}
    (message,) = posted(bot)
    assert BEN in json.dumps(message.blocks[0]["elements"][0])
    for said in ("AI export ban, tariffs", f"all but {outlet}", "German"):
        assert said in message.shown
    assert bot.sandbox.refusals == []


async def test_given_settings_when_the_form_is_opened_again_then_it_shows_them_and_sending_it_changes_nothing(
    bot: Bot,
) -> None:
    bot.coverage.headings = entries.HEADINGS
    rules = ChannelRules(Focus((Topic(("tariffs", "duty"), "Trade"),), ("A vanished outlet",)), "ja", (CHIE,))
    await bot.rules.change_channel(GENERAL, rules, CHIE)
    await bot.rules.change_workspace(WorkspaceRules(Listed((CHIE,), (GENERAL,))), CHIE)

    form = await opened(bot, BEN)
    await bot.sandbox.submit(form, {})
    await bot.quiet()

    assert bot.rules.channels[GENERAL] == rules
    assert bot.rules.workspace.asking == Listed((CHIE,), (GENERAL,))
    assert bot.rules.by[GENERAL].by == CHIE
    assert "Trade: tariffs, duty" in json.dumps(form.view)
    assert posted(bot) == []


@pytest.mark.parametrize(
    ("values", "block", "said"),
    [
        ({"topics": "tariffs, the"}, "topics", "“the” holds no telling word"),
        ({"topics": ",".join(f"topic{n}" for n in range(11))}, "topics", "There can be 10 topics"),
        ({"which_outlets": "only"}, "outlets", ENGLISH.settings.no_outlet_chosen),
    ],
)
async def test_given_a_form_that_cannot_be_taken_when_sent_then_it_says_so_beside_the_field(
    bot: Bot, values: dict[str, Any], block: str, said: str
) -> None:
    bot.coverage.headings = entries.HEADINGS

    faults = await bot.sandbox.submit(await opened(bot, BEN), values)

    assert said in faults[block]
    assert bot.inbox.jobs == []


async def test_given_somebody_else_when_they_open_the_settings_then_they_read_them_and_who_may_change_them(
    bot: Bot,
) -> None:
    await bot.rules.change_channel(GENERAL, ChannelRules(TARIFFS, "fr"), BEN)

    shown = json.dumps((await opened(bot, CHIE)).view)

    assert "submit" not in shown
    for said in ("tariffs", "French", ENGLISH.settings.admins_change, BEN):
        assert said in shown


async def test_given_a_digest_and_follows_when_the_settings_are_opened_then_they_are_told_too(bot: Bot) -> None:
    none = json.dumps((await opened(bot, CHIE)).view, ensure_ascii=False)
    bot.coverage.digest = "on all coverage, in full, on weekdays at 09:00 (Europe/London)"
    bot.coverage.followed[CHIE] = [entries.entry()]
    bot.coverage.topics = [TopicFollow(CHIE, GENERAL, "1.1", Topic(("export licences",)))]
    told = json.dumps((await opened(bot, CHIE)).view, ensure_ascii=False)

    assert ENGLISH.wish.not_set in none
    assert ENGLISH.follow.none in none
    assert "Digest: on all coverage, in full, on weekdays at 09:00 (Europe/London)" in told
    assert answers.QUESTION in told
    assert "export licences" in told


async def test_given_no_admin_is_named_when_somebody_opens_the_settings_then_they_are_told_who_may(
    bot: Bot,
) -> None:
    bot.gate.admins.named.clear()  # type: ignore[attr-defined]

    shown = json.dumps((await opened(bot, CHIE)).view)

    assert ENGLISH.settings.admins_alone_change in shown
    assert "only those who look after the bot" in shown
    assert "Empty" not in shown
    bot.sandbox.workspace.people[CHIE].admin = True
    assert "submit" in (await opened(bot, CHIE)).view


async def test_given_a_direct_message_when_its_owner_opens_the_settings_then_they_may_change_their_own(
    bot: Bot,
) -> None:
    direct = bot.sandbox.dm(CHIE)

    form = await opened(bot, CHIE, direct)
    await bot.sandbox.submit(form, {"language": "de"})
    await bot.quiet()

    assert bot.rules.channels == {direct: ChannelRules(language="de")}
    assert "askers" not in json.dumps(form.view)
    assert "adding" not in json.dumps(form.view)


async def test_given_an_admin_no_more_when_their_form_arrives_then_nothing_changes_and_they_are_told(bot: Bot) -> None:
    bot.sandbox.workspace.people[CHIE].admin = True
    form = await opened(bot, CHIE)
    bot.sandbox.workspace.people[CHIE].admin = False

    await bot.sandbox.submit(form, {"language": "de"})
    await bot.quiet()

    assert bot.rules.channels == {}
    assert bot.sandbox.private(CHIE)[-1].text == ENGLISH.settings.may_not_change


async def test_given_a_form_that_comes_twice_when_kept_then_the_channel_hears_of_it_once(bot: Bot) -> None:
    await bot.sandbox.submit(await opened(bot, BEN), {"language": "de"})
    await bot.quiet()
    (job,) = bot.inbox.jobs

    await bot.settings.run(job)

    assert len(posted(bot)) == 1


async def test_given_a_channel_without_the_bot_when_its_settings_change_then_who_changed_them_is_told(bot: Bot) -> None:
    bot.sandbox.faults.refuse("chat.postMessage", "not_in_channel", times=1)

    await bot.sandbox.submit(await opened(bot, BEN), {"language": "de"})
    await bot.quiet()

    assert bot.rules.channels[GENERAL].language == "de"
    assert ENGLISH.settings.changed_untold in [m.text for m in bot.sandbox.messages(bot.sandbox.dm(BEN))]


async def test_given_the_store_is_away_when_the_settings_are_opened_then_it_is_told_plainly(bot: Bot) -> None:
    bot.coverage.fault = StoreUnavailable("psycopg: connection refused")

    shown = json.dumps((await opened(bot, BEN)).view)

    assert "The library can't be reached" in shown
    assert "psycopg" not in shown


async def test_given_a_trigger_that_is_over_when_the_settings_are_opened_then_they_come_as_a_message(bot: Bot) -> None:
    bot.sandbox.faults.refuse("views.open", "expired_trigger_id")

    assert await told(bot, BEN, "settings") == ENGLISH.settings.title


async def test_given_a_form_that_is_closed_at_once_when_the_store_answers_then_nothing_more_is_said(bot: Bot) -> None:
    bot.sandbox.faults.refuse("views.update", "not_found")

    delivery = await bot.sandbox.command("/coverage", "settings", channel=GENERAL, user=BEN)
    await bot.quiet()

    assert delivery.acked
    assert bot.sandbox.private(BEN) == []


async def test_given_a_form_that_slack_does_not_take_when_opened_then_it_says_what_to_do_and_the_log_says_why(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    for text in ("settings", "digest"):
        bot.sandbox.faults.refuse("views.update", "invalid_blocks", 1)

        await bot.sandbox.command("/coverage", text, channel=GENERAL, user=BEN)

        form = await bot.sandbox.wait_for(lambda: bot.sandbox.view(BEN))
        await bot.sandbox.wait_for(lambda form=form: ENGLISH.clicks.not_filled in json.dumps(form.view))
        await bot.sandbox.close_view(form)
    assert [r.reason for r in caplog.records if r.message == "a modal could not be filled"] == [
        "views.update: invalid_blocks"
    ] * 2


async def test_given_a_form_that_cannot_be_filled_at_all_when_opened_then_the_settings_come_as_a_message(
    bot: Bot,
) -> None:
    bot.sandbox.faults.refuse("views.update", "invalid_blocks")

    assert await told(bot, BEN, "settings") == ENGLISH.settings.title


async def test_given_people_who_may_ask_when_others_do_then_each_way_in_says_so(bot: Bot) -> None:
    asked = await bot.sandbox.say(GENERAL, CHIE, f"{bot.sandbox.mention} {answers.QUESTION}")
    (answer,) = await bot.settled(asked)
    await bot.rules.change_channel(GENERAL, ChannelRules(askers=(BEN,)), BEN)
    bot.oracle.questions.clear()

    mention = await bot.sandbox.say(GENERAL, CHIE, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.quiet()
    assert [m.text for m in bot.sandbox.replies(mention)] == [ENGLISH.rights.ask_here]

    for typed in ("ask Who?", "disagreements", "timeline", "sources", "new", "follow Who?"):
        assert await told(bot, CHIE, typed) == ENGLISH.rights.ask_here
    await bot.sandbox.shortcut("check", user=CHIE, message=asked)
    await bot.quiet()
    assert bot.sandbox.private(CHIE)[-1].text == ENGLISH.rights.ask_here

    await bot.sandbox.click(answer, "follow", user=CHIE)
    await bot.quiet()
    assert bot.sandbox.private(CHIE)[-1].text == ENGLISH.rights.ask_here
    await bot.sandbox.click(answer, "quotes", user=CHIE)
    await bot.sandbox.wait_for(lambda: ENGLISH.rights.ask_here in json.dumps(bot.sandbox.view(CHIE).view))  # type: ignore[union-attr]
    assert bot.shelf.said == []
    assert bot.oracle.questions == []


async def test_given_somebody_who_may_not_ask_any_more_when_they_go_on_in_a_thread_then_the_bot_keeps_out_of_it(
    bot: Bot,
) -> None:
    asked = await bot.sandbox.say(GENERAL, CHIE, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.settled(asked)
    await bot.rules.change_channel(GENERAL, ChannelRules(askers=(BEN,)), BEN)

    await bot.sandbox.say(GENERAL, CHIE, "and for start-ups?", asked.ts)
    await bot.quiet()

    assert len(bot.sandbox.replies(asked)) == 1


async def test_given_people_who_may_ask_when_they_or_an_admin_do_then_they_are_answered(bot: Bot) -> None:
    await bot.rules.change_channel(GENERAL, ChannelRules(askers=(CHIE,)), BEN)

    for person in (CHIE, BEN):
        await bot.sandbox.say(GENERAL, person, f"{bot.sandbox.mention} {answers.QUESTION}")
        await bot.quiet()

    assert bot.oracle.questions == [answers.QUESTION, answers.QUESTION]


async def test_given_a_list_for_the_workspace_when_others_write_or_look_at_home_then_it_is_said(bot: Bot) -> None:
    bot.coverage.entries = [entries.entry()]
    bot.rules.workspace = WorkspaceRules(asking=Listed((), (GENERAL,)))
    direct = bot.sandbox.dm(CHIE)

    asked = await bot.sandbox.say(direct, CHIE, answers.QUESTION)
    await bot.sandbox.open_home(CHIE)
    home = await bot.sandbox.wait_for(lambda: bot.sandbox.home(CHIE))
    await bot.quiet()

    assert [m.text for m in bot.sandbox.replies(asked)] == [ENGLISH.rights.ask]
    assert ENGLISH.rights.ask in json.dumps(home.view)
    assert answers.QUESTION not in json.dumps(home.view)
    await bot.sandbox.say(GENERAL, CHIE, f"{bot.sandbox.mention} {answers.QUESTION}")
    await bot.quiet()
    assert bot.oracle.questions == [answers.QUESTION]


@pytest.fixture
def subcommands() -> list[Subcommand]:
    async def add(url: str) -> Added:
        return Added(new=1)

    return [AddCommand(add).subcommand()]


async def test_given_lists_of_who_may_add_and_change_digests_when_typed_then_they_hold(bot: Bot) -> None:
    assert await told(bot, CHIE, "add https://example.org/a") == ENGLISH.rights.add
    assert "has a digest on all coverage" in await told(bot, CHIE, "digest on")

    bot.rules.workspace = WorkspaceRules(adding=Listed((CHIE,)), digests=Listed((), (POLICY,)))

    assert await told(bot, CHIE, "add https://example.org/a") == "Added: 1 new."
    for change in ("digest on", "digest off", "digest now"):
        assert await told(bot, CHIE, change) == ENGLISH.rights.change_digest
    assert await told(bot, CHIE, "digest preview") == "In detail: nothing."
    assert "has a digest on all coverage" in await told(bot, CHIE, "digest on", POLICY)


async def test_given_a_narrow_channel_when_a_list_is_empty_then_what_is_set_is_named_as_why(bot: Bot) -> None:
    await bot.rules.change_channel(GENERAL, ChannelRules(TARIFFS), BEN)

    for typed in ("disagreements", "timeline", "sources", "new"):
        assert await told(bot, CHIE, typed) == ENGLISH.lists.nothing_counts
