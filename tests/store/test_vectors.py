"""What is found by its meaning, beside what is found by its words; on both databases, and on PostgreSQL also without
pgvector."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, func, make_url, select, text

from bot.news.model import Article, Excerpt
from bot.news.rules import Focus
from bot.store.backup import back_up, restore
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.search.ranking import Hit, fused
from bot.store.search.vectors import ALIKE, ITSELF, PGVECTOR, Meant, Vectors, vectors
from tests.databases import new_database
from tests.given import article

MODEL = "small"
SYNONYMS = {"loaf": "bread", "expensive": "dear", "minister": "secretary", "quit": "resigned"}


@pytest.fixture(params=["sqlite", "postgresql", "postgresql without pgvector"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, postgres_server: Callable[[], str]) -> Iterator[str]:
    """The URL of an empty database; the last is a user's who may not bring an extension in."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'crosscheck.db'}"
        return
    with new_database(postgres_server()) as url:
        if request.param == "postgresql":
            yield url
            return
        user = f"user_{secrets.token_hex(8)}"
        with closing(psycopg.connect(url, autocommit=True)) as admin:
            admin.execute(f"CREATE USER {user}".encode())
            admin.execute(f"GRANT ALL ON SCHEMA public TO {user}".encode())
            yield make_url(url).set(username=user).render_as_string(hide_password=False)
            admin.execute(f"DROP OWNED BY {user}".encode())
            admin.execute(f"DROP USER {user}".encode())


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database, "local")


@pytest.fixture
def kept(database: Database) -> Vectors:
    return Vectors(database, "local")


def vector(words: str, dimension: int = 64) -> list[float]:
    """A bag of hashed words, synonyms for one; longer than 1, as some models' are."""
    found = [0.0] * dimension
    for word in re.findall(r"\w+", words.lower()):
        meant = SYNONYMS.get(word, word)
        found[int.from_bytes(hashlib.sha256(meant.encode()).digest()[:4]) % dimension] += 3
    return found


async def embed(kept: Vectors, model: str = MODEL, dimension: int = 64) -> int:
    """Give every excerpt that waits its vector, as a server would; how many there were."""
    waiting = await kept.waiting(model, 1_000)
    await kept.keep(model, {key: vector(told, dimension) for key, told in waiting.items()})
    return len(waiting)


def meaning(words: str, model: str = MODEL, dimension: int = 64) -> Meant:
    return Meant(model, vector(words, dimension))


def ids(found: Sequence[Excerpt]) -> list[str]:
    return [excerpt.article.id for excerpt in found]


def bread() -> list[Article]:
    return [
        article("prices", "A loaf is expensive.", published="2026-05-20", title="-"),
        article("rain", "It rained in Leeds.", published="2026-05-21", title="-"),
        article("match", "The match was put off.", published="2026-05-22", title="-"),
    ]


async def test_given_a_paraphrase_without_a_common_word_when_searched_then_only_its_meaning_finds_it(
    library: Library, kept: Vectors
) -> None:
    await library.add_all(bread())
    await embed(kept)

    by_words = await library.search("bread dear", limit=1)
    by_meaning = await library.search("bread dear", limit=1, meant=meaning("bread dear"))

    assert ids(by_words) == []
    assert ids(by_meaning) == ["prices"]


async def test_given_what_words_and_meaning_find_when_searched_then_what_both_find_leads(
    library: Library, kept: Vectors
) -> None:
    await library.add_all(
        [
            article("words", "Bread on the stage, a play.", title="-"),
            article("meaning", "A loaf is expensive.", title="-"),
            article("both", "Bread is expensive.", title="-"),
        ]
    )
    await embed(kept)

    found = await library.search("bread dear", limit=3, meant=meaning("bread dear"))

    assert ids(found) == ["both", "words", "meaning"]


def test_given_rankings_when_fused_then_places_count_and_the_earlier_ranking_leads_where_equal() -> None:
    a, b, c, d = (Hit(version, 1, 1) for version in range(4))

    assert fused([a, b], [c, d]) == [a, c, b, d]
    assert fused([a, b, c], [c, d]) == [c, a, b, d]
    assert fused([a, b], []) == [a, b]


