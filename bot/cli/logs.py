"""Logs on stderr: a fixed sentence and its keys, readable or as JSON. Never question text, article text or secrets."""

from __future__ import annotations

import logging
import sys

from pythonjsonlogger.json import JsonFormatter

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Readable(logging.Formatter):
    """The time, the level, the sentence, then its keys as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        keys = " ".join(f"{k}={v}" for k, v in vars(record).items() if k not in _STANDARD)
        line = super().format(record)
        return f"{line}  {keys}" if keys else line


def ours_or_serious(record: logging.LogRecord) -> bool:
    """Libraries are heard from WARNING on: below that they log what people wrote, and every request."""
    return record.name == "bot" or record.name.startswith("bot.") or record.levelno >= logging.WARNING


def configure(level: str, style: str) -> None:
    """Set up logging once, for the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(ours_or_serious)
    if style == "json":
        handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    else:
        handler.setFormatter(Readable("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
