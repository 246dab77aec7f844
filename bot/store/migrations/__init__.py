"""The steps that bring a database to the tables of today, run by Alembic from inside the program."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from bot.errors import StoreUnavailable

_LOCK = 0x63726F73  # an arbitrary number that every replica shares
_ALEMBIC = threading.Lock()  # its context is the process's; two databases opened at once would share one


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest version, within the transaction of `connection`.

    Replicas that start together take turns: SQLite's write lock is held already, PostgreSQL has an advisory one.
    Raises StoreUnavailable where the database is newer than this program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    try:
        with _ALEMBIC:
            command.upgrade(config(connection), "head")
    except CommandError as error:  # the database names a step that these scripts do not hold
        raise StoreUnavailable("the database is newer than this program: bring the program up to date") from error


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the scripts in this package."""
    configured = Config()
    configured.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    configured.attributes["connection"] = connection
    return configured
