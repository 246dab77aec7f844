"""oauth.v2.access: a code becomes a token; where the app rotates its tokens, a refresh token becomes the next one."""

from __future__ import annotations

import secrets

from bot.sandbox.api import Arguments, At, Method
from bot.sandbox.checks import Refused
from bot.sandbox.state import Json, Workspace

TOKEN_LIFETIME_S = 43_200


def _access(at: At, args: Arguments) -> Json:
    if args.text("grant_type", "authorization_code") == "refresh_token":
        return _granted(_refreshed(at, args.text("refresh_token")))
    workspace = at.slack.codes.pop(args.text("code"), None)
    if workspace is None:
        raise Refused("invalid_code")
    workspace.revoked.discard(workspace.bot_token)
    return _granted(workspace)


def _refreshed(at: At, refresh_token: str) -> Workspace:
    """The workspace of this refresh token, with a new pair of tokens. The old one serves until it expires."""
    for workspace in at.slack.workspaces.values():
        if workspace.refresh_token == refresh_token:
            workspace.older_tokens.add(workspace.bot_token)
            workspace.bot_token = f"xoxe.xoxb-1-{secrets.token_hex(8)}"
            workspace.refresh_token = f"xoxe-1-{secrets.token_hex(8)}"
            return workspace
    raise Refused("invalid_refresh_token")


def _granted(workspace: Workspace) -> Json:
    installer = next(person for person in workspace.people.values() if person.admin)
    rotation = {"refresh_token": workspace.refresh_token, "expires_in": TOKEN_LIFETIME_S}
    return {
        "access_token": workspace.bot_token,
        "token_type": "bot",
        "scope": "app_mentions:read,chat:write",
        "bot_user_id": workspace.bot.id,
        "app_id": workspace.app_id,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": installer.id},
    } | (rotation if workspace.refresh_token else {})


METHODS: dict[str, Method] = {"oauth.v2.access": _access}
