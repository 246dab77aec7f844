"""What belongs to one workspace, built in one place: its account, coverage, people, digests and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.feeds.pages import Reading as PageReading
from bot.feeds.pages import Web
from bot.metrics import Metrics
from bot.news.summary import Length, Scope, Summary
from bot.settings import Settings
from bot.slack.account import Account
from bot.slack.admins import Admins
from bot.slack.answers.answering import Answering
from bot.slack.answers.clicks import SAID, Clicks
from bot.slack.answers.following import Following
from bot.slack.app import Room
from bot.slack.commands.adding import AddCommand
from bot.slack.commands.commands import PICTURES, RUN, SHARED, Call, Commands
from bot.slack.commands.digest_forms import WISHED, DigestForms
from bot.slack.commands.digests import DigestCommand
from bot.slack.commands.setting import SET, ChannelSettings
from bot.slack.commands.step import STEP, SummaryStep
from bot.slack.commands.summaries import SummaryCommand
from bot.slack.commands.verbs import Verbs
from bot.slack.gate import Gate
from bot.slack.home import Home
from bot.slack.intake import ANSWER, LINKS, WELCOME, WITHDRAW
from bot.slack.languages import Languages
from bot.slack.links import LinkCards
from bot.slack.posting.gallery import Gallery
from bot.slack.welcome import Welcome
from bot.store.coverage.library import Library
from bot.store.database import Clock, Database, Transaction, utc_now
from bot.store.jobs.jobs import JobTable
from bot.store.ledger.topic_follows import TopicFollows
from bot.store.people.conversations import Conversations
from bot.store.people.rules import StoredRules, read_once
from bot.store.people.subscriptions import Subscriptions
from bot.store.people.usage import UsageTable
from bot.wiring.claimed import Claimed
from bot.wiring.coverage.coverage import Coverage
from bot.wiring.coverage.rounds import Rounds
from bot.wiring.desks.daily import Daily
from bot.wiring.desks.desk import Desk, Reading
from bot.wiring.desks.newsdesk import Newsdesk
from bot.wiring.desks.summing import sum_up
from bot.wiring.dev import Inside
from bot.wiring.people.asking import Accepted, Asking
from bot.wiring.people.limits import WARNING, Allowance, Limits, telling_admins
from bot.wiring.people.line import PLACE, TURNED_AWAY, Line, LineIsFull
from bot.wiring.people.people import Additions, Followers, Glance, People, Wishes
from bot.worker import Job, Leaving, Work, Worker

FOR_PEOPLE = (ANSWER, WITHDRAW, SAID, RUN, SHARED, PICTURES, SET, WISHED, WELCOME, LINKS, STEP, WARNING)
"""The kinds of job that the worker of questions runs."""


class Words(Protocol):
    async def purge(self, *, older_than_s: float) -> int: ...


@dataclass(frozen=True, slots=True)
class House:
    """What all workspaces share. `questions`, `digests` and `polls` run the jobs that people, the clock and feeds
    leave; in the sandbox, `inside` is what its page shows of the bot, and `sample` answers while a workspace has no
    coverage."""

    settings: Settings
    database: Database
    jobs: JobTable[Job]
    reading: Reading
    metrics: Metrics
    web: Web
    pages: PageReading
    questions: Worker
    digests: Worker
    polls: Worker
    clock: Clock
    inside: Inside | None = None
    sample: Library | None = None

    def kept_words(self, workspace: str) -> Sequence[Words]:
        """What is kept of people for a while only."""
        database = self.database
        return (Conversations(database, workspace), People(database, workspace), UsageTable(database, workspace))

    def coverage(self, workspace: str) -> Coverage:
        return Coverage(self.database, workspace, jobs=self.jobs, web=self.web, reading=self.pages, clock=self.clock)


class Workspace:
    """One workspace: `name` is its own in every table. `room` serves Slack, `work` runs its jobs by kind."""

    def __init__(self, house: House, name: str, account: Account) -> None:
        self.name = name
        self.account = account
        self._house = house
        settings, database, jobs, clock = house.settings, house.database, house.jobs, house.clock
        library = Library(database, name, clock=clock)
        self.desk = Desk(library, house.reading, settings.excerpt_tokens, sample=house.sample)
        usage = UsageTable(database, name)
        self._allowance = Allowance(usage, _limits(settings), jobs=jobs, workspace=name)
        subscriptions = Subscriptions(database, name, clock=clock)
        newsdesk = Newsdesk(database, self.desk, name, arrange=self._allowance.for_digest)
        gallery = Gallery(account)
        self._rules = StoredRules(database, name, clock=clock)
        languages = self._languages = Languages(account, self._rules)
        self.daily = Daily(
            account,
            jobs,
            subscriptions,
            newsdesk,
            self._rules,
            workspace=name,
            languages=languages,
            gallery=gallery,
            clock=clock,
            wake=house.digests.wake,
        )
        coverage = house.coverage(name)
        self.rounds = Rounds(coverage, jobs)
        self.followers = Followers(Following(account), database, TopicFollows(database, name), self._rules, languages)
        conversations, people = Conversations(database, name), People(database, name)
        held_to = self._allowance.for_person
        self._asking = Asking(self.desk, conversations, house.metrics, house.inside, held_to, self._rules)
        gate = Gate(self._rules, Admins(account, settings.admin_ids))
        self._answering = Answering(account, self._asking.ask, people, gate)
        home = Home(account, Glance(database, name, self.desk), gate)
        wishes = Wishes(subscriptions, self.daily)
        self._digest_forms = DigestForms(account, wishes, gate, home)
        self._clicks = Clicks(account, people, home, gate, self._digest_forms)
        line = Line(account, jobs, workspace=name, most=settings.most_waiting)
        inbox = Accepted(jobs, house.questions, people, line)
        verbs = Verbs(
            account,
            inbox,
            name,
            ask=self._asking.ask,
            shelf=people,
            coverage=home.coverage,
            rules=self._rules,
            clock=utc_now,
        )
        self._settings = ChannelSettings(account, gate, home.coverage)
        joined = [
            SummaryCommand(self._sum_up, home.coverage, people, utc_now).subcommand(),
            DigestCommand(account, wishes, gate, self._digest_forms).subcommand(),
            AddCommand(Additions(coverage).add).subcommand(),
            self._settings.subcommand(),
        ]
        self._summary_step = SummaryStep(account, self._sum_up, home.coverage, gate, utc_now)
        self._commands = Commands(account, inbox, name, gate, [*verbs.all(), *joined], gallery=gallery)
        self.room = Room(account, inbox, people, self._answering, self._clicks, self._commands, home, languages, name)
        for_people: Mapping[str, Work] = {
            ANSWER: self._answer,
            WITHDRAW: self._withdraw,
            SAID: self._clicks.run,
            RUN: self._command,
            SHARED: self._share,
            PICTURES: self._draw,
            WELCOME: Welcome(account).run,
            STEP: self._step,
            LINKS: LinkCards(account, home.coverage, gate).run,
            PLACE: line.tell,
            TURNED_AWAY: self._turn_away,
            SET: self._set,
            WISHED: self._wish,
        }
        self.work: Mapping[str, Work] = {
            **{kind: _under_its_rules(languages.around(run)) for kind, run in for_people.items()},
            **telling_admins(account, settings.admin_ids, languages),
            **self.daily.work(),
            **self.rounds.work(),
        }

    async def apologise(self, job: Job, fault: Exception) -> None:
        """Tell whoever waits for a job that is given up."""

        async def run(job: Job) -> None:
            await self._apologise(job, fault)

        await self._languages.around(run)(job)

    async def _apologise(self, job: Job, fault: Exception) -> None:
        if job.kind == ANSWER:
            await self._answering.give_up(self._claimed(job), fault)
        elif job.kind == RUN:
            await self._commands.give_up(self._claimed(job), fault)
        elif job.kind == STEP:
            await self._summary_step.give_up(self._claimed(job), fault)

    async def _answer(self, job: Job) -> Transaction[None] | None:
        work, inside = self._claimed(job), self._house.inside
        try:
            stands = await self._answering.run(work)
        finally:
            await work.write()
        if inside and (trace := inside.trace(job.id)):
            trace.stage("show")
        return self._asking.remembering(work) if stands else None

    async def _withdraw(self, job: Job) -> None:
        await self._answering.withdraw(self._claimed(job))

    async def _command(self, job: Job) -> None:
        work = self._claimed(job)
        try:
            await self._commands.run(work)
        finally:
            await work.write()

    async def _step(self, job: Job) -> None:
        work = self._claimed(job)
        try:
            await self._summary_step.run(work)
        finally:
            await work.write()

    async def _turn_away(self, job: Job) -> None:
        await self.apologise(replace(job, kind=str(job.payload["was"])), LineIsFull("too many questions wait"))

    async def _share(self, job: Job) -> None:
        await self._commands.share(self._claimed(job))

    async def _draw(self, job: Job) -> None:
        await self._commands.draw(self._claimed(job))

    async def _set(self, job: Job) -> None:
        await self._settings.run(self._claimed(job))

    async def _wish(self, job: Job) -> None:
        await self._digest_forms.run(self._claimed(job))

    async def _sum_up(self, scope: Scope, length: Length, work: Claimed) -> Summary:
        call = Call.load(work.payload)
        held = self._allowance.for_summary(call.user, work)
        desk = self.desk.within((await self._rules.holding(call.channel)).channel)
        return await sum_up(desk, scope, length=length, checkpoint=work, arrange=held)

    def _claimed(self, job: Job) -> Claimed:
        return Claimed(job, self._house.jobs)


def _under_its_rules(run: Work) -> Work:
    """The same work, under the rules that it begins under."""

    async def ruled(job: Job) -> Leaving | None:
        with read_once():
            return await run(job)

    return ruled


def _limits(settings: Settings) -> Limits:
    return Limits(
        workspace_calls=settings.workspace_calls_a_day,
        workspace_tokens=settings.workspace_tokens_a_day,
        person_calls=settings.person_calls_a_day,
        person_tokens=settings.person_tokens_a_day,
    )
