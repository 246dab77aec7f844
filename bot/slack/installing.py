"""How workspaces come by themselves: Slack's own OAuth flow, and the renewal of tokens that expire.

The flow's own warnings are silenced, for they hold the code that a token is given for.
"""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urljoin

from pydantic import SecretStr
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncFailureArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import CrosscheckError
from bot.news.catalogue import spoken
from bot.slack.manifest import bot_scopes
from bot.slack.trouble import slack_errors

log = logging.getLogger(__name__)

INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
ROTATE_AHEAD_S = 2 * 3600.0  # of a token's end; Slack's tokens last twelve hours
_REASON = re.compile(r"[a-z_]{1,40}")  # a failure's; it may come from whoever opens the address

_quiet = logging.getLogger("bot.slack.installing.flow")
_quiet.setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class App:
    """What the app proves itself with to Slack."""

    client_id: str
    client_secret: SecretStr


@dataclass(frozen=True, slots=True)
class Grant:
    """A bot token. `refresh` and `expires`: where the app rotates its tokens."""

    token: SecretStr
    refresh: SecretStr | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Installed:
    """The app was let into a workspace. `team` (T…) is in the organisation `enterprise` (E…), if it is in one; `user`
    and `bot` are who the bot is there."""

    team: str
    name: str
    enterprise: str | None
    user: str
    bot: str
    grant: Grant


class Keeper(Protocol):
    """Who keeps installations, and the states of those under way. Each call raises StoreError."""

    async def install(self, installed: Installed) -> None: ...

    async def issue(self) -> str:
        """A new state."""

    async def consume(self, state: str) -> bool:
        """Whether it was issued, not long ago, and not consumed before."""


class OrganisationWide(BoltError):
    """It was installed for a whole organisation; there is no workspace that it would belong to."""


def oauth_flow(app: App, keeper: Keeper, *, client: AsyncWebClient) -> AsyncOAuthFlow:
    """Slack's flow over `/slack/install` and `/slack/oauth_redirect`. `client` has no token."""
    settings = AsyncOAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret.get_secret_value(),
        scopes=list(bot_scopes()),
        user_scopes=[],
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        authorization_url=urljoin(client.base_url, "../oauth/v2/authorize"),
        installation_store=_Installations(keeper),
        state_store=_States(keeper),
        logger=_quiet,
    )
    flow = AsyncOAuthFlow(client=client, logger=_quiet, settings=settings)
    flow.failure_handler = _failed
    return flow


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    log.warning("an installation failed", extra={"reason": args.reason if _REASON.fullmatch(args.reason) else "other"})
    told = await args.default.failure(args)
    if isinstance(args.error, OrganisationWide):
        told.status = 403
        told.body = args.settings.redirect_uri_page_renderer.render_failure_page(spoken().installing.organisation_wide)
    return told


async def rotated(app: App, grant: Grant, *, client: AsyncWebClient) -> Grant | None:
    """The next grant, where this one ends soon; else None. Raises SlackUnavailable, SlackRefused."""
    if grant.expires is None or grant.refresh is None:
        return None
    rotator = AsyncTokenRotator(
        client=client, client_id=app.client_id, client_secret=app.client_secret.get_secret_value()
    )
    held = Bot(
        bot_token=grant.token.get_secret_value(),
        bot_id="",
        bot_user_id="",
        bot_refresh_token=grant.refresh.get_secret_value(),
        bot_token_expires_at=int(grant.expires.timestamp()),
        installed_at=time.time(),
    )
    with slack_errors("oauth.v2.access"):
        try:
            found = await rotator.perform_bot_token_rotation(
                bot=held, minutes_before_expiration=int(ROTATE_AHEAD_S // 60)
            )
        except SlackTokenRotationError as fault:
            raise fault.api_error from None
    return _grant(found) if found else None


def _grant(bot: Bot) -> Grant:
    refresh, ends = bot.bot_refresh_token, bot.bot_token_expires_at
    return Grant(
        SecretStr(bot.bot_token),
        SecretStr(refresh) if refresh else None,
        datetime.fromtimestamp(ends, UTC) if ends else None,
    )


class _Installations(AsyncInstallationStore):
    """Slack's notion of a store, over ours. It is only ever asked to save: see `app` for how a request is let in."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    @property
    def logger(self) -> logging.Logger:
        return _quiet

    async def async_save(self, installation: Installation) -> None:
        """Raises BoltError, which the flow tells the person of."""
        if installation.is_enterprise_install or not installation.team_id:
            raise OrganisationWide("for a whole organisation")
        bot = installation.to_bot()
        try:
            await self._keeper.install(
                Installed(
                    installation.team_id,
                    installation.team_name or installation.team_id,
                    installation.enterprise_id,
                    bot.bot_user_id,
                    bot.bot_id,
                    _grant(bot),
                )
            )
        except CrosscheckError as fault:
            raise BoltError(type(fault).__name__) from fault
        log.info("the app was installed", extra={"workspace": installation.team_id})


class _States(AsyncOAuthStateStore):
    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    @property
    def logger(self) -> logging.Logger:
        return _quiet

    async def async_issue(self, *_: object, **__: object) -> str:
        return await self._keeper.issue()

    async def async_consume(self, state: str) -> bool:
        return await self._keeper.consume(state)
