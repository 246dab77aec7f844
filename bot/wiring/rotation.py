"""The renewal of tokens that expire: a job before each one's end, so that one replica alone asks Slack for the next.

A refresh token is good once. What was renewed is kept before anything else is done with it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StoreUnavailable
from bot.slack.installing import ROTATE_AHEAD_S, App, Grant, rotated
from bot.slack.trouble import GONE, SlackRefused
from bot.store.database import Clock, utc_now
from bot.store.installations import Installation, Installations, Tokens
from bot.worker import Job, Jobs

log = logging.getLogger(__name__)

ROTATE = "rotate"  # the kind of job; the workspace is its own
BEFORE_ALL = 20  # its priority: without a token nothing else goes on
AGAIN_S = 1800  # until a renewal that was given up is tried once more
PAUSE_S = 1.0


class Rotation:
    """Of all workspaces. No token stands in a job."""

    def __init__(
        self,
        installations: Installations,
        jobs: Jobs,
        app: App,
        client: AsyncWebClient,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._installations = installations
        self._jobs = jobs
        self._app = app
        self._client = client
        self._clock = clock

    async def go(self) -> None:
        """Leave a job for each token that ends soon and has none."""
        now = self._clock()
        for each in await self._installations.current():
            if each.expires is not None and each.expires < now + timedelta(seconds=ROTATE_AHEAD_S):
                key = f"{ROTATE}:{each.revision}:{int(now.timestamp() // AGAIN_S)}"
                await self._jobs.put(ROTATE, {}, keys=[key], workspace=each.workspace, lane=ROTATE, priority=BEFORE_ALL)

    async def run(self, job: Job) -> None:
        """Raises SlackUnavailable, SlackRefused, StoreError."""
        found = await self._installations.of(job.workspace)
        tokens = await self._installations.tokens(found) if found else None
        if found is None or tokens is None:
            return
        grant = Grant(tokens.access, tokens.refresh, tokens.expires)
        try:
            renewed = await rotated(self._app, grant, client=self._client)
        except SlackRefused as fault:
            if fault.code not in GONE:
                raise
            if await self._installations.lose(found):
                log.error("a workspace's tokens are good no more", extra={"workspace": job.workspace})
            return
        if renewed is not None and await self._keep(found, tokens_of(renewed)):
            log.info("a token was renewed", extra={"workspace": job.workspace})

    async def _keep(self, found: Installation, tokens: Tokens) -> bool:
        """Until the store takes them, or the job's lease ends: Slack gives them once."""
        while True:
            try:
                return await self._installations.rotate(found, tokens)
            except StoreUnavailable:
                await asyncio.sleep(PAUSE_S)


def tokens_of(grant: Grant) -> Tokens:
    return Tokens(grant.token, grant.refresh, grant.expires)
