"""What is set for channels and workspaces, and what a library shows where not all of it counts, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.news.find import find
from bot.news.ledger.standing import State, begun
from bot.news.rules import EVERYTHING, Changed, ChannelRules, Focus, Listed, Rules, WorkspaceRules
from bot.news.topic import Topic
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.people.rules import StoredRules, read_once
from tests.given import article
from tests.slack import answers

NOW = datetime(2026, 5, 22, 9, tzinfo=UTC)
SET = ChannelRules(Focus((Topic(("Zölle", "export ban"), "Handel"),), ("The Courier",), True), "de", ("U1", "U2"))
LISTED = WorkspaceRules(Listed(("U1",), ("C1",)), Listed(("U2",)), Listed((), ("C2",)))
BAN, WHALES = Focus((Topic(("export bans",)),)), Focus((Topic(("whales",)),))


async def test_given_nothing_set_when_asked_what_holds_then_nothing_is_narrowed_and_nobody_named(
    database: Database,
) -> None:
    rules = StoredRules(database, "local")

    assert await rules.holding("C1") == Rules()
    assert await rules.changed("C1") is None


async def test_given_rules_when_changed_again_then_the_last_hold_with_who_made_them(database: Database) -> None:
    rules = StoredRules(database, "local", clock=lambda: NOW)
    await rules.change_channel("C1", ChannelRules(language="fr"), "U1")
    await rules.change_channel("C1", SET, "U2")
    await rules.change_workspace(LISTED, "U3")

    assert await rules.holding("C1") == Rules(SET, LISTED)
    assert await rules.holding("C2") == await rules.holding("") == Rules(workspace=LISTED)
    assert await rules.changed("C1") == Changed("U2", NOW)
    assert await StoredRules(database, "other").holding("C1") == Rules()


async def elsewhere(change: Coroutine[Any, Any, None]) -> None:
    """In another process."""
    await asyncio.create_task(change, context=Context())


async def test_given_a_piece_of_work_when_its_rules_change_elsewhere_then_it_ends_under_those_it_began_under(
    database: Database,
) -> None:
    rules = StoredRules(database, "local")
    with read_once():
        begun_under = await rules.holding("C1")
        await elsewhere(rules.change_channel("C1", SET, "U1"))

        assert await rules.holding("C1") == begun_under == Rules()
        assert await rules.holding("C2") == await StoredRules(database, "other").holding("C1") == Rules()

    assert await rules.holding("C1") == Rules(SET)


async def test_given_a_piece_of_work_that_changes_the_rules_when_it_goes_on_then_the_changed_ones_hold(
    database: Database,
) -> None:
    rules = StoredRules(database, "local")

    with read_once():
        await rules.holding("C1")
        await rules.change_channel("C1", SET, "U1")

        assert await rules.holding("C1") == Rules(SET)


async def shelved(database: Database) -> Library:
    """Three outlets, of which one writes of something else, and a neighbour whose words are the same."""
    library = Library(database, "local")
    await library.add(article("c", "The ban on exports was lifted.", outlet="The Courier", published="2026-05-20"))
    await library.add(article("l", "Nobody lifted any export ban.", outlet="The Ledger", published="2026-05-21"))
    await library.add(article("w", "Whales were seen.", outlet="The Courier", title="At sea", published="2026-05-22"))
    await Library(database, "other").add(article("o", "An export ban.", outlet="The Other"))
    return library


@pytest.mark.parametrize(
    ("focus", "shown"),
    [
        (EVERYTHING, "clw"),
        (BAN, "cl"),
        (Focus(BAN.topics + WHALES.topics), "clw"),
        (Focus(outlets=("The Courier",)), "cw"),
        (Focus(outlets=("The Courier",), without=True), "l"),
        (Focus(BAN.topics, ("The Courier",)), "c"),
        (Focus((Topic(("sea",)),)), "w"),  # its title tells
        (Focus((Topic(("the of",)),)), ""),  # words that tell nothing
        (Focus((Topic(("licences",)),)), ""),
    ],
)
async def test_given_a_focus_when_the_library_is_read_then_only_what_counts_is_there_in_each_way(
    database: Database, focus: Focus, shown: str
) -> None:
    library = (await shelved(database)).within(focus)

    assert {a.id for a in await library.articles()} == set(shown)
    assert await library.count() == len(shown)
    characters = sum(len(a.text) for a in await library.articles())
    assert await library.whole(characters) == await library.articles()
    assert await library.whole(characters - 1) is None
    assert {e.article.id for e in await library.search("ban lifted whales", limit=9)} == set(shown)
    assert set(await library.overview.latest(9)) == set(shown)
    assert len(await library.overview.newest(9)) == len(shown)
    assert sum(o.articles for o in await library.overview.outlets()) == len(shown)


async def test_given_a_focus_when_a_question_is_asked_then_nothing_else_is_read(database: Database) -> None:
    library = await shelved(database)

    found = await find("Was the ban lifted?", library.within(Focus(outlets=("The Ledger",))), 12_000)

    assert [a.id for a in found.sheet.articles] == ["l"]


async def test_given_much_that_does_not_count_when_searched_then_the_little_that_does_is_found(
    database: Database,
) -> None:
    library = Library(database, "local")
    much = [article(f"m{n}", "The export ban was lifted, they say.", outlet="The Mill") for n in range(500)]
    await library.add_all([article("one", "An export ban.", outlet="The Courier"), *much])

    found = await library.within(Focus(outlets=("The Courier",))).search("export ban lifted", limit=200)

    assert [e.article.id for e in found] == ["one"]


async def test_given_a_standing_disagreement_when_one_side_does_not_count_then_it_does_not_stand(
    database: Database,
) -> None:
    library = Library(database, "local")
    for each in (answers.COURIER, answers.LEDGER, answers.WIRE, answers.HERALD):
        await library.add(each)
    change = begun(answers.dispute().comparison, NOW)
    assert change is not None
    await library.ledger.keep(change)
    one, other = change.entry.comparison.positions
    lone = {r.article.outlet for r in other.readings}
    most = [r.article.outlet for r in one.readings]

    without_one = library.within(Focus(outlets=tuple(lone), without=True))
    with_fewer = library.within(Focus(outlets=(most[0], *lone)))

    assert await without_one.ledger.standing(State.OPEN) == []
    (entry,) = await with_fewer.ledger.standing(State.OPEN)
    assert {r.article.outlet for p in entry.comparison.positions for r in p.readings} == {most[0], *lone}
    assert sum(p.independent for p in entry.comparison.positions) == 2
