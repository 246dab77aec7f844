"""A sandbox for each test, and the real slack-bolt and slack-sdk against it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from tests.sandbox.browser import Stage, Tab, beside, chromium
from tests.sandbox.showbot import shown

Connect = Callable[[AsyncApp], Awaitable[None]]


@pytest.fixture(autouse=True)
def unrecorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests make wrong calls on purpose; a recording is for what the bot calls."""
    monkeypatch.delenv("RECORD_SLACK_CALLS", raising=False)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(ack_timeout_s=0.5, retry_after_s=(0, 0.05, 0.1)) as made:
        yield made


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(sandbox: Sandbox, http: aiohttp.ClientSession) -> AsyncWebClient:
    return client_of(sandbox, http)


def client_of(sandbox: Sandbox, http: aiohttp.ClientSession, token: str | None = None) -> AsyncWebClient:
    limited = AsyncRateLimitErrorRetryHandler(max_retry_count=2)
    return AsyncWebClient(
        token=token or sandbox.bot_token, base_url=sandbox.api_url, session=http, retry_handlers=[limited]
    )


@pytest.fixture
def app(client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret="unused", raise_error_for_unhandled_request=False)


@pytest.fixture
async def connect(sandbox: Sandbox) -> AsyncIterator[Connect]:
    """Connects an app over Socket Mode."""
    async with AsyncExitStack() as stack:

        async def connect(app: AsyncApp) -> None:
            handler = AsyncSocketModeHandler(app, sandbox.app_token, ping_interval=0.2)
            stack.push_async_callback(handler.close_async)
            await handler.connect_async()
            await sandbox.wait_connected()

        yield connect


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    with chromium() as driver:
        yield driver


@pytest.fixture
def stage(driver: Any) -> Iterator[Stage]:
    """A fresh sandbox with a bot, and the page open on it; the console must stay free of complaints."""
    with beside(shown()) as ((sandbox, told), run):
        tab = Tab(driver, sandbox.url)
        driver.set_window_size(1360, 900)
        tab.open()
        yield Stage(tab, sandbox, told, run)
        assert tab.troubles() == []
        driver.get("about:blank")
