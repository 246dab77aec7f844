"""The command line, one module a command. Logs and progress go to stderr, what was asked for to stdout.

Exit status: 0 done, also where nothing is found; 1 `doctor` found trouble, or nobody reads on (`… | head`); 2 wrong
use or configuration, with what to do on stderr and nothing on stdout; 3 the model failed and the offline reading was
given; 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import os
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from bot import __version__
from bot.cli import (
    ask,
    backup,
    digest,
    disagreements,
    doctor,
    eval,
    feeds,
    ingest,
    jobs,
    kept,
    labels,
    remove,
    run,
    summary,
    workspaces,
)
from bot.cli.logs import configure
from bot.errors import CrosscheckError
from bot.settings import Settings

COMMANDS = (
    run,
    ask,
    summary,
    disagreements,
    digest,
    labels,
    ingest,
    feeds,
    remove,
    jobs,
    doctor,
    workspaces,
    backup,
    eval,
    kept,
)

OF_ONE = ("ask", "summary", "disagreements", "digest", "labels", "ingest", "feeds", "remove")
"""Those that are about the coverage of one workspace."""
LOCAL = "local"  # the workspace that is joined by tokens


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Crosscheck: what the sources say, cited, and where they disagree."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--workspace", help="whose coverage: needed where many workspaces install the bot")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    given = parser.parse_args(arguments)
    try:
        settings = Settings()
    except ValidationError as fault:
        return _refuse("\n".join(f"{_name(e['loc'])}: {e['msg']}" for e in fault.errors()))
    configure(settings.log_level, settings.log_format)
    if given.workspace is None:
        if settings.by_oauth and given.command in OF_ONE and not getattr(given, "coverage", None):
            return _refuse("many workspaces are served: name one before the command, as in --workspace T0123")
        given.workspace = LOCAL
    try:
        status: int = asyncio.run(given.run(given, settings))
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a reader that has gone away can still be told from a fault
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains as it ends
        return 1
    except OSError as fault:
        if fault.errno != errno.ENOSPC:
            raise
        return _refuse("what was asked for cannot be written: no space is left on the device")
    except CrosscheckError as fault:
        return _refuse(str(fault) or fault.tell)
    except KeyboardInterrupt:
        return 130
    return status


def _name(location: Sequence[int | str]) -> str:
    return str(location[0]).upper() if location else "settings"


def _refuse(what_to_do: str) -> int:
    sys.stderr.write(f"crosscheck: {what_to_do}\n")
    return 2
