"""The conversations of one workspace: what was asked in a thread, and the first line of each answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.news.model import Turn
from bot.store.database import Clock, Database, Transaction, utc_now
from bot.store.tables.conversations import turns

_LATEST = 20  # turns of a thread; a follow-up seldom refers further back


class Conversations:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock

    async def turns(self, channel: str, thread_ts: str) -> Sequence[Turn]:
        """The latest turns of a thread, oldest first; empty where nothing was answered in it."""
        wanted = self._of(channel, thread_ts, _LATEST)
        rows = await self._database.read(lambda connection: connection.execute(_LATEST_OF, wanted).all())
        return [Turn(question, lead) for question, lead in reversed(rows)]

    async def keep(self, channel: str, thread_ts: str, turn: Turn) -> None:
        """Add a turn to a thread; one that is its latest already is not added, for a job may run twice."""
        await self._database.write(self.keeping(channel, thread_ts, turn))

    def keeping(self, channel: str, thread_ts: str, turn: Turn) -> Transaction[None]:
        """As `keep`, within a transaction of the caller's."""
        latest = self._of(channel, thread_ts, 1)
        row = {
            "workspace": self._workspace,
            "channel": channel,
            "thread_ts": thread_ts,
            "question": turn.question,
            "lead": turn.lead,
            "at": self._clock(),
        }

        def add(connection: Connection) -> None:
            known = connection.execute(_LATEST_OF, latest).first()
            if known is None or Turn(known.question, known.lead) != turn:
                connection.execute(_ADD, row)

        return add

    async def purge(self, *, older_than_s: float) -> int:
        """Forget the turns that are older; how many there were."""
        before = self._clock() - timedelta(seconds=older_than_s)
        old = delete(turns).where(turns.c.workspace == self._workspace, turns.c.at < before)
        return await self._database.write(lambda connection: connection.execute(old).rowcount)

    def _of(self, channel: str, thread_ts: str, limit: int) -> dict[str, object]:
        return {"workspace": self._workspace, "channel": channel, "thread": thread_ts, "most": limit}


_ADD = insert(turns)
_LATEST_OF = (
    select(turns.c.question, turns.c.lead)
    .where(
        turns.c.workspace == bindparam("workspace"),
        turns.c.channel == bindparam("channel"),
        turns.c.thread_ts == bindparam("thread"),
    )
    .order_by(turns.c.id.desc())
    .limit(bindparam("most"))
)
