"""A little of each storm with the tests; the scripts beside this run as much of it as one likes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.storms import hostile, soak
from tests.storms.questions import Storm, storm
from tests.storms.throughput import measure


async def test_given_kills_faults_and_doubled_events_when_asked_then_each_question_has_one_answer(
    tmp_path: Path,
) -> None:
    wished = Storm(count=5, seed=1, kills=1, lease_s=1, apart_s=0.2, trouble_every_s=0.2, model_fails=0.1)

    report = await storm(wished, f"sqlite:///{tmp_path / 'storm.db'}", tmp_path)

    assert report.violations == []
    assert report.kills == 1
    assert report.outcomes.total() == 5


async def test_given_hostile_texts_when_told_to_slack_then_nothing_acts_links_or_hides() -> None:
    assert await hostile.storm(10, seed=1) == []


async def test_given_a_steady_load_when_it_lasts_then_each_question_is_answered_and_measured(tmp_path: Path) -> None:
    told = await soak.soak(1, 4, f"sqlite:///{tmp_path / 'soak.db'}", tmp_path)

    assert told.answered == 4
    assert min(told.memory) > 0
    assert min(told.handles) > 0


async def test_given_a_rush_when_measured_then_its_figures_are_told(tmp_path: Path) -> None:
    figures = await measure(2, 1, 2, 60, f"sqlite:///{tmp_path / 'rush.db'}", tmp_path)

    assert figures.answered_per_s > 0
    assert len(figures.at_half.first_signs) == 2
    assert "60 chunks" in str(figures)


@pytest.mark.parametrize(
    ("memory", "handles", "grown"), [((100, 109), (20, 25), 0), ((100, 111), (20, 25), 1), ((100, 100), (20, 26), 1)]
)
def test_given_a_soak_when_more_is_used_at_its_end_then_that_is_a_violation(
    memory: tuple[float, float], handles: tuple[float, float], grown: int
) -> None:
    told = soak.Soak(1, [200, memory[0], memory[0], memory[1]], [30, handles[0], handles[0], handles[1]])

    assert len(told.violations()) == grown
