"""The steps that bring a database to the tables of today, run by Alembic from inside the program."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

_LOCK = 0x63726F73  # an arbitrary number that every replica shares


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest version, within the transaction of `connection`.

    Replicas that start together take turns: SQLite's write lock is held already, PostgreSQL has an advisory one.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    command.upgrade(config(connection), "head")


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the scripts in this package."""
    configured = Config()
    configured.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    configured.attributes["connection"] = connection
    return configured
