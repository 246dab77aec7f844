"""What is asked of a model and what comes back, whichever client asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bot.news.model import Usage


class Shaped(Protocol):
    """A reply's shape: its name, and its JSON schema."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> dict[str, Any]: ...


Listener = Callable[[str], None]


def deaf(piece: str) -> None:
    """Hears nothing."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole reply, as it came. `model` is what the server calls itself, else the name it was asked for."""

    text: str
    model: str
    usage: Usage


def spent(usage: Usage) -> tuple[int, int | None, int | None]:
    return usage.calls, usage.input_tokens, usage.output_tokens
