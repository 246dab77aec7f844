"""A whole library as one file, the same for both databases: a zip of `about.json` and, a table, lines of JSON."""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, func, insert, not_, select, text
from sqlalchemy.exc import IntegrityError

from bot.errors import WrongUse
from bot.store.database import Clock, Database, utc_now
from bot.store.forgetting import forget_in, rows_of
from bot.store.search.postgres import PostgresIndex
from bot.store.search.ranking import Index, Row
from bot.store.search.sqlite import SqliteIndex
from bot.store.tables import HEAD, metadata
from bot.store.tables.base import Instant
from bot.store.tables.library import excerpts

FORMAT = 1
ABOUT = "about.json"
# Work in hand, what people said and did, which is kept for a while only, tokens, and what can be made again.
LEFT_OUT = (
    "asked",
    "digest_kept",
    "feedback",
    "installations",
    "job_keys",
    "job_notes",
    "jobs",
    "oauth_states",
    "turns",
    "usage",
)
_BATCH = 500  # rows at once


@dataclass(frozen=True, slots=True)
class Backup:
    """What a file holds: how many rows of each table that has any, when it was made, at which migration."""

    made: datetime
    migration: str
    rows: Mapping[str, int]


async def back_up(database: Database, path: Path, *, without: str = "", clock: Clock = utc_now) -> Backup:
    """Write all but LEFT_OUT, of all workspaces but `without`, as it stands at one moment.

    The file appears whole or not at all.
    Raises WrongUse where the file is there already or cannot be written; StoreUnavailable.
    """
    _refuse_to_replace(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    made = clock()
    try:
        written = await database.read(lambda connection: _write(connection, unfinished, made, without))
        os.replace(unfinished, path)
    except OSError as error:
        raise WrongUse(f"{path} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return written


async def restore(database: Database, path: Path, *, without: str = "") -> Backup:
    """Fill a library that holds nothing yet, wholly or not at all. What it holds of the workspace `without` goes.

    Raises WrongUse where the file is no backup of this program, or where the library is not empty; StoreUnavailable,
    StoreFull.
    """
    try:
        with zipfile.ZipFile(path) as file:
            about = _about(file)
            await database.write(lambda connection: _fill(connection, file, about, without))
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}") from error
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, EOFError) as error:
        raise WrongUse(f"{path} is no backup, or is damaged") from error
    return about


def kept_tables() -> Sequence[Table]:
    """Those of a backup, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def _refuse_to_replace(path: Path) -> None:
    if path.exists():
        raise WrongUse(f"{path} is there already")


def _write(connection: Connection, path: Path, made: datetime, without: str) -> Backup:
    rows = {}
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as file:
        for table in kept_tables():
            with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
                if count := _write_table(connection, table, out, without):
                    rows[table.name] = count
        about = {"format": FORMAT, "made": made.isoformat(), "migration": HEAD, "rows": rows}
        file.writestr(ABOUT, json.dumps(about, indent=2))
    return Backup(made, HEAD, rows)


def _write_table(connection: Connection, table: Table, out: IO[bytes], without: str) -> int:
    count = 0
    wanted = (
        select(table)
        .where(not_(rows_of(table, without)))
        .order_by(*table.primary_key.columns)
        .execution_options(yield_per=_BATCH)
    )
    for row in connection.execute(wanted).mappings():
        values = {name: v.isoformat() if isinstance(v, datetime) else v for name, v in row.items()}
        out.write(json.dumps(values).encode() + b"\n")
        count += 1
    return count


def _about(file: zipfile.ZipFile) -> Backup:
    told = json.loads(file.read(ABOUT))
    if told["format"] != FORMAT or str(told["migration"]) > HEAD:
        raise WrongUse("this backup was made by a newer version of this program")
    return Backup(datetime.fromisoformat(told["made"]), str(told["migration"]), dict(told["rows"]))


def _fill(connection: Connection, file: zipfile.ZipFile, about: Backup, without: str) -> None:
    tables = kept_tables()
    forget_in(connection, without)
    if any(connection.execute(select(1).select_from(table).limit(1)).first() for table in tables):
        raise WrongUse("this library is not empty: restore into a new one, named by DATABASE_URL")
    index: Index = SqliteIndex() if connection.dialect.name == "sqlite" else PostgresIndex()
    for table in tables:
        if table.name not in about.rows:
            continue
        with file.open(f"{table.name}.jsonl") as lines:
            count = _fill_table(connection, table, lines, index)
        if count != about.rows[table.name]:
            raise ValueError(f"{table.name} is cut short")
        _number_on(connection, table)


def _fill_table(connection: Connection, table: Table, lines: IO[bytes], index: Index) -> int:
    instants = [column.name for column in table.columns if isinstance(column.type, Instant)]
    count = 0
    for batch in _batches(lines):
        rows = [json.loads(line) for line in batch]
        if not rows[0].keys() <= set(table.columns.keys()):
            raise ValueError(f"{table.name} has columns that are unknown")
        for row in rows:
            row |= {name: datetime.fromisoformat(row[name]) for name in instants if row.get(name)}
        try:
            if table is excerpts:
                index.keep(connection, [_excerpt(row) for row in rows])
            else:
                connection.execute(insert(table), rows)
        except (IntegrityError, KeyError) as error:
            raise WrongUse("this backup was made by an older version, whose rows lack something") from error
        count += len(rows)
    return count


def _excerpt(row: Mapping[str, Any]) -> Row:
    return Row(row["id"], row["version"], row["first"], row["last"], row["terms"].split())


def _batches(lines: IO[bytes]) -> Iterator[list[str]]:
    reading = io.TextIOWrapper(lines, encoding="utf-8")
    while batch := list(islice(reading, _BATCH)):
        yield batch


def _number_on(connection: Connection, table: Table) -> None:
    """Have PostgreSQL number new rows after the restored ones; SQLite does so by itself."""
    key = table.autoincrement_column
    if connection.dialect.name != "postgresql" or key is None:
        return
    last = connection.scalar(select(func.max(key)))
    advance = text("SELECT setval(pg_get_serial_sequence(:table, :key), :last)")
    connection.execute(advance, {"table": table.name, "key": key.name, "last": last})
