"""What an orchestrator and Prometheus are told, over HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette

from bot.errors import NotForUs, SlackUnavailable
from bot.metrics import Metrics
from bot.store.coverage.feeds import FeedTable
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.wiring.health import counted, health_routes
from bot.worker import Job, Worker
from tests.figures import figures

SECRET = "Did Anna resign?"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(f"sqlite:///{tmp_path / 'crosscheck.db'}") as opened:
        yield opened


async def well() -> bool:
    return True


async def names() -> list[str]:
    return ["local"]


@asynccontextmanager
async def served(
    database: Database, metrics: Metrics | None = None, slack: Callable[[], Awaitable[bool]] = well
) -> AsyncIterator[Callable[[str], Awaitable[tuple[int, bytes]]]]:
    """Asks for a path of a server with the routes; status and body."""
    app = Starlette(routes=health_routes(database, metrics or Metrics(), workspaces=names, slack=slack))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:

        async def ask(path: str) -> tuple[int, bytes]:
            async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                return response.status, await response.read()

        yield ask
    server.should_exit = True
    await serving


async def test_given_all_is_well_when_asked_then_it_is_alive_and_ready(database: Database) -> None:
    async with served(database) as ask:
        health, ready = await ask("/health"), await ask("/ready")

    assert health == (200, b'{"status":"ok"}')
    assert ready == (200, b'{"database":true,"migrations":true,"slack":true}')


async def test_given_a_database_that_lacks_a_migration_when_asked_then_it_is_alive_but_not_ready(
    database: Database,
) -> None:
    await database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '0001'")))

    async with served(database) as ask:
        health, ready = await ask("/health"), await ask("/ready")

    assert health[0] == 200
    assert ready == (503, b'{"database":true,"migrations":false,"slack":true}')


async def test_given_a_database_that_is_away_when_asked_then_it_is_not_ready_and_still_tells_its_own_figures(
    database: Database,
) -> None:
    for table in ("alembic_version", "jobs"):
        await database.write(
            lambda connection, name=table: connection.execute(text(f"ALTER TABLE {name} RENAME TO away_{name}"))
        )
    metrics = Metrics()
    metrics.call_retried()

    async with served(database, metrics) as ask:
        ready, (status, body) = await ask("/ready"), await ask("/metrics")

    assert ready == (503, b'{"database":false,"migrations":false,"slack":true}')
    assert status == 200
    assert figures(body)["crosscheck_model_retries_total"] == 1


async def test_given_slack_is_away_when_asked_then_it_is_not_ready(database: Database) -> None:
    async def gone() -> bool:
        raise SlackUnavailable("auth.test")

    async with served(database, slack=gone) as ask:
        ready = await ask("/ready")

    assert ready == (503, b'{"database":true,"migrations":true,"slack":false}')


async def test_given_work_and_feeds_when_collected_then_queue_depth_and_their_health_are_told(
    database: Database,
) -> None:
    jobs, feeds = JobTable(database, Job), FeedTable(database, "local")
    for number in range(3):
        await jobs.put("answer", {"text": SECRET}, keys=[str(number)])
    soon = datetime.now(UTC) + timedelta(hours=1)
    await feeds.put("feed", "https://a.example/feed", soon, {})
    await feeds.put("feed", "https://b.example/feed", soon, {"trouble": "the site answers 503"})
    await feeds.put("feed", "https://c.example/feed", soon, {"trouble": "removed", "gone": True})

    async with served(database) as ask:
        _, before = await ask("/metrics")
        for _ in range(3):
            job = await jobs.claim(["answer"], 60)
            assert job is not None
            await jobs.bury(job, "StoreError")
        _, after = await ask("/metrics")

    first, second = figures(before), figures(after)
    assert first['crosscheck_queue_depth{kind="answer",state="waiting"}'] == 3
    assert 'crosscheck_queue_depth{kind="answer",state="waiting"}' not in second
    assert second['crosscheck_queue_depth{kind="answer",state="dead"}'] == 3
    assert [first[f'crosscheck_feeds{{state="{state}"}}'] for state in ("ok", "failing", "gone")] == [1, 1, 1]
    assert SECRET.encode() not in before


async def test_given_jobs_that_end_well_or_not_when_counted_then_outcomes_times_and_retries_are_told(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "bot.worker")
    metrics, jobs = Metrics(), JobTable(database, Job)

    async def work(job: Job) -> None:
        if job.payload.get("asks_nothing"):
            raise NotForUs
        if job.attempts == 1:
            raise SlackUnavailable("chat.postMessage")

    await jobs.put("answer", {}, keys=["1"])
    await jobs.put("answer", {"asks_nothing": True}, keys=["2"])
    worker = Worker(jobs, counted({"answer": work}, metrics), poll_s=0.01, back_off=lambda attempts: 0)
    running = asyncio.create_task(worker.run())
    done = 'crosscheck_jobs_total{kind="answer",outcome="done"}'
    async with asyncio.timeout(10):
        while done not in figures(metrics):  # noqa: ASYNC110  # as a collector would
            await asyncio.sleep(0.01)
    await worker.stop(5)
    await running

    told = figures(metrics)
    assert told[done] == 1
    assert told['crosscheck_jobs_total{kind="answer",outcome="SlackUnavailable"}'] == 1
    assert told['crosscheck_jobs_total{kind="answer",outcome="NotForUs"}'] == 1
    assert told['crosscheck_job_seconds_count{kind="answer"}'] == 3
    assert told['crosscheck_job_retries_total{kind="answer"}'] == 1


def test_given_answers_and_stages_when_noted_then_flags_and_times_are_told() -> None:
    metrics = Metrics()
    metrics.answered(workspace="T1", mode="model", check="checked", relation="dispute", kind="number")
    metrics.answered(workspace="T1", mode="model", check="checked", relation=None, kind=None)
    metrics.answered(workspace="T1", mode="offline", check="failed", relation=None, kind=None)
    with metrics.stage("find"):
        pass
    with pytest.raises(ValueError, match="broken"), metrics.stage("find"):
        raise ValueError("broken")

    told = figures(metrics)

    assert told['crosscheck_answers_total{check="checked",mode="model",workspace="T1"}'] == 2
    assert told['crosscheck_answers_total{check="failed",mode="offline",workspace="T1"}'] == 1
    assert told['crosscheck_flags_total{kind="number",relation="dispute"}'] == 1
    assert told['crosscheck_stage_seconds_count{stage="find"}'] == 2
