"""What runs beside the questions in the bot's process: patrols that go on rounds, and what is served over HTTP."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Protocol

import uvicorn
from starlette.applications import Starlette

from bot.errors import CrosscheckError, WrongUse
from bot.worker import Worker

log = logging.getLogger(__name__)


class Goes(Protocol):
    """Has to look after something again and again."""

    async def go(self) -> None: ...


def these(*rounds: Goes) -> Callable[[], Awaitable[Iterable[Goes]]]:
    """The same rounds every turn."""

    async def each() -> Iterable[Goes]:
        return rounds

    return each


class Patrol:
    """Goes on the rounds of every workspace, and does the work that they leave in a worker of its own.

    `each`: whose rounds there are, asked before every turn; `moved` is set where somebody moved the clock.
    """

    def __init__(
        self,
        worker: Worker,
        each: Callable[[], Awaitable[Iterable[Goes]]],
        *,
        tick_s: float,
        moved: asyncio.Event | None = None,
    ) -> None:
        self.worker = worker
        self._each = each
        self._tick_s = tick_s
        self._moved = moved or asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. Trouble ends one round, not the rounds."""
        while True:
            self._moved.clear()
            await self._unless_in_trouble(self._turn)
            self.worker.wake()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), self._tick_s)

    async def _turn(self) -> None:
        for each in await self._each():
            await self._unless_in_trouble(each.go)

    async def _unless_in_trouble(self, go: Callable[[], Awaitable[None]]) -> None:
        try:
            await go()
        except CrosscheckError as error:
            log.warning("a round was cut short", extra={"error": type(error).__name__})
        except Exception as error:
            log.error("a round failed unexpectedly", exc_info=error)


@asynccontextmanager
async def going(patrol: Patrol, grace_s: float) -> AsyncIterator[None]:
    """Go on rounds and work for as long as the context lasts; its rounds end before its work does."""
    async with working(patrol.worker, grace_s), meanwhile(patrol.run()):
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
async def stopping_together(workers: Sequence[Worker], grace_s: float) -> AsyncIterator[None]:
    """At the end of the context all stop at once: one after the other they would take the grace as often, and the last
    would claim jobs until then."""
    try:
        yield
    finally:
        await asyncio.gather(*(worker.stop(grace_s) for worker in workers))


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
