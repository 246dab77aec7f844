"""Many teams: installing, tokens that expire and are refreshed, uninstalling."""

from __future__ import annotations

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
    other = sandbox.add_workspace()
    code = {"code": sandbox.oauth_code(other)}
    installed = await client_of(sandbox, http).api_call("oauth.v2.access", data=code)

    theirs = client_of(sandbox, http, installed["access_token"])

    assert installed["team"]["id"] == other.id
    assert "refresh_token" not in installed
    assert (await theirs.auth_test())["team_id"] == other.id
    assert await refusal(theirs, "chat.postMessage", channel=GENERAL, text="x") == "channel_not_found"
    with pytest.raises(SlackApiError, match="invalid_code"):
        await client_of(sandbox, http).api_call("oauth.v2.access", data=code)


async def test_given_a_team_with_rotation_when_its_token_expires_then_the_refreshed_one_serves(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    other, client = sandbox.add_workspace(rotating=True), client_of(sandbox, http)
    installed = await client.api_call("oauth.v2.access", data={"code": sandbox.oauth_code(other)})
    grant = {"grant_type": "refresh_token", "refresh_token": installed["refresh_token"]}

    refreshed = await client.api_call("oauth.v2.access", data=grant)
    other.expired.add(installed["access_token"])

    assert installed["expires_in"] == 43_200
    assert await refusal(client_of(sandbox, http, installed["access_token"]), "auth.test") == "token_expired"
    assert (await client_of(sandbox, http, refreshed["access_token"]).auth_test())["team_id"] == other.id
    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        await client.api_call("oauth.v2.access", data=grant)


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
