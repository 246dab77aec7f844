"""Processes killed in the middle; `tests/storms` does the same for as long as one likes."""

from __future__ import annotations

import random
from pathlib import Path

from tests.storms.editions import FILES
from tests.storms.kill import kill_while_ingesting, kill_while_working


async def test_given_an_ingest_when_killed_then_no_article_is_half_or_lost_and_all_are_found_and_announced(
    database_url: str, tmp_path: Path
) -> None:
    kept = await kill_while_ingesting(database_url, 2, random.Random(1), tmp_path)

    assert kept >= FILES


async def test_given_workers_when_killed_then_every_job_is_done_in_order_and_no_finished_step_is_lost(
    database_url: str,
) -> None:
    await kill_while_working(database_url, 2, random.Random(1))
