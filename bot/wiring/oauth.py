"""How workspaces come by themselves: the app's flow with Slack, where installations are kept, and their renewal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.slack.account import web_api
from bot.slack.installing import App, Installed, oauth_flow
from bot.store.database import Database
from bot.store.installations import Installations, OAuthStates
from bot.store.seal import Seal
from bot.wiring.rotation import Rotation, tokens_of
from bot.worker import Jobs


@dataclass(frozen=True, slots=True)
class Registrar:
    """Keeps installations for the flow."""

    installations: Installations
    states: OAuthStates

    async def install(self, installed: Installed) -> None:
        await self.installations.install(
            installed.team,
            tokens_of(installed.grant),
            name=installed.name,
            enterprise=installed.enterprise,
            bot_user=installed.user,
            bot=installed.bot,
        )

    async def issue(self) -> str:
        return await self.states.issue()

    async def consume(self, state: str) -> bool:
        return await self.states.consume(state)


@dataclass(frozen=True, slots=True)
class OAuth:
    """`client` has no token."""

    installations: Installations
    client: AsyncWebClient
    flow: AsyncOAuthFlow
    rotation: Rotation


@asynccontextmanager
async def oauth(settings: Settings, database: Database, jobs: Jobs) -> AsyncIterator[OAuth]:
    """With what is sealed under an older key sealed under the newest. Raises WrongUse where TOKEN_KEYS are none."""
    assert settings.slack_client_id is not None
    assert settings.slack_client_secret is not None
    assert settings.token_keys is not None
    app = App(settings.slack_client_id, settings.slack_client_secret)
    installations = Installations(database, Seal(settings.token_keys))
    await installations.reseal()
    async with web_api(settings.slack_api_url) as client:
        flow = oauth_flow(app, Registrar(installations, OAuthStates(database)), client=client)
        yield OAuth(installations, client, flow, Rotation(installations, jobs, app, client))
