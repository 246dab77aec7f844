"""Which workspaces the bot works in: the one that is joined by tokens, or all that the app was installed in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotForUs, SealedAway, SlackUnavailable
from bot.news.ledger.follows import News
from bot.slack.account import Account, like
from bot.slack.app import OneRoom, Room, Rooms
from bot.slack.trouble import GONE, SlackRefused, slack_errors
from bot.store.installations import Installation, Installations
from bot.wiring.desks.desk import SAMPLE
from bot.wiring.workspace import Workspace
from bot.worker import Job, Leaving

log = logging.getLogger(__name__)

# For which an installation counts as it was found. What another replica changes meanwhile Slack tells at the next call,
# whose refusal has it looked up.
FRESH_S = 30.0
_EXPIRED = "token_expired"


class Workspaces(Protocol):
    """Where the bot works. Each call raises StoreError."""

    @property
    def rooms(self) -> Rooms: ...

    async def all(self) -> Sequence[Workspace]:
        """Those that are served now."""

    async def names(self) -> Sequence[str]:
        """Of all whose people's words may be kept; those that are served no more, too."""

    async def serves(self, name: str) -> bool:
        """Whether work is to be done for the coverage of this name."""

    async def run(self, job: Job) -> Leaving | None:
        """Run a job in its own workspace. Raises what the job raises, and NotForUs where that is not served."""

    async def apologise(self, job: Job, fault: Exception) -> None:
        """Tell whoever waits for a job that is given up."""

    async def tell(self, workspace: str, news: News, key: str) -> None:
        """Tell those in a workspace who follow what has moved."""

    async def reachable(self) -> bool:
        """Whether Slack answers. Raises SlackUnavailable, SlackRefused."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The workspace that is joined by tokens."""

    only: Workspace

    @property
    def rooms(self) -> Rooms:
        return OneRoom(self.only.room)

    async def all(self) -> Sequence[Workspace]:
        return (self.only,)

    async def names(self) -> Sequence[str]:
        return (self.only.name,)

    async def serves(self, name: str) -> bool:
        return True  # coverage of any name has its ledger, for the command line

    async def run(self, job: Job) -> Leaving | None:
        return await self._named(job.workspace).work[job.kind](job)

    async def apologise(self, job: Job, fault: Exception) -> None:
        await self._named(job.workspace).apologise(job, fault)

    async def tell(self, workspace: str, news: News, key: str) -> None:
        await self._named(workspace).followers.tell(workspace, news, key)

    async def reachable(self) -> bool:
        with slack_errors("auth.test"):
            await self.only.account.client.auth_test()
        return True

    def _named(self, name: str) -> Workspace:
        if name not in (self.only.name, SAMPLE):
            raise NotForUs(f"{name} is not the workspace of these tokens")
        return self.only


@dataclass(slots=True)
class _Known:
    workspace: Workspace
    revision: int
    until: float


class Many:
    """The workspaces that the app was installed in. Each is built when there is something to do in it, kept, and built
    again once its installation has changed; `make` builds one, `renew` has tokens renewed that have ended."""

    def __init__(
        self,
        installations: Installations,
        client: AsyncWebClient,
        make: Callable[[str, Account], Workspace],
        renew: Callable[[], Awaitable[None]],
    ) -> None:
        self._installations = installations
        self._client = client
        self._make = make
        self._renew = renew
        self._known: dict[str, _Known] = {}
        self._closed: dict[str, int] = {}  # the revisions whose tokens no key opens, so that each is told once

    @property
    def rooms(self) -> Rooms:
        return self

    @property
    def client(self) -> AsyncWebClient:
        return like(self._client)

    async def room(self, team: str) -> Room | None:
        found = await self._served(team)
        return found.workspace.room if found else None

    async def removed(self, team: str, at: datetime) -> None:
        if await self._installations.end(team, at):
            log.info("the app was removed", extra={"workspace": team})
        self._known.pop(team, None)

    async def all(self) -> Sequence[Workspace]:
        found = []
        for installation in await self._installations.current():
            try:
                known = await self._meet(installation)
            except SealedAway:
                name, revision = installation.workspace, installation.revision
                if self._closed.get(name) != revision:
                    log.error(
                        "a workspace's tokens are sealed under a key that is not there", extra={"workspace": name}
                    )
                self._closed[name] = revision
                continue
            if known is not None:
                found.append(known.workspace)
        return found

    async def names(self) -> Sequence[str]:
        return [each.workspace for each in await self._installations.all()]

    async def serves(self, name: str) -> bool:
        return await self._served(name) is not None

    async def run(self, job: Job) -> Leaving | None:
        found = await self._served(job.workspace)
        if found is None:
            raise NotForUs(f"the app is not installed in {job.workspace}")
        try:
            return await found.workspace.work[job.kind](job)
        except SlackRefused as fault:
            await self._doubt(job.workspace, found.revision, fault.code)
            raise

    async def apologise(self, job: Job, fault: Exception) -> None:
        found = await self._served(job.workspace)
        if found is not None:
            await found.workspace.apologise(job, fault)

    async def tell(self, workspace: str, news: News, key: str) -> None:
        found = await self._served(workspace)
        if found is None:
            raise NotForUs(f"the app is not installed in {workspace}")
        await found.workspace.followers.tell(workspace, news, key)

    async def reachable(self) -> bool:
        with slack_errors("api.test"):
            await like(self._client).api_test()
        return True

    async def _served(self, name: str) -> _Known | None:
        known = self._known.get(name)
        if known is not None and asyncio.get_running_loop().time() < known.until:
            return known
        found = await self._installations.of(name)
        if found is None or found.ended is not None:
            self._known.pop(name, None)
            return None
        return await self._meet(found)

    async def _meet(self, found: Installation) -> _Known | None:
        """What serves this installation; None where it has changed since it was found."""
        known = self._known.get(found.workspace)
        if known is None or known.revision != found.revision:
            tokens = await self._installations.tokens(found)
            if tokens is None:
                return None
            client = like(self._client, tokens.access.get_secret_value())
            account = Account(client, team=found.workspace, user=found.bot_user, bot=found.bot)
            known = _Known(self._make(found.workspace, account), found.revision, 0)
            self._known[found.workspace] = known
        known.until = asyncio.get_running_loop().time() + FRESH_S
        return known

    async def _doubt(self, name: str, revision: int, code: str) -> None:
        """Slack has refused a call: look whether that is for a token that is good no more. Raises NotForUs where the
        app is gone from the workspace, SlackUnavailable where the work can be done with another token."""
        if code not in GONE and code != _EXPIRED:
            return
        self._known.pop(name, None)
        found = await self._installations.of(name)
        if found is not None and found.ended is None:
            if found.revision != revision:
                raise SlackUnavailable("the workspace has another token by now")
            if code == _EXPIRED:
                await self._renew()
                raise SlackUnavailable("the workspace has another token soon")
            if not await self._installations.lose(found):  # the event that tells it was lost
                raise SlackUnavailable("the workspace has another token by now")
            log.info("the app was removed, and nobody told", extra={"workspace": name})
        raise NotForUs(f"the app is not installed in {name} any more")
