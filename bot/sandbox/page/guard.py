"""Keeps other pages in the same browser away: only the sandbox's own address, only its own page."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox import oauth

_NAMES = {"127.0.0.1", "localhost"}
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """Refuses a foreign Host (a rebound name), a foreign Origin, and what a browser marks as cross-site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _own(Headers(scope=scope), scope):
            await self._app(scope, receive, _with_headers(scope, send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("only the sandbox's own page may ask", status_code=403)(scope, receive, send)


def _own(headers: Headers, scope: Scope) -> bool:
    host = headers.get("host", "")
    name, _, port = host.partition(":")
    if name not in _NAMES or port != str(scope["server"][1]):
        return False
    if headers.get("origin", f"http://{host}") != f"http://{host}":
        return False
    if scope["path"] == oauth.PATH:  # the app's own page leads there; a link in it is for a person to press
        return scope.get("method") == "GET"
    site = headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" or (site == "none" and scope.get("method") == "GET")


def _with_headers(scope: Scope, send: Send) -> Send:
    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]  # type: ignore[misc]
        await send(message)

    return sending if scope["type"] == "http" else send  # type: ignore[return-value]
