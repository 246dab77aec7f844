"""`ingest`, `remove` and `feeds`: what they do, what they say, and their exit statuses."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from bot.cli.feeds import add_feed
from bot.cli.ingest import ingest
from bot.feeds.guard import anywhere
from bot.store.database import Database
from bot.wiring.coverage.coverage import Coverage, coverage
from tests.cli.conftest import Cli
from tests.feeds.pages import STORY, a_page, an_item, rss
from tests.feeds.site import Site, a_site, answer
from tests.scripted_model import ScriptedModel, Turn

T = TypeVar("T")


def with_a_site(work: Callable[[Coverage, Site], Awaitable[T]]) -> T:
    """Run `work` on the library of this folder, which may reach a site that has a feed of two stories and a page."""

    async def run() -> T:
        items_of = [("ban", STORY), ("talks", ("Talks began on Tuesday in Geneva.", "Nobody would say for how long."))]
        async with (
            a_site(
                {name: answer(a_page(*text, title=name)) for name, text in ((f"/{n}", t) for n, t in items_of)}
            ) as site,
            await Database.open("sqlite:///crosscheck.db") as database,
            coverage(database, "local", may_reach=anywhere) as opened,
        ):
            items = [an_item(site.url(f"/{name}"), name) for name, _ in items_of]
            site.answers["/feed"] = answer(rss(items), type="application/rss+xml")
            return await work(opened, site)

    return asyncio.run(run())


def test_given_a_page_and_a_feed_when_ingested_then_their_articles_are_counted_and_kept(
    cli: Cli, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work(opened: Coverage, site: Site) -> int:
        return await ingest(opened, [site.url("/ban"), site.url("/feed")])

    status = with_a_site(work)

    out, err = capfd.readouterr()
    assert (status, out) == (0, "2 new, 0 changed, 1 known already\n")
    assert "skipped" not in err
    assert len(cli("ask", "Who lifted the ban?", "--json").json["statements"]) > 0


def test_given_an_address_in_a_private_network_when_ingested_then_it_is_refused_and_says_why(cli: Cli) -> None:
    ran = cli("ingest", "http://127.0.0.1:9/secret")

    assert ran.status == 2
    assert ran.out == "0 new, 0 changed, 0 known already, 1 skipped\n"
    assert "http://127.0.0.1:9/secret was skipped: its address leads into a private network" in ran.err


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "ftp://example.org/x"])
def test_given_an_address_that_is_not_of_the_web_when_ingested_then_it_is_refused(cli: Cli, address: str) -> None:
    ran = cli("ingest", address)

    assert ran.status == 2
    assert "its address is not one of the web" in ran.err


def test_given_a_path_that_is_not_there_when_ingested_with_others_then_nothing_is_stored(
    cli: Cli, coverage: Path
) -> None:
    ran = cli("ingest", coverage, "nowhere")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "crosscheck: there is no folder or file at nowhere\n"
    assert cli("ingest", coverage).out == "3 new, 0 changed, 0 known already\n"


def test_given_files_that_print_one_text_when_ingested_then_the_copies_are_counted(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "wire"
    folder.mkdir()
    for name in ("courier", "post", "echo"):
        (folder / f"{name}.txt").write_text(" ".join(STORY), encoding="utf-8")

    ran = cli("ingest", folder)

    assert ran.out == "3 new, 0 changed, 0 known already, 2 of them copies of other articles\n"


def test_given_a_removed_article_when_ingested_again_then_only_restoring_brings_it_back(
    cli: Cli, coverage: Path
) -> None:
    cli("ingest", coverage)

    removed = cli("remove", "courier", "https://www.example.org/post?utm_source=mail")
    again = cli("ingest", coverage)
    restored = cli("ingest", coverage, "--restore")

    assert removed.status == 0
    assert removed.out.startswith("Removed courier.")
    assert "Removed post." in removed.out
    assert again.out == "0 new, 0 changed, 3 known already\n"
    assert restored.out == "2 new, 0 changed, 1 known already\n"


def test_given_an_unknown_article_when_removed_with_a_known_one_then_it_is_named_and_the_other_is_gone(
    cli: Cli, coverage: Path
) -> None:
    cli("ingest", coverage)

    ran = cli("remove", "nothing", "echo")
    again = cli("remove", "echo")

    assert (ran.status, again.status) == (2, 2)
    assert "Removed echo." in ran.out
    assert "no article of the coverage is called nothing" in ran.err
    assert "no article of the coverage is called echo" in again.err


def test_given_a_folder_when_watched_then_it_is_ingested_and_listed_until_it_is_removed(
    cli: Cli, coverage: Path
) -> None:
    watched = cli("ingest", "--watch", coverage)
    again = cli("ingest", "--watch", coverage)
    listed = cli("feeds", "list")
    removed = cli("feeds", "remove", "coverage")

    assert (watched.status, again.status) == (0, 0)
    assert watched.out.startswith("3 new, 0 changed, 0 known already\nWatching ")
    assert listed.out.startswith(f"{coverage}\n")
    assert removed.status == 0
    assert cli("feeds", "list").out.startswith("No feeds yet")


@pytest.mark.parametrize("what", ["https://example.org/feed", "coverage/courier.md"])
def test_given_what_is_no_folder_when_watched_then_it_is_refused(cli: Cli, coverage: Path, what: str) -> None:
    ran = cli("ingest", "--watch", what)

    assert (ran.status, ran.out) == (2, "")
    assert "only folders are watched" in ran.err


def test_given_a_feed_when_added_and_listed_then_its_words_interval_and_state_are_shown(
    cli: Cli, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work(opened: Coverage, site: Site) -> str:
        await add_feed(opened, site.url("/feed"), ["ban", "chip export"], 3600)
        return site.url("/feed")

    url = with_a_site(work)
    added = capfd.readouterr().out
    listed = cli("feeds", "list").out

    assert added == "Added The Courier: 1 of its 2 entries are wanted. `python -m bot run` polls it.\n"
    first, title, about, state = listed.splitlines()
    assert (first, title.strip(), about.strip()) == (url, "The Courier", "about: ban, chip export")
    assert state.strip().startswith("not polled yet; every 60 min, next at ")
    assert cli("feeds", "remove", url).out == f"Removed {url}; its articles stay.\n"


def test_given_a_feed_that_cannot_be_reached_now_when_added_then_it_is_taken_on_and_said_so(
    cli: Cli, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work(opened: Coverage, site: Site) -> None:
        site.answers["/feed"] = answer(status=503)
        await add_feed(opened, site.url("/feed"), [], 900)

    with_a_site(work)

    assert "though for now the site answers 503" in capfd.readouterr().out
    assert "/feed" in cli("feeds", "list").out


def test_given_a_feed_in_a_private_network_when_added_then_it_is_refused(cli: Cli) -> None:
    ran = cli("feeds", "add", "http://169.254.169.254/latest")

    assert (ran.status, ran.out) == (2, "")
    assert "private network" in ran.err


@pytest.mark.parametrize("minutes", ["0", "1441", "soon"])
def test_given_an_interval_out_of_bounds_when_a_feed_is_added_then_it_is_refused(cli: Cli, minutes: str) -> None:
    assert cli("feeds", "add", "https://example.org/feed", "--every", minutes).status == 2


def test_given_a_feed_that_is_not_there_when_removed_then_it_says_so(cli: Cli) -> None:
    ran = cli("feeds", "remove", "https://example.org/feed")

    assert ran.status == 2
    assert "there is no feed or folder at https://example.org/feed" in ran.err


@pytest.fixture
def embedding(model: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """A server that embeds, too."""
    monkeypatch.setenv("OPENAI_EMBEDDING_MODEL", "small")
    return model


def test_given_an_embedding_model_when_ingested_then_each_excerpt_is_embedded_once(
    cli: Cli, embedding: ScriptedModel, coverage: Path
) -> None:
    first = cli("ingest", coverage)
    again = cli("ingest", coverage)

    assert (first.status, again.status) == (0, 0)
    assert (first.err.strip(), again.err.strip()) == ("", "")
    (texts,) = embedding.embedded
    assert sorted(texts) == [
        "courier\nThe ministry granted 54 licences. Firms were pleased.",
        "echo\nIt rained in Leeds. The match was put off.",
        "post\nOnly 41 licences were granted. Nobody was pleased.",
    ]


def test_given_an_embedding_model_that_refuses_when_ingested_then_the_articles_are_kept_and_it_says_what_waits(
    cli: Cli, embedding: ScriptedModel, coverage: Path
) -> None:
    embedding.embedding.append(Turn(status=401, error={"message": "no", "code": "invalid_api_key"}))

    ran = cli("ingest", coverage)

    assert (ran.status, ran.out) == (0, "3 new, 0 changed, 0 known already\n")
    assert "3 excerpts wait for their vectors, and are found by words alone: the model refused" in ran.err
    assert "wait" not in cli("ingest", coverage).err


def test_given_no_embedding_model_when_ingested_then_nothing_is_asked(
    cli: Cli, model: ScriptedModel, coverage: Path
) -> None:
    cli("ingest", coverage)

    assert model.requests == []
