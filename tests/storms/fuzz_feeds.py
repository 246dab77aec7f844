"""Reads every file of a folder as a feed: FEED_CORPUS=DIR python -m tests.storms.fuzz_feeds

A file may give entries or a reason; an exception, a reading that had to be stopped or a field that is not clean
fails the run (exit status 1). Feedparser's source package holds a corpus of broken feeds.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

from bot.errors import UnreadableCoverage
from bot.feeds.cleaning import clean
from bot.feeds.confined import Confined
from bot.feeds.entries import Feed

TIME_BOUND_S = 10.0
PROCESS_FAILED = ("it takes too long to read", "it cannot be read within bounds", "it cannot be read")


def main(folder: Path) -> int:
    counts: Counter[str] = Counter()
    failures = 0
    slowest = (0.0, Path())
    with Confined(timeout_s=TIME_BOUND_S) as confined:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            started = time.monotonic()
            result, failure = read(confined, path)
            slowest = max(slowest, (time.monotonic() - started, path))
            counts[result] += 1
            if failure:
                failures += 1
                sys.stderr.write(f"{path}: {failure}\n")
    sys.stdout.write(", ".join(f"{count} {result}" for result, count in counts.most_common()))
    sys.stdout.write(f"; slowest {slowest[0] * 1000:.0f} ms: {slowest[1].name}\n")
    sys.stdout.write(f"{counts.total() - failures} passed, {failures} failed\n")
    return 1 if failures or not counts else 0


def read(confined: Confined, path: Path) -> tuple[str, str | None]:
    """What came of a file, and what is wrong with that."""
    try:
        feed = confined.feed(path.read_bytes(), url="https://example.org/feed")
    except UnreadableCoverage as error:
        return "refused", str(error) if str(error) in PROCESS_FAILED else None
    except Exception as error:
        return "raised", repr(error)
    return ("with entries" if feed.entries else "without entries"), unclean(feed)


def unclean(feed: Feed) -> str | None:
    for entry in feed.entries:
        if not entry.url.startswith(("http://", "https://")):
            return f"a link to {entry.url!r}"
        if any(clean(text) != text for text in (entry.title, entry.summary, entry.author or "")):
            return f"hidden characters in the entry of {entry.url}"
    return None


if __name__ == "__main__":
    given = os.environ.get("FEED_CORPUS")
    if not given or not Path(given).is_dir():
        sys.exit("Set FEED_CORPUS to a folder of feeds.")
    sys.exit(main(Path(given)))
