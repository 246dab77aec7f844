"""A server on loopback in the running loop, whose connections can be cut without an answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_open: dict[tuple[object, object], asyncio.Transport] = {}


class _Cuttable(HttpToolsProtocol):
    """Remembers each connection's transport by its two ends, for `abort`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _open[self.client, self.server] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop((self.client, self.server), None)
        super().connection_lost(exc)


def abort(request: Request) -> None:
    """Close the connection of this request at once; whatever is answered afterwards goes nowhere."""
    transport = _open.get((request.scope["client"], request.scope["server"]))
    if transport is not None:
        transport.abort()


class _Quiet(uvicorn.Server):
    """Leaves signals to the process that it runs in, and stops at once instead of at the next tick."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leave = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.leave.wait()


class Server:
    """Serves an ASGI application on 127.0.0.1; port 0 takes a free one."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        # asyncio switches Nagle's waiting off only for sockets that say they are TCP; it costs 40 ms an answer.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        options: dict[str, Any] = {"log_config": None, "access_log": False, "lifespan": "off"}
        self._server = _Quiet(
            uvicorn.Config(app, http=_Cuttable, ws="websockets-sansio", timeout_graceful_shutdown=1, **options)
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
                raise OSError("the sandbox's server did not start")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        self._server.leave.set()
        if self._task is not None:
            await self._task
        self._socket.close()
