"""Installing the app: the page that asks a person, and oauth.v2.access, where a code becomes a token.

In teams whose tokens expire, a refresh token becomes the next one.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.sandbox.core import Code, Slack
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Json, Workspace

PATH = "/oauth/v2/authorize"
TOKEN_LIFETIME_S = 43_200


async def ask(slack: Slack, request: Request) -> Response:
    """The page that says what the app asks for: a link that allows it, for each team or the one that is named, and a
    link that does not. Both lead back to the app."""
    asked = request.query_params
    back = asked.get("redirect_uri", slack.redirect_url)
    if asked.get("client_id") != slack.client_id:
        return _page("Invalid client_id parameter", (), 400)
    if back is None or back != slack.redirect_url:
        return _page("redirect_uri did not match any configured URIs", (), 400)
    team, scopes = asked.get("team"), asked.get("scope", "")

    def link(name: str, **said: str) -> tuple[str, str]:
        return name, f"{back}?{urlencode(said | {'state': asked.get('state', '')})}"

    teams = [each for each in slack.workspaces.values() if team in (None, each.id)]
    links = [link(f"Allow in {each.name}", code=allow(slack, each, scopes)) for each in teams]
    links.append(link("Cancel", error="access_denied"))
    return _page(f"Crosscheck asks for {scopes}", links)


def allow(slack: Slack, workspace: Workspace, scopes: str, organisation: str | None = None) -> str:
    """A code for this team's token, good once."""
    code = secrets.token_hex(8)
    slack.codes[code] = Code(workspace, scopes, organisation)
    return code


def renew(workspace: Workspace) -> None:
    """Give the team another token; of the one before nothing is said."""
    workspace.bot_token = f"{'xoxe.xoxb-1' if workspace.rotating else 'xoxb'}-{secrets.token_hex(8)}"
    workspace.refresh_token = f"xoxe-1-{secrets.token_hex(8)}" if workspace.rotating else None


def _access(at: At, args: Arguments) -> Json:
    slack = at.slack
    if args.text("client_id", "") != slack.client_id:
        raise Refused("invalid_client_id")
    if args.text("client_secret", "") != slack.client_secret:
        raise Refused("bad_client_secret")
    if args.text("grant_type", "authorization_code") == "refresh_token":
        return _refreshed(slack, args.text("refresh_token"))
    code = slack.codes.pop(args.text("code"), None)
    if code is None:
        raise Refused("invalid_code")
    workspace = code.workspace
    if not workspace.installed or workspace.bot_token in workspace.revoked:
        renew(workspace)
    workspace.installed = True
    granted = _granted(workspace, code.scopes)
    if code.organisation is not None:
        enterprise = {"id": code.organisation, "name": "Sandbox and Sons"}
        granted |= {"team": None, "enterprise": enterprise, "is_enterprise_install": True}
    return granted


def _refreshed(slack: Slack, refresh_token: str) -> Json:
    """The next pair of tokens. The old token serves until it expires."""
    for workspace in slack.workspaces.values():
        if workspace.installed and workspace.refresh_token == refresh_token:
            workspace.older_tokens.add(workspace.bot_token)
            renew(workspace)
            return _granted(workspace, "")
    raise Refused("invalid_refresh_token")


def _granted(workspace: Workspace, scopes: str) -> Json:
    installer = next(person for person in workspace.people.values() if person.admin)
    rotation = {"refresh_token": workspace.refresh_token, "expires_in": TOKEN_LIFETIME_S}
    return {
        "access_token": workspace.bot_token,
        "token_type": "bot",
        "scope": scopes,
        "bot_user_id": workspace.bot.id,
        "app_id": workspace.app_id,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": installer.id},
    } | (rotation if workspace.refresh_token else {})


def _page(told: str, links: Sequence[tuple[str, str]], status: int = 200) -> Response:
    shown = "".join(f'<p><a href="{html.escape(url)}">{html.escape(name)}</a></p>' for name, url in links)
    return HTMLResponse(f"<!doctype html><title>Install</title><p>{html.escape(told)}</p>{shown}", status)


METHODS: dict[str, Method] = {"oauth.v2.access": _access}
