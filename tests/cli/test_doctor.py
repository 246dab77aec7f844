"""`doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.settings import Settings
from bot.slack.manifest import bot_scopes
from bot.store.coverage.feeds import FeedTable
from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.wiring.checkup import meaning
from bot.wiring.checkup.checkup import checkup
from bot.worker import Job
from tests.cli.conftest import Cli, Ran
from tests.databases import new_database, postgres_server
from tests.scripted_model import ScriptedModel, Turn

__all__ = ["postgres_server"]

READY = {"ready": True}
SCOPES = bot_scopes()


def line(ran: Ran, what: str) -> str:
    found = [each for each in ran.out.splitlines() if each[9:].startswith(f"{what}: ")]
    assert len(found) == 1, ran.out
    return found[0]


@contextmanager
def a_slack(
    *, scopes: str = ",".join(SCOPES), date: datetime | None = None, error: str = "", app_error: str = ""
) -> Iterator[str]:
    """The address of a Web API that knows the two methods that `doctor` calls."""

    async def answer(request: web.Request) -> web.Response:
        refused = app_error if request.path.endswith("connections.open") else error
        body = {"ok": not refused, "error": refused, "user": "crosscheck", "team": "Acme", "url": "wss://x.example"}
        headers = {"Date": format_datetime(date or datetime.now(UTC), usegmt=True)}
        return web.json_response(body, headers=headers | ({"X-OAuth-Scopes": scopes} if scopes else {}))

    ready, address = threading.Event(), []

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/{method}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address.append(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        stop = asyncio.Event()
        ending.append(lambda: loop.call_soon_threadsafe(stop.set))
        loop = asyncio.get_running_loop()
        ready.set()
        await stop.wait()
        await runner.cleanup()

    ending: list[Callable[[], object]] = []
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield address[0]
    finally:
        ending[0]()
        thread.join(10)


@pytest.fixture
def in_slack(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def point(address: str) -> None:
        monkeypatch.setenv("SLACK_API_URL", address)
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-secret")
        monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-secret")

    return point


def stored(work: Callable[[Database], Awaitable[object]]) -> None:
    async def run() -> None:
        async with await Database.open("sqlite:///crosscheck.db") as database:
            await work(database)

    asyncio.run(run())


def test_given_nothing_set_up_when_looked_over_then_all_is_well_and_it_says_what_there_is(cli: Cli) -> None:
    ran = cli("doctor")

    assert ran.status == 0
    assert line(ran, "settings") == "ok       settings: no Slack tokens: `run` starts the sandbox"
    assert "quoted, not compared" in line(ran, "model")
    assert "sqlite at migration" in line(ran, "library")
    assert "nothing was given up" in line(ran, "work")


def test_given_coverage_and_a_model_when_looked_over_then_they_are_told(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    model.always(READY)
    cli("ingest", coverage)

    ran = cli("doctor")

    assert ran.status == 0
    assert f"{model.name} replied within" in line(ran, "model")
    assert "3 articles, the newest of 21 May 2026" in line(ran, "coverage")
    assert len(model.heard) == 1


@pytest.mark.parametrize(
    ("trouble", "advice"),
    [
        (Turn(status=401, error={"message": "no", "code": "invalid_api_key"}), "check OPENAI_API_KEY and OPENAI_MODEL"),
        (Turn(status=503), "check OPENAI_BASE_URL and the network"),
        (Turn(text=READY, end="length"), "try another OPENAI_MODEL"),
    ],
)
def test_given_a_model_that_fails_when_looked_over_then_it_says_what_to_check(
    cli: Cli, model: ScriptedModel, trouble: Turn, advice: str
) -> None:
    model.always(trouble)

    ran = cli("doctor")

    assert ran.status == 1
    assert line(ran, "model").startswith("TROUBLE")
    assert advice in line(ran, "model")
    assert line(ran, "library").startswith("ok")


def test_given_a_bot_token_alone_when_looked_over_then_the_other_is_asked_for(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_slack() as address:
        monkeypatch.setenv("SLACK_API_URL", address)
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-secret")

        ran = cli("doctor")

    assert ran.status == 1
    assert "set SLACK_APP_TOKEN for Socket Mode" in line(ran, "settings")


def test_given_an_app_token_alone_when_looked_over_then_it_is_said_to_be_unused(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-secret")

    ran = cli("doctor")

    assert ran.status == 1
    assert "SLACK_BOT_TOKEN is not set" in line(ran, "settings")


def test_given_good_tokens_when_looked_over_then_workspace_scopes_clock_and_socket_mode_are_well(
    cli: Cli, in_slack: Callable[[str], None]
) -> None:
    with a_slack() as address:
        in_slack(address)

        ran = cli("doctor")

    assert ran.status == 0, ran.out
    assert line(ran, "Slack").endswith("signed in as crosscheck in Acme")
    assert line(ran, "scopes").endswith("all that manifest.json asks for")
    assert line(ran, "clock").endswith("agrees with Slack's")
    assert line(ran, "Socket Mode").startswith("ok")
    assert "secret" not in ran.out + ran.err


def test_given_a_token_without_a_scope_when_looked_over_then_the_scope_is_named(
    cli: Cli, in_slack: Callable[[str], None]
) -> None:
    with a_slack(scopes=",".join(scope for scope in SCOPES if scope != "chat:write")) as address:
        in_slack(address)

        ran = cli("doctor")

    assert ran.status == 1
    assert line(ran, "scopes").startswith("TROUBLE  scopes: the token lacks chat:write; paste manifest.json")


@pytest.mark.parametrize(("off", "word"), [(timedelta(minutes=-7), "ahead of"), (timedelta(minutes=7), "behind")])
def test_given_a_clock_that_is_off_when_looked_over_then_it_says_by_how_much(
    cli: Cli, in_slack: Callable[[str], None], off: timedelta, word: str
) -> None:
    with a_slack(date=datetime.now(UTC) + off) as address:
        in_slack(address)

        ran = cli("doctor")

    assert ran.status == 1
    assert line(ran, "clock").startswith("TROUBLE")
    assert word in line(ran, "clock")


async def test_given_postgresql_and_a_clock_that_is_off_when_looked_over_then_it_says_by_how_much(
    postgres_server: Callable[[], str],
) -> None:
    def late() -> datetime:
        return datetime.now(UTC) - timedelta(minutes=7)

    with new_database(postgres_server()) as url:
        settings = Settings(database_url=url, _env_file=None)
        found = [each async for each in checkup(settings, workspace="local", clock=late)]
        well = [each async for each in checkup(settings, workspace="local")]

    clock, right = (next(each for each in looked if each.what == "clock of this machine") for looked in (found, well))
    assert (clock.well, right.well) == (False, True)
    assert "420 s behind the database's" in clock.said


def test_given_tokens_that_slack_refuses_when_looked_over_then_each_is_named(
    cli: Cli, in_slack: Callable[[str], None]
) -> None:
    with a_slack(error="invalid_auth") as address:
        in_slack(address)
        bot = cli("doctor")
    with a_slack(app_error="not_allowed_token_type") as address:
        in_slack(address)
        app = cli("doctor")

    assert (bot.status, app.status) == (1, 1)
    assert "SLACK_BOT_TOKEN (invalid_auth)" in line(bot, "Slack")
    assert "connections:write" in line(app, "Socket Mode")


def test_given_slack_out_of_reach_when_looked_over_then_the_rest_is_still_told(
    cli: Cli, in_slack: Callable[[str], None]
) -> None:
    in_slack("http://127.0.0.1:9/")

    ran = cli("doctor")

    assert ran.status == 1
    assert "check the network and SLACK_API_URL" in line(ran, "Slack")
    assert line(ran, "library").startswith("ok")


def test_given_feeds_in_trouble_when_looked_over_then_each_says_what_to_do(cli: Cli, coverage: Path) -> None:
    now = datetime.now(UTC)
    soon = now + timedelta(minutes=5)

    async def add(database: Database) -> None:
        feeds = FeedTable(database, "local")
        failing = {"failures": 5, "trouble": "the site answers 503"}
        await feeds.put("feed", "https://fine.example/feed", soon, {"seen": ["a:b"]})
        await feeds.put("feed", "https://failing.example/feed", soon, failing)
        await feeds.put("feed", "https://unlucky.example/feed", soon, failing | {"failures": 1})
        await feeds.put("feed", "https://gone.example/feed", soon, {"gone": True})
        await feeds.put("feed", "https://late.example/feed", now - timedelta(hours=2), {})
        await feeds.put("folder", "/no/such/folder", soon, {"trouble": "there is no folder at /no/such/folder"})

    stored(add)

    ran = cli("doctor")

    assert ran.status == 1
    assert line(ran, "feed fine.example") == "ok       feed fine.example: polled"
    assert line(ran, "feed unlucky.example") == "ok       feed unlucky.example: the site answers 503"
    assert "the site answers 503, 5 times in a row" in line(ran, "feed failing.example")
    assert "add where it is now" in line(ran, "feed gone.example")
    assert "is `python -m bot run` running?" in line(ran, "feed late.example")
    assert "put it back" in line(ran, "folder folder")


def test_given_work_that_was_given_up_when_looked_over_then_it_says_where_to_look(cli: Cli) -> None:
    async def bury(database: Database) -> None:
        jobs = JobTable(database, Job)
        await jobs.put("answer", {}, keys=["1"])
        job = await jobs.claim(["answer"], 60)
        assert job is not None
        await jobs.bury(job, "StoreError")

    stored(bury)

    ran = cli("doctor")

    assert ran.status == 1
    assert "a job was given up; `python -m bot jobs`" in line(ran, "work")


def test_given_a_database_that_is_not_there_when_looked_over_then_it_says_what_to_check(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////no/such/folder/crosscheck.db")

    ran = cli("doctor")

    assert ran.status == 1
    assert "check DATABASE_URL" in line(ran, "library")


def test_given_a_damaged_file_when_looked_over_then_a_backup_is_advised(cli: Cli, coverage: Path) -> None:
    cli("ingest", coverage)
    with sqlite3.connect("crosscheck.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 5 WHERE name = 'turns'")
    connection.close()

    ran = cli("doctor")

    assert ran.status == 1
    assert "restore a backup" in line(ran, "library")


@pytest.fixture
def embedding(model: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """A sound model whose server embeds, too."""
    monkeypatch.setenv("OPENAI_EMBEDDING_MODEL", "small")
    model.always(READY)
    return model


def test_given_no_embedding_model_when_looked_over_then_none_is_spoken_of(cli: Cli, model: ScriptedModel) -> None:
    model.always(READY)

    ran = cli("doctor")

    assert "embedding" not in ran.out
    assert "vectors" not in ran.out
    assert model.embedded == []


def test_given_an_embedding_model_when_looked_over_then_it_and_what_waits_for_it_are_told(
    cli: Cli, embedding: ScriptedModel, coverage: Path
) -> None:
    embedding.embedding.append(Turn(status=401))
    cli("ingest", coverage)
    waiting = cli("doctor")

    cli("ingest", coverage)
    done = cli("doctor")

    assert (waiting.status, done.status) == (0, 0)
    assert "small replied within" in line(done, "embedding model")
    assert line(done, "embedding model").endswith("vectors of 64")
    assert "0 of 3 excerpts have one of small; `python -m bot run` and each `ingest`" in line(waiting, "vectors")
    assert line(done, "vectors").endswith("3 of 3 excerpts have one of small; compared by this program")


@pytest.mark.parametrize(
    "trouble", [Turn(status=404, error={"message": "no", "code": "model_not_found"}), Turn(status=400)]
)
def test_given_an_embedding_model_that_fails_when_looked_over_then_it_says_what_to_check(
    cli: Cli, embedding: ScriptedModel, trouble: Turn
) -> None:
    embedding.embedding.append(trouble)

    ran = cli("doctor")

    assert ran.status == 1
    assert "check OPENAI_EMBEDDING_MODEL and that OPENAI_BASE_URL has /embeddings" in line(ran, "embedding model")
    assert line(ran, "model").startswith("ok")


def test_given_an_embedding_model_slower_than_a_question_waits_when_looked_over_then_that_is_trouble(
    cli: Cli, embedding: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "QUERY_S", 0.0)

    ran = cli("doctor")

    assert ran.status == 1
    assert "searched by its words alone" in line(ran, "embedding model")


def test_given_an_embedding_model_without_a_key_when_looked_over_then_the_key_is_asked_for(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_EMBEDDING_MODEL", "small")

    ran = cli("doctor")

    assert ran.status == 1
    assert "it needs OPENAI_API_KEY" in line(ran, "embedding model")
