"""The real app against a Slack of one's own, over real sockets and HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import uvicorn

from bot.news.model import Answer
from bot.sandbox import BEN, Message, Sandbox
from bot.slack.account import Account, signed_in
from bot.slack.admins import Admins
from bot.slack.answers.answering import Answering, Work
from bot.slack.answers.clicks import SAID, Clicks
from bot.slack.answers.screen import Audience
from bot.slack.app import WORKSPACE, OneRoom, Room, bolt_app, http_app, socket_mode
from bot.slack.commands.commands import PICTURES, RUN, SHARED, Commands, Subcommand
from bot.slack.commands.digest_forms import WISHED, DigestForms
from bot.slack.commands.digests import DigestCommand
from bot.slack.commands.setting import SET, ChannelSettings
from bot.slack.commands.verbs import Verbs
from bot.slack.gate import Gate
from bot.slack.home import Home
from bot.slack.intake import ANSWER, LINKS, WELCOME, WITHDRAW, question
from bot.slack.languages import Languages
from bot.slack.links import LinkCards
from bot.slack.posting.gallery import Gallery
from bot.slack.welcome import Welcome
from tests.slack import answers
from tests.slack.fakes import FixedCoverage, FixedDigests, Job, MemoryInbox, MemoryRules, Oracle

NOON = datetime(2026, 5, 22, 12, tzinfo=UTC)  # a Friday


@dataclass
class Bot:
    """A running bot whose jobs are run one after the other, as they come."""

    sandbox: Sandbox
    account: Account
    inbox: MemoryInbox
    oracle: Oracle
    rules: MemoryRules
    gate: Gate
    coverage: FixedCoverage = field(default_factory=FixedCoverage)
    more: list[Subcommand] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    digests: FixedDigests = field(default_factory=FixedDigests)

    def __post_init__(self) -> None:
        self.shelf = self.inbox.shelf
        self.languages = Languages(self.account, self.rules)
        self.answering = Answering(self.account, self.asked, self.shelf, self.gate)
        self.home = Home(self.account, self.coverage, self.gate)
        forms = DigestForms(self.account, self.digests, self.gate, self.home)
        self.clicks = Clicks(self.account, self.shelf, self.home, self.gate, forms)
        verbs = Verbs(
            self.account,
            self.inbox,
            WORKSPACE,
            ask=self.asked,
            shelf=self.shelf,
            coverage=self.coverage,
            rules=self.rules,
            clock=lambda: NOON,
        )
        self.settings = ChannelSettings(self.account, self.gate, self.coverage)
        self.gallery = Gallery(self.account, pauses_s=(0, 0.05, 0.05))
        digest = DigestCommand(self.account, self.digests, self.gate, forms)
        subcommands = [*verbs.all(), self.settings.subcommand(), digest.subcommand(), *self.more]
        self.commands = Commands(self.account, self.inbox, WORKSPACE, self.gate, subcommands, gallery=self.gallery)
        self.room = Room(
            self.account, self.inbox, self.shelf, self.answering, self.clicks, self.commands, self.home, self.languages
        )
        runs = {
            ANSWER: self.answering.run,
            WITHDRAW: self.answering.withdraw,
            SAID: self.clicks.run,
            RUN: self.commands.run,
            SHARED: self.commands.share,
            PICTURES: self.commands.draw,
            SET: self.settings.run,
            WISHED: forms.run,
            WELCOME: Welcome(self.account).run,
            LINKS: LinkCards(self.account, self.coverage, self.gate).run,
        }
        self.runs = {kind: self.languages.around(run) for kind, run in runs.items()}

    async def asked(self, work: Work, question: str, audience: Audience) -> Answer:
        return await self.oracle(work, question, audience)  # whichever it is by then

    async def work(self) -> None:
        number = 0
        while True:
            job = await self.inbox.next(number)
            number += 1
            try:
                await self.runs[job.kind](job)
            except Exception as fault:
                self.faults.append(fault)
            job.ended.set()

    async def settled(self, asked: Message) -> list[Message]:
        """The bot's messages in the thread once something was asked, and all of it is done."""
        async with asyncio.timeout(10):
            await self.inbox.next(0)
        await self.quiet()
        return self.sandbox.replies(asked)

    async def quiet(self) -> None:
        """Once all that was said has been acknowledged and all that was asked has been done."""
        async with asyncio.timeout(10):
            for delivery in self.sandbox.deliveries:  # grows while it is walked
                await delivery.settled.wait()
            for job in self.inbox.jobs:
                await job.ended.wait()
            for delivery in self.sandbox.deliveries:
                await delivery.settled.wait()

    async def job(self, text: str = answers.QUESTION) -> Job:
        """A job of a question that stands in the sandbox, to be run by hand."""
        asked = await self.sandbox.say("C0GENERAL", "U0ANNA", text)
        team = self.sandbox.workspace.id
        job = Job(
            "job-by-hand",
            {
                "team": team,
                "channel": asked.channel,
                "thread": asked.ts,
                "ts": asked.ts,
                "user": asked.user,
                "text": text,
            },
        )
        await self.shelf.asked(question(job.id, job.payload))
        return job

    def replies_to(self, job: Job) -> list[Message]:
        asked = self.sandbox.messages(job.payload["channel"], job.payload["thread"])[0]
        return self.sandbox.replies(asked)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(ack_timeout_s=0.5, retry_after_s=(0.05, 0.05, 0.1)) as made:
        yield made


@pytest.fixture
async def account(sandbox: Sandbox) -> AsyncIterator[Account]:
    async with signed_in(sandbox.bot_token, sandbox.api_url) as made:
        yield made


@pytest.fixture
def rules() -> MemoryRules:
    return MemoryRules()


def guarded(account: Account, rules: MemoryRules) -> Gate:
    """Ben looks after the bot."""
    return Gate(rules, Admins(account, [BEN]))


@pytest.fixture
async def gate(account: Account, rules: MemoryRules) -> Gate:
    return guarded(account, rules)


@pytest.fixture
def subcommands() -> list[Subcommand]:
    """What other rooms add to the command."""
    return []


@pytest.fixture
async def idle(
    sandbox: Sandbox, account: Account, rules: MemoryRules, gate: Gate, subcommands: list[Subcommand]
) -> Bot:
    """A bot that is signed in but neither listens nor works by itself."""
    return Bot(sandbox, account, MemoryInbox(), Oracle(answers.dispute()), rules, gate, more=subcommands)


@pytest.fixture
async def bot(idle: Bot) -> AsyncIterator[Bot]:
    """A bot that listens over Socket Mode and works."""
    app = bolt_app(OneRoom(idle.room))
    async with socket_mode(app, idle.account, idle.sandbox.app_token):
        await idle.sandbox.wait_connected()
        async with working(idle):
            yield idle


@pytest.fixture
async def bot_over_http(idle: Bot) -> AsyncIterator[Bot]:
    """A bot that listens over HTTP and works; `sandbox.request_url` is where."""
    served = http_app(OneRoom(idle.room), signing_secret=idle.sandbox.signing_secret)
    async with serving(served) as url, working(idle):
        idle.sandbox.request_url = f"{url}/slack/events"
        yield idle


@asynccontextmanager
async def working(bot: Bot) -> AsyncIterator[None]:
    task = asyncio.create_task(bot.work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def serving(app: Callable[..., object]) -> AsyncIterator[str]:
    """The address of an ASGI application on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    async with AsyncExitStack() as stack:
        task = asyncio.create_task(server.serve())
        stack.push_async_callback(asyncio.gather, task)
        while not server.started:  # noqa: ASYNC110  # uvicorn tells it in no other way
            await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
