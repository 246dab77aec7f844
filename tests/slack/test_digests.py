"""`/coverage digest` as people type it, over real Socket Mode."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.news.digest.subscription import WEEKDAYS, Wish
from bot.sandbox import ANNA, GENERAL
from bot.slack import words
from bot.slack.blocks import plain
from bot.slack.commands import Subcommand
from bot.slack.daily import Drawn
from bot.slack.digests import DigestCommand
from bot.slack.gate import Gate
from tests.slack.conftest import Account, Bot


@dataclass
class FixedDigests:
    """Keeps wishes by channel; `asked`: the digests that were to be posted at once; `races`: each is switched off by
    somebody else as soon as it is on."""

    wishes: dict[str, Wish] = field(default_factory=dict)
    asked: list[tuple[str, str, Wish | None, str]] = field(default_factory=list)
    races: bool = False

    async def of(self, channel: str) -> Wish | None:
        return self.wishes.get(channel)

    async def on(self, channel: str, person: str, wish: Wish) -> datetime | None:
        if self.races:
            return None
        self.wishes[channel] = wish
        return datetime(2026, 5, 22, 8, 30, tzinfo=ZoneInfo(wish.zone))

    async def off(self, channel: str) -> bool:
        return self.wishes.pop(channel, None) is not None

    async def now(self, channel: str, person: str, wish: Wish | None, key: str) -> None:
        self.asked.append((channel, person, wish, key))

    async def preview(self, channel: str, person: str, wish: Wish | None) -> Drawn:
        return Drawn(plain("Nothing new today.")[0], (plain("In detail: nothing.")[0],))


@pytest.fixture
def digests() -> FixedDigests:
    return FixedDigests()


@pytest.fixture
def subcommands(account: Account, digests: FixedDigests, gate: Gate) -> list[Subcommand]:
    return [DigestCommand(account, digests, gate).subcommand()]


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
    assert "08:30 weekdays Europe/London" in told
    assert "The next one comes on Friday 22 May, 08:30." in told


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


async def test_given_a_digest_when_switched_off_then_it_is_gone_and_there_is_none_to_switch_off_again(
    bot: Bot, digests: FixedDigests
) -> None:
    digests.wishes[GENERAL] = Wish()

    (off,) = await typed(bot, "digest off")
    (none,) = await typed(bot, "digest off")

    assert off == words.DIGEST_OFF
    assert none.startswith("Digest: none")


async def test_given_somebody_switches_it_off_meanwhile_when_switched_on_then_that_is_told(
    bot: Bot, digests: FixedDigests
) -> None:
    digests.races = True

    told = await typed(bot, "digest on")

    assert told == [words.DIGEST_OFF_MEANWHILE]


async def test_given_a_wish_for_one_now_when_typed_then_it_is_asked_for_once_under_the_job_s_key(
    bot: Bot, digests: FixedDigests
) -> None:
    await typed(bot, "digest now")

    assert digests.asked == [(GENERAL, ANNA, None, "job-1")]


async def test_given_a_preview_when_asked_for_then_only_who_asked_sees_it(bot: Bot) -> None:
    told = await typed(bot, "digest preview")

    assert words.DIGEST_BEGUN in told
    assert [text for text in told if text != words.DIGEST_BEGUN] == ["Nothing new today.", "In detail: nothing."]
    assert not any(m.bot_id for m in bot.sandbox.messages(GENERAL))


@pytest.mark.parametrize("text", ["digest", "digest please"])
async def test_given_no_such_word_when_typed_then_what_is_set_and_what_can_be_said_is_told(bot: Bot, text: str) -> None:
    (told,) = await typed(bot, text)

    assert "Digest: none" in told
    assert words.DIGEST_USAGE in told
