"""Situations of this room: a sheet of two outlets that differ, a client that never waits, small prompts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from bot.llm.client import ModelClient
from bot.llm.patience import Patience
from bot.llm.prompts import Prompt, Prompts
from bot.news.cite import Sheet
from bot.news.model import Excerpt
from tests.given import article
from tests.scripted_model import ScriptedModel, reads, reply

QUESTION = "How many firms have access?"
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


def two_outlets() -> Sheet:
    """A says twelve firms, B says twenty."""
    a = article("a", "The ban is gone.", "Twelve firms have access.", outlet="Harbour Post", published="2026-05-19")
    b = article("b", "Twenty firms have access.", "More will follow.", outlet="Vale Courier", published="2026-05-20")
    return Sheet.of([Excerpt(a, 1, 2), Excerpt(b, 1, 2)])


def dispute(**changed: Any) -> dict[str, Any]:
    """The reply to QUESTION on that sheet."""
    whole: dict[str, Any] = {
        "readings": [reads("A", "Twelve firms", ["A2"]), reads("B", "Twenty firms", ["B1"])],
        "positions": [("twelve firms have access", ["A"]), ("twenty firms have access", ["B"])],
        "could_all_be_true": "No: both speak of the same firms on the same day.",
        "relation": "dispute",
        "kind": "number",
        "statements": [("More will follow.", ["B2"])],
    }
    return reply(**(whole | changed))


def small_prompts(do: str = "Do") -> Prompts:
    """Prompts with every name of the shipped ones, as short as can be."""

    def prompt(name: str, user: str) -> Prompt:
        return Prompt.parse(name, f"<!-- Short. -->\n# System\n\n{do} {name}.\n\n# User\n\n{user}\n")

    return Prompts(
        prompt("answer", "$question\n$coverage\n$count: $labels\nin $language"),
        prompt("second_look", "$question\n$positions\n$coverage\nin $language"),
        prompt("standalone", "$question\n$turns\nfor $language"),
        prompt("propose", "NEW\n$article\nOTHERS\n$coverage\nKNOWN\n$known\n$limit"),
        prompt("digest", "$coverage\n$told\n$happened $lone"),
        prompt("summary", "$about\n$count\n$coverage\n$disputed\n$happened $agreed $lone $unknown\nin $language"),
    )


class Naps:
    """A sleep that takes no time and remembers how long it should have taken."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def client_of(
    model: ScriptedModel, *, naps: Naps | None = None, key: str = "sk-test", **patience: Any
) -> AsyncIterator[ModelClient]:
    patient = Patience(sleep=naps or Naps(), now=lambda: NOW, **patience)
    client = ModelClient(api_key=key, model="scripted", base_url=model.base_url, patience=patient)
    try:
        yield client
    finally:
        await client.aclose()


def pieces_of(heard: list[str]) -> Callable[[], Callable[[str], None]]:
    """A listener that joins what it hears; a new beginning is a new entry."""

    def begin() -> Callable[[str], None]:
        heard.append("")

        def hear(piece: str) -> None:
            heard[-1] += piece

        return hear

    return begin
