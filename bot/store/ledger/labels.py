"""What people of one workspace say about comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.news.labels import Label, Verdict
from bot.store.database import Database
from bot.store.ledger import comparisons
from bot.store.tables.ledger import labels


class Labels:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace

    async def keep(self, label: Label) -> None:
        """Raises WrongUse where the comparison cites coverage of another workspace."""
        row: dict[str, Any] = {
            "workspace": self._workspace,
            "verdict": label.verdict,
            "words": label.words,
            "by": label.by,
            "at": label.at,
            "entry": label.entry,
            "comparison": comparisons.written(label.comparison),
        }

        def keep(connection: Connection) -> None:
            comparisons.check_held(connection, self._workspace, row["comparison"])
            connection.execute(insert(labels), row)

        await self._database.write(keep)

    async def all(self) -> Sequence[Label]:
        """Oldest first."""
        found = select(labels).where(labels.c.workspace == self._workspace).order_by(labels.c.at, labels.c.id)

        def read(connection: Connection) -> list[Label]:
            rows = connection.execute(found).all()
            wanted = {ref for row in rows for ref in comparisons.refs(row.comparison)}
            held = comparisons.load(connection, self._workspace, wanted)
            return [
                Label(
                    Verdict(row.verdict),
                    comparisons.read(row.comparison, held),
                    row.words,
                    row.by,
                    row.at,
                    row.entry,
                )
                for row in rows
            ]

        return await self._database.read(read)
