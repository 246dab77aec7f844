"""A card under a link to the coverage, over real Socket Mode and HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.news.catalogue import ENGLISH
from bot.news.model import Position
from bot.news.rules import ChannelRules
from bot.sandbox import ANNA, CHIE, GENERAL, Message, Sandbox
from bot.slack.coverage import Linked
from bot.slack.looks.link_card import link_card
from bot.slack.manifest import manifest
from tests.given import article
from tests.slack import answers, entries
from tests.slack.conftest import Bot
from tests.slack.snapshot import assert_kept
from tests.slack.texts import ODD_TEXTS

URL = str(answers.COURIER.url)
FOREIGN = "https://courier.example.org/elsewhere"
ONLY_ANNA = ChannelRules(askers=(ANNA,))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A Slack that tells the app of what its manifest names: links to example.org and its parts among it."""
    async with Sandbox(manifest=manifest(), ack_timeout_s=0.5, retry_after_s=(0.05, 0.05, 0.1)) as made:
        yield made


@pytest.fixture
def reading(idle: Bot) -> None:
    """The bot reads the Courier, which takes a side in one disagreement."""
    idle.coverage.articles = [answers.COURIER]
    idle.coverage.entries = [entries.entry()]


async def shared(bot: Bot, text: str, person: str = ANNA) -> list[dict[str, Any]]:
    """The cards under a message, once all is done."""
    posted: Message = await bot.sandbox.say(GENERAL, person, text)
    await bot.quiet()
    cards: list[dict[str, Any]] = posted.attachments
    return cards


@pytest.mark.usefixtures("reading")
async def test_given_a_disputed_article_when_its_link_is_posted_then_a_card_tells_who_says_otherwise(bot: Bot) -> None:
    (card,) = await shared(bot, f"Have you seen {URL} yet?")

    assert card["from_url"] == URL
    assert_kept("link-card", [{k: v for k, v in block.items() if k != "block_id"} for block in card["blocks"]])
    told = json.dumps(card["blocks"], ensure_ascii=False)
    assert answers.COURIER.sentences[0].text in told
    assert "The Northern Ledger" in told
    assert "Nobody here has had a licence" in told


@pytest.mark.usefixtures("reading")
async def test_given_events_over_http_when_a_link_is_posted_then_it_has_its_card(bot_over_http: Bot) -> None:
    assert [card["from_url"] for card in await shared(bot_over_http, URL)] == [URL]


@pytest.mark.usefixtures("reading")
async def test_given_an_event_that_comes_twice_when_it_is_heard_then_one_card_stands_and_one_job_is_kept(
    bot: Bot,
) -> None:
    bot.inbox.failures = 1  # so that Slack brings it again
    posted = await bot.sandbox.say(GENERAL, ANNA, URL)
    await bot.quiet()

    assert len(posted.attachments) == 1
    assert [job.kind for job in bot.inbox.jobs].count("links") == 1


@pytest.mark.usefixtures("reading")
async def test_given_an_address_that_is_not_of_the_coverage_when_posted_then_nothing_is_shown(bot: Bot) -> None:
    assert await shared(bot, f"{FOREIGN} and https://example.com/other") == []


@pytest.mark.usefixtures("reading")
async def test_given_several_links_when_posted_together_then_those_of_the_coverage_have_a_card_each(bot: Bot) -> None:
    bot.coverage.articles.append(answers.HERALD)

    cards = await shared(bot, f"{URL} {FOREIGN} {answers.HERALD.url}")

    assert [card["from_url"] for card in cards] == [URL, answers.HERALD.url]


@pytest.mark.usefixtures("reading")
async def test_given_somebody_who_may_not_ask_when_a_link_is_posted_then_nothing_is_shown(bot: Bot) -> None:
    bot.rules.channels[GENERAL] = ONLY_ANNA

    assert await shared(bot, URL, CHIE) == []
    assert len(await shared(bot, URL, ANNA)) == 1


@pytest.mark.usefixtures("reading")
async def test_given_a_channel_without_the_bot_when_a_link_is_posted_then_nothing_is_shown(bot: Bot) -> None:
    bot.sandbox.workspace.channels[GENERAL].members.discard(bot.account.user)

    assert await shared(bot, URL) == []
    assert bot.inbox.jobs == []


@pytest.mark.parametrize(("compared", "told"), [(True, ENGLISH.card.none), (False, ENGLISH.card.uncompared)])
async def test_given_no_known_disagreement_when_a_link_is_posted_then_uncompared_is_not_told_as_none(
    bot: Bot, compared: bool, told: str
) -> None:
    bot.coverage.articles, bot.coverage.compared = [answers.COURIER], compared

    (card,) = await shared(bot, URL)

    assert told in json.dumps(card["blocks"], ensure_ascii=False)


@pytest.mark.usefixtures("reading")
async def test_given_slack_refuses_the_card_when_a_link_is_posted_then_the_bot_goes_on(bot: Bot) -> None:
    bot.sandbox.faults.refuse("chat.unfurl", "cannot_unfurl_url")

    assert await shared(bot, URL) == []
    assert ("chat.unfurl", "cannot_unfurl_url") in bot.sandbox.refusals
    assert bot.faults == []


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
async def test_given_odd_texts_when_a_link_is_posted_then_the_card_stands_and_nothing_in_it_acts(
    bot: Bot, text: str
) -> None:
    odd = article("odd", text, outlet=text, title=text, url=URL)
    other = article("other", text, outlet=f"Other {text}", title=text)
    sides = (Position(text, (answers.reading(odd),), 1), Position(f"not {text}", (answers.reading(other),), 1))
    bot.coverage.articles, bot.coverage.entries = [odd], [entries.entry(question=text, positions=sides)]

    (card,) = await shared(bot, f"{URL} it is")

    found = list(nodes(card["blocks"]))
    assert {node["type"] for node in found} <= {"rich_text", "rich_text_section", "rich_text_quote", "text"}
    assert bot.faults == []


def test_given_more_than_fits_a_card_when_it_is_made_then_what_is_left_out_is_counted() -> None:
    against = tuple(Position(f"it was {n}", (answers.reading(answers.LEDGER),), 1) for n in range(4))
    crowded = entries.entry(positions=(Position("it was 9", (answers.reading(answers.COURIER),), 1), *against))
    known = [crowded, *(entries.entry(f"e{n}") for n in range(4))]

    told = json.dumps(link_card(Linked(answers.COURIER, known, compared=True)), ensure_ascii=False)

    assert "2 more answers are given." in told
    assert "3 more disagreements: /coverage disagreements" in told


def test_given_an_article_that_tells_both_sides_when_its_card_is_made_then_each_is_under_its_name() -> None:
    both = tuple(
        replace(position, readings=(answers.reading(answers.COURIER),)) for position in (answers.CAN, answers.CANNOT)
    )
    told = json.dumps(link_card(Linked(answers.COURIER, [entries.entry(positions=both)], compared=True)))

    assert told.count("The Courier: ") == 2


def nodes(found: Any) -> list[dict[str, Any]]:
    """Every object that has a type, at any depth."""
    if isinstance(found, list):
        return [node for each in found for node in nodes(each)]
    if not isinstance(found, dict):
        return []
    inner = [node for value in found.values() for node in nodes(value)]
    return [found, *inner] if "type" in found else inner
