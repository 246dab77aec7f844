"""Days of digests through kills, outages and clock changes. The whole year: `python -m tests.storms.year`."""

from __future__ import annotations

import random
from pathlib import Path

from sqlalchemy import make_url

from bot.sandbox import Sandbox
from tests.databases import database_url, postgres_server
from tests.storms.crowd import crowd
from tests.storms.year import Year, check

__all__ = ["database_url", "postgres_server"]

DAYS = 4


async def test_given_days_with_kills_when_lived_through_then_every_article_is_told_once_and_every_date_is_one(
    database_url: str, tmp_path: Path
) -> None:
    replicas = 1 if make_url(database_url).get_backend_name() == "sqlite" else 2
    async with Sandbox() as sandbox:
        lived = Year(DAYS, database_url, sandbox, tmp_path / "clock", replicas, random.Random(5))

        await lived.live()

        digests = check(lived)
    assert all(count >= DAYS - 1 for count in digests.values())
    assert lived.kills > replicas


async def test_given_many_channels_due_at_once_when_slack_limits_then_each_has_one_and_equal_ones_cost_one_call(
    tmp_path: Path,
) -> None:
    told = await crowd(24, 0, tmp_path)

    assert (told.digests, told.calls) == (24, 3)
