"""The README and SECURITY promise nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.sample import FIRST_QUESTION
from bot.settings import Settings
from tests.cli.conftest import Cli, cli  # noqa: F401

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
NAMES = {name.upper() for name in Settings.model_fields}


def test_given_the_settings_when_listed_then_readme_and_example_name_each_and_no_other() -> None:
    table = README.split("\n## Settings\n")[1].split("\n## ")[0]

    assert set(re.findall(r"`([A-Z][A-Z_]+)`", table)) == NAMES
    assert set(re.findall(r"^([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE)) == NAMES


def test_given_the_example_when_read_as_settings_then_each_value_is_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = Settings(_env_file=None)

    for name, value in re.findall(r"^([A-Z][A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE):
        monkeypatch.setenv(name, value)

    assert Settings(_env_file=None) == plain


def test_given_the_sample_answer_when_asked_then_it_is_what_the_readme_shows(
    cli: Cli,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "100")

    shown = cli("ask", FIRST_QUESTION).out

    sample = README.split(f'ask "{FIRST_QUESTION}"\n\n')[1].split("\n```")[0]
    assert [line.rstrip() for line in shown.rstrip().splitlines()] == sample.splitlines()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"^  ([a-z_]+\.py|[a-z]+/)", README, re.MULTILINE))))
def test_given_a_file_that_the_readme_names_when_looked_for_then_it_is_there(name: str) -> None:
    assert (ROOT / "bot" / name).exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(bot/[a-z_/]+\.py)`", SECURITY))))
def test_given_a_file_that_security_names_when_looked_for_then_it_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make ([a-z-]+)", README))))
def test_given_a_make_target_that_the_readme_names_when_looked_for_then_it_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
