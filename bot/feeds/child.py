"""The process in which `confined` reads pages and feeds: `python -m bot.feeds.child FD MEMORY_MB TIMEOUT_S`."""

from __future__ import annotations

import json
import resource
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import feedparser  # type: ignore[import-untyped]  # noqa: F401  # imported before the first page is timed
import trafilatura  # noqa: F401

from bot.errors import UnreadableCoverage
from bot.feeds.entries import feed_to_json
from bot.feeds.extraction import extract
from bot.feeds.parsing import parse_feed

_GRACE_S = 5.0


def main(fd: int, memory_mb: int, timeout_s: float) -> None:
    """Answer until the other end closes the pipe."""
    with suppress(ValueError, OSError):  # macOS does not take this limit
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 1_000_000, memory_mb * 1_000_000))
    with Connection(fd) as pipe:
        pipe.send_bytes(b"ready")
        while True:
            try:
                header, content = json.loads(pipe.recv_bytes()), pipe.recv_bytes()
            except (EOFError, OSError):
                return
            # Whoever asked kills this process in time; the alarm is for when they were killed themselves.
            signal.setitimer(signal.ITIMER_REAL, timeout_s + _GRACE_S)
            pipe.send_bytes(json.dumps(_reply(header, content)).encode())
            signal.setitimer(signal.ITIMER_REAL, 0)


def _reply(header: dict[str, Any], content: bytes) -> dict[str, Any]:
    kind = header.pop("kind")
    try:
        if kind == "feed":
            return feed_to_json(parse_feed(content, **header))
        page = extract(content, **header)
        return {"text": page.text, "details": page.details.model_dump()}
    except UnreadableCoverage as error:
        return {"reason": str(error)}
    except (MemoryError, RecursionError):
        return {"reason": "it cannot be read within bounds"}
    except Exception:  # whatever a parser raises on what strangers wrote, the next one must be read
        return {"reason": "it cannot be read"}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
