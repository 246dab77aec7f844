"""A library to a file and back, from either database to either."""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.errors import WrongUse
from bot.news.labels import Label, Verdict
from bot.news.model import Turn
from bot.store.backup import LEFT_OUT, back_up, kept_tables, restore
from bot.store.coverage.arrivals import Arrivals
from bot.store.coverage.feeds import FeedTable
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.store.ledger.labels import Labels
from bot.store.ledger.ledger import StoredLedger
from bot.store.people.conversations import Conversations
from bot.store.tables.base import HEAD, metadata
from bot.store.tables.library import workspaces
from bot.worker import Job
from tests.given import article
from tests.store.test_ledger import disputed, opened, two_sides

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Database]:
    """Another library, on SQLite, that holds nothing yet."""
    async with await Database.open(f"sqlite:///{tmp_path / 'empty.db'}") as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "library.zip"


async def fill(database: Database) -> None:
    """Articles, one of them changed and one removed, another workspace's, a feed, a standing comparison, work."""
    library = Library(database, "local")
    a, b = await two_sides(database)
    await library.add(article("c", "“Bread” is dear.", published="2026-05-20T08:30:00+01:00", url="https://c.example/"))
    await library.add(article("c", "Bread is cheap.", "So is milk.", url="https://c.example/"))
    await library.add(article("d", "Gone tomorrow."))
    await library.remove("d")
    await Library(database, "T2").add(article("a", "Bread is theirs."))
    await FeedTable(database, "local").put("feed", "https://c.example/feed", NOON, {"words": ["bread"]})
    await StoredLedger(database, "local").keep(opened(disputed(a, b)))
    await JobTable(database, Job).put("answer", {"text": "Why?"}, keys=["1"])
    await Conversations(database, "local").keep("C", "1", Turn("Why?", "Because."))


async def total(database: Database) -> int | None:
    counted = select(workspaces.c.characters).where(workspaces.c.name == "local")
    return await database.read(lambda connection: connection.scalar(counted))


async def everything(database: Database) -> dict[str, object]:
    """What can be asked of a library."""
    library = Library(database, "local")
    return {
        "articles": await library.articles(),
        "versions": [await library.article("c", version) for version in (1, 2)],
        "removed": [await library.article("d"), await library.article("d", 1)],
        "found": await library.search("is bread dear or cheap?", limit=10),
        "counts": (await library.count(), await library.newest()),
        "characters": await total(database),
        "theirs": await Library(database, "T2").search("bread", limit=10),
        "feeds": await FeedTable(database, "local").all(),
        "entries": await StoredLedger(database, "local").entries(),
        "waiting": await Arrivals(database, "local").waiting(10),
    }


async def test_given_a_library_when_backed_up_and_restored_elsewhere_then_all_is_as_it_was(
    database: Database, empty: Database, file: Path
) -> None:
    await fill(database)

    made = await back_up(database, file, clock=lambda: NOON)
    restored = await restore(empty, file)

    assert await everything(empty) == await everything(database)
    assert restored == made
    assert (made.made, made.migration) == (NOON, HEAD)
    assert (made.rows["articles"], made.rows["versions"], made.rows["feeds"]) == (5, 6, 1)


async def test_given_a_backup_from_sqlite_when_restored_into_either_then_it_goes_on_from_there(
    database: Database, empty: Database, file: Path
) -> None:
    await fill(empty)
    await back_up(empty, file)

    await restore(database, file)
    library = Library(database, "local")
    await library.add(article("e", "Eggs are dear."))
    await library.add(article("c", "Bread is free.", url="https://c.example/"))
    await FeedTable(database, "local").put("feed", "https://e.example/feed", NOON, {})

    assert [e.article.id for e in await library.search("eggs", limit=5)] == ["e"]
    [bread] = await library.search("bread", limit=5)
    assert (bread.article.version, bread.article.text) == (3, "Bread is free.")
    assert len(await FeedTable(database, "local").all()) == 2


async def test_given_work_and_conversations_when_backed_up_then_no_word_of_them_is_in_the_file(
    database: Database, file: Path
) -> None:
    await fill(database)

    await back_up(database, file)

    with zipfile.ZipFile(file) as held:
        names = held.namelist()
        assert not any("Why?" in held.read(name).decode() for name in names)
    assert not {f"{name}.jsonl" for name in LEFT_OUT} & set(names)


