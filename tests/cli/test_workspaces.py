"""`workspaces`: where the app is installed, and what becomes of those that left; and what `doctor` says of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.store.coverage.library import Library
from bot.store.database import Database, utc_now
from bot.store.installations import Installations, Tokens
from bot.store.seal import Seal
from tests.cli.conftest import Cli
from tests.cli.test_doctor import a_slack, line
from tests.given import article

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def by_oauth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "client-secret")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "signing-secret")
    monkeypatch.setenv("TOKEN_KEYS", KEY)


def stored(work: Callable[[Database, Installations], Awaitable[object]]) -> None:
    async def run() -> None:
        async with await Database.open("sqlite:///crosscheck.db") as database:
            await work(database, Installations(database, Seal(SecretStr(KEY))))

    asyncio.run(run())


async def installed(database: Database, installations: Installations) -> None:
    """Two workspaces, the second of which has left."""
    for team, name in (("T1", "North"), ("T2", "South")):
        tokens = Tokens(SecretStr(f"xoxb-{team}"))
        await installations.install(team, tokens, name=name, enterprise=None, bot_user="U0", bot="B0")
        await Library(database, team).add(article("a", f"Bread is dear in {team}."))
    await installations.end("T2", utc_now())


@pytest.mark.usefixtures("by_oauth")
def test_given_workspaces_when_listed_then_each_is_told_with_what_became_of_it(cli: Cli) -> None:
    stored(installed)

    ran = cli("workspaces")

    north, south, count = ran.out.splitlines()
    assert ran.status == 0
    assert north.startswith("T1  North  installed 20")
    assert south.startswith("T2  South  removed 20")
    assert count == "1 installed, 2 known"


@pytest.mark.usefixtures("by_oauth")
def test_given_a_workspace_that_left_when_forgotten_then_its_coverage_is_gone_and_it_is_known_no_more(
    cli: Cli,
) -> None:
    stored(installed)

    ran = cli("workspaces", "forget", "T2")

    assert ran.status == 0
    assert ran.out.startswith("South is forgotten: ")
    assert "1 installed, 1 known" in cli("workspaces").out
    assert "T2" not in cli("--workspace", "T2", "ask", "Is bread dear?").out


@pytest.mark.usefixtures("by_oauth")
@pytest.mark.parametrize(("team", "told"), [("T1", "remove it there first"), ("local", "is known")])
def test_given_a_workspace_that_did_not_leave_when_told_to_forget_it_then_it_is_refused(
    cli: Cli, team: str, told: str
) -> None:
    stored(installed)

    ran = cli("workspaces", "forget", team)

    assert ran.status == 2
    assert told in ran.err
    assert "2 known" in cli("workspaces").out


def test_given_one_workspace_by_tokens_when_workspaces_are_listed_then_it_says_that_there_are_none(cli: Cli) -> None:
    ran = cli("workspaces")

    assert ran.status == 2
    assert "SLACK_CLIENT_ID is not set" in ran.err


@pytest.mark.usefixtures("by_oauth")
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOKEN_KEYS", "", "SLACK_CLIENT_ID needs TOKEN_KEYS beside it"),
        ("SLACK_SIGNING_SECRET", "", "SLACK_CLIENT_ID needs SLACK_SIGNING_SECRET beside it"),
        ("SLACK_BOT_TOKEN", "xoxb-1", "unset SLACK_BOT_TOKEN and SLACK_APP_TOKEN"),
    ],
)
def test_given_settings_that_do_not_go_together_when_looked_over_or_run_then_it_says_which(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)

    looked, ran = cli("doctor"), cli("run")

    assert (looked.status, ran.status) == (1, 2)
    assert said in line(looked, "settings")
    assert said in ran.err


@pytest.mark.usefixtures("by_oauth")
def test_given_many_workspaces_when_coverage_comes_then_it_must_be_said_to_which(
    cli: Cli, coverage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(installed)

    to_none, to_one = cli("ingest", coverage), cli("--workspace", "T1", "ingest", coverage)
    elsewhere = cli("ask", "Were licences granted?", "--coverage", coverage)
    with a_slack() as address:
        monkeypatch.setenv("SLACK_API_URL", address)
        looked = cli("doctor")

    assert (to_none.status, to_one.status, elsewhere.status) == (2, 0, 0)
    assert "name one before the command" in to_none.err
    assert "4 articles" in line(looked, "coverage of North")


@pytest.mark.usefixtures("by_oauth")
def test_given_a_key_that_is_none_when_looked_over_or_run_then_it_is_told_without_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_KEYS", "my-own-words")

    looked, ran = cli("doctor"), cli("run")

    assert (looked.status, ran.status) == (1, 2)
    assert "TOKEN_KEYS takes Fernet keys" in line(looked, "keys")
    assert "TOKEN_KEYS takes Fernet keys" in ran.err
    assert "my-own-words" not in looked.out + looked.err + ran.err


@pytest.mark.usefixtures("by_oauth")
def test_given_workspaces_when_looked_over_then_each_that_is_installed_is_signed_in(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(installed)

    with a_slack() as address:
        monkeypatch.setenv("SLACK_API_URL", address)
        well = cli("doctor")
        monkeypatch.setenv("TOKEN_KEYS", OTHER)
        lost = cli("doctor")

    assert well.status == 0
    assert "many workspaces" in line(well, "settings")
    assert "signed in as crosscheck in Acme" in line(well, "workspace North (T1)")
    assert "South" not in well.out
    assert lost.status == 1
    assert "add the key that it was sealed under" in line(lost, "workspace North (T1)")