async def test_given_no_vectors_of_the_model_when_searched_then_words_find_as_ever(
    library: Library, kept: Vectors
) -> None:
    await library.add_all(bread())
    await embed(kept, "another")

    found = await library.search("rained loaf", limit=5, meant=meaning("rained loaf"))

    assert found == await library.search("rained loaf", limit=5)


async def test_given_another_length_of_vectors_when_searched_then_they_are_passed_over(
    library: Library, kept: Vectors
) -> None:
    await library.add_all(bread())
    await embed(kept)

    assert await library.search("bread", limit=5, meant=meaning("bread", dimension=8)) == []


async def test_given_articles_when_they_wait_then_newest_first_with_their_title_and_not_once_they_are_done(
    library: Library, kept: Vectors
) -> None:
    await library.add(article("old", "One.", published="2026-05-20", title="First"))
    await library.add(article("new", "Two.", "Three.", published="2026-05-21", title="Second"))

    waiting = await kept.waiting(MODEL, 10)
    newest = await kept.waiting(MODEL, 1)
    rest = await kept.waiting(MODEL, 10, before=next(iter(newest)))
    before = await kept.counts(MODEL)
    await embed(kept)

    assert list(waiting.values()) == ["Second\nTwo. Three.", "First\nOne."]
    assert list(newest.values()) == ["Second\nTwo. Three."]
    assert list(rest.values()) == ["First\nOne."]
    assert before == (2, 0)
    assert await kept.counts(MODEL) == (2, 2)
    assert await kept.waiting(MODEL, 10) == {}


async def test_given_another_model_when_set_then_every_excerpt_waits_again_and_old_vectors_are_replaced(
    library: Library, kept: Vectors
) -> None:
    await library.add_all(bread())
    await embed(kept)

    again = await embed(kept, "large", 128)

    assert again == 3
    assert await kept.counts("large") == (3, 3)
    assert await kept.counts(MODEL) == (3, 0)
    found = await library.search("bread dear", limit=1, meant=meaning("bread dear", "large", 128))
    assert ids(found) == ["prices"]


async def test_given_an_article_that_changes_or_goes_when_searched_then_its_vectors_have_gone(
    database: Database, library: Library, kept: Vectors
) -> None:
    await library.add_all(bread())
    await embed(kept)

    await library.add(article("prices", "Milk is cheap.", published="2026-05-20", title="-"))
    await library.remove("rain")

    assert await kept.counts(MODEL) == (2, 1)
    assert await database.read(lambda connection: connection.scalar(select(func.count()).select_from(vectors))) == 1
    assert ids(await library.search("bread", limit=5, meant=meaning("bread"))) == ["match"]
    assert list((await kept.waiting(MODEL, 10)).values()) == ["-\nMilk is cheap."]


async def test_given_an_article_that_goes_while_it_is_embedded_when_kept_then_the_others_are(
    library: Library, kept: Vectors
) -> None:
    await library.add_all(bread())
    waiting = await kept.waiting(MODEL, 10)
    await library.remove("rain")

    await kept.keep(MODEL, {key: vector(told) for key, told in waiting.items()})

    assert await kept.counts(MODEL) == (2, 2)


async def test_given_a_span_when_searched_by_meaning_then_only_what_was_published_in_it_is_found(
    library: Library, kept: Vectors
) -> None:
    for id, published in (
        ("undated", None),
        ("before", "2026-05-19T23:59:59Z"),
        ("first", "2026-05-20T00:00:00Z"),
        ("bare", "2026-05-20"),
        ("noon", "2026-05-20T12:00:00Z"),
        ("after", "2026-05-21"),
    ):
        await library.add(article(id, "A loaf is expensive.", published=published))
    await embed(kept)
    since, until = datetime(2026, 5, 20, tzinfo=UTC), datetime(2026, 5, 20, 12, tzinfo=UTC)

    found = await library.search("bread", limit=10, since=since, until=until, meant=meaning("bread"))

    assert set(ids(found)) == {"first", "bare"}
    assert set(ids(await library.search("bread", limit=10, since=until, meant=meaning("bread")))) == {
        "bare",
        "noon",
        "after",
    }


