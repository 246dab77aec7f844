"""Many teams: installing, tokens that expire and are refreshed, uninstalling."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.sandbox import GENERAL, Sandbox
from tests.sandbox.conftest import Connect, client_of
from tests.sandbox.test_web_api import refusal


async def test_given_a_second_team_when_installed_then_its_token_sees_its_own_channels_alone(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    other = sandbox.add_workspace(installed=False)
    code = sandbox.oauth_code(other)
    installed = await access(sandbox, http, code=code)

    theirs = client_of(sandbox, http, installed["access_token"])

    assert installed["team"]["id"] == other.id
    assert "refresh_token" not in installed
    assert (await theirs.auth_test())["team_id"] == other.id
    assert await refusal(theirs, "chat.postMessage", channel=GENERAL, text="x") == "channel_not_found"
    with pytest.raises(SlackApiError, match="invalid_code"):
        await access(sandbox, http, code=code)


async def test_given_a_team_with_rotation_when_its_token_expires_then_the_refreshed_one_serves(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    other = sandbox.add_workspace(rotating=True)
    installed = await access(sandbox, http, code=sandbox.oauth_code(other))
    grant = {"grant_type": "refresh_token", "refresh_token": installed["refresh_token"]}

    refreshed = await access(sandbox, http, **grant)
    other.expired.add(installed["access_token"])

    assert installed["expires_in"] == 43_200
    assert await refusal(client_of(sandbox, http, installed["access_token"]), "auth.test") == "token_expired"
    assert (await client_of(sandbox, http, refreshed["access_token"]).auth_test())["team_id"] == other.id
    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        await access(sandbox, http, **grant)


@pytest.mark.parametrize(
    ("told", "said"), [({"client_id": "other"}, "invalid_client_id"), ({"client_secret": "other"}, "bad_client_secret")]
)
async def test_given_an_app_that_proves_itself_wrongly_when_it_asks_for_a_token_then_the_code_stays_good(
    sandbox: Sandbox, http: aiohttp.ClientSession, told: dict[str, str], said: str
) -> None:
    code = sandbox.oauth_code(sandbox.workspace)

    with pytest.raises(SlackApiError, match=said):
        await access(sandbox, http, code=code, **told)

    assert (await access(sandbox, http, code=code))["team"]["id"] == sandbox.workspace.id


async def test_given_several_teams_when_the_app_asks_to_be_let_in_then_a_person_chooses_one_or_none(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    other = sandbox.add_workspace(installed=False)
    sandbox.redirect_url = "http://bot.example/back"
    asked = {"client_id": sandbox.client_id, "scope": "chat:write", "state": "s&1"}

    async with http.get(f"{sandbox.url}/oauth/v2/authorize", params=asked) as page:
        links = re.findall('href="([^"]+)"', html.unescape(await page.text()))
    async with http.get(f"{sandbox.url}/oauth/v2/authorize", params=asked | {"client_id": "x"}) as wrong:
        refused = wrong.status

    home, chosen, none = (dict(parse_qsl(urlsplit(link).query)) for link in links)
    assert all(link.startswith("http://bot.example/back?") for link in links)
    assert home["state"] == chosen["state"] == none["state"] == "s&1"
    assert none["error"] == "access_denied"
    installed = await access(sandbox, http, code=chosen["code"])
    assert (installed["team"]["id"], installed["scope"]) == (other.id, "chat:write")
    assert refused == 400


async def test_given_a_team_that_removed_the_app_when_somebody_writes_then_nothing_is_sent_until_it_is_back(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    other = sandbox.add_workspace()
    channel, person = next(iter(other.channels)), list(other.people)[1]
    before = other.bot_token
    await sandbox.uninstall(other)
    sent = len(sandbox.deliveries)

    await sandbox.say(channel, person, f"<@{other.bot.id}> Anything?")
    quiet = len(sandbox.deliveries) == sent
    installed = await access(sandbox, http, code=sandbox.oauth_code(other))
    await sandbox.say(channel, person, f"<@{other.bot.id}> Anything?")

    assert quiet
    assert installed["access_token"] != before
    assert len(sandbox.deliveries) > sent


async def access(sandbox: Sandbox, http: aiohttp.ClientSession, **told: Any) -> Any:
    app = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    return await client_of(sandbox, http).oauth_v2_access(**(app | told))


async def test_given_an_installed_app_when_uninstalled_then_its_token_is_dead_and_the_bot_is_told(
    sandbox: Sandbox, app: AsyncApp, connect: Connect, http: aiohttp.ClientSession
) -> None:
    @app.event("tokens_revoked")
    async def revoked() -> None: ...

    @app.event("app_uninstalled")
    async def uninstalled() -> None: ...

    await connect(app)

    deliveries = await sandbox.uninstall(sandbox.workspace)

    assert all(delivery.acked for delivery in deliveries)
    assert await refusal(client_of(sandbox, http), "auth.test") == "token_revoked"
