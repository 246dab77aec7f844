"""The running bot: Slack or the sandbox on one side, the library and the model on the other, jobs in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from starlette.applications import Starlette

from bot.errors import CrosscheckError, WrongUse
from bot.metrics import Metrics, Prices
from bot.sandbox import Sandbox
from bot.sandbox.page.dev import Dev
from bot.settings import Settings
from bot.slack.account import signed_in
from bot.slack.app import WORKSPACE, bolt_app, http_app, socket_mode
from bot.slack.manifest import manifest
from bot.store.coverage.library import Library
from bot.store.database import Database, utc_now
from bot.store.jobs.jobs import JobTable
from bot.store.people.subscriptions import workspaces_subscribed
from bot.wiring.coverage import meaning, rounds
from bot.wiring.coverage.coverage import LEDGER, fetching
from bot.wiring.coverage.meaning import Embedding
from bot.wiring.coverage.rounds import FEED, Rounds, poll_worker
from bot.wiring.desks import daily
from bot.wiring.desks import ledger as ledgers
from bot.wiring.desks.daily import KINDS, digest_worker
from bot.wiring.desks.desk import SAMPLE, Reading
from bot.wiring.desks.ledger import LedgerWork
from bot.wiring.dev import Inside
from bot.wiring.health import counted, health_routes
from bot.wiring.oauth import oauth
from bot.wiring.people.line import FOR_THE_LINE, line_worker
from bot.wiring.rotation import ROTATE
from bot.wiring.serving import Goes, Patrol, going, listening_at, meanwhile, serve, stopping_together, these, working
from bot.wiring.workspace import FOR_PEOPLE, House, Workspace
from bot.wiring.workspaces import Joined, Many, Workspaces
from bot.worker import Job, Leaving, Work, Worker

log = logging.getLogger(__name__)

GRACE_S = 20  # to finish what runs when the process is told to stop; orchestrators kill after 30
TIDY_S = 3600.0  # between two looks for what is kept of people past its time
KEYS_S = 7 * 24 * 3600.0  # how long the keys of finished work stop redeliveries, at least
OF_MACHINES = (FEED, LEDGER, ledgers.TURN, meaning.EMBED, ROTATE)
"""The kinds of job in which nobody's words are kept: a watched folder alone leaves thousands a day."""


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
        jobs = JobTable(database, Job)
        installing = account = None
        if settings.by_oauth:
            installing = await stack.enter_async_context(oauth(settings, database, jobs))
        else:
            account = await stack.enter_async_context(signed_in(bot_token, api_url))
        web, pages = await stack.enter_async_context(fetching())
        clock = inside.clock.now if inside else utc_now

        async def run(job: Job) -> Leaving | None:
            return await workspaces.run(job)

        async def apologise(job: Job, fault: Exception) -> None:
            await workspaces.apologise(job, fault)

        lease_s = settings.lease_s
        kinds: dict[str, Work] = dict.fromkeys(FOR_PEOPLE, run)
        if installing:
            kinds[ROTATE] = installing.rotation.run
        questions = Worker(jobs, counted(kinds, metrics), lease_s=lease_s, apologise=apologise)
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
            polls,
            clock,
            inside,
            sample=Library(database, SAMPLE, clock=clock) if sandbox else None,
        )
        workspaces: Workspaces
        pasted = []
        if installing:
            make, renew = partial(Workspace, house), installing.rotation.go
            workspaces = Many(installing.installations, installing.client, make, renew)
        else:
            assert account is not None
            workspace = Workspace(house, WORKSPACE, account)
            workspaces = Joined(workspace)
            if inside:
                await workspace.desk.current()  # so that what stands in the sample is there before anybody asks
                paste = house.coverage(SAMPLE)
                pasted.append(Rounds(paste, jobs))
                application = inside.application(workspace.desk, account, paste.announce)
                await stack.enter_async_context(serve(application, door))
        await stack.enter_async_context(working(questions, GRACE_S))
        await stack.enter_async_context(working(line, GRACE_S))
        renewal = [installing.rotation] if installing else []
        patrols = _patrols(house, workspaces, beside_digests=renewal, beside_feeds=pasted)
        for patrol in patrols:
            await stack.enter_async_context(going(patrol, GRACE_S))
        workers = [questions, line, *(patrol.worker for patrol in patrols)]
        await stack.enter_async_context(stopping_together(workers, GRACE_S))
        tidying = _tidying(house, workspaces, settings.keep_words_days * 86_400)
        await stack.enter_async_context(meanwhile(tidying))

        routes = health_routes(database, metrics, workspaces=workspaces.names, slack=workspaces.reachable)
        served: Starlette | None = Starlette(routes=routes)
        if account is not None and app_token:
            app = bolt_app(workspaces.rooms, signing_secret=secret)
            await stack.enter_async_context(socket_mode(app, account, app_token))
            served = None if sandbox else served
        else:
            flow = installing.flow if installing else None
            served = http_app(workspaces.rooms, signing_secret=secret, flow=flow, beside=routes)
        if served is not None:
            await stack.enter_async_context(serve(served, listening_at(settings.host, settings.port)))
        yield Service(sandbox, dev.url if dev else None)


