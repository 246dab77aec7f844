"""The library keeps every version, finds what is current, and keeps workspaces apart; on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import UnreadableCoverage
from bot.news.rules import Focus
from bot.news.topic import Topic
from bot.store.coverage.keeping import Kept
from bot.store.coverage.library import NARROWED, Library
from bot.store.database import Database
from tests.given import article


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database, "local")


async def test_given_a_new_article_when_added_then_it_comes_back_letter_for_letter(library: Library) -> None:
    given = replace(
        article(
            "bread", "“Bread — at last,” said Ann.", "It’s £3.", published="2026-05-20", url="https://example.org/a"
        ),
        author="A. Baker",
        invented=True,
    )

    kept = await library.add(given)

    assert kept is Kept.NEW
    assert await library.article("bread") == given


async def test_given_an_article_when_added_again_then_nothing_changes(library: Library) -> None:
    await library.add(article("bread", "Bread is dear."))

    kept = await library.add(article("bread", "Bread is dear."))

    assert kept is Kept.SAME
    assert await library.count() == 1
    assert [a.version for a in await library.articles()] == [1]


async def test_given_a_changed_text_when_added_then_the_old_version_stays_citable_but_is_not_found(
    library: Library,
) -> None:
    await library.add(article("bread", "Bread costs three pounds."))

    kept = await library.add(article("bread", "Bread costs four euros."))

    old, new = await library.article("bread", 1), await library.article("bread")
    assert kept is Kept.CHANGED
    assert old is not None
    assert old.text == "Bread costs three pounds."
    assert new is not None
    assert (new.version, new.text) == (2, "Bread costs four euros.")
    assert await library.search("pounds", limit=5) == []
    assert [e.article.version for e in await library.search("euros", limit=5)] == [2]
    assert await library.count() == 1
    assert await library.whole(len(new.text)) == [new]
    assert await library.whole(len(new.text) - 1) is None


async def test_given_coverage_when_all_of_it_is_asked_for_then_it_is_as_it_stands_now_or_told_not_to_fit(
    library: Library,
) -> None:
    await library.add(article("bread", "Bread is dear."))
    await library.add(article("milk", "Milk is not."))
    whole = []

    whole += [await library.whole(100), await library.whole(100)]
    await library.add(article("bread", "Bread is dear!"))
    whole.append(await library.whole(100))
    await library.remove("bread")
    whole.append(await library.whole(100))

    assert [[a.text for a in each or ()] for each in whole] == [
        ["Bread is dear.", "Milk is not."],
        ["Bread is dear.", "Milk is not."],
        ["Milk is not.", "Bread is dear!"],
        ["Milk is not."],
    ]
    assert await library.whole(len("Milk is not.") - 1) is None


async def test_given_a_focus_when_its_coverage_is_asked_for_again_then_it_is_remembered_and_others_are_not_mixed_up(
    library: Library,
) -> None:
    await library.add(article("bread", "Bread is dear."))
    await library.add(article("milk", "Milk is not."))
    bread, milk = Focus((Topic(("bread",)),)), Focus((Topic(("milk",)),))

    first = await library.within(bread).whole(100)
    other = await library.within(milk).whole(100)
    again = await library.within(bread).whole(100)

    assert again is first
    assert [[a.id for a in each or ()] for each in (first, other)] == [["bread"], ["milk"]]


async def test_given_many_focuses_when_each_is_asked_for_then_only_the_last_are_remembered(library: Library) -> None:
    await library.add(article("bread", "Bread is dear."))
    bread = Focus((Topic(("bread",)),))
    first = await library.within(bread).whole(100)

    for number in range(NARROWED):
        await library.within(Focus((Topic((f"topic {number}",)),))).whole(100)

    again = await library.within(bread).whole(100)
    assert again == first
    assert again is not first


async def test_given_two_identities_with_one_id_when_added_then_the_second_gets_a_suffix(library: Library) -> None:
    await library.add(replace(article("index", "One."), identity="a/index.html"))
    await library.add(replace(article("index", "Two."), identity="b/index.html"))

    await library.add(replace(article("index", "Two, corrected."), identity="b/index.html"))

    assert {a.id: a.text for a in await library.articles()} == {"index": "One.", "index-2": "Two, corrected."}


@pytest.mark.parametrize("handle", ["bread", "https://example.org/bread"])
async def test_given_an_article_when_removed_then_it_is_marked_not_lost(library: Library, handle: str) -> None:
    await library.add(article("bread", "Bread is dear.", url="https://example.org/bread"))
    await library.add(article("milk", "Milk is cheap."))

    removed = await library.remove(handle)

    assert removed
    assert [a.id for a in await library.articles()] == ["milk"]
    assert await library.search("bread", limit=5) == []
    assert await library.article("bread") is None
    cited = await library.article("bread", 1)
    assert cited is not None
    assert cited.text == "Bread is dear."
    assert await library.count() == 1
    assert not await library.remove(handle)


async def test_given_a_removed_article_when_a_feed_brings_it_again_then_it_stays_away(library: Library) -> None:
    await library.add(article("bread", "Bread is dear."))
    await library.remove("bread")

    kept = await library.add(article("bread", "Bread is very dear."))

    assert kept is Kept.SAME
    assert await library.articles() == []


@pytest.mark.parametrize("text", ["Bread is dear.", "Bread is very dear."])
async def test_given_a_removed_article_when_a_person_restores_it_then_it_is_found_again_as_a_new_version(
    library: Library, text: str
) -> None:
    await library.add(article("bread", "Bread is dear."))
    await library.remove("bread")

    kept = await library.add(article("bread", text), restore=True)

    assert kept is Kept.NEW
    assert [(e.article.text, e.article.version) for e in await library.search("bread", limit=5)] == [(text, 2)]
    assert await library.count() == 1


async def test_given_dated_and_undated_articles_when_listed_then_oldest_first_and_undated_last(
    library: Library,
) -> None:
    for id, published in (("none", None), ("late", "2026-05-21T08:00:00+01:00"), ("early", "2026-05-20")):
        await library.add(article(id, "Text.", published=published))

    listed = await library.articles()
    newest = await library.newest()

    assert [a.id for a in listed] == ["early", "late", "none"]
    assert newest is not None
    assert newest.text == "2026-05-21T08:00:00+01:00"


async def test_given_a_span_when_asked_then_only_what_was_published_in_it_is_listed_and_found(
    library: Library,
) -> None:
    for id, published in (
        ("undated", None),
        ("before", "2026-05-19T23:59:59Z"),
        ("first", "2026-05-20T00:00:00Z"),
        ("bare", "2026-05-20"),
        ("noon", "2026-05-20T12:00:00Z"),
        ("after", "2026-05-21"),
    ):
        await library.add(article(id, "Bread is dear.", published=published))
    since, until = datetime(2026, 5, 20, tzinfo=UTC), datetime(2026, 5, 20, 12, tzinfo=UTC)

    listed = await library.articles(since=since, until=until)
    found = await library.search("bread", limit=10, since=since, until=until)

    assert {a.id for a in listed} == {"first", "bare"}
    assert {e.article.id for e in found} == {"first", "bare"}
    assert {a.id for a in await library.articles(since=until)} == {"bare", "noon", "after"}
    assert {e.article.id for e in await library.search("bread", limit=10, until=since)} == {"before"}


async def test_given_two_workspaces_when_one_asks_then_the_other_is_not_seen(database: Database) -> None:
    ours, theirs = Library(database, "ours"), Library(database, "theirs")
    await ours.add(article("bread", "Bread is dear."))
    await theirs.add(article("bread", "Bread is a secret."))

    removed = await ours.remove("bread")

    assert removed
    assert [e.article.text for e in await theirs.search("bread", limit=5)] == ["Bread is a secret."]
    assert await ours.search("bread secret", limit=5) == []
    assert (await ours.count(), await theirs.count()) == (0, 1)
    assert await ours.article("bread", 2) is None


async def test_given_an_empty_library_when_asked_then_it_says_so(library: Library) -> None:
    assert await library.count() == 0
    assert await library.whole(0) == []
    assert await library.newest() is None
    assert await library.articles() == []
    assert await library.search("anything", limit=5) == []
    assert await library.article("nothing") is None
    assert not await library.remove("nothing")


@pytest.mark.parametrize("text", ["Bread\0is dear.", "Bread \ud800 is dear."])
async def test_given_characters_no_database_holds_when_added_then_it_is_refused_by_name(
    library: Library, text: str
) -> None:
    with pytest.raises(UnreadableCoverage, match="bread"):
        await library.add(article("bread", text))

    assert await library.count() == 0


@pytest.mark.parametrize("field", ["id", "identity", "url"])
async def test_given_an_article_whose_address_no_database_looks_up_when_added_then_it_is_refused(
    library: Library, field: str
) -> None:
    longest = "".join(
        random.Random(1).choices("abcdefghij0123456789", k=5_000)
    )  # by chance: repeats would be compressed

    with pytest.raises(UnreadableCoverage, match="longer than"):
        await library.add(replace(article("bread", "Bread is dear."), **{field: longest}))
    kept = await library.add(replace(article("bread", "Bread is dear."), **{field: longest[:2_000]}))

    assert kept is Kept.NEW


async def test_given_several_articles_when_added_together_then_each_is_kept_as_if_alone(database: Database) -> None:
    library = Library(database, "local")
    new = [article(f"a{n}", f"Statement {n} is made.", published="2026-05-20") for n in range(3)]

    first = await library.add_all(new)
    again = await library.add_all([new[1], replace(new[2], title="Changed"), replace(new[0], id="b", identity="b")])

    assert first == [Kept.NEW, Kept.NEW, Kept.NEW]
    assert again == [Kept.SAME, Kept.CHANGED, Kept.NEW]
    assert sorted(a.id for a in await library.articles()) == ["a0", "a1", "a2", "b"]


async def test_given_articles_of_one_name_when_added_together_then_both_are_kept(database: Database) -> None:
    library = Library(database, "local")
    one = article("a", "This is said.", published="2026-05-20")

    await library.add_all([replace(one, identity="x"), replace(one, identity="y")])

    assert sorted(a.id for a in await library.articles()) == ["a", "a-2"]


async def test_given_one_article_that_cannot_be_kept_when_added_with_others_then_none_is(database: Database) -> None:
    library = Library(database, "local")
    good, bad = article("a", "This is said."), replace(article("b", "That too."), title="nul\0l")

    with pytest.raises(UnreadableCoverage):
        await library.add_all([good, bad])

    assert await library.count() == 0


async def test_given_coverage_mostly_in_one_language_when_asked_which_then_it_is_told_of_the_newest(
    database: Database,
) -> None:
    library = Library(database, "local")
    assert await library.language() is None
    for n in range(3):
        await library.add(article(f"de{n}", "Das Verbot wurde aufgehoben, und die Firmen sind froh."))
    await library.add(article("en", "The ban was lifted and the firms are glad of it."))
    assert await library.language() == "de"

    for n in range(9):
        await library.add(article(f"en{n}", "The ban was lifted and the firms are glad of it."))

    assert await library.language() == "en"
