"""What `doctor` looks at: settings, the model, the library, feeds, work, and Slack; each with what to do."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, make_url, text

from bot.errors import CrosscheckError, ReaderRefused, ReaderUnavailable, StoreFull
from bot.feeds.poll import FeedState
from bot.feeds.urls import host_of
from bot.llm.patience import Patience
from bot.news import words
from bot.settings import Settings
from bot.store.coverage.feeds import FeedTable
from bot.store.coverage.library import Library
from bot.store.database import Clock, Database, utc_now
from bot.store.installations import current
from bot.store.jobs.jobs import JobTable
from bot.store.tables import HEAD
from bot.wiring.checkup.findings import Finding, agreement, ok, trouble
from bot.wiring.checkup.meaning import check_embedding_model, check_vectors
from bot.wiring.checkup.slack import check_slack
from bot.wiring.coverage.feed_states import State, address_of, read_state
from bot.worker import Job

MODEL_S = 30.0  # for a call of a few words; slower ones leave people waiting
FREE_BYTES = 200_000_000  # below that a day of coverage may not fit
FAILURES = 3  # in a row, from which on a feed is more than unlucky
OVERDUE = timedelta(hours=1)


async def checkup(settings: Settings, *, workspace: str, clock: Clock = utc_now) -> AsyncIterator[Finding]:
    """Each finding as it is made. Nothing is raised for what is found, and nothing but migrations is changed."""
    yield _settings(settings)
    yield await _model(settings)
    if settings.openai_embedding_model:
        yield await check_embedding_model(settings)
    async for finding in _library(settings, workspace, clock):
        yield finding
    async for finding in check_slack(settings, clock):
        yield finding


def _settings(settings: Settings) -> Finding:
    tokens = {
        name for name in ("slack_bot_token", "slack_app_token", "slack_signing_secret") if getattr(settings, name)
    }
    if settings.slack_trouble:
        return trouble("settings", settings.slack_trouble)
    if settings.by_oauth:
        return ok("settings", "many workspaces, events over HTTP")
    if not tokens:
        return ok("settings", "no Slack tokens: `run` starts the sandbox")
    if "slack_bot_token" not in tokens:
        return trouble("settings", "SLACK_BOT_TOKEN is not set, so the others are not used; copy it into .env")
    return ok("settings", "Socket Mode" if "slack_app_token" in tokens else "events over HTTP")


@dataclass(frozen=True, slots=True)
class _Word:
    """A shape that costs a model a few words."""

    name: str = "ready"
    schema: dict[str, Any] = field(
        default_factory=lambda: {
            "type": "object",
            "properties": {"ready": {"type": "boolean"}},
            "required": ["ready"],
            "additionalProperties": False,
        }
    )


async def _model(settings: Settings) -> Finding:
    if settings.openai_api_key is None:
        return ok("model", "none: sources are quoted, not compared; for a model set OPENAI_API_KEY")
    from bot.llm.client import ModelClient  # here, for with it comes the SDK, which takes half a second to load

    try:
        client = ModelClient(
            api_key=settings.openai_api_key.get_secret_value(),
            model=settings.openai_model,
            base_url=settings.openai_base_url,
            patience=Patience(total_s=MODEL_S, stall_s=MODEL_S, attempts=1),
        )
    except CrosscheckError as fault:
        return trouble("model", str(fault))
    began = time.monotonic()
    try:
        said = await client.complete([{"role": "user", "content": 'Reply with {"ready": true} in JSON.'}], _Word())
    except ReaderUnavailable as fault:
        return trouble("model", f"{fault}; check OPENAI_BASE_URL and the network, or wait")
    except ReaderRefused as fault:
        return trouble("model", f"{fault}; check OPENAI_API_KEY and OPENAI_MODEL ({settings.openai_model})")
    except CrosscheckError as fault:
        return trouble("model", f"{settings.openai_model} gives no usable reply: {fault}; try another OPENAI_MODEL")
    finally:
        await client.aclose()
    return ok("model", f"{said.model} replied within {time.monotonic() - began:.1f} s")


async def _library(settings: Settings, workspace: str, clock: Clock) -> AsyncIterator[Finding]:
    try:
        async with await Database.open(settings.database_url) as database:
            yield await _database(database, settings.database_url)
            if database.dialect == "postgresql":
                yield await _clock(database, clock)
            served = {each.workspace: f"coverage of {each.name}" for each in await current(database)}
            for name, what in (served if settings.by_oauth else {workspace: "coverage"}).items():
                yield await _coverage(Library(database, name), what)
                if settings.openai_embedding_model:
                    yield await check_vectors(database, name, settings.openai_embedding_model)
                for stored in await FeedTable(database, name).all():
                    yield _feed(read_state(stored), clock())
            yield await _work(database)
    except StoreFull as fault:
        yield trouble("library", f"{fault}; free some disk space, or let this user write there")
    except CrosscheckError as fault:
        yield trouble("library", f"{fault}; check DATABASE_URL, and that the database runs and lets this user in")


async def _database(database: Database, url: str) -> Finding:
    if database.dialect == "sqlite":
        damage = await database.read(_damage)
        if damage != "ok":
            return trouble("library", f"the file is damaged ({damage}); restore a backup into a new one")
        free = _free_bytes(url)
        if free < FREE_BYTES:
            return trouble("library", f"only {free // 1_000_000} MB are left on its disk; free some")
    return ok("library", f"{database.dialect} at migration {HEAD}")


async def _coverage(library: Library, what: str) -> Finding:
    newest = await library.newest()
    latest = f", the newest of {words.published(newest)}" if newest else ""
    return ok(what, f"{await library.count()} articles{latest}")


async def _clock(database: Database, clock: Clock) -> Finding:
    """Against the database's, which the other processes can be held against too: a lease ends by their clocks."""
    theirs = await database.read(lambda connection: connection.scalar(text("SELECT clock_timestamp()")))
    return agreement("clock of this machine", clock() - theirs, "the database's")


def _damage(connection: Connection) -> str:
    return " ".join(str(connection.scalar(text("PRAGMA quick_check(1)"))).split())


def _free_bytes(url: str) -> int:
    return shutil.disk_usage(Path(make_url(url).database or ".").absolute().parent).free


def _feed(state: State, now: datetime) -> Finding:
    address = address_of(state)
    if isinstance(state, FeedState):
        what = f"feed {host_of(address)}"
        if state.gone:
            return trouble(what, f"the site has removed {address}; `feeds remove` it, and add where it is now")
        if state.failures >= FAILURES:
            said = f"{state.trouble}, {state.failures} times in a row; look at {address}"
            return trouble(what, said)
    else:
        what = f"folder {state.path.name}"
        if state.trouble:
            return trouble(what, f"{state.trouble}; put it back, or `feeds remove` it")
    if now - state.next_at > OVERDUE:
        return trouble(what, f"due since {state.next_at:%Y-%m-%d %H:%M} UTC; is `python -m bot run` running?")
    return ok(what, state.trouble or ("polled" if state.seen else "not polled yet"))


async def _work(database: Database) -> Finding:
    dead = await JobTable(database, Job).dead()
    if dead:
        count = f"{len(dead)} jobs were" if len(dead) > 1 else "a job was"
        return trouble("work", f"{count} given up; `python -m bot jobs` lists what was")
    return ok("work", "nothing was given up")
