"""A folder that is scanned again and again."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.feeds import watch
from bot.feeds.articles import Skipped
from bot.feeds.watch import FolderState, scan

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)


def write(path: Path, text: str, *, age_s: float = 60) -> None:
    path.write_text(text)
    os.utime(path, (NOW.timestamp() - age_s,) * 2)


def test_given_a_folder_when_scanned_twice_then_only_what_changed_comes_again(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "One.")
    write(tmp_path / "b.txt", "Two.")
    first = scan(FolderState(tmp_path, NOW), now=NOW)
    write(tmp_path / "b.txt", "Two, corrected.", age_s=30)
    write(tmp_path / "c.txt", "Three.")
    write(tmp_path / "d.txt", "")

    second = scan(first.state, now=NOW)
    third = scan(second.state, now=NOW)

    assert [article.text for article in first.articles] == ["One.", "Two."]
    assert [article.text for article in second.articles] == ["Two, corrected.", "Three."]
    assert second.skipped == (Skipped("d.txt", "it is empty"),)
    assert (third.articles, third.skipped) == ((), ())


def test_given_a_file_still_being_written_when_scanned_then_it_waits_until_it_settles(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "Half a sent", age_s=0.5)

    early = scan(FolderState(tmp_path, NOW), now=NOW)
    late = scan(early.state, now=NOW + timedelta(seconds=30))

    assert early.articles == ()
    assert [article.id for article in late.articles] == ["a"]


def test_given_a_file_of_the_future_when_scanned_then_it_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "One.", age_s=-86_400)

    assert [article.text for article in scan(FolderState(tmp_path, NOW), now=NOW).articles] == ["One."]


def test_given_more_files_than_one_scan_reads_when_scanned_then_the_rest_comes_at_once_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "MAX_FILES", 2)
    for name in "abc":
        write(tmp_path / f"{name}.txt", f"{name} is told.")

    first = scan(FolderState(tmp_path, NOW), now=NOW)
    second = scan(first.state, now=NOW)

    assert [[article.id for article in scanned.articles] for scanned in (first, second)] == [["a", "b"], ["c"]]
    assert (first.state.due(NOW), second.state.due(NOW)) == (True, False)


def test_given_sources_csv_changes_when_scanned_then_the_texts_beside_it_are_read_again(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "One.")
    first = scan(FolderState(tmp_path, NOW), now=NOW)
    write(tmp_path / "sources.csv", "file,outlet\na.txt,The Courier\n")

    second = scan(first.state, now=NOW)

    assert [article.outlet for article in (*first.articles, *second.articles)] == ["a.txt", "The Courier"]


def test_given_a_folder_that_went_away_when_scanned_then_it_is_told_and_tried_again(tmp_path: Path) -> None:
    scanned = scan(FolderState(tmp_path / "away", NOW), now=NOW)

    assert scanned.articles == ()
    assert scanned.state.trouble
    assert scanned.state.due(NOW + timedelta(seconds=30))
    assert not scanned.state.due(NOW)
