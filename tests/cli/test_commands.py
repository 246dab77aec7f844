"""The command line itself: what it offers, and what it loads for that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli as command_line
from bot.cli import COMMANDS
from tests.cli.conftest import Cli

HEAVY = ("openai", "sqlalchemy", "pydantic", "aiohttp", "slack_bolt", "rich", "numpy", "matplotlib", "lxml")
NOT_TO_ASK = {"openai", "slack_bolt", "numpy", "matplotlib", "lxml"}


def loaded_by(*arguments: str | Path, cwd: Path | None = None) -> set[str]:
    """Which of the heavy libraries a process of its own has loaded when it ends."""
    code = (
        "import sys\nfrom bot.cli import main\n"
        f"try: main({[str(a) for a in arguments]!r})\nexcept SystemExit: pass\n"
        f"print(*set({HEAVY!r}) & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=cwd)
    return set(told.stdout.split("\n")[-2].split())


def test_given_nothing_but_a_wish_for_help_when_run_then_every_command_is_listed(cli: Cli) -> None:
    ran = cli("--help")

    assert ran.status == 0
    listed = [line.split()[0] for line in ran.out.split("commands:\n")[1].splitlines()]
    assert listed == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_given_a_command_when_its_help_is_asked_for_then_it_tells_of_itself(cli: Cli, name: str) -> None:
    ran = cli(name, "--help")

    assert ran.status == 0
    assert ran.out.startswith(f"usage: python -m bot {name} ")


@pytest.mark.parametrize("mistyped", [(), ("nonsense",), ("ask",), ("ask", "Who?", "--nonsense")])
def test_given_what_is_no_command_when_run_then_it_says_what_would_be(cli: Cli, mistyped: tuple[str, ...]) -> None:
    ran = cli(*mistyped)

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("usage: python -m bot ")


def test_given_a_wish_for_help_when_run_then_no_library_is_loaded_for_it() -> None:
    assert loaded_by("--help") == set()


def test_given_one_command_when_run_then_what_others_need_is_not_loaded() -> None:
    assert loaded_by("jobs", "--help") == {"pydantic", "sqlalchemy"}


def test_given_no_key_when_a_question_is_answered_then_the_model_s_library_is_not_loaded(
    coverage: Path, tmp_path: Path
) -> None:
    assert loaded_by("ask", "How many licences?", "--coverage", coverage, cwd=tmp_path).isdisjoint(NOT_TO_ASK)


def test_given_the_running_bot_s_parts_when_loaded_then_the_model_s_library_is_not_among_them() -> None:
    assert loaded_by("run", "--help").isdisjoint({"openai", "matplotlib", "lxml", "numpy"})


def test_given_a_command_that_is_broken_off_while_it_is_loaded_then_it_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "import_module", interrupted)

    status = command_line.main(["summary"])

    assert (status, *capfd.readouterr()) == (130, "", "")
