"""`/coverage add URL`: a page, or a feed's entries, become coverage, for those who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.slack import words
from bot.slack.commands.commands import Call, Said, Subcommand
from bot.slack.gate import Right
from bot.slack.looks.blocks import plain
from bot.slack.looks.escape import web_link


@dataclass(frozen=True, slots=True)
class Added:
    """What came of an address: how many articles are new, changed, or were known as they are."""

    new: int = 0
    changed: int = 0
    same: int = 0


Add = Callable[[str], Awaitable[Added]]
"""Reads what stands at an address of the web. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class AddCommand:
    add: Add

    def subcommand(self) -> Subcommand:
        def begun(call: Call) -> str | None:
            return words.ADDING if _address(call) else None

        return Subcommand("add", *words.TOLD_ADD, self.run, works=True, begun=begun, right=Right.ADD)

    async def run(self, call: Call, work: Any) -> Said:
        url = _address(call)
        if url is None:
            return Said(plain(words.NO_ADDRESS))
        found = await self.add(url)
        kinds = {"new": found.new, "corrected": found.changed, "known already": found.same}
        return Said(plain(words.added(kinds)))


def _address(call: Call) -> str | None:
    return web_link(call.text.strip("<>"))
