"""What is found, and in which order; the same on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.news.model import Excerpt, Sentence
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.search import postgres, ranking
from bot.store.search.excerpts import excerpt_key, key_range, runs
from bot.store.search.words import terms
from tests.given import article


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database, "local")


def ids(found: Sequence[Excerpt]) -> list[str]:
    return [excerpt.article.id for excerpt in found]


async def add_each(library: Library, **texts: str) -> None:
    for id, text in texts.items():
        await library.add(replace(article(id, text), title=""))


async def test_given_other_forms_of_a_word_when_searched_then_they_are_found(library: Library) -> None:
    await add_each(library, a="The minister’s RESIGNATIONS shocked cafés.", b="Nothing of that kind.")

    for query in ("minister resigned", "ministers", "Who resigns?", "cafe", "resignation’s"):
        assert ids(await library.search(query, limit=5)) == ["a"], query


async def test_given_a_rare_and_a_frequent_word_when_searched_then_the_rare_one_decides(library: Library) -> None:
    await add_each(
        library,
        common="Bread bread bread in the shop.",
        rare="A sourdough recipe in the shop.",
        x="Bread again.",
        y="Bread too.",
        z="More bread.",
    )

    found = await library.search("sourdough bread", limit=3)

    assert ids(found)[:2] == ["rare", "common"]


async def test_given_a_word_repeated_in_the_question_when_searched_then_it_counts_as_often(library: Library) -> None:
    await add_each(library, a="Bread and butter.", b="Milk and honey.", c="Other things.")

    assert ids(await library.search("bread milk milk", limit=1)) == ["b"]
    assert ids(await library.search("bread bread milk", limit=1)) == ["a"]


async def test_given_equal_texts_when_searched_then_the_newer_comes_first(library: Library) -> None:
    for id, published in (("old", "2026-05-01"), ("new", "2026-05-02"), ("undated", None)):
        await library.add(article(id, "Bread is dear.", published=published, title="T"))

    assert ids(await library.search("bread", limit=3)) == ["new", "old", "undated"]


async def test_given_a_headline_when_searched_then_every_excerpt_under_it_is_found(library: Library) -> None:
    sentences = [f"It was number {n} of the things that she went on to say that day at length." for n in range(30)]
    await library.add(article("speech", *sentences, title="Chancellor on pensions"))

    found = await library.search("pensions", limit=10)

    assert {number for excerpt in found for number in range(excerpt.first, excerpt.last + 1)} == set(range(1, 31))


@pytest.mark.parametrize(
    "query",
    ["", "?!", "who is it, and why?", "zebra", '" OR *', "NEAR(", "'); DROP TABLE excerpts; --", "a:b & !c | (d", "\0"],
)
async def test_given_a_query_without_a_word_of_the_coverage_when_searched_then_nothing_is_found(
    library: Library, query: str
) -> None:
    await add_each(library, a="Bread is dear.")

    assert await library.search(query, limit=5) == []


async def test_given_a_very_long_question_when_searched_then_it_is_answered(library: Library) -> None:
    await add_each(library, a="Bread is dear.", b="Milk is cheap.")

    found = await library.search(" ".join(f"word{n}" for n in range(6000)) + " bread", limit=5)

    assert ids(found) == ["a"]


async def test_given_much_on_one_day_when_an_hour_of_it_is_asked_for_then_all_of_that_hour_is_found(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "CANDIDATES", 2)
    for number in range(20):
        at = f"2026-05-20T{number:02}:30:00Z"
        await library.add(article(f"h{number}", "Bread " * (20 - number) + "is dear.", published=at))

    found = await library.search(
        "bread", limit=3, since=datetime(2026, 5, 20, 17, tzinfo=UTC), until=datetime(2026, 5, 20, 20, tzinfo=UTC)
    )

    assert ids(found) == ["h17", "h18", "h19"]


async def test_given_more_matches_than_may_be_read_when_searched_then_rare_words_lead_and_all_words_rank(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "_POSTINGS", 4)
    bread = {f"x{n}": "Bread is dear." for n in range(5)}
    other = {f"y{n}": "Milk is dear." for n in range(20)}
    await add_each(library, **bread, **other, rare="Sourdough is dear.", both="Sourdough bread is dear.")

    found = await library.search("bread sourdough", limit=5)

    assert ids(found) == ["both", "rare"]


async def test_given_one_word_with_more_matches_than_may_be_read_when_searched_then_the_newest_are_ranked(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "_POSTINGS", 3)
    for day in range(1, 10):
        text = "Bread." if day == 1 else "Bread is dear and much is said of it. " * (10 - day)
        await library.add(replace(article(f"d{day}", text, published=f"2026-05-0{day}"), title=""))

    found = await library.search("bread", limit=9)

    assert sorted(ids(found)) == ["d7", "d8", "d9"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_given_estimates_of_frequent_words_when_searched_then_the_order_stands(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_SAMPLE", 20)
    monkeypatch.setattr(postgres, "_COMMON", 5)
    library = Library(database, "local")
    bread = {f"x{n}": "Bread is dear." for n in range(15)}
    other = {f"y{n}": "Milk is dear." for n in range(30)}
    await add_each(library, **bread, **other, both="Sourdough bread is dear.")

    assert ids(await library.search("bread sourdough", limit=5))[0] == "both"


async def test_given_a_growing_library_when_searched_again_then_rarity_is_that_of_today(library: Library) -> None:
    await add_each(library, a="Bread.", b="Milk.", c="Milk.")
    assert ids(await library.search("bread milk", limit=1)) == ["a"]

    await add_each(library, **{f"n{n}": "Bread." for n in range(8)}, **{f"m{n}": "Other." for n in range(8)})

    assert ids(await library.search("bread milk", limit=2)) == ["c", "b"]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=60))
@settings(max_examples=50, deadline=None)
def test_given_sentences_of_any_length_when_cut_into_runs_then_each_is_in_one_and_runs_are_of_even_length(
    lengths: list[int],
) -> None:
    sentences = [Sentence(n, "word " * length, 0, 0) for n, length in enumerate(lengths, 1)]

    found = runs(sentences)

    covered = [number for first, last in found for number in range(first, last + 1)]
    assert set(covered) == set(range(1, len(lengths) + 1))
    assert found == sorted(found)
    assert all(first <= last for first, last in found)
    assert all(after[0] - before[1] in (0, 1) for before, after in pairwise(found))
    assert max(sum(lengths[first - 1 : last]) for first, last in found) <= 180 + 60 + 40


def test_given_one_very_long_sentence_when_cut_then_it_stays_whole() -> None:
    assert runs([Sentence(1, "word " * 1000, 0, 0)]) == [(1, 1)]
    assert runs([]) == []


def test_given_days_when_keys_are_made_then_a_span_of_days_is_a_range_of_keys() -> None:
    def at(day: int, hour: int = 0) -> datetime:
        return datetime(2026, 5, day, hour, tzinfo=UTC)

    low, high = key_range(at(20), at(21)) or (0, 0)

    inside = [excerpt_key(at(20), 1, 0), excerpt_key(at(20, 23), 2**34, 4095), excerpt_key(at(21), 7, 7)]
    outside = [excerpt_key(None, 2**34, 4095), excerpt_key(at(19, 23), 2**34, 4095), excerpt_key(at(22), 1, 0)]
    assert all(low <= key <= high for key in inside)
    assert not any(low <= key <= high for key in outside)
    assert excerpt_key(datetime(9999, 1, 1, tzinfo=UTC), 2**35 - 1, 4095) < 2**63
    assert excerpt_key(datetime(1800, 1, 1, tzinfo=UTC), 1, 0) > excerpt_key(None, 2**35 - 1, 4095)
    assert key_range(None, None) is None


def test_given_text_when_read_for_terms_then_stops_cases_accents_and_thousands_make_no_difference() -> None:
    assert terms("The £1,250 CAFÉS of Müller’s friend’s") == ["1250", "cafe", "muller", "friend"]
    assert terms("x" * 65) == []
