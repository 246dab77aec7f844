"""What can go wrong on request: slow, limited, broken or lost calls, and Slack's own tiers."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from bot.sandbox.methods.checks import Refused

# Calls a minute and workspace, from the rate limits that Slack documents for each method.
_TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
_TIER_OF = {
    "apps.connections.open": 1,
    "chat.startStream": 2,
    "chat.stopStream": 2,
    "chat.appendStream": 4,
    "chat.update": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.getPermalink": 4,
    "conversations.history": 3,
    "conversations.replies": 3,
    "conversations.info": 3,
    "conversations.list": 2,
    "conversations.open": 3,
    "conversations.members": 4,
    "users.info": 4,
    "views.open": 4,
    "views.push": 4,
    "views.update": 4,
    "views.publish": 4,
    "reactions.add": 3,
    "files.getUploadURLExternal": 4,
    "files.completeUploadExternal": 4,
    "bots.info": 3,
}
_POSTS_PER_MINUTE_AND_CHANNEL = 60


@dataclass(slots=True)
class Fault:
    """One trouble for a method, `"*"` standing for all; `left` is how many calls it still meets, None for ever."""

    kind: str
    method: str
    left: int | None = 1
    code: str = ""
    seconds: float = 0


@dataclass(slots=True)
class Faults:
    """Troubles that are switched on. Each waits for the calls that it is meant for."""

    tiers: bool = False
    switched: list[Fault] = field(default_factory=list)
    acks_to_lose: int = 0
    _spent: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def limit(self, method: str, times: int | None = 1, *, retry_after_s: int = 1) -> None:
        """Answer 429 with Retry-After."""
        self.switched.append(Fault("limit", method, times, seconds=retry_after_s))

    def fail(self, method: str, times: int | None = 1) -> None:
        """Answer 500, having done nothing."""
        self.switched.append(Fault("fail", method, times))

    def cut(self, method: str, times: int | None = 1) -> None:
        """Carry the call out, then close the connection without an answer."""
        self.switched.append(Fault("cut", method, times))

    def refuse(self, method: str, code: str, times: int | None = None) -> None:
        """Answer `ok: false` with this error, as a workspace without the method does with `unknown_method`."""
        self.switched.append(Fault("refuse", method, times, code=code))

    def slow(self, seconds: float, method: str = "*", times: int | None = None) -> None:
        """Wait before answering."""
        self.switched.append(Fault("slow", method, times, seconds=seconds))

    def lose_acks(self, times: int) -> None:
        """Overlook the next acknowledgements, so that Slack sends again what the bot already has."""
        self.acks_to_lose += times

    def clear(self) -> None:
        self.switched.clear()
        self.acks_to_lose = 0

    def take(self, kind: str, method: str) -> Fault | None:
        """The trouble of this kind that meets this call, if any; it is spent by that."""
        for fault in self.switched:
            if fault.kind == kind and fault.method in ("*", method) and fault.left != 0:
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left == 0:
                        self.switched.remove(fault)
                return fault
        return None

    def take_ack(self) -> bool:
        """True where this acknowledgement is to be overlooked."""
        if self.acks_to_lose:
            self.acks_to_lose -= 1
            return True
        return False

    def check_tier(self, method: str, team: str, channel: str) -> None:
        """Raise Refused with `ratelimited` and seconds to wait, where the method's tier is spent."""
        if not self.tiers:
            return
        if method == "chat.postMessage":
            key, most = (method, channel), _POSTS_PER_MINUTE_AND_CHANNEL
        elif method in _TIER_OF:
            key, most = (method, team), _TIERS[_TIER_OF[method]]
        else:
            return
        now, spent = time.monotonic(), self._spent.setdefault(key, deque())
        while spent and spent[0] <= now - 60:
            spent.popleft()
        if len(spent) >= most:
            raise Refused("ratelimited", retry_after_s=max(1, round(spent[0] + 60 - now)))
        spent.append(now)
