"""Many workspaces on one database: they come by themselves, are served apart, and leave."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import Connection, select, text, update

from bot.cli.logs import ours_or_serious
from bot.news.catalogue import ENGLISH
from bot.news.digest.subscription import Wish
from bot.sandbox import Sandbox
from bot.sandbox.state import Workspace
from bot.settings import Settings
from bot.slack.answers.clicks import SAID
from bot.slack.looks.buttons import FOLLOW, QUOTES, SHARE, UNFOLLOW
from bot.store.database import Database, utc_now
from bot.store.jobs.jobs import JobTable
from bot.store.ledger.ledger import StoredLedger
from bot.store.people.subscriptions import Subscriptions
from bot.store.tables import metadata
from bot.store.tables.answers import asked as asked_table
from bot.store.tables.installations import installations
from bot.store.tables.jobs import jobs as job_rows
from bot.wiring import workspaces
from bot.wiring.service import service
from bot.worker import Job
from tests.databases import database_url, postgres_server
from tests.knowing import knows
from tests.many import Browser, Many, anna, environment, general, many
from tests.news.ledger_world import Fact
from tests.running import DISPUTE, UPHELD, Bot, free_port, furnish
from tests.scripted_model import ScriptedModel

__all__ = ["database_url", "postgres_server"]

QUESTION = "How many licences were granted?"
NORTH = "The northern ministry granted 54 licences."
SOUTH = "The southern ministry granted 41 licences."


@pytest.fixture
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Many]:
    async with many(f"sqlite:///{tmp_path_factory.mktemp('many') / 'crosscheck.db'}") as made:
        yield made


async def two(world: Many) -> tuple[Workspace, Workspace]:
    """Two workspaces that installed the app, each with coverage of its own."""
    north, south = world.team(), world.team()
    await world.comes(north, "courier", NORTH)
    await world.comes(south, "post", SOUTH)
    await world.install(north)
    await world.install(south)
    return north, south


async def stored(world: Many) -> str:
    """All that stands in the database, as text."""

    def read(connection: Connection) -> str:
        return "\n".join(
            str(dict(row)) for table in metadata.sorted_tables for row in connection.execute(select(table)).mappings()
        )

    return await world.database.read(read)


async def depth(world: Many, workspace: Workspace) -> dict[str, int]:
    """How many jobs of a workspace stand in each state."""
    count = text("SELECT state, count(*) AS count FROM jobs WHERE workspace = :name GROUP BY state")
    return await world.database.read(
        lambda connection: {row.state: row.count for row in connection.execute(count, {"name": workspace.id})}
    )


async def settled(world: Many, workspace: Workspace) -> None:
    """Once all that was sent has arrived, and no job of a workspace waits or runs."""
    async with asyncio.timeout(20):
        for delivery in world.sandbox.deliveries:
            await delivery.settled.wait()
        while set(await depth(world, workspace)) & {"waiting", "running"}:  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.05)


async def key_of_the_answer(world: Many, workspace: Workspace) -> str:
    wanted = select(asked_table.c.key).where(asked_table.c.workspace == workspace.id)
    found = await world.database.read(lambda connection: connection.scalar(wanted))
    assert found is not None
    return str(found)


def click(
    world: Many, workspace: Workspace, action: str, value: str, *, channel: str, thread: str = "1.1"
) -> dict[str, Any]:
    """What Slack sends where somebody of a workspace presses a button; all that it carries is given."""
    return {
        "type": "block_actions",
        "api_app_id": workspace.app_id,
        "team": {"id": workspace.id, "domain": "sandbox"},
        "user": {"id": anna(workspace), "team_id": workspace.id},
        "channel": {"id": channel, "name": "general"},
        "container": {"type": "message", "message_ts": thread, "channel_id": channel, "thread_ts": thread},
        "trigger_id": "1.2.3",
        "response_url": f"{world.sandbox.url}/response/none",
        "actions": [{"action_id": action, "value": value, "action_ts": "1700000000.1", "type": "button"}],
    }


async def test_given_two_workspaces_that_installed_the_app_when_each_asks_then_its_own_coverage_answers(
    world: Many,
) -> None:
    north, south = await two(world)

    answers = [await world.answer(await world.ask(team, QUESTION)) for team in (north, south)]

    assert "54 licences" in answers[0]
    assert "41" not in answers[0]
    assert "41 licences" in answers[1]
    assert "54" not in answers[1]


async def test_given_a_workspace_that_installed_the_app_when_looked_for_then_no_secret_is_stored_or_logged(
    world: Many, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    north = world.team(rotating=True)
    await world.comes(north, "courier", NORTH)

    allow, _ = await world.begin(north)
    wrong = allow.replace("code=", "code=0")
    await world.browser.open(wrong)
    await world.install(north)
    await world.answer(await world.ask(north, QUESTION))

    assert north.refresh_token is not None
    secrets = [north.bot_token, north.refresh_token, world.sandbox.client_secret, allow.split("code=")[1][:16]]
    heard = [record for record in caplog.records if ours_or_serious(record)]
    kept, told = await stored(world), "\n".join(str(vars(record)) for record in heard)
    assert north.id in kept
    assert "the app was installed" in told
    assert [secret for secret in secrets if secret in kept or secret in told] == []


async def test_given_an_installation_under_way_when_it_is_forged_or_repeated_then_nothing_is_installed(
    world: Many,
) -> None:
    north, other = world.team(), Browser(world.browser.http)
    allow, _ = await world.begin(north)

    foreign, _ = await other.open(allow)
    again, _ = await world.begin(north)
    first, _ = await world.browser.open(again)
    cookies = dict(world.browser.cookies)
    world.browser.cookies["slack-app-oauth-state"] = again.split("state=")[1]
    repeated, _ = await world.browser.open(again)

    assert cookies["slack-app-oauth-state"] == "deleted"
    assert (foreign, first, repeated) == (400, 200, 401)


async def test_given_the_page_that_asks_when_somebody_cancels_then_a_page_says_so_and_nothing_is_kept(
    world: Many,
) -> None:
    _, cancel = await world.begin(world.team())

    status, page = await world.browser.open(cancel + "<script>")

    assert status == 200
    assert "access_denied" in page
    assert "<script>" not in page
    assert await world.database.read(lambda connection: connection.scalar(select(installations))) is None


async def test_given_slack_or_the_store_in_trouble_when_somebody_installs_then_a_plain_page_says_to_try_again(
    world: Many,
) -> None:
    north = world.team()
    allow, _ = await world.begin(north)
    world.sandbox.faults.cut("oauth.v2.access")
    cut, said = await world.browser.open(allow)
    allow, _ = await world.begin(north)
    await world.database.write(lambda c: c.execute(text("ALTER TABLE installations RENAME TO away")))
    lost, _ = await world.browser.open(allow)
    await world.database.write(lambda c: c.execute(text("ALTER TABLE away RENAME TO installations")))

    await world.install(north)

    assert (cut, lost) == (503, 500)
    assert said == ENGLISH.installing.later
    assert await world.database.read(lambda c: c.scalar(select(installations.c.workspace))) == north.id


async def test_given_the_pages_of_an_installation_when_opened_then_their_address_goes_no_further(world: Many) -> None:
    for path in ("install", "oauth_redirect?error=access_denied"):
        async with world.browser.http.get(f"{world.urls[0]}/slack/{path}") as page:
            told = {name: page.headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Frame-Options")}

        assert told == {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}


async def test_given_an_organisation_when_it_installs_the_app_for_all_its_workspaces_then_it_is_refused_plainly(
    world: Many,
) -> None:
    north = world.team()
    allow, _ = await world.begin(north)
    code = world.sandbox.oauth_code(north, organisation="E0SAND")

    status, page = await world.browser.open(f"{allow.split('?')[0]}?code={code}&state={allow.split('state=')[1]}")

    assert status == 403
    assert "one workspace at a time" in page
    assert await world.database.read(lambda connection: connection.scalar(select(installations))) is None


async def test_given_work_in_a_workspace_when_it_removes_the_app_then_its_tokens_are_gone_and_the_work_ends(
    world: Many,
) -> None:
    north, south = await two(world)
    key = f"event:{north.id}"
    await JobTable(world.database, Job).put("answer", {}, keys=[key], workspace=north.id, after_s=0.5)

    told = await world.sandbox.uninstall(north)
    await world.answer(await world.ask(south, QUESTION))
    await settled(world, north)

    sealed = select(installations.c.tokens, installations.c.ended).where(installations.c.workspace == north.id)
    tokens, ended = await world.database.read(lambda connection: connection.execute(sealed).one())
    assert [delivery.acked for delivery in told] == [True, True]
    assert (tokens, ended is not None) == (None, True)
    assert set(await depth(world, north)) == {"done"}


async def test_given_a_workspace_that_left_when_it_installs_the_app_again_then_it_goes_on_with_what_it_had(
    world: Many,
) -> None:
    north, _ = await two(world)
    (first, second) = await world.sandbox.uninstall(north)

    await world.install(north)
    second.body["event_time"] -= 60  # a removal that Slack tells of late
    late = await world.sandbox.redeliver(second)
    answer = await world.answer(await world.ask(north, QUESTION))

    assert first.acked
    assert late.acked
    assert "54 licences" in answer


async def test_given_a_removal_that_nobody_told_of_when_slack_refuses_the_token_then_the_workspace_is_let_go(
    world: Many,
) -> None:
    north, _ = await two(world)
    north.revoked.add(north.bot_token)

    await world.ask(north, QUESTION)
    await settled(world, north)

    ended = select(installations.c.ended).where(installations.c.workspace == north.id)
    assert set(await depth(world, north)) == {"done"}
    assert await world.database.read(lambda connection: connection.scalar(ended)) is not None


async def test_given_replicas_when_a_workspace_installs_the_app_through_one_then_the_other_serves_it(
    database_url: str,
) -> None:
    async with many(database_url) as world:
        first = world.urls[0]
        await world.replica()
        north = world.team()
        await world.comes(north, "courier", NORTH)
        await world.install(north)

        world.serve_from(first)
        answer = await world.answer(await world.ask(north, QUESTION))
        await world.sandbox.uninstall(north)
        await world.install(north)
        again = await world.answer(await world.ask(north, QUESTION))

    assert "54 licences" in answer
    assert "54 licences" in again


async def test_given_another_workspace_s_channel_when_an_event_names_it_then_nothing_is_said_there(
    world: Many,
) -> None:
    north, south = await two(world)
    mention = {
        "type": "app_mention",
        "user": anna(south),
        "text": f"<@{south.bot.id}> {QUESTION}",
        "ts": "1700000000.000100",
        "channel": general(north),
        "event_ts": "1700000000.000100",
    }

    delivery = await world.sandbox.event(mention, workspace=south)
    await settled(world, south)

    assert delivery.acked
    assert world.sandbox.messages(general(north)) == []
    assert world.sandbox.messages(general(south)) == []
    assert await depth(world, north) == {}


async def test_given_another_workspace_s_answer_when_a_click_names_it_then_it_is_neither_shown_nor_followed(
    world: Many,
) -> None:
    north, south = await two(world)
    await world.answer(await world.ask(north, QUESTION))
    key = await key_of_the_answer(world, north)

    for action, value in ((QUOTES, key), (FOLLOW, key), (SHARE, json.dumps(["ask", key]))):
        assert await world.interact(click(world, south, action, value, channel=general(south))) == 200
    await settled(world, south)

    shown = [view.view for view in south.views.values()] + [each.shown for each in south.private]
    assert "54" not in str(shown) + "".join(each.shown for each in world.sandbox.messages(general(south)))
    assert await StoredLedger(world.database, north.id).followed() == []
    assert await StoredLedger(world.database, south.id).followed() == []


async def test_given_what_another_workspace_follows_when_a_click_would_end_that_then_it_is_followed_still(
    world: Many,
) -> None:
    north, south = await two(world)
    await world.answer(await world.ask(north, QUESTION))
    key = await key_of_the_answer(world, north)
    await world.interact(click(world, north, FOLLOW, key, channel=general(north)))
    await settled(world, north)
    [followed] = await StoredLedger(world.database, north.id).followed()
    forged = click(world, south, UNFOLLOW, followed.id, channel=general(north))
    forged["user"]["id"] = anna(north)  # as no signed request of another workspace would say
    forged["view"] = {"id": "V1", "type": "home", "private_metadata": general(north), "callback_id": ""}

    assert await world.interact(forged) == 200
    await settled(world, south)

    assert await StoredLedger(world.database, north.id).followed() == [followed]


async def test_given_a_limit_when_one_workspace_has_used_its_share_then_another_still_has_its_own(
    tmp_path: Path,
) -> None:
    with ScriptedModel() as model:
        model.always(answer=DISPUTE, second_look=UPHELD)
        asking = {"openai_api_key": SecretStr("test"), "openai_base_url": model.base_url, "ledger_calls_a_day": 0}
        async with many(f"sqlite:///{tmp_path / 'crosscheck.db'}", workspace_calls_a_day=1, **asking) as world:
            north, south = await two(world)
            for team in (north, south):
                await world.comes(team, "herald", "Only 41 licences were granted.")

            answers = [await world.answer(await world.ask(team, QUESTION)) for team in (north, north, south)]

    assert ["used up its share" in answer for answer in answers] == [False, True, False]


async def test_given_another_workspace_s_articles_when_asked_for_then_they_are_not_there(world: Many) -> None:
    _, south = await two(world)

    for said in ("summary https://example.org/courier", "timeline licences", "sources", "new"):
        await world.sandbox.command("/coverage", said, channel=general(south), user=anna(south))
    await settled(world, south)
    answered = await world.sandbox.wait_for(lambda: len(south.private) >= 4 and south.private, 20)

    told = "\n".join(each.shown for each in answered)
    assert "Outlet post" in told
    assert "Outlet courier" not in told
    assert "54" not in told


async def test_given_another_workspace_s_channel_when_its_digest_is_switched_off_then_it_stays_as_it_is(
    world: Many,
) -> None:
    north, south = await two(world)
    await Subscriptions(world.database, north.id).subscribe(general(north), anna(north), Wish())
    forged = {
        "command": "/coverage",
        "text": "digest off",
        "team_id": south.id,
        "channel_id": general(north),
        "user_id": anna(south),
        "response_url": f"{world.sandbox.url}/response/none",
        "trigger_id": "1.2.3",
    }

    assert await world.form(forged) == 200
    await settled(world, south)

    assert await Subscriptions(world.database, north.id).of(general(north)) is not None


async def test_given_two_workspaces_when_each_wants_a_digest_then_it_hears_of_its_own_coverage(world: Many) -> None:
    teams = await two(world)

    for team in teams:
        await world.sandbox.command("/coverage", "digest now", channel=general(team), user=anna(team))
    posted = [
        await world.sandbox.wait_for(lambda team=team: world.sandbox.messages(general(team)), 20) for team in teams
    ]

    north, south = ("\n".join(each.shown for each in messages) for messages in posted)
    assert "example.org/courier" in north
    assert "example.org/post" not in north
    assert "example.org/post" in south
    assert "example.org/courier" not in south


async def test_given_a_topic_that_two_workspaces_follow_when_outlets_of_one_disagree_then_its_thread_alone_hears(
    tmp_path: Path,
) -> None:
    with ScriptedModel() as model:
        knows(model, Fact(QUESTION, {"54 licences": "54 were", "41 licences": "41 were"}))
        asking = {"openai_api_key": SecretStr("test"), "openai_base_url": model.base_url}
        async with many(f"sqlite:///{tmp_path / 'crosscheck.db'}", **asking) as world:
            north, south = await two(world)
            for team in (north, south):
                await world.sandbox.command("/coverage", "follow licences", channel=general(team), user=anna(team))
                await settled(world, team)
            threads = [world.sandbox.messages(general(team))[0] for team in (north, south)]

            await world.comes(north, "herald", "Only 41 licences were granted.")
            [told] = await world.sandbox.wait_for(lambda: world.sandbox.messages(general(north), threads[0].ts)[1:], 30)
            await settled(world, south)

        assert told.text == f"Sources disagree now: {QUESTION}"
        assert world.sandbox.messages(general(south), threads[1].ts)[1:] == []


async def test_given_a_team_that_never_installed_the_app_when_something_is_sent_in_its_name_then_nothing_is_kept(
    world: Many,
) -> None:
    stranger = world.team()

    status = await world.interact(click(world, stranger, FOLLOW, "key", channel=general(stranger)))

    assert status == 200
    assert await depth(world, stranger) == {}


async def test_given_a_store_that_is_away_when_an_event_comes_then_slack_is_not_told_that_it_arrived(
    world: Many, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspaces, "FRESH_S", 0)  # else what was known a moment ago would do
    north, _ = await two(world)
    away = text("ALTER TABLE installations RENAME TO away")
    back = text("ALTER TABLE away RENAME TO installations")

    await world.database.write(lambda connection: connection.execute(away))
    status = await world.interact(click(world, north, FOLLOW, "key", channel=general(north)))
    await world.database.write(lambda connection: connection.execute(back))
    later = await world.interact(click(world, north, FOLLOW, "key", channel=general(north)))

    assert (status, later) == (500, 200)
    wanted = select(job_rows.c.kind).where(job_rows.c.workspace == north.id)
    assert await world.database.read(lambda connection: list(connection.scalars(wanted))) == [SAID]


async def test_given_a_token_that_has_expired_when_somebody_asks_then_it_is_renewed_and_the_question_answered(
    world: Many,
) -> None:
    north = world.team(rotating=True)
    await world.comes(north, "courier", NORTH)
    await world.install(north)
    north.expired.add(north.bot_token)
    past = update(installations).values(expires=utc_now() - timedelta(hours=1))
    await world.database.write(lambda connection: connection.execute(past))

    answer = await world.answer(await world.ask(north, QUESTION))

    assert "54 licences" in answer
    assert north.bot_token not in north.expired


async def test_given_a_workspace_that_left_when_time_has_passed_then_what_its_people_said_is_forgotten(
    world: Many,
) -> None:
    north, _ = await two(world)
    await world.answer(await world.ask(north, QUESTION))
    await settled(world, north)
    await world.sandbox.uninstall(north)

    await world.replica(keep_words_days=1e-9)
    async with asyncio.timeout(20):
        while QUESTION in await stored(world):  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.05)

    kept = await stored(world)
    assert NORTH in kept
    assert anna(north) not in kept


async def test_given_a_key_that_was_lost_when_a_replica_starts_then_others_are_served_and_it_is_told_once(
    world: Many, caplog: pytest.LogCaptureFixture
) -> None:
    north, _ = await two(world)
    await world.stack.aclose()
    other = Fernet.generate_key().decode()

    await world.replica(token_keys=SecretStr(other))
    south = world.team()
    await world.comes(south, "herald", SOUTH)
    await world.install(south)
    answer = await world.answer(await world.ask(south, QUESTION))
    closed = await world.interact(click(world, north, FOLLOW, "key", channel=general(north)))

    told = [r for r in caplog.records if "sealed under a key that is not there" in r.message]
    assert "41 licences" in answer
    assert closed == 500
    assert [vars(record)["workspace"] for record in told].count(north.id) == 1


async def test_given_jobs_of_another_workspace_when_an_admin_looks_home_then_they_are_not_counted(world: Many) -> None:
    north, south = await two(world)
    for number in range(77):
        keys = [str(number)]
        await JobTable(world.database, Job).put("later", {}, keys=keys, workspace=north.id, after_s=3600)

    await world.sandbox.open_home(anna(south))
    home = await world.sandbox.wait_for(lambda: south.homes.get(anna(south)))

    assert " 0 pieces of work waiting" in str(home.view)
    assert " 77 pieces" not in str(home.view)


async def test_given_a_job_of_another_workspace_when_joined_by_tokens_then_it_is_not_run_in_this_one(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'crosscheck.db'}"
    async with Sandbox() as sandbox, await Database.open(url) as database:
        jobs = JobTable(database, Job)
        await jobs.put("welcome", {"channel": general(sandbox.workspace), "user": ""}, keys=["1"], workspace="T1")
        tokens = {"slack_bot_token": SecretStr(sandbox.bot_token), "slack_app_token": SecretStr(sandbox.app_token)}
        settings = Settings(_env_file=None, database_url=url, slack_api_url=sandbox.api_url, port=0, **tokens)
        async with service(settings), asyncio.timeout(20):
            ended = select(job_rows.c.state).where(job_rows.c.workspace == "T1")
            while await database.read(lambda connection: connection.scalar(ended)) != "done":  # noqa: ASYNC110
                await asyncio.sleep(0.05)

        assert sandbox.messages(general(sandbox.workspace)) == []


async def test_given_a_process_of_its_own_when_a_workspace_installs_the_app_and_asks_then_it_is_answered(
    tmp_path: Path,
) -> None:
    home, port, url = furnish(tmp_path), free_port(), f"sqlite:///{tmp_path / 'crosscheck.db'}"
    with ScriptedModel() as model:
        async with Sandbox() as sandbox, aiohttp.ClientSession() as http, await Database.open(url) as database:
            model.always(answer=DISPUTE, second_look=UPHELD)
            north = sandbox.add_workspace(installed=False)
            bot = Bot(home, sandbox, model, **environment(sandbox), PORT=str(port))
            process = await bot.command("--workspace", north.id, "ingest", "coverage")
            await process.communicate()
            async with bot.running():
                world = Many(sandbox, database, Settings(_env_file=None), Browser(http), AsyncExitStack())
                world.urls.append(f"http://127.0.0.1:{port}")
                world.serve_from(world.urls[0])
                await world.install(north)
                answer = await world.answer(await world.ask(north, QUESTION))
                async with http.get(f"{world.urls[0]}/ready") as ready:
                    well = await ready.json()

        assert "Sources disagree" in answer
        assert well == {"database": True, "migrations": True, "slack": True}
        told = bot.log.read_text(encoding="utf-8")
        assert north.bot_token not in told
        assert sandbox.client_secret not in told
