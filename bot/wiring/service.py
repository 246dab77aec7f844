"""The running bot: Slack or the sandbox on one side, the library and the model on the other, jobs in between."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.errors import WrongUse
from bot.news import words
from bot.news.model import Answer, Turn
from bot.news.since import asked_since
from bot.sandbox import Sandbox
from bot.sandbox.dev import Dev
from bot.settings import Settings
from bot.slack.account import signed_in
from bot.slack.answering import Answering, Work
from bot.slack.app import WORKSPACE, Room, bolt_app, http_app, socket_mode
from bot.slack.clicks import SAID, Clicks
from bot.slack.commands import RUN, SHARED, Commands
from bot.slack.home import Home
from bot.slack.intake import ANSWER, WELCOME, WITHDRAW
from bot.slack.screen import Audience
from bot.slack.verbs import Verbs
from bot.slack.welcome import Welcome
from bot.store.conversations import Conversations
from bot.store.database import Database, Transaction, utc_now
from bot.store.jobs import JobTable
from bot.store.library import Library
from bot.wiring.desk import SAMPLE, Desk, Reading
from bot.wiring.dev import Inside, Traced
from bot.wiring.people import Glance, People
from bot.worker import Job, Worker

GRACE_S = 20  # to finish what runs when the process is told to stop; orchestrators kill after 30
TURN = "turn"  # note: the question as it was answered and the answer's first line, for the thread's next question


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
            inside, door = Inside(), _listening("127.0.0.1", 0)
            dev = Dev(f"http://127.0.0.1:{door.getsockname()[1]}", inside.token)
            sandbox = await stack.enter_async_context(_sandbox(settings.sandbox_port, dev))
        bot_token, app_token, secret, api_url = _ends(settings, sandbox)
        database = await stack.enter_async_context(await Database.open(settings.database_url))
        reading = Reading.of(settings)
        stack.push_async_callback(reading.close)
        account = await stack.enter_async_context(signed_in(bot_token, api_url))
        jobs = JobTable(database, Job)
        desk = Desk(
            Library(database, WORKSPACE),
            reading,
            settings.excerpt_tokens,
            sample=Library(database, SAMPLE) if sandbox else None,
        )
        asking = _Asking(desk, Conversations(database, WORKSPACE), inside)
        people = People(database, WORKSPACE)
        answering = Answering(account, asking.ask, people)
        home = Home(account, Glance(database, WORKSPACE, desk))
        clicks = Clicks(account, people, home)

        async def answer(job: Job) -> Transaction[None] | None:
            work = _Work(job, jobs)
            try:
                stands = await answering.run(work)
            finally:
                await work.write()
            if inside and (trace := inside.trace(job.id)):
                trace.stage("show")
            return asking.remembering(work) if stands else None

        async def apologise(job: Job, fault: Exception) -> None:
            if job.kind == ANSWER:
                await answering.give_up(_Work(job, jobs), fault)
            elif job.kind == RUN:
                await commands.give_up(_Work(job, jobs), fault)

        async def withdraw(job: Job) -> None:
            await answering.withdraw(_Work(job, jobs))

        async def command(job: Job) -> None:
            work = _Work(job, jobs)
            try:
                await commands.run(work)
            finally:
                await work.write()

        async def share(job: Job) -> None:
            await commands.share(_Work(job, jobs))

        kinds = {
            ANSWER: answer,
            WITHDRAW: withdraw,
            SAID: clicks.run,
            RUN: command,
            SHARED: share,
            WELCOME: Welcome(account).run,
        }
        worker = Worker(jobs, kinds, lease_s=settings.lease_s, apologise=apologise)
        inbox = _Inbox(jobs, worker)
        verbs = Verbs(account, inbox, WORKSPACE, ask=asking.ask, shelf=people, coverage=home.coverage)
        commands = Commands(account, verbs.all())
        room = Room(account, inbox, people, answering, clicks, commands, home)
        running = asyncio.create_task(worker.run(), name="worker")
        stack.push_async_callback(_stop, worker, running)
        if inside:
            pages = inside.application(desk, account, _nobody)
            await stack.enter_async_context(_serve(pages, door))
        if app_token:
            app = bolt_app(room, signing_secret=secret)
            await stack.enter_async_context(socket_mode(app, account, app_token))
        else:
            http = http_app(room, signing_secret=secret)
            await stack.enter_async_context(_serve(http, _listening(settings.host, settings.port)))
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


@dataclass(frozen=True, slots=True)
class _Inbox:
    """Keeps work and wakes the worker, so that nobody waits for its next poll."""

    jobs: JobTable[Job]
    worker: Worker

    async def put(
        self, kind: str, payload: Mapping[str, Any], *, keys: Sequence[str], workspace: str, lane: str, priority: int
    ) -> str | None:
        kept = await self.jobs.put(kind, payload, keys=keys, workspace=workspace, lane=lane, priority=priority)
        if kept is not None:
            self.worker.wake()
        return kept


@dataclass(slots=True)
class _Work:
    """A claimed job, as the rooms that run it see it; its notes are also the model's checkpoint.

    What only has to be kept before the next step that waits for the world is held back, and written with it.
    """

    job: Job
    jobs: JobTable[Job]
    taken: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def payload(self) -> Mapping[str, Any]:
        return self.job.payload

    @property
    def again(self) -> bool:
        return self.job.claim > 1

    @property
    def notes(self) -> Mapping[str, str]:
        return {**self.job.notes, **self.taken}

    def hold(self, name: str, value: str) -> None:
        self.taken[name] = self.held[name] = value

    async def write(self) -> None:
        if self.held:
            await self.jobs.notes(self.job, self.held)
            self.held = {}

    async def note(self, name: str, value: str) -> None:
        self.hold(name, value)
        await self.write()

    async def get(self, name: str) -> str | None:
        await self.write()  # the next call to the model may take long
        return self.notes.get(name)

    async def put(self, name: str, text: str) -> None:
        self.hold(name, text)


@dataclass(frozen=True, slots=True)
class _Asking:
    """A thread's questions: each is asked with the turns before it, and remembered once its answer stands."""

    desk: Desk
    conversations: Conversations
    inside: Inside | None

    async def ask(self, work: Work, question: str, audience: Audience) -> Answer:
        assert isinstance(work, _Work)
        channel, thread = work.payload["channel"], work.payload["thread"]
        begins = thread == work.payload["ts"]
        turns = () if begins else await self.conversations.turns(channel, thread)
        since = asked_since(question, utc_now())
        if self.inside is None:
            answer = await self.desk.ask(question, turns=turns, audience=audience, checkpoint=work, since=since)
        else:
            trace = self.inside.begin(work.id)
            answer = await self.desk.ask(
                question,
                turns=turns,
                audience=Traced(audience, trace),
                checkpoint=work,
                asking=trace.asking,
                fault=self.inside.fault,
                since=since,
            )
            trace.answered(answer)
        work.hold(TURN, json.dumps([answer.question, words.lead(answer)]))
        return answer

    def remembering(self, work: Work) -> Transaction[None] | None:
        """Keeps the turn of an answer that stands."""
        kept = work.notes.get(TURN)
        if kept is None:
            return None
        question, lead = json.loads(kept)
        return self.conversations.keeping(work.payload["channel"], work.payload["thread"], Turn(question, lead))


async def _stop(worker: Worker, running: asyncio.Task[None]) -> None:
    await worker.stop(GRACE_S)
    await running


class _Server(uvicorn.Server):
    """Leaves signals to the process that it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on. Raises WrongUse where the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle on
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise WrongUse(f"nothing can be served at {host}:{port}: {error.strerror}") from error
    listening.listen()  # whoever calls before the server runs waits instead of being turned away
    return listening


def _sandbox(port: int, dev: Dev) -> Sandbox:
    try:
        return Sandbox(port=port, dev=dev)
    except OSError as error:
        raise WrongUse(f"the sandbox cannot be served at port {port}: {error.strerror}; set SANDBOX_PORT") from error


async def _nobody(article: str) -> None: ...


@asynccontextmanager
async def _serve(app: Starlette, listening: socket.socket) -> AsyncIterator[None]:
    """Serve an application until the context ends."""
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve([listening]), name="http")
    try:
        yield
    finally:
        server.should_exit = True
        await serving
        listening.close()
