"""The digests of one workspace: who wishes for one, and which were delivered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.news.digest.subscription import Delivered, Length, Quiet, Subscription, Wish
from bot.news.topic import Topic
from bot.store.database import Clock, Database, T, Transaction, utc_now
from bot.store.tables.digests import deliveries, kept, subscriptions


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription, and the last digest that was delivered to its channel."""

    subscription: Subscription
    delivered: Delivered | None


class Subscriptions:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    async def subscribe(self, channel: str, subscriber: str, wish: Wish) -> Subscription:
        """Have a digest from now on, or another one; a pause ends. A wish that is only changed goes on from the last
        digest, so that nothing is told twice or lost."""
        now = self._clock()
        mine = and_(subscriptions.c.workspace == self._workspace, subscriptions.c.channel == channel)
        values = {"subscriber": subscriber, "wish": _written(wish), "paused": None}

        def keep(connection: Connection) -> datetime:
            known = connection.execute(select(subscriptions).where(mine).with_for_update()).first()
            began: datetime = now if known is None or known.paused is not None else known.began
            row = {"workspace": self._workspace, "channel": channel, "began": began, **values}
            stored = self._insert(subscriptions).values(row)
            connection.execute(
                stored.on_conflict_do_update(index_elements=["workspace", "channel"], set_={**values, "began": began})
            )
            return began

        return Subscription(channel, subscriber, wish, await self._database.write(keep))

    async def unsubscribe(self, channel: str) -> bool:
        """No more digests; False where there were none. What was delivered is remembered."""
        gone = delete(subscriptions).where(
            subscriptions.c.workspace == self._workspace, subscriptions.c.channel == channel
        )
        return await self._database.write(lambda connection: connection.execute(gone).rowcount == 1)

    async def pause(self, channel: str, why: str) -> bool:
        """Deliver nothing until somebody subscribes again; False where it was paused before or there is none."""
        paused = (
            update(subscriptions)
            .where(
                subscriptions.c.workspace == self._workspace,
                subscriptions.c.channel == channel,
                subscriptions.c.paused.is_(None),
            )
            .values(paused=why)
        )
        return await self._database.write(lambda connection: connection.execute(paused).rowcount == 1)

    async def of(self, channel: str) -> Subscribed | None:
        """The subscription of a channel, paused or not."""
        found = await self._read(self._all().where(subscriptions.c.channel == channel))
        return found[0] if found else None

    async def all(self) -> Sequence[Subscribed]:
        """Every subscription, paused ones too, by channel."""
        return await self._read(self._all())

    async def active(self) -> Sequence[Subscribed]:
        """Those that are not paused."""
        return await self._read(self._all().where(subscriptions.c.paused.is_(None)))

    async def deliver(self, channel: str, delivered: Delivered, ts: str | None) -> bool:
        """Remember that a digest stands, or that a quiet day was passed over (no `ts`); False where that was known."""
        row = {
            "workspace": self._workspace,
            "channel": channel,
            "day": delivered.on.isoformat(),
            "until": delivered.until,
            "ts": ts,
        }
        added = self._insert(deliveries).values(row).on_conflict_do_nothing().returning(deliveries.c.day)
        return await self._database.write(lambda connection: connection.execute(added).first() is not None)

    def _all(self) -> Select[Any]:
        """Subscriptions, each with the last day that its channel was delivered."""
        last = (
            select(deliveries.c.channel, func.max(deliveries.c.day).label("day"))
            .where(deliveries.c.workspace == self._workspace)
            .group_by(deliveries.c.channel)
            .subquery()
        )
        told = deliveries.alias("told")
        latest = and_(told.c.workspace == self._workspace, told.c.channel == last.c.channel, told.c.day == last.c.day)
        return (
            select(subscriptions, told.c.day, told.c.until)
            .outerjoin(last, last.c.channel == subscriptions.c.channel)
            .outerjoin(told, latest)
            .where(subscriptions.c.workspace == self._workspace)
            .order_by(subscriptions.c.channel)
        )

    async def _read(self, found: Select[Any]) -> list[Subscribed]:
        return await self._database.read(
            lambda connection: [_subscribed(row) for row in connection.execute(found).all()]
        )


async def workspaces_subscribed(database: Database) -> set[str]:
    """The workspaces that have a subscription which is not paused. Raises StoreUnavailable."""
    found = select(subscriptions.c.workspace).where(subscriptions.c.paused.is_(None)).distinct()
    return await database.read(lambda connection: set(connection.scalars(found)))


class Shared:
    """What the making of digests shares among channels and replicas: a model's replies, by name.

    The first value of a name stays. Each call is one transaction and raises StoreUnavailable or StoreFull.
    """

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock
        self._insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert

    async def get(self, name: str) -> str | None:
        found = select(kept.c.value).where(kept.c.workspace == self._workspace, kept.c.name == name)
        return await self._database.read(lambda connection: connection.scalar(found))

    async def put(self, name: str, text: str) -> None:
        await self.put_all({name: text}, lambda connection: None)

    async def put_all(self, named: Mapping[str, str], beside: Transaction[T]) -> T:
        """Keep any number of values and what `beside` writes, all or none; what that gives."""
        now = self._clock()
        rows = [{"workspace": self._workspace, "name": k, "value": v, "at": now} for k, v in named.items()]

        def write(connection: Connection) -> T:
            if rows:
                connection.execute(self._insert(kept).on_conflict_do_nothing(), rows)
            return beside(connection)

        return await self._database.write(write)

    async def purge(self, *, older_than_s: float) -> int:
        """Forget what is older; how much there was."""
        before = self._clock() - timedelta(seconds=older_than_s)
        old = delete(kept).where(kept.c.workspace == self._workspace, kept.c.at < before)
        return await self._database.write(lambda connection: connection.execute(old).rowcount)


def _subscribed(row: Row[Any]) -> Subscribed:
    delivered = Delivered(date.fromisoformat(row.day), row.until) if row.day else None
    return Subscribed(Subscription(row.channel, row.subscriber, _read_wish(row.wish), row.began, row.paused), delivered)


def _written(wish: Wish) -> str:
    return json.dumps(
        {
            "at": wish.at.isoformat("minutes"),
            "days": sorted(wish.days),
            "zone": wish.zone,
            "topics": [{"name": t.name, "phrases": t.phrases} for t in wish.topics],
            "length": wish.length,
            "quiet": wish.quiet,
        },
        ensure_ascii=False,
    )


def _read_wish(text: str) -> Wish:
    raw = json.loads(text)
    return Wish(
        time.fromisoformat(raw["at"]),
        frozenset(raw["days"]),
        raw["zone"],
        tuple(Topic(tuple(t["phrases"]), t["name"]) for t in raw["topics"]),
        Length(raw["length"]),
        Quiet(raw["quiet"]),
    )
