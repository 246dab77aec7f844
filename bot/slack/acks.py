"""What answers a command waits until its ack has left, so that people never read the answer above the word that it is
on its way.

Bolt hands an ack to its adapter up to 10 ms after a listener gave it, and a job runs before the listener does. So the
adapter says when the ack has left, and whoever answers waits for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

MOST_S = 3.0  # later Slack takes no ack

Leaving = asyncio.Future[None]

_here: ContextVar[Leaving | None] = ContextVar("leaving", default=None)


@contextmanager
def leaving() -> Iterator[Leaving]:
    """The ack of the request that is served within; to be given to `has_left`."""
    ack: Leaving = asyncio.get_running_loop().create_future()
    before = _here.set(ack)
    try:
        yield ack
    finally:
        _here.reset(before)


async def has_left(ack: Leaving) -> None:
    """A coroutine, for Starlette runs a plain function in a thread of its own."""
    if not ack.done():
        ack.set_result(None)


async def wait_for(ack: Leaving | None) -> None:
    """Until it has left, or Slack would take it no more."""
    if ack is not None:
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(ack), MOST_S)


class Acks:
    """The acks that jobs of this process wait for, by the address that their answers go to."""

    def __init__(self) -> None:
        self._by_url: dict[str, Leaving] = {}

    def expect(self, url: str) -> None:
        """A job of the request that is served here answers to this address."""
        if (ack := _here.get()) is not None:
            self._by_url[url] = ack
            ack.add_done_callback(lambda _: self._by_url.pop(url, None))

    async def left(self, url: str) -> None:
        """Until the ack has left that comes before what is sent to this address."""
        await wait_for(self._by_url.get(url) or _here.get())
