"""How long a model may take, and how often it is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take. `sleep` and `now` are the world's, and a test's own in tests.

    `total_s`: seconds for a call with its retries. `stall_s`: seconds without a byte before a stream counts as
    stalled; an empty delta or a proxy's comment is life. `attempts`: requests at most, the first included.
    """

    total_s: float = 120
    stall_s: float = 30
    attempts: int = 5
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
