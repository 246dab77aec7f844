"""What goes wrong in a storm, by a seed: at Slack, at the model, and with the processes themselves."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox import Sandbox
from tests.scripted_model import Request, ScriptedModel, Turn, failed, limited

METHODS = (
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "chat.postMessage",
    "chat.update",
    "conversations.replies",
    "assistant.threads.setStatus",
    "agents.sessions.setStatus",
)
MOST_SWITCHED = 8  # faults that wait for their calls at once; more would be a Slack that is down


class MoodyModel(ScriptedModel):
    """Plays `good` for each request, but a share of them goes wrong in one of the ways that real servers have."""

    def __init__(self, good: Callable[[Request], Turn], chance: random.Random, share: float) -> None:
        super().__init__()
        self.moods: Counter[str] = Counter()
        self._good, self._chance, self._share = good, chance, share

    def _next(self, request: Request) -> Turn:
        good = self._good(request)
        ways = {
            "limited": limited("1"),
            "failed": failed(),
            "stalled": Turn(good.text, good.chunks, good.delay_s, end="stall", heard=self._chance.random()),
            "cut": Turn(good.text, good.chunks, good.delay_s, end="drop", heard=self._chance.random()),
            "garbled": Turn(good.text, good.chunks, good.delay_s, end="garbled", heard=self._chance.random()),
            "nonsense": Turn("I would rather talk about the weather { \x00 <!channel>"),
        }
        mood = self._chance.choice(sorted(ways)) if self._chance.random() < self._share else "good"
        self.moods[mood] += 1
        return ways.get(mood, good)


@dataclass
class SlackTrouble:
    """Troubles Slack, one trouble each `every_s` seconds, until it is cancelled."""

    sandbox: Sandbox
    chance: random.Random
    every_s: float
    met: Counter[str] = field(default_factory=Counter)

    async def run(self) -> None:
        redelivering: set[asyncio.Task[object]] = set()
        while True:
            await asyncio.sleep(self.chance.uniform(0, 2 * self.every_s))
            kind = self.chance.choice(
                ("limit", "fail", "cut", "cut", "lost ack", "again", "again", "sockets cut", "sockets renewed")
            )
            faults, method = self.sandbox.faults, self.chance.choice(METHODS)
            if kind in ("limit", "fail", "cut") and len(faults.switched) >= MOST_SWITCHED:
                continue
            self.met[kind] += 1
            match kind:
                case "limit":
                    faults.limit(method)
                case "fail":
                    faults.fail(method)
                case "cut":
                    faults.cut(method)
                case "lost ack":
                    faults.lose_acks(1)
                case "again" if self.sandbox.deliveries:
                    again = self.sandbox.redeliver(self.chance.choice(self.sandbox.deliveries))
                    redelivering.add(asyncio.ensure_future(again))
                case "sockets cut":
                    await self.sandbox.close_sockets()
                case "sockets renewed":
                    await self.sandbox.refresh_sockets()