async def test_given_a_library_that_is_narrowed_when_searched_by_meaning_then_only_what_counts_is_found(
    library: Library, kept: Vectors
) -> None:
    await library.add(article("ours", "A loaf is expensive.", outlet="The Courier"))
    await library.add(article("theirs", "A loaf is expensive.", outlet="The Post"))
    await embed(kept)

    narrowed = library.within(Focus(outlets=("The Courier",)))

    assert ids(await narrowed.search("bread", limit=10, meant=meaning("bread"))) == ["ours"]


async def test_given_two_workspaces_when_one_is_searched_by_meaning_then_the_other_is_not_seen(
    database: Database, library: Library, kept: Vectors
) -> None:
    theirs, their_vectors = Library(database, "theirs"), Vectors(database, "theirs")
    await library.add(article("a", "A loaf is expensive."))
    await theirs.add(article("b", "A loaf is a secret."))
    await embed(kept)
    await embed(their_vectors)

    assert ids(await library.search("bread", limit=10, meant=meaning("bread"))) == ["a"]
    assert ids(await theirs.search("bread", limit=10, meant=meaning("bread"))) == ["b"]


async def test_given_more_than_is_wanted_when_searched_by_meaning_then_the_nearest_come_first_and_of_equals_the_newer(
    library: Library, kept: Vectors
) -> None:
    await library.add_all(
        [
            article(f"n{n:03}", "bread " + "and then some more " * n, published=f"2026-05-{1 + n % 28:02}", title="-")
            for n in range(250)
        ]
    )
    await library.add_all([article(f"z{n}", "bread", published=f"2026-06-0{n}", title="-") for n in (2, 1, 3)])
    await embed(kept)

    found = await library.search("loaf", limit=4, meant=meaning("loaf"))

    assert ids(found) == ["z3", "z2", "z1", "n000"]


async def test_given_much_that_is_about_nothing_of_it_when_searched_by_meaning_then_only_the_nearest_are_found(
    library: Library, kept: Vectors
) -> None:
    await library.add_all([article(f"n{n}", f"Word{n} other{n}.", title="-") for n in range(ALIKE + 10)])
    await library.add(article("bread", "A loaf.", title="-"))
    await embed(kept)

    found = await library.search("bread", limit=ALIKE + 10, meant=meaning("bread"))

    assert len(found) == ALIKE
    assert found[0].article.id == "bread"


async def test_given_a_backup_when_restored_then_every_excerpt_waits_for_its_vector_again(
    database: Database, library: Library, kept: Vectors, tmp_path: Path
) -> None:
    await library.add_all(bread())
    await embed(kept)
    await back_up(database, tmp_path / "library.zip")

    async with await Database.open(f"sqlite:///{tmp_path / 'empty.db'}") as empty:
        await restore(empty, tmp_path / "library.zip")
        again = await embed(Vectors(empty, "local"))
        found = await Library(empty, "local").search("bread dear", limit=1, meant=meaning("bread dear"))

    assert again == 3
    assert ids(found) == ["prices"]


async def test_given_a_vector_without_a_direction_when_kept_then_it_is_near_to_nothing(
    library: Library, kept: Vectors
) -> None:
    await library.add_all(bread())
    waiting = await kept.waiting(MODEL, 10)
    await kept.keep(MODEL, {key: [0.0] * 64 if "match" in told else vector(told) for key, told in waiting.items()})

    assert "match" not in ids(await library.search("bread", limit=1, meant=meaning("bread")))
    assert await kept.counts(MODEL) == (3, 3)


async def test_given_a_database_when_asked_what_compares_then_it_is_pgvector_where_the_table_has_it(
    database: Database, kept: Vectors, request: pytest.FixtureRequest
) -> None:
    def extension(connection: Connection) -> bool:
        return connection.dialect.name == "postgresql" and bool(
            connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'vector'"))
        )

    has_it = await database.read(extension)

    assert await kept.compared_by() == (PGVECTOR if has_it else ITSELF)
    assert has_it == request.node.name.endswith("[postgresql]")
