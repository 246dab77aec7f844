"""`/coverage digest` as people type it, over real Socket Mode."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

import pytest

from bot.news.catalogue import ENGLISH
from bot.news.digest.subscription import WEEKDAYS, Length, Quiet, Wish
from bot.news.rules import Listed, WorkspaceRules
from bot.news.topic import Topic
from bot.sandbox import ANNA, BEN, CHIE, GENERAL, POLICY, RANDOM, OpenView
from tests.slack.conftest import Bot
from tests.slack.fakes import FixedDigests
from tests.slack.snapshot import assert_kept


@pytest.fixture
def digests(bot: Bot) -> FixedDigests:
    return bot.digests


async def typed(bot: Bot, text: str) -> list[str]:
    before = len(bot.sandbox.private(ANNA))
    await bot.sandbox.command("/coverage", text, channel=GENERAL, user=ANNA)
    await bot.quiet()
    assert bot.faults == []
    return [m.text for m in bot.sandbox.private(ANNA)[before:]]


async def test_given_a_wish_in_words_when_a_digest_is_switched_on_then_it_is_kept_at_the_person_s_own_hours(
    bot: Bot, digests: FixedDigests
) -> None:
    (told,) = await typed(bot, "digest on 08:30 topics tariffs")

    wish = digests.wishes[GENERAL]
    assert (wish.at, wish.days, wish.zone) == (time(8, 30), WEEKDAYS, "Europe/London")
    assert [t.phrases for t in wish.topics] == [("tariffs",)]
    assert told == (
        "From now on this channel has a digest on “tariffs”, in full, on weekdays at 08:30 (Europe/London); "
        "a day without news gets a line that says so. The next one comes on Friday 22 May, 08:30."
    )


async def test_given_a_digest_when_it_is_changed_then_what_is_not_named_stays(bot: Bot, digests: FixedDigests) -> None:
    digests.wishes[GENERAL] = Wish(at=time(7), zone="Asia/Tokyo")

    await typed(bot, "digest on short")

    assert (digests.wishes[GENERAL].at, digests.wishes[GENERAL].zone) == (time(7), "Asia/Tokyo")


async def test_given_slack_tells_no_zone_when_switched_on_then_it_is_utc(bot: Bot, digests: FixedDigests) -> None:
    bot.sandbox.faults.refuse("users.info", "missing_scope")

    await typed(bot, "digest on")

    assert digests.wishes[GENERAL].zone == "UTC"


async def test_given_words_that_are_no_wish_when_typed_then_it_says_which_and_keeps_nothing(
    bot: Bot, digests: FixedDigests
) -> None:
    (told,) = await typed(bot, "digest on whenever")

    assert "“whenever”" in told
    assert digests.wishes == {}


async def test_given_a_topic_of_no_telling_word_when_typed_then_it_says_so_and_keeps_nothing(
    bot: Bot, digests: FixedDigests
) -> None:
    (told,) = await typed(bot, "digest on\n09:00 topics tariffs, the")

    assert told == ENGLISH.settings.empty_topic.format(phrase="the")
    assert digests.wishes == {}


@pytest.mark.parametrize("said", ["digest now", "digest on"])
async def test_given_a_channel_without_the_bot_when_a_digest_is_wished_for_then_it_says_so_and_promises_none(
    bot: Bot, digests: FixedDigests, said: str
) -> None:
    await bot.sandbox.command("/coverage", said, channel=RANDOM, user=ANNA)
    await bot.quiet()

    assert [m.text for m in bot.sandbox.private(ANNA)] == [ENGLISH.wish.where]
    assert digests.wishes == {}


async def test_given_a_digest_when_switched_off_then_it_is_gone_and_there_is_none_to_switch_off_again(
    bot: Bot, digests: FixedDigests
) -> None:
    digests.wishes[GENERAL] = Wish()

    (off,) = await typed(bot, "digest off")
    (none,) = await typed(bot, "digest off")

    assert off == ENGLISH.wish.off
    assert none.startswith("Digest: none")


async def test_given_somebody_switches_it_off_meanwhile_when_switched_on_then_that_is_told(
    bot: Bot, digests: FixedDigests
) -> None:
    digests.races = True

    told = await typed(bot, "digest on")

    assert told == [ENGLISH.wish.off_meanwhile]


async def test_given_a_wish_for_one_now_when_typed_then_it_is_asked_for_once_under_the_job_s_key(
    bot: Bot, digests: FixedDigests
) -> None:
    await typed(bot, "digest now")

    assert digests.asked == [(GENERAL, ANNA, None, "job-1")]


async def test_given_a_preview_when_asked_for_then_only_who_asked_sees_it(bot: Bot) -> None:
    told = await typed(bot, "digest preview")

    assert ENGLISH.wish.begun in told
    assert [text for text in told if text != ENGLISH.wish.begun] == ["Nothing new today.", "In detail: nothing."]
    assert not any(m.bot_id for m in bot.sandbox.messages(GENERAL))


async def test_given_no_such_word_when_typed_then_what_is_set_and_what_can_be_said_is_told(bot: Bot) -> None:
    (told,) = await typed(bot, "digest please")

    assert "Digest: none" in told
    assert ENGLISH.wish.usage in told


async def form(bot: Bot, user: str = ANNA) -> OpenView:
    """What stands before somebody once they have typed the command alone."""
    await bot.sandbox.command("/coverage", "digest", channel=GENERAL, user=user)
    return await settled(bot, user)


async def settled(bot: Bot, user: str = ANNA) -> OpenView:
    def there() -> OpenView | None:
        view = bot.sandbox.view(user)
        return view if view and ENGLISH.wish.loading not in json.dumps(view.view, ensure_ascii=False) else None

    found: OpenView = await bot.sandbox.wait_for(there)
    return found


async def test_given_the_command_alone_when_typed_then_a_form_opens_and_what_is_wished_in_it_is_kept(bot: Bot) -> None:
    opened = await form(bot)
    assert_kept("digest-form", [{k: v for k, v in b.items() if k != "block_id"} for b in opened.view["blocks"]])

    wished = {"at": "07:45", "zone": "asia/tokyo", "days": ["0", "4"], "topics": "tariffs", "quiet": "skip"}
    faults = await bot.sandbox.submit(opened, wished)
    await bot.quiet()

    assert faults == {}
    kept = Wish(time(7, 45), frozenset({0, 4}), "Asia/Tokyo", (Topic(("tariffs",)),), Length.FULL, Quiet.SKIP)
    assert bot.digests.wishes == {GENERAL: kept}
    assert "on “tariffs”, in full, every Monday and Friday at 07:45 (Asia/Tokyo)" in bot.sandbox.private(ANNA)[-1].text
    assert bot.faults == []


@pytest.mark.parametrize(
    ("values", "block", "told"),
    [
        ({"zone": "Atlantis"}, "zone", "no time zone “Atlantis”"),
        ({"days": []}, "days", ENGLISH.wish.no_day),
        ({"topics": "the"}, "topics", "“the” holds no telling word"),
    ],
)
async def test_given_a_form_that_cannot_be_taken_when_sent_then_it_says_so_beside_the_field(
    bot: Bot, values: dict[str, Any], block: str, told: str
) -> None:
    faults = await bot.sandbox.submit(await form(bot), values)
    await bot.quiet()

    assert list(faults) == [block]
    assert told in faults[block]
    assert bot.digests.wishes == {}


async def test_given_a_digest_when_the_form_is_opened_then_it_shows_it_and_can_switch_it_off(bot: Bot) -> None:
    bot.digests.wishes[GENERAL] = Wish(time(6), frozenset({5}), "Asia/Tokyo", (Topic(("duty",), "Trade"),))

    opened = await form(bot)
    shown = json.dumps(opened.view["blocks"])
    await bot.sandbox.click(opened, "digest_off", user=ANNA)
    await bot.quiet()

    assert all(said in shown for said in ("06:00", "Asia/Tokyo", "Trade: duty", "Saturday"))
    assert bot.digests.wishes == {}
    after = await settled(bot)
    assert ENGLISH.wish.off in json.dumps(after.view, ensure_ascii=False)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (WorkspaceRules(digests=Listed((BEN,))), ENGLISH.rights.change_digest),
        (WorkspaceRules(asking=Listed((BEN,))), ENGLISH.rights.ask),
    ],
)
async def test_given_somebody_who_may_not_change_digests_when_they_try_by_form_then_nothing_is_changed(
    bot: Bot, now: WorkspaceRules, told: str
) -> None:
    opened = await form(bot, CHIE)
    await bot.rules.change_workspace(now, BEN)

    await bot.sandbox.submit(opened, {})
    await bot.quiet()
    again = await form(bot, CHIE)

    assert bot.digests.wishes == {}
    assert bot.sandbox.private(CHIE)[-1].text == told
    assert told in json.dumps(again.view, ensure_ascii=False)


async def test_given_a_channel_without_the_bot_when_the_form_is_wanted_then_it_says_so(bot: Bot) -> None:
    await bot.sandbox.command("/coverage", "digest", channel=RANDOM, user=ANNA)
    shown = await settled(bot)

    assert ENGLISH.wish.where in json.dumps(shown.view, ensure_ascii=False)


async def test_given_a_trigger_that_is_gone_when_the_command_is_typed_then_it_is_answered_in_words(bot: Bot) -> None:
    bot.sandbox.faults.refuse("views.open", "expired_trigger_id")

    await bot.sandbox.command("/coverage", "digest", channel=GENERAL, user=ANNA)

    (told,) = await bot.sandbox.wait_for(lambda: bot.sandbox.private(ANNA))
    assert ENGLISH.wish.usage in told.text


async def test_given_home_when_a_digest_is_set_up_there_then_the_person_has_one_by_direct_message(bot: Bot) -> None:
    await bot.sandbox.open_home(ANNA)
    home = await bot.sandbox.wait_for(lambda: bot.sandbox.home(ANNA))
    direct = bot.sandbox.workspace.direct_with(ANNA).id

    await bot.sandbox.click(home, "digest", user=ANNA)
    bot.coverage.digest = "09:00 weekdays"
    await bot.sandbox.submit(await settled(bot), {})
    await bot.quiet()

    assert list(bot.digests.wishes) == [direct]
    shown = bot.sandbox.home(ANNA)
    assert shown is not None
    assert ENGLISH.home.change_digest in json.dumps(shown.view)


async def test_given_digests_when_listed_then_a_person_sees_their_own_and_the_channel_s_and_an_admin_all(
    bot: Bot,
) -> None:
    for channel, person in ((GENERAL, BEN), (POLICY, CHIE), (RANDOM, BEN)):
        await bot.digests.on(channel, person, Wish())

    def listed(person: str) -> list[str]:
        told = json.dumps(bot.sandbox.private(person)[-1].blocks)
        return [channel for channel in (GENERAL, POLICY, RANDOM) if channel in told]

    for person in (CHIE, BEN):
        await bot.sandbox.command("/coverage", "digest list", channel=GENERAL, user=person)
    await bot.quiet()

    assert (listed(CHIE), listed(BEN)) == ([GENERAL, POLICY], [GENERAL, POLICY, RANDOM])
    assert "a line that says so · next on Friday 22 May, 08:30" in bot.sandbox.private(CHIE)[-1].shown


async def test_given_no_digest_when_listed_then_that_is_said(bot: Bot) -> None:
    assert await typed(bot, "digest list") == [ENGLISH.wish.none]
