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
from bot.news.summary import Length, Scope, Summary
from bot.sandbox import Sandbox
from bot.sandbox.dev import Dev
from bot.settings import Settings
from bot.slack.account import Account, signed_in
from bot.slack.adding import AddCommand
from bot.slack.admins import Admins
from bot.slack.answering import Answering
from bot.slack.app import WORKSPACE, Room, bolt_app, http_app, socket_mode
from bot.slack.clicks import SAID, Clicks
from bot.slack.commands import RUN, SHARED, Call, Commands
from bot.slack.digests import DigestCommand
from bot.slack.following import Following
from bot.slack.home import Home
from bot.slack.intake import ANSWER, WELCOME, WITHDRAW
from bot.slack.summaries import SummaryCommand
from bot.slack.trouble import slack_errors
from bot.slack.verbs import Verbs
from bot.slack.welcome import Welcome
from bot.store.conversations import Conversations
from bot.store.database import Database, Transaction, utc_now
from bot.store.jobs import JobTable
from bot.store.library import Library
from bot.store.subscriptions import Subscriptions
from bot.store.usage import UsageTable
from bot.wiring.asking import Accepted, Asking, Claimed
from bot.wiring.coverage import coverage
from bot.wiring.daily import Daily
from bot.wiring.desk import SAMPLE, Desk, Reading
from bot.wiring.dev import Inside
from bot.wiring.health import counted, health_routes
from bot.wiring.ledger import LedgerWork
from bot.wiring.limits import Allowance, Limits, telling_admins
from bot.wiring.newsdesk import Newsdesk
from bot.wiring.people import Additions, Followers, Glance, People, Wishes
from bot.wiring.rounds import Rounds
from bot.wiring.serving import Part, going, listening_at, meanwhile, serve, working
from bot.wiring.summing import sum_up
from bot.worker import Job, Worker

log = logging.getLogger(__name__)

GRACE_S = 20  # to finish what runs when the process is told to stop; orchestrators kill after 30
TIDY_S = 3600.0  # between two looks for what is kept of people past its time
KEYS_S = 7 * 24 * 3600.0  # how long the keys of finished work stop redeliveries, at least


@dataclass(frozen=True, slots=True)
class Service:
    """What runs. In the sandbox: it, and where the bot serves `/dev` to it."""

    worker: Worker
    desk: Desk
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
        jobs = JobTable(database, Job)
        clock = inside.clock.now if inside else utc_now
        samples = Library(database, SAMPLE, clock=clock) if sandbox else None
        desk = Desk(Library(database, WORKSPACE, clock=clock), reading, settings.excerpt_tokens, sample=samples)
        usage = UsageTable(database, WORKSPACE)
        allowance = Allowance(usage, _limits(settings), jobs=jobs, workspace=WORKSPACE)
        subscriptions = Subscriptions(database, WORKSPACE, clock=clock)
        daily = Daily(
            account,
            jobs,
            subscriptions,
            Newsdesk(database, desk, WORKSPACE, arrange=allowance.for_digest),
            workspace=WORKSPACE,
            clock=clock,
            lease_s=settings.lease_s,
            moved=inside.clock.moved if inside else None,
        )
        ledger = LedgerWork(
            database,
            jobs,
            reading,
            excerpt_tokens=settings.excerpt_tokens,
            calls_a_day=settings.ledger_calls_a_day,
            followers=Followers(Following(account)),
            clock=clock,
            lease_s=settings.lease_s,
        )
        arriving = await stack.enter_async_context(coverage(database, WORKSPACE, jobs=jobs, clock=clock))
        conversations = Conversations(database, WORKSPACE)
        asking = Asking(desk, conversations, metrics, inside, allowance.for_person)
        people = People(database, WORKSPACE)
        answering = Answering(account, asking.ask, people)
        home = Home(account, Glance(database, WORKSPACE, desk), settings.admin_ids)
        clicks = Clicks(account, people, home)

        async def answer(job: Job) -> Transaction[None] | None:
            work = Claimed(job, jobs)
            try:
                stands = await answering.run(work)
            finally:
                await work.write()
            if inside and (trace := inside.trace(job.id)):
                trace.stage("show")
            return asking.remembering(work) if stands else None

        async def apologise(job: Job, fault: Exception) -> None:
            if job.kind == ANSWER:
                await answering.give_up(Claimed(job, jobs), fault)
            elif job.kind == RUN:
                await commands.give_up(Claimed(job, jobs), fault)

        async def withdraw(job: Job) -> None:
            await answering.withdraw(Claimed(job, jobs))

        async def command(job: Job) -> None:
            work = Claimed(job, jobs)
            try:
                await commands.run(work)
            finally:
                await work.write()

        async def sum_up_for(scope: Scope, length: Length, work: Claimed) -> Summary:
            held = allowance.for_summary(Call.load(work.payload).user)
            return await sum_up(desk, scope, length=length, checkpoint=work, arrange=held)

        async def share(job: Job) -> None:
            await commands.share(Claimed(job, jobs))

        kinds = {
            ANSWER: answer,
            WITHDRAW: withdraw,
            SAID: clicks.run,
            RUN: command,
            SHARED: share,
            WELCOME: Welcome(account).run,
            **telling_admins(account, settings.admin_ids),
        }
        worker = Worker(jobs, counted(kinds, metrics), lease_s=settings.lease_s, apologise=apologise)
        inbox = Accepted(jobs, worker, people)
        verbs = Verbs(account, inbox, WORKSPACE, ask=asking.ask, shelf=people, coverage=home.coverage)
        joined = [
            SummaryCommand(sum_up_for, home.coverage, people, utc_now).subcommand(),
            DigestCommand(account, Wishes(subscriptions, daily)).subcommand(),
            AddCommand(Admins(account, settings.admin_ids), Additions(arriving).add).subcommand(),
        ]
        commands = Commands(account, [*verbs.all(), *joined])
        room = Room(account, inbox, people, answering, clicks, commands, home)
        await stack.enter_async_context(working(worker, GRACE_S))

        parts: list[Part] = [daily, ledger, Rounds(arriving, jobs, lease_s=settings.lease_s)]
        if inside:
            pasted = await stack.enter_async_context(coverage(database, SAMPLE, jobs=jobs, clock=clock))
            parts.append(Rounds(pasted, jobs, lease_s=settings.lease_s))
            pages = inside.application(desk, account, pasted.announce)
            await stack.enter_async_context(serve(pages, door))
        for part in parts:
            await stack.enter_async_context(going(part, GRACE_S))
        tidying = _tidying(jobs, settings.keep_words_days * 86_400, (conversations, people, usage))
        await stack.enter_async_context(meanwhile(tidying))

        health = health_routes(database, metrics, workspaces=[WORKSPACE], slack=partial(_reachable, account))
        if app_token:
            app = bolt_app(room, signing_secret=secret)
            await stack.enter_async_context(socket_mode(app, account, app_token))
            if not sandbox:
                await stack.enter_async_context(
                    serve(Starlette(routes=health), listening_at(settings.host, settings.port))
                )
        else:
            http = http_app(room, signing_secret=secret, beside=health)
            await stack.enter_async_context(serve(http, listening_at(settings.host, settings.port)))
        yield Service(worker, desk, sandbox, dev.url if dev else None)


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


def _limits(settings: Settings) -> Limits:
    return Limits(
        workspace_calls=settings.workspace_calls_a_day,
        workspace_tokens=settings.workspace_tokens_a_day,
        person_calls=settings.person_calls_a_day,
        person_tokens=settings.person_tokens_a_day,
    )


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
