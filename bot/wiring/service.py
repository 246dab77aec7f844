"""The running bot: Slack or the sandbox on one side, the library and the model on the other, jobs in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from starlette.applications import Starlette

from bot.errors import CrosscheckError, WrongUse
from bot.metrics import Metrics, Prices
from bot.sandbox import Sandbox
from bot.sandbox.dev import Dev
from bot.settings import Settings
from bot.slack.account import Account, signed_in
from bot.slack.app import WORKSPACE, bolt_app, http_app, socket_mode
from bot.slack.trouble import slack_errors
from bot.store.database import Database, utc_now
from bot.store.jobs import JobTable
from bot.store.library import Library
from bot.wiring import daily, rounds
from bot.wiring.coverage import fetching
from bot.wiring.daily import KINDS, digest_worker
from bot.wiring.desk import SAMPLE, Reading
from bot.wiring.dev import Inside
from bot.wiring.health import counted, health_routes
from bot.wiring.ledger import LedgerWork
from bot.wiring.line import FOR_THE_LINE, line_worker
from bot.wiring.rounds import FEED, Rounds, poll_worker
from bot.wiring.serving import Part, Patrol, going, listening_at, meanwhile, serve, these, working
from bot.wiring.workspace import FOR_PEOPLE, House, Workspace
from bot.worker import Job, Leaving, Worker

log = logging.getLogger(__name__)

GRACE_S = 20  # to finish what runs when the process is told to stop; orchestrators kill after 30
TIDY_S = 3600.0  # between two looks for what is kept of people past its time
KEYS_S = 7 * 24 * 3600.0  # how long the keys of finished work stop redeliveries, at least


@dataclass(frozen=True, slots=True)
class Service:
    """What runs. In the sandbox: it, and where the bot serves `/dev` to it."""

    sandbox: Sandbox | None
    dev_url: str | None


@asynccontextmanager
async def service(settings: Settings) -> AsyncIterator[Service]:
    """Run the bot for as long as the context lasts; at its end, work is finished or handed over.

    Raises WrongUse where half of what Slack needs is set, SlackUnavailable, StoreError.
    """
    async with AsyncExitStack() as stack:
        sandbox = inside = dev = None
        if not settings.in_slack:
            inside, door = Inside(), listening_at("127.0.0.1", 0)
            dev = Dev(f"http://127.0.0.1:{door.getsockname()[1]}", inside.token)
            sandbox = await stack.enter_async_context(_sandbox(settings.sandbox_port, dev))
        bot_token, app_token, secret, api_url = _ends(settings, sandbox)
        metrics = Metrics(Prices(settings.price_input, settings.price_output))
        database = await stack.enter_async_context(await Database.open(settings.database_url))
        reading = Reading.of(settings, metrics)
        stack.push_async_callback(reading.close)
        account = await stack.enter_async_context(signed_in(bot_token, api_url))
        web, pages = await stack.enter_async_context(fetching())
        jobs = JobTable(database, Job)
        clock = inside.clock.now if inside else utc_now

        async def run(job: Job) -> Leaving | None:
            return await workspace.work[job.kind](job)

        async def apologise(job: Job, fault: Exception) -> None:
            await workspace.apologise(job, fault)

        lease_s = settings.lease_s
        questions = Worker(jobs, counted(dict.fromkeys(FOR_PEOPLE, run), metrics), lease_s=lease_s, apologise=apologise)
        line = line_worker(jobs, dict.fromkeys(FOR_THE_LINE, run), lease_s=lease_s)
        digests = digest_worker(jobs, dict.fromkeys(KINDS, run), lease_s=lease_s)
        polls = poll_worker(jobs, {FEED: run}, lease_s=lease_s)
        house = House(
            settings,
            database,
            jobs,
            reading,
            metrics,
            web,
            pages,
            questions,
            digests,
            clock,
            inside,
            sample=Library(database, SAMPLE, clock=clock) if sandbox else None,
        )
        workspace = Workspace(WORKSPACE, account, house)
        await stack.enter_async_context(working(questions, GRACE_S))
        await stack.enter_async_context(working(line, GRACE_S))

        ledger = LedgerWork(
            database,
            jobs,
            reading,
            excerpt_tokens=settings.excerpt_tokens,
            calls_a_day=settings.ledger_calls_a_day,
            followers=workspace.followers,
            clock=clock,
            lease_s=lease_s,
        )
        incoming = [workspace.rounds]
        if inside:
            pasted = house.coverage(SAMPLE)
            incoming.append(Rounds(pasted, jobs))
            application = inside.application(workspace.desk, account, pasted.announce)
            await stack.enter_async_context(serve(application, door))
        parts: list[Part] = [
            Patrol(
                digests,
                these(workspace.daily),
                tick_s=daily.TICK_S,
                moved=inside.clock.moved if inside else None,
            ),
            ledger,
            Patrol(polls, these(*incoming), tick_s=rounds.TICK_S),
        ]
        for part in parts:
            await stack.enter_async_context(going(part, GRACE_S))
        tidying = _tidying(jobs, settings.keep_words_days * 86_400, workspace.kept_words)
        await stack.enter_async_context(meanwhile(tidying))

        health = health_routes(database, metrics, workspaces=[WORKSPACE], slack=partial(_reachable, account))
        if app_token:
            app = bolt_app(workspace.room, signing_secret=secret)
            await stack.enter_async_context(socket_mode(app, account, app_token))
            if not sandbox:
                await stack.enter_async_context(
                    serve(Starlette(routes=health), listening_at(settings.host, settings.port))
                )
        else:
            http = http_app(workspace.room, signing_secret=secret, beside=health)
            await stack.enter_async_context(serve(http, listening_at(settings.host, settings.port)))
        yield Service(sandbox, dev.url if dev else None)


def _ends(settings: Settings, sandbox: Sandbox | None) -> tuple[str, str, str, str]:
    """Bot token, app token, signing secret and the Web API's address: the sandbox's, or those that are set."""
    if sandbox is not None:
        return sandbox.bot_token, sandbox.app_token, sandbox.signing_secret, sandbox.api_url

    def secret(name: str) -> str:
        value = getattr(settings, name)
        return value.get_secret_value() if value is not None else ""

    app_token, signing_secret = secret("slack_app_token"), secret("slack_signing_secret")
    if not app_token and not signing_secret:
        raise WrongUse("set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for events over HTTP")
    return secret("slack_bot_token"), app_token, signing_secret, settings.slack_api_url


async def _reachable(account: Account) -> bool:
    with slack_errors("auth.test"):
        await account.client.auth_test()
    return True


class _Words(Protocol):
    async def purge(self, *, older_than_s: float) -> int: ...


async def _tidying(jobs: JobTable[Job], words_s: float, kept: Sequence[_Words]) -> None:
    """Forget what people said, and who used the model, once it is past its time.

    Until cancelled; trouble ends a round, not the tidying.
    """
    while True:
        try:
            await jobs.purge(words_s=words_s, keys_s=max(words_s, KEYS_S))
            for words in kept:
                await words.purge(older_than_s=words_s)
        except CrosscheckError as error:
            log.warning("tidying was cut short", extra={"error": type(error).__name__})
        await asyncio.sleep(TIDY_S)


def _sandbox(port: int, dev: Dev) -> Sandbox:
    try:
        return Sandbox(port=port, dev=dev)
    except OSError as error:
        raise WrongUse(f"the sandbox cannot be served at port {port}: {error.strerror}; set SANDBOX_PORT") from error
