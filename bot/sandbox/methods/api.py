"""The Web API: one way in for every method. Token, faults, tiers, arguments; then the method itself."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.core import Call, Slack, holds
from bot.sandbox.http import abort
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Json, Workspace

# Fields that a form carries as JSON.
_JSON_FIELDS = {
    "attachments",
    "blocks",
    "chunks",
    "files",
    "loading_messages",
    "metadata",
    "outputs",
    "prompts",
    "unfurls",
    "view",
}


_CREDENTIALS = ("client_id", "client_secret")


class Arguments(dict[str, Any]):
    """A call's arguments, merged from query, form and JSON."""

    def text(self, name: str, default: str | None = None) -> str:
        """A string; without a default, Refused with `invalid_arguments` where it is missing."""
        value = self.get(name)
        if value is None or value == "":
            if default is None:
                raise Refused("invalid_arguments", f"[ERROR] missing required field: {name}")
            return default
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
        raise Refused("invalid_arguments", f"[ERROR] must be a string: {name}")

    def maybe(self, name: str) -> str | None:
        return self.text(name, "") or None

    def flag(self, name: str) -> bool:
        return self.get(name) in (True, "true", "True", "1", 1)

    def number(self, name: str, default: int, most: int) -> int:
        try:
            return max(1, min(int(self.get(name) or default), most))
        except (TypeError, ValueError) as fault:
            raise Refused("invalid_arguments", f"[ERROR] must be a number: {name}") from fault


@dataclass(frozen=True, slots=True)
class At:
    """Where a method acts: the workspace of the token, and the Slack around it."""

    slack: Slack
    workspace: Workspace


Method = Callable[[At, Arguments], Json]


@dataclass(frozen=True, slots=True)
class WebApi:
    """Answers `/api/METHOD`."""

    slack: Slack
    methods: Mapping[str, Method]

    async def __call__(self, request: Request) -> Response:
        before = len(self.slack.faults.switched)
        answer = await self._answer(request)
        if len(self.slack.faults.switched) != before:  # a trouble is spent
            self.slack.changes.tell({"kind": "faults"})
        return answer

    async def _answer(self, request: Request) -> Response:
        method, args = request.path_params["method"], await _arguments(request)
        token = _token(request, args)
        faults = self.slack.faults
        if (slow := faults.take("slow", method)) is not None:
            await asyncio.sleep(slow.seconds)
        if faults.take("fail", method):
            return Response("internal error", status_code=500, media_type="text/plain")
        try:
            limit = faults.take("limit", method)
            if limit is not None:
                raise Refused("ratelimited", retry_after_s=int(limit.seconds))
            answer = self._carry_out(method, token, args)
        except Refused as refused:
            self.slack.refusals.append((method, refused.code))
            if refused.retry_after_s is not None:
                waits = {"Retry-After": str(refused.retry_after_s)}
                return JSONResponse(refused.payload(), status_code=429, headers=waits)
            return JSONResponse(refused.payload())
        self.slack.record(Call(method, {name: args[name] for name in args if name not in _CREDENTIALS}))
        if faults.take("cut", method):
            abort(request)
        return JSONResponse({"ok": True} | answer)

    def _carry_out(self, method: str, token: str | None, args: Arguments) -> Json:
        if (refusal := self.slack.faults.take("refuse", method)) is not None:
            raise Refused(refusal.code)
        if method not in self.methods:
            raise Refused("unknown_method")
        at = At(self.slack, self._workspace(method, token, args))
        channel = str(args.get("channel", ""))
        self.slack.app.check_scope(method, direct=channel.startswith("D"))
        self.slack.faults.check_tier(method, at.workspace.id, channel)
        return self.methods[method](at, args)

    def _workspace(self, method: str, token: str | None, args: Arguments) -> Workspace:
        if method in ("api.test", "oauth.v2.access"):
            return self.slack.home
        if not token:
            raise Refused("not_authed")
        if method == "apps.connections.open":
            if token == self.slack.app_token:
                return self.slack.home
            raise Refused("not_allowed_token_type" if token.startswith("xoxb-") else "invalid_auth")
        for workspace in self.slack.workspaces.values():
            if holds(workspace, token):
                return workspace
        raise Refused("not_allowed_token_type" if token == self.slack.app_token else "invalid_auth")


def _token(request: Request, args: Arguments) -> str | None:
    given = args.pop("token", None)
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return given if isinstance(given, str) else None


def _basic(request: Request) -> dict[str, str]:
    """The app's id and secret, where the request proves itself with them."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        id, _, secret = b64decode(given).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": id, "client_secret": secret}


async def _arguments(request: Request) -> Arguments:
    """Later ones win: query, then form or JSON body. A body that cannot be read counts as empty, as with Slack."""
    found = Arguments(request.query_params.items())
    found |= _basic(request)
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        try:
            told = json.loads(body or b"{}")
        except ValueError:
            told = {}
        found |= told if isinstance(told, dict) else {}
    else:
        found |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    for name in _JSON_FIELDS & set(found):
        if isinstance(found[name], str) and found[name]:
            try:
                found[name] = json.loads(found[name])
            except ValueError:
                continue  # the method refuses what is no JSON, with the field's own error
    return found
