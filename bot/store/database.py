"""One database, SQLite or PostgreSQL: transactions in threads, migration, and its errors in our words."""

from __future__ import annotations

import asyncio
import select
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from bot.errors import StoreError, StoreFull, StoreRefused, StoreUnavailable, WrongUse
from bot.store.tables import HEAD

T = TypeVar("T")
Clock = Callable[[], datetime]
Transaction = Callable[[Connection], T]

_THREADS = 8  # transactions at once; a transaction takes milliseconds
_WAIT_S = 10  # for a lock, for a connection from the pool, to connect
_STATEMENT_S = 30
_POSTGRESQL = {
    "statement_timeout": f"{_STATEMENT_S}s",
    "lock_timeout": f"{_WAIT_S}s",
    "timezone": "UTC",
    # Statements are parsed once for each connection, but a plan that is kept does not know how rare the words of the
    # next question are: seconds, not milliseconds.
    "plan_cache_mode": "force_custom_plan",
    # To compile a search, or to start processes for its parts, takes longer than the search.
    "jit": "off",
    "enable_parallel_append": "off",
}


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """A database that was opened and migrated. Each transaction is a plain function run in one thread.

    SQLite has one writer at a time in this process and, by its locks, among processes; readers run beside it.
    """

    def __init__(self, url: URL) -> None:
        self.dialect = url.get_backend_name()
        if self.dialect == "sqlite":
            self._writing = _sqlite(url, writing=True)
            self._reading = _sqlite(url, writing=False)
            self._writers = ThreadPoolExecutor(1, "store-writer")
            self._readers = ThreadPoolExecutor(_THREADS, "store-reader")
        else:
            self._writing = _postgresql(url)
            self._reading = self._writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writers = self._readers = ThreadPoolExecutor(_THREADS, "store")

    @classmethod
    async def open(cls, url: str) -> Database:
        """Open `sqlite:///path` or `postgresql://…` and bring its tables up to date.

        Raises WrongUse for any other URL, StoreUnavailable or StoreFull where it cannot be opened.
        """
        database = cls(_with_driver(url))
        try:
            await database._in_thread(database._writers, database._migrate)
        except BaseException as error:
            await database.close()
            if isinstance(error, StoreError):
                raise type(error)(f"the database of DATABASE_URL cannot be used: {error}") from error
            raise
        return database

    async def read(self, transaction: Transaction[T]) -> T:
        """Run `transaction` on one consistent state of the database; what it writes is refused or undone."""
        return await self._in_thread(self._readers, lambda: self._run(self._reading, transaction))

    async def write(self, transaction: Transaction[T]) -> T:
        """Run `transaction` and commit it whole, or not at all where it raises.

        Raises StoreUnavailable, StoreFull. A caller that is cancelled meanwhile does not stop the transaction.
        """
        return await self._in_thread(self._writers, lambda: self._run(self._writing, transaction))

    async def close(self) -> None:
        """Wait for the transactions that run, then close every connection."""
        await asyncio.to_thread(self._close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _close(self) -> None:
        for pool in (self._writers, self._readers):
            pool.shutdown(wait=True)
        for engine in (self._writing, self._reading):
            engine.dispose()

    @staticmethod
    async def _in_thread(pool: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, call)

    def _run(self, engine: Engine, transaction: Transaction[T]) -> T:
        try:
            with engine.begin() as connection:
                return transaction(connection)
        except (SQLAlchemyError, sqlite3.Error) as error:
            _raise_in_our_words(error)

    def _migrate(self) -> None:
        if self._run(self._reading, _is_current):
            return
        self._run(self._writing, _upgrade)


def _raise_in_our_words(error: SQLAlchemyError | sqlite3.Error) -> NoReturn:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    # 53100: disk full; 25006: read-only transaction
    if code in ("SQLITE_FULL", "53100", "25006") or code.startswith(("SQLITE_READONLY", "SQLITE_IOERR_WRITE")):
        raise StoreFull(f"nothing can be written: {cause}") from error
    away = isinstance(cause, sqlite3.OperationalError) or isinstance(error, OperationalError | PoolTimeout)
    too_large = code.startswith("54")  # for PostgreSQL's limits; its driver files it under what may pass
    if (away and not too_large) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        raise StoreUnavailable(str(cause)) from error
    if code in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
        raise StoreError("its file is damaged or no SQLite database: restore a backup, or name another file") from error
    # A mistake of ours. PostgreSQL's own words quote the row, and with it what people said: they go no further.
    raise StoreRefused(f"{type(cause).__name__} {code} in: {getattr(error, 'statement', None)}") from None


def _is_current(connection: Connection) -> bool:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return False
    return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD)


def _upgrade(connection: Connection) -> None:
    from bot.store.migrations import upgrade  # Alembic takes a fifth of a second to load and is seldom needed

    upgrade(connection)


def _with_driver(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise WrongUse("DATABASE_URL is no URL: use sqlite:///path or postgresql://user@host/name") from error
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite")
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise WrongUse("DATABASE_URL takes sqlite:///path or postgresql://user@host/name")


def _sqlite(url: URL, *, writing: bool) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=_THREADS,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # people's words stay out of errors and logs
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would come late and without its lock
        for pragma in (
            f"busy_timeout={_WAIT_S * 1000}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-16384",  # KiB, for each of up to nine connections
        ):
            connection.execute(f"PRAGMA {pragma}").close()
        _write_ahead(connection)
        connection.execute(f"PRAGMA query_only={'OFF' if writing else 'ON'}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer that takes its lock only at its first write could not wait for another one.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _write_ahead(connection: Any) -> None:
    """Let readers go on beside the writer. Of programs that open a new file together only one can set this, and
    SQLite refuses the others at once, whatever `busy_timeout` says."""
    deadline = time.monotonic() + _WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # as above
        pool_size=_THREADS,
        max_overflow=0,
        pool_timeout=_WAIT_S,
        connect_args={
            "connect_timeout": _WAIT_S,
            "options": " ".join(f"-c {name}={value}" for name, value in _POSTGRESQL.items()),
        },
    )

    @event.listens_for(engine, "checkout")
    def look(connection: Any, *_: Any) -> None:
        """After a restart of the server the first call finds a live connection. A server that went has closed its end,
        which can be seen without asking: the pool's own ping is a round trip more for every transaction."""
        end = select.poll()
        end.register(connection.fileno(), select.POLLIN)
        if end.poll(0):
            raise InvalidatePoolError

    # One statement for many rows: each would be parsed and planned on its own.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    return engine
