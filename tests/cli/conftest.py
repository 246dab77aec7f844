"""The command line, run in this process as a person runs it: arguments in; exit status, stdout and stderr out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.scripted_model import ScriptedModel


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.out)
        return told


Cli = Callable[..., Ran]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> Ran:
        try:
            status = main([str(a) for a in arguments])
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 1
        out, err = capfd.readouterr()
        return Ran(status, out, err)

    return run


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedModel]:
    """A scripted model that the environment points to."""
    with ScriptedModel() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        yield server


@pytest.fixture
def coverage(tmp_path: Path) -> Path:
    """Two outlets that contradict each other and one that speaks of something else."""
    folder = tmp_path / "coverage"
    folder.mkdir()
    articles = {
        "courier": ("The Courier", "2026-05-20", "The ministry granted 54 licences. Firms were pleased."),
        "post": ("The Post", "2026-05-20", "Only 41 licences were granted. Nobody was pleased."),
        "echo": ("The Echo", "2026-05-21", "It rained in Leeds. The match was put off."),
    }
    for name, (outlet, published, text) in articles.items():
        head = f"---\ntitle: {name}\noutlet: {outlet}\npublished: {published}\nurl: https://example.org/{name}\n---\n\n"
        (folder / f"{name}.md").write_text(head + text + "\n", encoding="utf-8")
    return folder