async def test_given_a_library_that_holds_something_when_restored_into_then_nothing_of_it_changes(
    database: Database, empty: Database, file: Path
) -> None:
    await fill(database)
    await back_up(database, file)
    await Library(empty, "local").add(article("mine", "Mine is mine."))

    with pytest.raises(WrongUse, match="not empty"):
        await restore(empty, file)

    assert [a.id for a in await Library(empty, "local").articles()] == ["mine"]


async def test_given_a_workspace_that_is_no_part_of_the_library_when_backed_up_then_the_file_holds_nothing_of_it(
    database: Database, empty: Database, file: Path
) -> None:
    await fill(database)

    made = await back_up(database, file, without="T2")
    await restore(empty, file)

    assert (made.rows["articles"], made.rows["versions"]) == (4, 5)
    assert await everything(empty) == await everything(database) | {"theirs": []}


async def test_given_a_library_that_holds_only_what_is_no_part_of_it_when_restored_into_then_that_gives_way(
    database: Database, empty: Database, file: Path
) -> None:
    await fill(empty)
    await back_up(empty, file, without="sample")
    sample = Library(database, "sample")
    await sample.add(article("s", "Bread is invented."))
    await sample.add(article("s", "Bread is invented twice."))

    await restore(database, file, without="sample")

    assert await everything(database) == await everything(empty)
    assert await sample.articles() == []
    assert await sample.search("bread", limit=5) == []


async def test_given_a_file_that_is_there_when_backed_up_to_then_it_is_left_alone(
    database: Database, file: Path
) -> None:
    file.write_text("precious", encoding="utf-8")

    with pytest.raises(WrongUse, match="there already"):
        await back_up(database, file)

    assert file.read_text(encoding="utf-8") == "precious"
    assert [path.name for path in file.parent.iterdir() if "library" in path.name] == ["library.zip"]


async def test_given_a_folder_that_is_not_there_when_backed_up_to_then_it_says_so(
    empty: Database, tmp_path: Path
) -> None:
    with pytest.raises(WrongUse, match="cannot be written"):
        await back_up(empty, tmp_path / "nowhere" / "library.zip")


def without_its_end(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def no_zip(file: Path) -> None:
    file.write_text("hello", encoding="utf-8")


def changed(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def spoil(file: Path) -> None:
        with zipfile.ZipFile(file) as held:
            contents = {each: held.read(each).decode() for each in held.namelist()}
        contents[name] = change(contents[name])
        with zipfile.ZipFile(file, "w") as spoilt:
            for each, text in contents.items():
                spoilt.writestr(each, text)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (without_its_end, "damaged"),
        (no_zip, "damaged"),
        (changed("about.json", lambda text: "[]"), "damaged"),
        (changed("about.json", lambda text: text.replace(HEAD, "9999")), "newer version"),
        (changed("articles.jsonl", lambda text: text.splitlines()[0] + "\n"), "damaged"),
        (changed("articles.jsonl", lambda text: text.replace('"name"', '"surname"')), "damaged"),
        (changed("articles.jsonl", lambda text: text.replace("{", "", 1)), "damaged"),
        (changed("feeds.jsonl", lambda text: json.dumps({"id": 1, "kind": "feed"}) + "\n"), "older version"),
    ],
)
async def test_given_a_file_that_is_damaged_when_restored_then_it_is_refused_and_nothing_is_kept(
    empty: Database, tmp_path: Path, file: Path, spoil: Callable[[Path], None], why: str
) -> None:
    async with await Database.open(f"sqlite:///{tmp_path / 'full.db'}") as full:
        await fill(full)
        await back_up(full, file)
    spoil(file)

    with pytest.raises(WrongUse, match=why):
        await restore(empty, file)

    def rows(connection: Connection) -> int:
        return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in kept_tables())

    assert await empty.read(rows) == 0


async def test_given_every_table_when_backed_up_then_it_is_in_the_file_or_left_out_on_purpose(
    empty: Database, file: Path
) -> None:
    await back_up(empty, file)

    with zipfile.ZipFile(file) as held:
        names = {Path(name).stem for name in held.namelist()} - {"about"}
    assert names | set(LEFT_OUT) == set(metadata.tables)


async def test_given_a_label_when_backed_up_then_it_comes_back(database: Database, empty: Database, file: Path) -> None:
    a, b = await two_sides(database)
    await Labels(database, "local").keep(Label(next(iter(Verdict)), disputed(a, b), "words", "U1", NOON))
    await back_up(database, file)

    await restore(empty, file)

    assert await Labels(empty, "local").all() == await Labels(database, "local").all()
