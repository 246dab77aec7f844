"""All that is kept of one workspace, removed for good."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Table, delete, false, or_, select

from bot.store.database import Database
from bot.store.search.postgres import PostgresIndex
from bot.store.search.ranking import Index
from bot.store.search.sqlite import SqliteIndex
from bot.store.tables import metadata
from bot.store.tables.library import excerpts, workspaces


async def forget(database: Database, workspace: str) -> int:
    """Remove every row of a workspace from every table, all or none; how many there were. Raises StoreUnavailable."""
    return await database.write(lambda connection: forget_in(connection, workspace))


def forget_in(connection: Connection, workspace: str) -> int:
    """As `forget`, within a transaction of the caller's."""
    index: Index = SqliteIndex() if connection.dialect.name == "sqlite" else PostgresIndex()
    found = select(excerpts.c.version).where(rows_of(excerpts, workspace)).distinct()
    for version in connection.scalars(found).all():
        index.remove(connection, version)
    # Those that refer to others go before them.
    return sum(
        connection.execute(delete(table).where(rows_of(table, workspace))).rowcount
        for table in reversed(metadata.sorted_tables)
    )


def rows_of(table: Table, workspace: str) -> ColumnElement[bool]:
    """Which rows are the workspace's: by its name, or by the rows that they refer to."""
    if table is workspaces:
        return table.c.name == workspace
    own = table.c.get("workspace")
    if own is not None and not own.foreign_keys:
        return own == workspace
    refers = [
        column.in_(select(key.column).where(rows_of(key.column.table, workspace)))
        for column in table.columns
        for key in column.foreign_keys
    ]
    return or_(false(), *refers)
