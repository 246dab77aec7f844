"""Tokens that expire are renewed before they do, by one replica, and no token stands in a job."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.errors import SlackUnavailable
from bot.sandbox import Sandbox
from bot.sandbox.state import Workspace
from bot.slack.account import web_api
from bot.slack.installing import App
from bot.slack.trouble import SlackRefused
from bot.store.database import Database, utc_now
from bot.store.installations import Installations, Tokens
from bot.store.jobs.jobs import JobTable
from bot.store.seal import Seal
from bot.store.tables.jobs import jobs as job_rows
from bot.wiring.rotation import ROTATE, Rotation
from bot.worker import Job

HOUR = timedelta(hours=1)


@dataclass
class World:
    sandbox: Sandbox
    database: Database
    client: AsyncWebClient
    installations: Installations

    @property
    def jobs(self) -> JobTable[Job]:
        return JobTable(self.database, Job)

    def replica(self, *, secret: str | None = None) -> Rotation:
        app = App(self.sandbox.client_id, SecretStr(secret or self.sandbox.client_secret))
        return Rotation(self.installations, self.jobs, app, self.client)

    async def installed(self, ends_in: timedelta) -> Workspace:
        """A team whose token ends in so long."""
        team = self.sandbox.add_workspace(rotating=True)
        assert team.refresh_token is not None
        tokens = Tokens(SecretStr(team.bot_token), SecretStr(team.refresh_token), utc_now() + ends_in)
        await self.installations.install(team.id, tokens, name=team.name, enterprise=None, bot_user="U0", bot="B0")
        return team

    async def token(self, team: Workspace) -> str | None:
        found = await self.installations.of(team.id)
        assert found is not None
        tokens = await self.installations.tokens(found)
        return tokens.access.get_secret_value() if tokens else None

    async def job(self) -> Job | None:
        return await self.jobs.claim([ROTATE], 60)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with (
        Sandbox() as sandbox,
        await Database.open(f"sqlite:///{tmp_path / 'crosscheck.db'}") as database,
        web_api(sandbox.api_url) as client,
    ):
        seal = Seal(SecretStr(Fernet.generate_key().decode()))
        yield World(sandbox, database, client, Installations(database, seal))


async def test_given_tokens_when_one_ends_soon_then_it_alone_is_renewed_once_for_all_replicas(world: World) -> None:
    soon, later = await world.installed(HOUR), await world.installed(10 * HOUR)
    before = soon.bot_token, later.bot_token
    replicas = [world.replica(), world.replica()]

    for each in replicas:
        await each.go()
    job = await world.job()
    assert job is not None
    await replicas[0].run(job)
    await world.jobs.done(job)
    for each in replicas:
        await each.go()

    assert await world.job() is None
    assert (job.workspace, soon.bot_token != before[0], later.bot_token == before[1]) == (soon.id, True, True)
    assert await world.token(soon) == soon.bot_token
    assert await world.token(later) == later.bot_token
    rows = await world.database.read(lambda connection: [*connection.execute(select(job_rows.c.payload))])
    assert [row.payload for row in rows] == ["{}"]


async def test_given_a_renewal_that_is_cut_off_when_run_again_then_it_is_made(world: World) -> None:
    team = await world.installed(HOUR)
    world.sandbox.faults.fail("oauth.v2.access", 1)
    await world.replica().go()
    job = await world.job()
    assert job is not None

    with pytest.raises(SlackUnavailable):
        await world.replica().run(job)
    await world.replica().run(job)

    assert await world.token(team) == team.bot_token


async def test_given_tokens_that_are_good_no_more_when_renewed_then_the_workspace_is_let_go(world: World) -> None:
    team = await world.installed(HOUR)
    team.refresh_token = "xoxe-another"
    await world.replica().go()
    job = await world.job()
    assert job is not None

    await world.replica().run(job)

    assert await world.token(team) is None
    assert await world.installations.current() == []


async def test_given_a_secret_that_is_wrong_when_renewed_then_the_tokens_stay_and_it_is_tried_later(
    world: World,
) -> None:
    team = await world.installed(HOUR)
    before = team.bot_token
    await world.replica().go()
    job = await world.job()
    assert job is not None

    with pytest.raises(SlackRefused, match="bad_client_secret"):
        await world.replica(secret="wrong").run(job)

    assert await world.token(team) == before
