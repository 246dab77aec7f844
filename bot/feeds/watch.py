"""A folder that is watched: scanned again from time to time, in the same terms as a feed is polled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import WrongUse
from bot.feeds.articles import Skipped
from bot.feeds.files import SOURCES, paths_in, read_paths, relative
from bot.news.model import Article

DEFAULT_INTERVAL_S = 30
MAX_FILES = 500  # of one scan; the rest comes with the next
SETTLED_S = 2  # a file that changed less long ago may still be being written


@dataclass(frozen=True, slots=True)
class FolderState:
    """A watched folder. `next_at`: when it is due, UTC-aware. `seen`: each file's stamp when it was last read, by its
    path in the folder. `trouble`: why the last scan failed, None where it did not."""

    path: Path
    next_at: datetime
    interval_s: int = DEFAULT_INTERVAL_S
    seen: Mapping[str, str] = field(default_factory=dict)
    trouble: str | None = None

    def due(self, now: datetime) -> bool:
        return self.next_at <= now


@dataclass(frozen=True, slots=True)
class Scanned:
    """`articles`: of the files that are new or have changed. `skipped`: those of them that gave none, and why."""

    articles: tuple[Article, ...]
    skipped: tuple[Skipped, ...]
    state: FolderState


def scan(state: FolderState, *, now: datetime) -> Scanned:
    """Read what is new or has changed since the last scan; what was deleted is left as it is kept. It blocks."""
    state = replace(state, next_at=now + timedelta(seconds=state.interval_s), trouble=None)
    if not state.path.is_dir():
        trouble = WrongUse(f"there is no folder at {state.path}")
        return Scanned((), (), replace(state, trouble=str(trouble)))
    paths = paths_in(state.path)
    stamps = {path: _stamp(path, now) for path in paths}
    changed = [p for p in paths if stamps[p] is not None and stamps[p] != state.seen.get(relative(state.path, p))]
    chosen, left = changed[:MAX_FILES], {relative(state.path, path) for path in changed[MAX_FILES:]}
    found = list(read_paths(state.path, paths, chosen))
    seen = {relative(state.path, path): stamp for path, stamp in stamps.items() if stamp is not None}
    return Scanned(
        tuple(item for item in found if isinstance(item, Article)),
        tuple(item for item in found if isinstance(item, Skipped)),
        replace(
            state,
            next_at=now if left else state.next_at,
            seen={name: stamp for name, stamp in seen.items() if name not in left},
        ),
    )


def _stamp(path: Path, now: datetime) -> str | None:
    """What changes when the file does, or what `sources.csv` may say of it; None while it may be being written."""
    parts = []
    for file in (path, path.parent / SOURCES):
        try:
            known = file.stat()
        except OSError:
            parts.append("none")
            continue
        # A clock may be wrong, and the file is then of the future.
        if abs(now.timestamp() - known.st_mtime) < SETTLED_S:
            return None
        parts.append(f"{known.st_mtime_ns}:{known.st_size}")
    return " ".join(parts)