def _ends(settings: Settings, sandbox: Sandbox | None) -> tuple[str, str, str, str]:
    """Bot token, app token, signing secret and the Web API's address: the sandbox's, or those that are set."""
    if sandbox is not None:
        return sandbox.bot_token, sandbox.app_token, sandbox.signing_secret, sandbox.api_url
    if settings.slack_trouble:
        raise WrongUse(settings.slack_trouble)

    def secret(name: str) -> str:
        value = getattr(settings, name)
        return value.get_secret_value() if value is not None else ""

    tokens = [secret(f"slack_{name}") for name in ("bot_token", "app_token", "signing_secret")]
    return (tokens[0], tokens[1], tokens[2], settings.slack_api_url)


def _patrols(
    house: House, workspaces: Workspaces, *, beside_digests: Sequence[Goes], beside_feeds: Sequence[Goes]
) -> list[Patrol]:
    """What goes on in all workspaces beside their questions: digests, the ledger, feeds, and vectors where there is a
    model for them."""
    settings, reading, clock = house.settings, house.reading, house.clock

    async def keeping_time() -> list[Goes]:
        subscribed = await workspaces_subscribed(house.database)
        return [*beside_digests, *(each.daily for each in await workspaces.all() if each.name in subscribed)]

    async def incoming() -> list[Goes]:
        turns = await rounds.whose_turn(house.database, clock())
        return [*beside_feeds, *(each.rounds for each in await workspaces.all() if each.name in turns)]

    ledger = LedgerWork(
        house.database,
        house.jobs,
        reading,
        excerpt_tokens=settings.excerpt_tokens,
        calls_a_day=settings.ledger_calls_a_day,
        followers=workspaces,
        serves=workspaces.serves,
        clock=clock,
        lease_s=settings.lease_s,
    )
    moved = house.inside.clock.moved if house.inside else None
    patrols: list[Patrol] = [
        Patrol(house.digests, keeping_time, tick_s=daily.TICK_S, moved=moved),
        Patrol(ledger.worker, these(ledger), tick_s=ledgers.TICK_S),
        Patrol(house.polls, incoming, tick_s=rounds.TICK_S),
    ]
    if reading.meaning:
        embedding = Embedding(
            house.database,
            house.jobs,
            reading.meaning,
            serves=workspaces.serves,
            clock=clock,
            lease_s=settings.lease_s,
        )
        patrols.append(Patrol(embedding.worker, these(embedding), tick_s=meaning.TICK_S))
    return patrols


async def _tidying(house: House, workspaces: Workspaces, words_s: float) -> None:
    """Forget what people said, and who used the model, once it is past its time.

    Until cancelled; trouble ends a round, not the tidying.
    """
    while True:
        try:
            await house.jobs.forget(OF_MACHINES, older_than_s=KEYS_S)
            await house.jobs.purge(words_s=words_s, keys_s=max(words_s, KEYS_S))
            for name in await workspaces.names():
                for words in house.kept_words(name):
                    await words.purge(older_than_s=words_s)
        except CrosscheckError as error:
            log.warning("tidying was cut short", extra={"error": type(error).__name__})
        except Exception as error:
            log.error("tidying failed unexpectedly", exc_info=error)
        await asyncio.sleep(TIDY_S)


def _sandbox(port: int, dev: Dev) -> Sandbox:
    try:
        return Sandbox(port=port, dev=dev, manifest=manifest())
    except OSError as error:
        raise WrongUse(f"the sandbox cannot be served at port {port}: {error.strerror}; set SANDBOX_PORT") from error
