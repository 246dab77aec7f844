"""A headless Chromium and a sandbox to show it; both run beside the test, which plays the person."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest

from bot.sandbox import Sandbox
from tests.sandbox.showblocks import QUESTION
from tests.sandbox.showbot import BotsDev

T = TypeVar("T")
ENTER, TAB, ESCAPE = "\ue007", "\ue004", "\ue00c"
WAIT_S = 30  # a browser beside other work can be slow; passing tests do not wait
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")


@contextmanager
def beside(context: AbstractAsyncContextManager[T]) -> Iterator[tuple[T, Callable[[Coroutine[Any, Any, Any]], Any]]]:
    """Run an asynchronous context in a loop of its own; gives what it gives, and a function to run coroutines there."""
    loop = asyncio.new_event_loop()
    opened: Future[T] = Future()
    leave = asyncio.Event()

    async def live() -> None:
        try:
            async with context as given:
                opened.set_result(given)
                await leave.wait()
        except BaseException as failure:
            if not opened.done():
                opened.set_exception(failure)
            raise

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),), daemon=True)
    thread.start()
    try:
        given = opened.result(WAIT_S)
        yield given, lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result(WAIT_S)
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join(WAIT_S)
        loop.close()


class Tab:
    """One window on the page, with the few gestures that the tests make."""

    def __init__(self, driver: Any, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self, path: str = "/") -> None:
        self.driver.get(self.url + path)
        self.wait(".composer textarea")

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def wait(self, selector: str, text: str = "") -> Any:
        """The first element that fits and holds this text, as soon as it is there."""
        from selenium.webdriver.support.wait import WebDriverWait

        script = (
            "return [...document.querySelectorAll(arguments[0])]"
            ".find(e => e.checkVisibility({visibilityProperty: true}) && e.textContent.includes(arguments[1]))"
        )
        return WebDriverWait(self.driver, WAIT_S, 0.02).until(
            lambda driver: driver.execute_script(script, selector, text), f"{selector!r} with {text!r}"
        )

    def gone(self, selector: str, text: str = "") -> None:
        from selenium.webdriver.support.wait import WebDriverWait

        script = "return ![...document.querySelectorAll(arguments[0])].some(e => e.textContent.includes(arguments[1]))"
        WebDriverWait(self.driver, WAIT_S, 0.02).until(
            lambda driver: driver.execute_script(script, selector, text), f"no {selector!r} with {text!r}"
        )

    def until(self, true: Callable[[], Any]) -> None:
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, WAIT_S, 0.02).until(lambda _: true())

    def click(self, selector: str, text: str = "") -> None:
        self.wait(selector, text).click()

    def unfold(self, title: str) -> None:
        """Open a folded part of the page, if it is not open yet."""
        summary = self.wait("details.part > summary", title)
        if not self.driver.execute_script("return arguments[0].parentElement.open", summary):
            summary.click()

    def type(self, selector: str, *keys: str) -> None:
        self.wait(selector).send_keys(*keys)

    def press(self, *keys: str) -> None:
        """Keys to whatever has the focus."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def focused(self) -> str:
        found = self.driver.execute_script(
            "const e = document.activeElement; return e.getAttribute('aria-label') || e.textContent"
        )
        return str(found)

    def picture(self, name: str) -> None:
        """A picture for people to look at, in the folder that PICTURES names."""
        if folder := os.environ.get("PICTURES"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))

    def troubles(self) -> list[str]:
        """What the console complained of."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


class Stage:
    """The page, and what stands behind it."""

    def __init__(self, tab: Tab, sandbox: Sandbox, told: BotsDev, run: Callable[..., Any]) -> None:
        self.tab, self.sandbox, self.told, self.run = tab, sandbox, told, run


def ask(tab: Tab, question: str = QUESTION) -> None:
    tab.type(".main .composer textarea", "@cross", TAB, question, ENTER)


async def api(sandbox: Sandbox, method: str, **args: Any) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{sandbox.api_url}{method}", json=args, headers={"Authorization": f"Bearer {sandbox.bot_token}"}
        ) as answer,
    ):
        assert (await answer.json())["ok"]


@contextmanager
def chromium() -> Iterator[Any]:
    """A driver of a headless Chromium, or a skip that says what is missing."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="the selenium package is not installed")
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no browser: install Debian's chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (
        "--headless=new",
        "--no-sandbox",  # a container's root has no other way
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--lang=en-GB",
        "--window-size=1360,900",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()
