"""`/coverage add URL` as people type it, over real Socket Mode."""

from __future__ import annotations

import pytest

from bot.news.catalogue import ENGLISH
from bot.sandbox import ANNA, BEN, GENERAL
from bot.slack.commands.adding import AddCommand, Added
from bot.slack.commands.commands import Subcommand
from tests.slack.conftest import Bot


class Pages:
    """Notes what was to be read; one article is new there."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.found = Added(new=1)

    async def add(self, url: str) -> Added:
        self.read.append(url)
        return self.found


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def subcommands(pages: Pages) -> list[Subcommand]:
    return [AddCommand(pages.add).subcommand()]


async def typed(bot: Bot, user: str, text: str) -> list[str]:
    await bot.sandbox.command("/coverage", text, channel=GENERAL, user=user)
    await bot.quiet()
    assert bot.faults == []
    return [m.text for m in bot.sandbox.private(user) if m.text != ENGLISH.commands.adding]


@pytest.mark.parametrize("said", ["https://example.org/story?id=4", "<https://example.org/story?id=4>"])
async def test_given_somebody_named_as_admin_when_they_add_a_page_then_it_is_read(
    bot: Bot, pages: Pages, said: str
) -> None:
    told = await typed(bot, BEN, f"add {said}")

    assert pages.read == ["https://example.org/story?id=4"]
    assert told == ["Added: 1 new."]


async def test_given_an_admin_of_the_workspace_when_they_add_a_page_then_it_is_read(bot: Bot, pages: Pages) -> None:
    bot.sandbox.workspace.people[ANNA].admin = True
    pages.found = Added(same=2, changed=1)

    assert await typed(bot, ANNA, "add https://example.org/feed") == ["Added: 1 corrected, 2 known already."]


async def test_given_anybody_else_when_they_add_a_page_then_they_are_told_whom_to_ask(bot: Bot, pages: Pages) -> None:
    bot.sandbox.workspace.people[ANNA].admin = False

    assert await typed(bot, ANNA, "add https://example.org/story") == [ENGLISH.rights.add]
    assert pages.read == []


@pytest.mark.parametrize("said", ["/etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "story", ""])
async def test_given_what_is_no_address_when_added_then_nothing_is_read(bot: Bot, pages: Pages, said: str) -> None:
    assert await typed(bot, BEN, f"add {said}") == [ENGLISH.commands.no_address]
    assert pages.read == []


async def test_given_a_page_without_an_article_when_added_then_it_is_said(bot: Bot, pages: Pages) -> None:
    pages.found = Added()

    assert await typed(bot, BEN, "add https://example.org/empty") == [ENGLISH.commands.not_added]
