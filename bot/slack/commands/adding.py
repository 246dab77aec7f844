"""`/coverage add URL`: a page, or a feed's entries, become coverage, for those who may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.news.catalogue import spoken
from bot.slack.commands.commands import Call, Said, Subcommand, known
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
            return spoken().commands.adding if _address(call) else None

        return Subcommand("add", known("add"), self.run, works=True, begun=begun, right=Right.ADD)

    async def run(self, call: Call, work: Any) -> Said:
        url = _address(call)
        if url is None:
            return Said(plain(spoken().commands.no_address))
        found = await self.add(url)
        return Said(plain(_told(found)))


def _told(found: Added) -> str:
    told = spoken().commands
    kinds = {told.added_new: found.new, told.added_changed: found.changed, told.added_known: found.same}
    counts = ", ".join(kind.format(count=count) for kind, count in kinds.items() if count)
    return told.added.format(counts=counts) if counts else told.not_added


def _address(call: Call) -> str | None:
    return web_link(call.text.strip("<>"))
