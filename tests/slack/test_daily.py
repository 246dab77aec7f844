"""Digests as messages: each kind kept as a snapshot, within Slack's limits whatever they hold, and posted once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.news.digest.digest import Digest, Move, Moved
from bot.news.digest.subscription import Length
from bot.news.digest.words import Edition
from bot.news.model import Article, Check, Citation, Comparison, Relation, Statement
from bot.news.topic import Topic
from bot.sandbox import ANNA, GENERAL, Sandbox
from bot.slack.account import Account, signed_in
from bot.slack.daily import DailyPost, Drawn, draw, dumped, loaded
from bot.slack.looks.kit import Json, size
from tests.given import article
from tests.slack import answers, entries
from tests.slack.snapshot import assert_kept
from tests.slack.texts import ODD_TEXTS

CHECKER = Path(__file__).parents[3] / "shared" / "oracles" / "check_slack.py"
DAWN = datetime(2026, 5, 21, 8, 0, tzinfo=UTC)
FRIDAY = Edition(date(2026, 5, 22), ZoneInfo("Europe/London"))
BAN = (Topic(("export ban",), "AI export ban"),)


def cites(source: Article, number: int = 1) -> tuple[Citation, ...]:
    return (Citation(source, source.sentences[number - 1]),)


def moved(move: Move, comparison: Comparison, id: str = "1") -> Moved:
    return Moved(id, move, comparison, DAWN)


def empty(**held: Any) -> Digest:
    return Digest(BAN, DAWN, DAWN + timedelta(days=1), **held)


def granted() -> Comparison:
    """A question that time settled."""
    return replace(answers.update().comparison, question="How many licences were granted?")


def normal() -> Digest:
    """A day with a new dispute, a settled one, news, a correction and a claim of one source."""
    return empty(
        moved=(
            moved(Move.NEW, answers.dispute().comparison),
            moved(Move.SETTLED, granted(), "2"),
        ),
        unmoved=3,
        articles=(answers.COURIER, answers.LEDGER, answers.WIRE, answers.HERALD),
        happened=(Statement("The licence office opened its register to British firms", cites(answers.COURIER)),),
        lone=(Statement("Forty-one licences were granted by noon.", cites(answers.COURIER, 2)),),
        corrected=(Statement(answers.LEDGER.sentences[1].text, cites(answers.LEDGER, 2)),),
        uncompared=1,
    )


def settled_day() -> Digest:
    ended = replace(answers.dispute().comparison, relation=Relation.AGREE)
    return empty(moved=(moved(Move.SETTLED, granted()), moved(Move.SETTLED, ended, "2")), articles=(answers.COURIER,))


def offline() -> Digest:
    lines = tuple(Statement(a.sentences[0].text, cites(a)) for a in (answers.COURIER, answers.LEDGER))
    return empty(articles=(answers.COURIER, answers.LEDGER), first_lines=lines, check=Check.NOT_RUN)


def failed() -> Digest:
    return replace(offline(), check=Check.FAILED, trouble="The model can't be reached right now.")


KINDS: Mapping[str, tuple[Digest, Edition, Length]] = {
    "first": (replace(normal(), topics=(), unmoved=0, moved=normal().moved[:1]), FRIDAY, Length.FULL),
    "normal": (normal(), FRIDAY, Length.FULL),
    "normal-short": (normal(), FRIDAY, Length.SHORT),
    "quiet": (empty(unmoved=3), FRIDAY, Length.FULL),
    "settled": (settled_day(), FRIDAY, Length.FULL),
    "catch-up": (replace(normal(), since=DAWN - timedelta(days=3)), replace(FRIDAY, missed=3), Length.FULL),
    "offline": (offline(), FRIDAY, Length.FULL),
    "failed": (failed(), FRIDAY, Length.FULL),
}


def full_of(text: str) -> Digest:
    """A digest that holds this text wherever something from outside can stand, and much of it."""
    source = article("odd", text, f"{text} again.", outlet=text, title=text, url=f"https://example.org/?q={text}")
    other = replace(answers.dispute().comparison, question=text)
    positions = tuple(replace(p, claim=text) for p in other.positions)
    line = Statement(text, cites(source))
    many = tuple(moved(Move.NEW, replace(other, positions=positions), str(n)) for n in range(12))
    return Digest(
        (Topic((text,), text),),
        DAWN,
        DAWN + timedelta(days=1),
        moved=many,
        articles=(source,),
        happened=(line,) * 12,
        lone=(line,) * 6,
        corrected=(line,) * 6,
        first_lines=(line,) * 12,
    )


def shown(drawn: Drawn) -> list[Json]:
    return [{"text": m.text, "blocks": m.blocks} for m in (drawn.main, *drawn.thread)]


@pytest.mark.parametrize("kind", KINDS)
def test_given_a_digest_when_drawn_then_it_is_the_one_that_was_read_in_review(kind: str) -> None:
    assert_kept(f"digest-{kind}", shown(draw(*KINDS[kind])))


def test_given_a_conflict_when_drawn_then_the_notification_and_the_first_words_tell_of_it() -> None:
    drawn = draw(*KINDS["normal"])

    assert drawn.main.text == "AI export ban · Friday 22 May · 1 new disagreement, 1 settled, 4 new articles"
    assert drawn.main.body.startswith("**AI export ban · Friday 22 May · 1 new disagreement")


def test_given_the_short_length_when_drawn_then_what_it_leaves_out_stands_in_the_thread() -> None:
    full, short = draw(*KINDS["normal"]), draw(*KINDS["normal-short"])

    told = "Forty\\-one licences" if "Forty\\-one licences" in full.main.body else "Forty-one licences"
    assert told in full.main.body
    assert told not in short.main.body
    assert any(told in m.body for m in short.thread)
    assert "More in the thread: 2" in short.main.body


@pytest.mark.parametrize("name", ODD_TEXTS)
def test_given_odd_texts_when_drawn_then_every_message_is_within_slacks_limits(name: str) -> None:
    drawn = draw(full_of(ODD_TEXTS[name]), FRIDAY, Length.FULL)

    for message in (drawn.main, *drawn.thread):
        assert size(message.blocks) < 13_000
        assert len(message.blocks) <= 50
        assert len(message.body) <= 12_000
        assert 0 < len(message.text) <= 4_000


def test_given_more_lines_than_fit_when_drawn_then_each_stands_somewhere_once() -> None:
    source = article("a", "A sentence.")
    lines = tuple(Statement(f"Line number {n} of many says something.", cites(source)) for n in range(40))

    drawn = draw(empty(articles=(source,), happened=lines), FRIDAY, Length.FULL)

    told = "\n".join(m.body for m in (drawn.main, *drawn.thread))
    assert [told.count(f"Line number {n} of many") for n in range(30)] == [1] * 29 + [0]
    assert "More in the thread: 22" in drawn.main.body
    assert "And 11 more" in told


def test_given_one_question_between_few_outlets_when_drawn_then_lines_are_enough() -> None:
    assert draw(*KINDS["normal"]).pictures == ()


@pytest.mark.parametrize(
    "disputed",
    [
        [answers.dispute().comparison, replace(answers.dispute().comparison, question="Since when?")],
        [entries.many(1, 6)[0].comparison],
    ],
    ids=["two questions", "six outlets"],
)
def test_given_more_than_lines_show_well_when_drawn_then_a_picture_of_the_day_s_disputes_is_in_the_thread(
    disputed: list[Comparison],
) -> None:
    day = empty(moved=(*(moved(Move.NEW, each, str(n)) for n, each in enumerate(disputed)), *settled_day().moved))

    (picture,) = draw(day, FRIDAY, Length.FULL).pictures

    assert [question.text for question in picture.questions] == [each.question for each in disputed]
    assert picture.title == "Who stands where · Friday 22 May"


def test_given_no_disagreement_that_stands_when_drawn_then_no_grid_is_offered() -> None:
    offered = {kind: "See the grid" in json.dumps(draw(*KINDS[kind]).main.blocks) for kind in KINDS}

    assert [kind for kind, it in offered.items() if not it] == ["settled", "offline", "failed"]


def test_given_a_digest_when_kept_as_json_then_it_is_read_back_as_it_was() -> None:
    drawn = draw(replace(normal(), moved=2 * normal().moved), FRIDAY, Length.FULL)

    assert drawn.pictures
    assert loaded(json.loads(json.dumps(dumped(drawn)))) == drawn


async def test_given_a_busy_channel_when_looked_up_then_the_digest_is_found_behind_pages_of_others(
    sandbox: Sandbox, account: Account
) -> None:
    post = DailyPost(account, GENERAL, "digest:C0GENERAL:2026-05-22", ANNA)
    ts = await post.main(draw(*KINDS["quiet"]).main, "0")
    for n in range(250):
        await sandbox.say(GENERAL, ANNA, f"message {n}")

    found = await post.look_up("0")
    other = await DailyPost(account, GENERAL, "digest:C0GENERAL:2026-05-23", ANNA).look_up("0")

    assert (found, other) == (ts, None)


async def test_given_the_same_digest_when_posted_twice_then_slack_shows_it_once(
    sandbox: Sandbox, account: Account
) -> None:
    drawn = draw(*KINDS["normal"])
    post = DailyPost(account, GENERAL, "digest:C0GENERAL:2026-05-22", ANNA)

    first = await post.main(drawn.main, "0")
    again = await post.main(drawn.main, "0")
    for _ in range(2):
        await post.details(drawn.thread, first, again=True)

    assert again == first
    assert len(sandbox.messages(GENERAL)) == 1
    assert len(sandbox.messages(GENERAL, first)) == 1 + len(drawn.thread)


async def test_given_digests_of_every_kind_when_recorded_then_every_call_is_one_that_slack_takes(
    tmp_path: Path,
) -> None:
    if not CHECKER.is_file():
        pytest.skip("the checker of Slack calls is not beside this checkout")
    record = tmp_path / "calls.jsonl"
    odd = [(full_of(text), FRIDAY, Length.FULL) for text in ODD_TEXTS.values()]

    async with Sandbox(record=record) as sandbox, signed_in(sandbox.bot_token, sandbox.api_url) as account:
        for number, each in enumerate([*KINDS.values(), *odd]):
            drawn = draw(*each)
            post = DailyPost(account, GENERAL, f"digest-{number}", ANNA)
            ts = await post.main(drawn.main, "0")
            await post.details(drawn.thread, ts, again=number % 2 == 1)

    check = [sys.executable, str(CHECKER), str(record)]
    checked = await asyncio.to_thread(subprocess.run, check, capture_output=True, text=True, timeout=60, check=False)
    assert checked.returncode == 0, checked.stdout
