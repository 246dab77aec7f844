"""Opening, migrating and losing a database; on both."""

from __future__ import annotations

import asyncio
import sqlite3
import traceback
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import StoreError, StoreFull, StoreUnavailable, WrongUse
from bot.store.coverage.keeping import Kept
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.migrations import config
from bot.store.tables.base import HEAD, metadata
from tests.given import article


@pytest.mark.parametrize("url", ["", "crosscheck.db", "sqlite://", "sqlite:///:memory:", "mysql://host/name"])
async def test_given_a_url_of_no_database_of_ours_when_opened_then_it_says_what_to_write(url: str) -> None:
    with pytest.raises(WrongUse, match="sqlite:///path"):
        await Database.open(url)


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/crosscheck.db", "postgresql://nobody@127.0.0.1:9/name?connect_timeout=1"]
)
async def test_given_a_database_that_is_not_there_when_opened_then_it_is_unavailable(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="DATABASE_URL"):
        await Database.open(url)


async def test_given_a_file_that_is_no_database_when_opened_then_it_says_so_and_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_bytes(b"Dear Sir or Madam, " * 100)

    with pytest.raises(StoreError, match=r"DATABASE_URL .* no SQLite database"):
        await Database.open(f"sqlite:///{file}")

    assert file.read_bytes() == b"Dear Sir or Madam, " * 100


async def test_given_replicas_that_start_together_when_opened_then_one_migrates_and_all_work(
    database_url: str,
) -> None:
    opened = await asyncio.gather(*(Database.open(database_url) for _ in range(4)))

    kept = [await Library(each, "local").add(article("bread", "Bread is dear.")) for each in opened]

    assert kept == [Kept.NEW, Kept.SAME, Kept.SAME, Kept.SAME]
    await asyncio.gather(*(each.close() for each in opened))


async def test_given_a_migrated_database_when_compared_then_it_has_the_tables_that_are_defined(
    database: Database,
) -> None:
    def differences(connection: Connection) -> list[object]:
        def ours(name: str | None, kind: str, parents: object) -> bool:
            return kind != "table" or not str(name).startswith(("excerpt_index", "excerpt_terms", "excerpt_vectors"))

        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))

    assert await database.write(differences) == []


def test_given_the_migrations_when_listed_then_the_newest_is_the_one_that_is_expected() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == HEAD


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_given_an_index_of_an_earlier_shape_when_opened_then_it_is_filled_as_new_articles_fill_it(
    database_url: str,
) -> None:
    def index(connection: Connection) -> list[tuple[object, ...]]:
        rows = connection.execute(text("SELECT id, words, CAST(terms AS text) FROM excerpt_index ORDER BY id"))
        return [tuple(row) for row in rows]

    def set_back(connection: Connection) -> None:
        connection.execute(text("DROP TABLE excerpt_index"))
        connection.execute(text("CREATE TABLE excerpt_index (id BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0011'"))

    async with await Database.open(database_url) as database:
        library = Library(database, "local")
        await library.add(article("bread", "Bread is bread, and bread is bread. " * 9))
        await library.add(article("milk", "Milk is dear, and dear it stays. " * 40))
        as_written = await database.read(index)
        await database.write(set_back)

    async with await Database.open(database_url) as database:
        assert await database.read(index) == as_written


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_given_postgresql_when_opened_then_its_index_is_searched_by_one_process_and_not_packed(
    database: Database,
) -> None:
    settings = text(
        "SELECT array_to_string(reloptions, ','), attstorage FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relname = 'excerpt_index' AND attname = 'terms'"
    )

    (found,) = await database.read(lambda connection: connection.execute(settings).all())

    assert tuple(found) == ("parallel_workers=0", "e")  # e: EXTERNAL


async def test_given_a_database_of_a_newer_program_when_opened_then_it_is_left_alone(database_url: str) -> None:
    async with await Database.open(database_url) as database:
        await database.write(
            lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = 'z'"))
        )

    with pytest.raises(StoreUnavailable, match="newer"):
        await Database.open(database_url)


async def test_given_a_transaction_that_fails_when_it_ends_then_nothing_of_it_is_kept(database: Database) -> None:
    def half(connection: Connection) -> None:
        connection.execute(text("INSERT INTO turns (workspace, channel, thread_ts, question, lead, at) "
                                "VALUES ('T', 'C', '1', 'q', 'l', '2026-05-20 00:00:00')"))  # fmt: skip
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        await database.write(half)

    assert await database.read(lambda connection: connection.scalar(text("SELECT count(*) FROM turns"))) == 0


async def test_given_a_wrong_statement_when_it_fails_then_peoples_words_are_not_in_the_error(
    database: Database,
) -> None:
    statement, values = text("INSERT INTO turns (id, workspace) VALUES (1, :words)"), {"words": "a secret"}

    with pytest.raises(StoreError, match="turns") as raised:
        await database.write(lambda connection: connection.execute(statement, values))

    assert "a secret" not in "".join(traceback.format_exception(raised.value))


async def test_given_a_full_disk_when_adding_then_it_is_said_and_the_library_stays_whole(tmp_path: Path) -> None:
    async with await Database.open(f"sqlite:///{tmp_path / 'full.db'}") as database:
        library = Library(database, "local")
        await library.add(article("bread", "Bread is dear."))
        long = article("long", *(f"Sentence number {n} says something else." for n in range(5000)))
        await _pragma(database, "max_page_count = 1")  # it cannot shrink below what there is: no more growth

        with pytest.raises(StoreFull):
            await library.add(long)

        assert [a.id for a in await library.articles()] == ["bread"]
        assert len(await library.search("bread sentence", limit=5)) == 1
        await _pragma(database, "max_page_count = 1000000")
        assert await library.add(long) is Kept.NEW


async def test_given_a_disk_that_is_read_only_when_adding_then_it_is_said_and_reading_goes_on(tmp_path: Path) -> None:
    async with await Database.open(f"sqlite:///{tmp_path / 'ro.db'}") as database:
        library = Library(database, "local")
        await library.add(article("bread", "Bread is dear."))
        await _pragma(database, "query_only = ON")

        with pytest.raises(StoreFull):
            await library.add(article("milk", "Milk is cheap."))

        assert await library.count() == 1


async def test_given_another_process_that_holds_the_lock_when_adding_then_it_waits_and_then_says_so(
    tmp_path: Path,
) -> None:
    path = tmp_path / "locked.db"
    async with await Database.open(f"sqlite:///{path}") as database:
        library = Library(database, "local")
        await _pragma(database, "busy_timeout = 50")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable):
            await library.add(article("bread", "Bread is dear."))

        other.close()
        assert await library.add(article("bread", "Bread is dear.")) is Kept.NEW


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_given_a_server_that_dropped_every_connection_when_asked_then_new_ones_are_made(
    database: Database,
) -> None:
    library = Library(database, "local")
    await library.add(article("bread", "Bread is dear."))
    drop = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()")
    with pytest.raises(StoreUnavailable):
        await database.write(lambda connection: connection.execute(drop))

    assert await library.count() == 1


async def _pragma(database: Database, pragma: str) -> None:
    await database.write(lambda connection: connection.exec_driver_sql(f"PRAGMA {pragma}").close())
