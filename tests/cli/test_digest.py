"""`digest`: what it prints, as JSON and for people; its exit statuses."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from bot.cli import digest
from bot.errors import WrongUse
from bot.feeds.articles import Skipped
from bot.feeds.files import read_folder
from bot.news.digest.subscription import Wish
from bot.news.rules import ChannelRules, Focus
from bot.news.topic import Topic
from bot.settings import Settings
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.people.rules import StoredRules
from bot.store.people.subscriptions import Subscriptions
from tests.cli.conftest import Ran
from tests.scripted_model import ScriptedModel, failed

LINES = {"happened": [{"text": "Licences were granted.", "keys": ["A1", "B1"]}], "lone": []}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        parser = argparse.ArgumentParser()
        parser.add_argument("--workspace", default="local")
        digest.arguments(parser)
        given = parser.parse_args(arguments)
        status = asyncio.run(given.run(given, Settings(_env_file=None)))
        return Ran(status, *capfd.readouterr())

    return run


@pytest.fixture
def stored(coverage: Path, tmp_path: Path) -> None:
    """The articles of the folder, come just now; and a channel that wishes to hear of one topic."""
    articles = [a for a in read_folder(coverage) if not isinstance(a, Skipped)]

    async def store() -> None:
        async with await Database.open(f"sqlite:///{tmp_path / 'crosscheck.db'}") as database:
            for each in articles:
                await Library(database, "local").add(each)
            began = datetime(2026, 1, 1, tzinfo=UTC)
            wish = Wish(time(9), zone="Asia/Tokyo", topics=(Topic(("rain",)),))
            await Subscriptions(database, "local", clock=lambda: began).subscribe("C1", "U1", wish)

    asyncio.run(store())


@pytest.mark.usefixtures("stored")
def test_given_no_model_when_printed_then_each_article_begins_for_itself(run: Callable[..., Ran]) -> None:
    ran = run()

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("All coverage · ")
    for told in ("3 new articles", "Not compared", "The ministry granted 54 licences.", "[3] The Post"):
        assert told in " ".join(ran.out.split())


@pytest.mark.usefixtures("stored")
def test_given_a_model_when_printed_as_json_then_every_line_is_cited(
    run: Callable[..., Ran], model: ScriptedModel
) -> None:
    model.plays(LINES)

    told = run("--json").json

    assert (told["check"], told["usage"]["calls"], len(told["articles"])) == ("checked", 1, 3)
    (line,) = told["happened"]
    assert line["text"] == "Licences were granted."
    assert all(c["quote"] and c["article"] for c in line["citations"])


@pytest.mark.usefixtures("stored")
def test_given_a_model_that_fails_when_printed_then_the_status_says_so(
    run: Callable[..., Ran], model: ScriptedModel
) -> None:
    model.always(failed(401))

    ran = run("--json")

    assert (ran.status, ran.json["check"]) == (3, "failed")
    assert len(ran.json["first_lines"]) == 3


@pytest.mark.usefixtures("stored")
def test_given_a_channel_when_printed_then_it_is_about_its_topics(run: Callable[..., Ran]) -> None:
    ran = run("--channel", "C1", "--since", "2w")

    assert "Asia/Tokyo" in ran.out
    assert "It rained in Leeds" in ran.out
    assert "licences" not in ran.out


@pytest.mark.usefixtures("stored")
def test_given_a_channel_without_an_outlet_when_printed_then_it_is_told_nothing_of_that_one(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    told = run("--channel", "C1", "--since", "2w")

    async def leave_out() -> None:
        async with await Database.open(f"sqlite:///{tmp_path / 'crosscheck.db'}") as database:
            outlets = {a.outlet for a in await Library(database, "local").articles() if "It rained" in a.text}
            rules = StoredRules(database, "local")
            await rules.change_channel("C1", ChannelRules(Focus(outlets=tuple(outlets), without=True)), "U1")

    asyncio.run(leave_out())
    ran = run("--channel", "C1", "--since", "2w")

    assert "It rained in Leeds" in told.out
    assert "It rained in Leeds" not in ran.out


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("since", ["2999-01-01", "2999-01-01T09:00:00+01:00"])
def test_given_a_time_after_all_coverage_when_printed_then_nothing_is_new(run: Callable[..., Ran], since: str) -> None:
    ran = run("--since", since)

    assert "Nothing new" in ran.out


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    "arguments", [("--since", "soon"), ("--since", "12y"), ("--channel", "C9"), ("--topics", "x" * 100)]
)
def test_given_what_makes_no_sense_when_printed_then_it_is_refused(
    run: Callable[..., Ran], arguments: tuple[str, str]
) -> None:
    with pytest.raises(WrongUse):
        run(*arguments)


def test_given_an_empty_library_when_printed_then_the_sample_is_told_as_invented(run: Callable[..., Ran]) -> None:
    ran = run()

    assert "17 new disagreements" in ran.out
    assert "Sample coverage: these outlets and articles are invented." in ran.out
    assert "A recorded reply by claude" in ran.out
