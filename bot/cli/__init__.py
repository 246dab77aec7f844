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
from importlib import import_module

from bot import __version__
from bot.errors import CrosscheckError
from bot.news.catalogue import explained

COMMANDS = {
    "run": "start the bot: in Slack with tokens, else in the sandbox",
    "sandbox": "start the bot in the sandbox, whatever tokens are set",
    "ask": "answer a question from the coverage",
    "summary": "sum up the story, a topic, an outlet, an article or a span of time",
    "disagreements": "print what the sources disagree on",
    "digest": "print what is new and what the sources disagree on now",
    "labels": "say of a comparison that it is wrong, or export what was said",
    "ingest": "store articles from folders, files, pages and feeds",
    "feeds": "the feeds that `run` polls, and the folders that it watches",
    "remove": "take articles out of the coverage",
    "jobs": "list the work that was given up, or have it tried again",
    "doctor": "check settings, model, library, feeds, work, Slack and the clock",
    "workspaces": "list where the app is installed, or forget a workspace that left",
    "backup": "write the library of all workspaces to one file",
    "restore": "fill an empty library from such a file",
    "eval": "score labelled questions",
    "kept": "list kept replies that a changed prompt no longer fits",
}
OF_ONE = ("ask", "summary", "disagreements", "digest", "labels", "ingest", "feeds", "remove")
"""Those that are about the coverage of one workspace."""
LOCAL = "local"  # the workspace that is joined by tokens


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:  # also while a command is loaded, which takes a moment
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    given = _understood(arguments)
    # Below here alone: whoever asks for help, or mistypes, does not wait for what reads the settings.
    from pydantic import ValidationError

    from bot.cli.logs import configure
    from bot.settings import Settings

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
        return _refuse(str(fault) or explained(fault))
    return status


def _understood(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for. Of the commands only the one that was named is loaded: together they take seconds."""
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Crosscheck: what the sources say, cited, and where they disagree.",
        epilog="\n".join(["commands:", *(f"  {name:<15}{told}" for name, told in COMMANDS.items())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--workspace", help="whose coverage: needed where many workspaces install the bot")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of those below; `COMMAND --help`")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="of the command")
    given = parser.parse_args(arguments)
    command = argparse.ArgumentParser(prog=f"{parser.prog} {given.command}", description=COMMANDS[given.command])
    import_module(f"bot.cli.{given.command}").arguments(command)
    return command.parse_args(given.arguments, given)


def _name(location: Sequence[int | str]) -> str:
    return str(location[0]).upper() if location else "settings"


def _refuse(what_to_do: str) -> int:
    sys.stderr.write(f"crosscheck: {what_to_do}\n")
    return 2
