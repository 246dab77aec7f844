"""The rules of one workspace and of its channels, and who changed them last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.news.rules import Changed, ChannelRules, Focus, Listed, Rules, WorkspaceRules
from bot.news.topic import Topic
from bot.store.database import Clock, Database, utc_now
from bot.store.tables.rules import rules

_WHOLE = ""  # the channel of what holds for the whole workspace

# Built once, for each question asks it.
_HOLDING = select(rules).where(
    rules.c.workspace == bindparam("of"), rules.c.channel.in_([_WHOLE, bindparam("in_channel")])
)


_read: ContextVar[dict[tuple[str, str], Rules] | None] = ContextVar("rules read", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within, each channel's rules are read once: a piece of work ends under those that it began under, but for what
    it changes itself."""
    before = _read.set({})
    try:
        yield
    finally:
        _read.reset(before)


class StoredRules:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    async def holding(self, channel: str) -> Rules:
        """What holds in a channel."""
        known, key = _read.get(), (self._workspace, channel)
        if known is None:
            return await self._holding(channel)
        if key not in known:
            known[key] = await self._holding(channel)
        return known[key]

    async def _holding(self, channel: str) -> Rules:
        wanted = {"of": self._workspace, "in_channel": channel}
        rows = await self._database.read(lambda connection: connection.execute(_HOLDING, wanted).all())
        kept = {row.channel: json.loads(row.value) for row in rows}
        return Rules(
            _read_channel(kept[channel]) if channel != _WHOLE and channel in kept else ChannelRules(),
            _read_workspace(kept[_WHOLE]) if _WHOLE in kept else WorkspaceRules(),
        )

    async def changed(self, channel: str) -> Changed | None:
        """Who changed a channel's rules last, or, where it is empty, the workspace's; None where nobody did."""
        found = select(rules.c.by, rules.c.at).where(rules.c.workspace == self._workspace, rules.c.channel == channel)
        row = await self._database.read(lambda connection: connection.execute(found).first())
        return Changed(row.by, row.at) if row else None

    async def change_channel(self, channel: str, now: ChannelRules, by: str) -> None:
        await self._keep(channel, asdict(now), by)

    async def change_workspace(self, now: WorkspaceRules, by: str) -> None:
        await self._keep(_WHOLE, asdict(now), by)

    async def _keep(self, channel: str, value: dict[str, Any], by: str) -> None:
        values = {"value": json.dumps(value, ensure_ascii=False), "by": by, "at": self._clock()}
        stored = self._insert(rules).values({"workspace": self._workspace, "channel": channel, **values})
        stored = stored.on_conflict_do_update(index_elements=["workspace", "channel"], set_=values)
        await self._database.write(lambda connection: connection.execute(stored))
        if known := _read.get():
            known.clear()


def _read_channel(raw: Any) -> ChannelRules:
    focus = raw["focus"]
    topics = tuple(Topic(tuple(t["phrases"]), t["name"]) for t in focus["topics"])
    return ChannelRules(Focus(topics, tuple(focus["outlets"]), focus["without"]), raw["language"], tuple(raw["askers"]))


def _read_workspace(raw: Any) -> WorkspaceRules:
    listed = {name: Listed(tuple(of["people"]), tuple(of["channels"])) for name, of in raw.items()}
    return WorkspaceRules(**listed)
