"""A workspace that is forgotten leaves nothing behind, and no other one loses anything."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.forgetting import forget
from bot.store.jobs.jobs import JobTable
from bot.store.search.vectors import Vectors, vectors
from bot.store.tables import metadata
from bot.worker import Job
from tests.store.test_backup import fill

Rows = dict[str, list[str]]


async def rows(database: Database) -> Rows:
    """Every row of every table, as text."""

    def read(connection: Connection) -> Rows:
        return {
            table.name: sorted(str(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }

    return await database.read(read)


async def test_given_two_workspaces_when_one_is_forgotten_then_every_row_of_it_goes_and_the_other_is_as_it_was(
    database: Database,
) -> None:
    await fill(database)
    jobs = JobTable(database, Job)
    job = await jobs.claim(["answer"], 60)
    assert job is not None
    await jobs.note(job, "turn", "Why?")
    for each in (Vectors(database, "local"), Vectors(database, "T2")):
        await each.keep("small", dict.fromkeys(await each.waiting("small", 10), (1.0, 0.0)))
    theirs = await Library(database, "T2").search("bread", limit=10)
    of_all = select(func.count()).select_from(vectors)
    held = await database.read(lambda connection: connection.scalar(of_all))

    gone = await forget(database, "local")

    left = await rows(database)
    assert gone > 20
    assert theirs == await Library(database, "T2").search("bread", limit=10)
    assert "local" not in str(left)
    assert (held, await database.read(lambda connection: connection.scalar(of_all))) == (4, 1)
    assert {name: len(found) for name, found in left.items() if found} == {
        "articles": 1,
        "excerpts": 1,
        "told": 1,
        "versions": 1,
        "workspaces": 1,
    }


async def test_given_a_workspace_that_was_forgotten_when_it_begins_again_then_it_finds_its_new_articles_alone(
    database: Database,
) -> None:
    await fill(database)
    await forget(database, "local")

    again = await forget(database, "local")
    await fill(database)

    assert again == 0
    assert {hit.article.id for hit in await Library(database, "local").search("bread", limit=10)} == {"c"}
