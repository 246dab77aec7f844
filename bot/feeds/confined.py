"""Reads pages and feeds in processes of their own, bounded in time and memory, so that a hostile one harms nothing.

A process that takes too long or dies is replaced; the next page or feed is read as if nothing had been.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, Pipe
from types import TracebackType
from typing import Any, Self

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Details
from bot.feeds.entries import Feed, feed_from_json
from bot.feeds.extraction import Page

_START_S = 30.0  # seconds a new process may take to come up; its libraries are large
_MAX_REPLY_BYTES = 20_000_000


class Confined:
    """Up to `workers` processes, started when first needed. Safe to use from several threads.

    `timeout_s`: seconds for one page or feed. `memory_mb`: address space of one process.
    """

    def __init__(self, *, workers: int = 1, timeout_s: float = 15, memory_mb: int = 2_000) -> None:
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(_Process(memory_mb, timeout_s))
        self._workers = workers
        self._closed = False

    def page(self, html: bytes, *, url: str | None = None, charset: str | None = None) -> Page:
        """The article in a page. Raises UnreadableCoverage; waits for a free process."""
        reply = self._ask({"kind": "page", "url": url, "charset": charset}, html)
        return Page(reply["text"], Details.model_validate(reply["details"]))

    def feed(self, content: bytes, *, url: str, content_type: str | None = None) -> Feed:
        """The entries of an RSS, Atom or JSON feed. Raises UnreadableCoverage; waits for a free process."""
        return feed_from_json(self._ask({"kind": "feed", "url": url, "content_type": content_type}, content))

    def close(self) -> None:
        """Stop all processes, each after what it is reading. Whatever is asked later is refused."""
        self._closed = True
        stopped = [self._idle.get() for _ in range(self._workers)]
        for process in stopped:
            process.stop()
            self._idle.put(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, header: dict[str, Any], content: bytes) -> dict[str, Any]:
        with self._process() as process:
            if self._closed:
                raise UnreadableCoverage("reading has ended")
            reply = process.ask(json.dumps(header).encode(), content)
        if "reason" in reply:
            raise UnreadableCoverage(reply["reason"])
        return reply

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        process = self._idle.get()
        try:
            yield process
        finally:
            self._idle.put(process)


class _Process:
    """One process and the pipe to it; not running until it is asked, and after it failed."""

    def __init__(self, memory_mb: int, timeout_s: float) -> None:
        self._memory_mb = memory_mb
        self._timeout_s = timeout_s
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None

    def ask(self, header: bytes, content: bytes) -> dict[str, Any]:
        try:
            pipe = self._pipe()
            pipe.send_bytes(header)
            pipe.send_bytes(content)
            if not pipe.poll(self._timeout_s):
                raise TimeoutError
            reply: dict[str, Any] = json.loads(pipe.recv_bytes(_MAX_REPLY_BYTES))
        except TimeoutError as error:
            self.stop()
            raise UnreadableCoverage("it takes too long to read") from error
        except (OSError, EOFError, ValueError) as error:
            self.stop()
            raise UnreadableCoverage("it cannot be read within bounds") from error
        return reply

    def stop(self) -> None:
        if self._running:
            process, pipe = self._running
            self._running = None
            pipe.close()
            process.kill()
            process.wait()  # reaped, and surely gone before another takes its place

    def _pipe(self) -> Connection:
        if self._running:
            return self._running[1]
        ours, theirs = Pipe()
        try:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "bot.feeds.child",
                    *map(str, (theirs.fileno(), self._memory_mb, self._timeout_s)),
                ],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._running = (process, ours)
        if not ours.poll(_START_S):
            raise TimeoutError
        ours.recv_bytes(16)  # it is up: from now on time counts against the page
        return ours
