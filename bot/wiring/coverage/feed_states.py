"""Where the polling of feeds and folders stands, between the values of `feeds` and the rows of `store`."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bot.feeds.poll import FeedState
from bot.feeds.watch import FolderState
from bot.store.coverage.feeds import StoredFeed

FEED, FOLDER = "feed", "folder"

State = FeedState | FolderState


def read_state(stored: StoredFeed) -> State:
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.state.items()
    }
    if stored.kind == FOLDER:
        return FolderState(Path(stored.address), stored.next_at, **kept)
    return FeedState(stored.address, stored.next_at, **kept)


def kept_state(stored: StoredFeed, state: State) -> StoredFeed:
    """The row with what a poll has left."""
    return replace(stored, address=address_of(state), next_at=state.next_at, state=state_of(state))


def address_of(state: State) -> str:
    return str(state.path) if isinstance(state, FolderState) else state.url


def state_of(state: State) -> dict[str, Any]:
    """All but its address and when it is due, which have columns of their own."""
    return {name: value for name, value in asdict(state).items() if name not in ("url", "path", "next_at")}
