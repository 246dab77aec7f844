"""The running bot as a whole: how it ends, and what it forgets."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.settings import Settings
from bot.store.database import Database, utc_now
from bot.store.jobs.jobs import JobTable
from bot.store.tables.jobs import job_keys
from bot.wiring.coverage.rounds import FEED
from bot.wiring.service import KEYS_S, service
from bot.worker import Job, Worker

ANSWER = "answer"
PATIENCE_S = 10


def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, database_url=f"sqlite:///{tmp_path / 'bot.db'}", sandbox_port=0)


async def test_given_the_bot_when_it_ends_then_all_its_workers_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work: set[Worker] = set()
    told: set[Worker] = set()
    all_told = asyncio.Event()
    run, stop = Worker.run, Worker.stop

    async def running(self: Worker) -> None:
        at_work.add(self)
        await run(self)

    async def stopping(self: Worker, grace_s: float) -> None:
        told.add(self)
        if told == at_work:
            all_told.set()
        await asyncio.wait_for(all_told.wait(), PATIENCE_S)  # none would be told while another is waited for
        await stop(self, grace_s)

    monkeypatch.setattr(Worker, "run", running)
    monkeypatch.setattr(Worker, "stop", stopping)

    async with service(settings(tmp_path)):
        pass

    assert len(told) > 1


async def test_given_a_feed_that_was_polled_long_ago_when_the_bot_runs_then_that_is_forgotten_and_a_question_is_not(
    tmp_path: Path,
) -> None:
    async with await Database.open(f"sqlite:///{tmp_path / 'bot.db'}") as database:
        long_ago = utc_now() - timedelta(seconds=KEYS_S + 3600)
        then = JobTable(database, Job, clock=lambda: long_ago)
        for kind in (FEED, ANSWER):
            await then.put(kind, {}, keys=[kind])
            job = await then.claim([kind], 60)
            assert job is not None
            await then.done(job)

        async def keys() -> list[str]:
            return await database.read(lambda connection: list(connection.scalars(select(job_keys.c.key))))

        async with service(settings(tmp_path)), asyncio.timeout(PATIENCE_S):
            while FEED in await keys():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

        assert ANSWER in await keys()
