"""The topics that people of one workspace follow."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.news.ledger.follows import TopicFollow
from bot.news.topic import Topic
from bot.store.database import Clock, Database, utc_now
from bot.store.tables.follows import topics


class TopicFollows:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    async def keep(self, follow: TopicFollow) -> None:
        """Keep it; one that is known stays as it is."""
        row = {
            "workspace": self._workspace,
            "id": follow.id,
            "person": follow.person,
            "channel": follow.channel,
            "thread": follow.thread,
            "phrases": json.dumps(follow.topic.phrases),
            "at": self._clock(),
        }
        kept = self._insert(topics).values(row).on_conflict_do_nothing()
        await self._database.write(lambda connection: connection.execute(kept))

    async def all(self) -> Sequence[TopicFollow]:
        """Oldest first."""
        return await self._read(self._mine())

    async def of(self, person: str) -> Sequence[TopicFollow]:
        """One person's, oldest first."""
        return await self._read(self._mine().where(topics.c.person == person))

    async def forget(self, person: str, id: str) -> bool:
        """False where that person does not follow it."""
        mine = (topics.c.workspace == self._workspace, topics.c.person == person, topics.c.id == id)
        gone = delete(topics).where(*mine)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount > 0)

    def _mine(self) -> Select[tuple[str, str, str, str]]:
        columns = (topics.c.person, topics.c.channel, topics.c.thread, topics.c.phrases)
        return select(*columns).where(topics.c.workspace == self._workspace).order_by(topics.c.at, topics.c.id)

    async def _read(self, found: Select[tuple[str, str, str, str]]) -> list[TopicFollow]:
        rows = await self._database.read(lambda connection: connection.execute(found).all())
        return [TopicFollow(r.person, r.channel, r.thread, Topic(tuple(json.loads(r.phrases)))) for r in rows]
