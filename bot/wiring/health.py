"""What an orchestrator asks of the process: whether it lives, whether it is ready, and its figures."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import CrosscheckError
from bot.feeds.poll import FeedState
from bot.metrics import Metrics
from bot.store.coverage.feeds import FeedTable
from bot.store.database import Database
from bot.store.jobs.queue import depth
from bot.store.tables import HEAD
from bot.wiring.coverage.feed_states import State, read_state
from bot.worker import Job, Leaving, Work

CHECK_S = 3.0  # for all checks of one request; orchestrators ask every few seconds

Slack = Callable[[], Awaitable[bool]]
"""Whether events can arrive and messages go out."""


def health_routes(
    database: Database, metrics: Metrics, *, workspaces: Callable[[], Awaitable[Sequence[str]]], slack: Slack
) -> list[Route]:
    """`/health`: alive, asking nobody. `/ready`: 200 where database, migrations and Slack are, else 503, each by name.
    `/metrics`: for Prometheus. None of them holds secrets or what people wrote; still, they are not for the public."""

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        told = await _readiness(database, slack)
        return JSONResponse(told, 200 if all(told.values()) else 503)

    async def figures(request: Request) -> Response:
        try:
            async with asyncio.timeout(CHECK_S):
                metrics.queue(await depth(database))
                metrics.feeds(await _feeds(database, await workspaces()))
        except (CrosscheckError, TimeoutError):
            pass  # what the process counts itself is told all the same
        return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/health", health), Route("/ready", ready), Route("/metrics", figures)]


def counted(kinds: Mapping[str, Work], metrics: Metrics) -> dict[str, Work]:
    """The same work, each attempt counted and timed."""

    def count(kind: str, work: Work) -> Work:
        async def run(job: Job) -> Leaving | None:
            began, outcome = time.monotonic(), "cancelled"
            try:
                last = await work(job)
                outcome = "done"
                return last
            except Exception as error:
                outcome = type(error).__name__
                raise
            finally:
                metrics.attempted(kind, outcome, time.monotonic() - began, again=job.attempts > 1)

        return run

    return {kind: count(kind, work) for kind, work in kinds.items()}


async def _readiness(database: Database, slack: Slack) -> dict[str, bool]:
    migration = await _within(
        database.read(lambda connection: connection.scalar(text("SELECT version_num FROM alembic_version")))
    )
    return {
        "database": migration is not None,
        "migrations": migration == HEAD,
        "slack": bool(await _within(slack())),
    }


async def _within(asking: Awaitable[object]) -> object:
    """What it gives; None where it fails or takes too long."""
    try:
        async with asyncio.timeout(CHECK_S):
            return await asking
    except (CrosscheckError, OSError):  # of which TimeoutError is one
        return None


async def _feeds(database: Database, workspaces: Sequence[str]) -> Counter[str]:
    counts = Counter(ok=0, failing=0, gone=0)
    for workspace in workspaces:
        counts.update(_state_of(read_state(stored)) for stored in await FeedTable(database, workspace).all())
    return counts


def _state_of(state: State) -> str:
    if isinstance(state, FeedState) and state.gone:
        return "gone"
    return "failing" if state.trouble else "ok"
