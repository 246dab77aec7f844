"""`backup`, `restore` and `jobs`: what an operator does, sees, and gets as exit status."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.jobs.jobs import JobTable
from bot.worker import Job
from tests.cli.conftest import Cli

SECRET = "Did Anna resign?"


def bury(*reasons: str) -> list[str]:
    """Put jobs into the library of this folder and give them up, but for the last; their ids."""

    async def run() -> list[str]:
        async with await Database.open("sqlite:///crosscheck.db") as database:
            jobs = JobTable(database, Job)
            ids = []
            for number, reason in enumerate((*reasons, "")):
                ids.append(str(await jobs.put("answer", {"text": SECRET}, keys=[str(number)])))
                if reason:
                    job = await jobs.claim(["answer"], 60)
                    assert job is not None
                    await jobs.bury(job, reason)
            return ids

    return asyncio.run(run())


def test_given_jobs_that_were_given_up_when_listed_then_they_are_named_without_their_words(cli: Cli) -> None:
    first, second, _ = bury("SlackRefused", "StoreError")

    ran = cli("jobs")

    assert ran.status == 0
    lines = ran.out.splitlines()
    assert lines[-1] == "2 given up, 1 waiting or running"
    assert {line.split()[0] for line in lines[:-1]} == {first, second}
    assert "answer  local  SlackRefused after 1 attempt, " in ran.out
    assert SECRET not in ran.out + ran.err


def test_given_no_work_when_listed_then_nothing_is_given_up(cli: Cli) -> None:
    assert cli("jobs").out == "0 given up, 0 waiting or running\n"


def test_given_a_job_that_was_given_up_when_retried_then_it_waits_again(cli: Cli) -> None:
    id, _ = bury("StoreError")

    retried = cli("jobs", "retry", id[:8])
    again = cli("jobs", "retry", id)

    assert retried.status == 0
    assert cli("jobs").out == "0 given up, 2 waiting or running\n"
    assert again.status == 2
    assert "no job that was given up begins with" in again.err


def test_given_a_beginning_that_several_jobs_share_when_retried_then_none_is(cli: Cli) -> None:
    bury("StoreError", "StoreError")

    ran = cli("jobs", "retry", "")

    assert ran.status == 2
    assert "2 jobs" in ran.err
    assert cli("jobs").out.endswith("2 given up, 1 waiting or running\n")


def test_given_a_library_when_backed_up_and_restored_elsewhere_then_it_answers_the_same(
    cli: Cli, coverage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("ingest", coverage)
    before = cli("ask", "How many licences were granted?", "--json").json

    saved = cli("backup", "library.zip")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    restored = cli("restore", "library.zip")
    after = cli("ask", "How many licences were granted?", "--json").json

    assert saved.out.startswith("library.zip holds 3 articles, 3 versions of them, 0 feeds and folders, 0 standing")
    assert "Left out: work in hand and what people asked, but for what they follow or label." in saved.out
    assert restored.out.startswith("Restored 3 articles, 3 versions of them")
    assert after["statements"] == before["statements"] != []


def test_given_a_file_that_is_no_backup_when_restored_then_it_says_so(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "library.zip").write_text("hello", encoding="utf-8")

    ran = cli("restore", "library.zip")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "crosscheck: library.zip is no backup, or is damaged\n"
