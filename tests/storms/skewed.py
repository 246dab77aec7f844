"""The bot's command line with a clock that can be set while it runs: as far off as the file CLOCK says, in seconds."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from bot.store import database


class Skewed(datetime):
    """The time as a machine tells it whose clock was set wrong."""

    @classmethod
    def now(cls, tz: tzinfo | None = UTC) -> datetime:  # type: ignore[override]
        off = Path(os.environ["CLOCK"]).read_text(encoding="ascii").strip()
        return datetime.now(tz) + timedelta(seconds=float(off or 0))


if __name__ == "__main__":
    database.datetime = Skewed  # type: ignore[misc]
    from bot.cli import main

    sys.exit(main())
