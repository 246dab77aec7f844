"""What runs beside the questions in the bot's process: parts that keep rounds, and what is served over HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Protocol

import uvicorn
from starlette.applications import Starlette

from bot.errors import WrongUse
from bot.worker import Worker


class Part(Protocol):
    """Goes on rounds, and does the work that they leave in a worker of its own."""

    worker: Worker

    async def run(self) -> None: ...


@asynccontextmanager
async def going(part: Part, grace_s: float) -> AsyncIterator[None]:
    """Go on rounds and work for as long as the context lasts; its rounds end before its work does."""
    async with working(part.worker, grace_s), meanwhile(part.run()):
        yield


@asynccontextmanager
async def working(worker: Worker, grace_s: float) -> AsyncIterator[None]:
    """Claim and run jobs until the context ends; then what runs is finished within `grace_s` seconds or given back."""
    running = asyncio.create_task(worker.run(), name="worker")
    try:
        yield
    finally:
        await worker.stop(grace_s)
        await running


@asynccontextmanager
async def meanwhile(coroutine: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run something until the context ends."""
    task = asyncio.create_task(coroutine)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class _Server(uvicorn.Server):
    """Leaves signals to the process that it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening_at(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on. Raises WrongUse where the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle on
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise WrongUse(f"nothing can be served at {host}:{port}: {error.strerror}") from error
    listening.listen()  # whoever calls before the server runs waits instead of being turned away
    return listening


@asynccontextmanager
async def serve(app: Starlette, listening: socket.socket) -> AsyncIterator[None]:
    """Serve an application until the context ends."""
    server = _Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve([listening]), name="http")
    try:
        yield
    finally:
        server.should_exit = True
        await serving
        listening.close()
