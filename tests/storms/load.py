"""Undisputed questions at a given rate, and when each got its first sign and its answer."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.sandbox import Sandbox
from bot.sandbox.state import Workspace
from tests.storms.asking import Asked, ask, settled, wrongs

LOOK_S = 0.02  # between two looks at what stands; the figures are this exact, and looking takes processor time, too


@dataclass
class Load:
    """Times are in seconds from the question on.

    `workspaces`: where it is asked, the sandbox's own by default; `urls`: where Slack brings what is said, in turn.
    """

    sandbox: Sandbox
    chance: random.Random
    workspaces: Sequence[Workspace] = ()
    urls: Sequence[str] = ()
    first_signs: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    _number: int = 0

    async def run(self, count: int, per_s: float, patience_s: float) -> float:
        """Ask so many; seconds from the first question to the last answer. Raises TimeoutError, which tells what is
        wrong then."""
        began = time.monotonic()
        waiting: list[asyncio.Task[None]] = []
        threads: list[Asked] = []
        try:
            async with asyncio.timeout(count / per_s + patience_s):
                for asked in range(count):
                    await asyncio.sleep(max(0.0, began + asked / per_s - time.monotonic()))
                    self._number += 2  # even rounds are not disputed: one call to the model each
                    begun: list[Asked] = []
                    if self.urls:
                        self.sandbox.request_url = self.urls[asked % len(self.urls)]
                    workspace = self.chance.choice(self.workspaces) if self.workspaces else None
                    at = time.monotonic()
                    await ask(self.sandbox, self._number, begun, self.chance, workspace)
                    threads += begun
                    waiting.append(asyncio.create_task(self._watch(begun[0], at)))
                await asyncio.gather(*waiting)
        except TimeoutError as fault:
            raise TimeoutError("\n".join(w for thread in threads for w in wrongs(self.sandbox, thread))) from fault
        return time.monotonic() - began

    async def _watch(self, thread: Asked, at: float) -> None:
        where = (thread.first.channel, thread.first.ts)
        while not (self.sandbox.status(*where) or self.sandbox.replies(thread.first)):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
        self.first_signs.append(time.monotonic() - at)
        while not settled(self.sandbox, thread):  # noqa: ASYNC110
            await asyncio.sleep(5 * LOOK_S)
        self.answers.append(time.monotonic() - at)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
