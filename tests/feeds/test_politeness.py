"""The pause between two requests to one host."""

from __future__ import annotations

import pytest
from protego import Protego

from bot.feeds.politeness import MAX_CRAWL_DELAY_S, Politeness, Robots


class Time:
    """A clock that moves only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def polite(time: Time) -> Politeness:
    return Politeness(2, clock=time.clock, sleep=time.sleep)


async def ask(politeness: Politeness, *urls: str) -> None:
    for url in urls:
        async with politeness.turn(url):
            pass


async def test_given_two_requests_to_one_host_when_asked_then_there_is_a_pause_between_them() -> None:
    time = Time()

    await ask(polite(time), "https://a.example/1", "https://a.example/2")

    assert time.slept == [2]


async def test_given_two_hosts_when_asked_then_neither_waits_for_the_other() -> None:
    time = Time()

    await ask(polite(time), "https://a.example/1", "https://b.example/1")

    assert time.slept == []


@pytest.mark.parametrize(("asked", "kept"), [("10", 10.0), ("9999", MAX_CRAWL_DELAY_S), ("0.5", 2.0)])
async def test_given_a_crawl_delay_when_asked_then_it_lengthens_the_pause_within_reason(
    asked: str, kept: float
) -> None:
    time = Time()
    politeness = polite(time)

    async def rules() -> Robots:
        return Robots(Protego.parse(f"User-agent: *\nCrawl-delay: {asked}"), "crosscheck")

    await politeness.robots("https://a.example/1", rules)
    await ask(politeness, "https://a.example/1", "https://a.example/2")

    assert time.slept == [kept]


async def test_given_a_day_has_passed_when_asked_then_robots_txt_is_fetched_again() -> None:
    time = Time()
    politeness = polite(time)
    fetched = []

    async def rules() -> Robots:
        fetched.append(time.now)
        return Robots(Protego.parse(""), "crosscheck")

    for hours in (0, 23, 2):
        time.now += hours * 3_600
        await politeness.robots("https://a.example/1", rules)

    assert len(fetched) == 2


async def test_given_ever_more_hosts_when_asked_then_idle_ones_are_forgotten() -> None:
    time = Time()
    politeness = polite(time)

    for number in range(3_000):
        await ask(politeness, f"https://host{number}.example/")
        time.now += 1

    assert len(politeness._hosts) <= 1_001
