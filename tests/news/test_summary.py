"""A summary: what is read, in how many parts, that no outlet is lost, and under which heading a line stands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.errors import ReaderAbsent, ReaderError, ReaderUnavailable
from bot.news import summary as module
from bot.news import summary_words
from bot.news.catalogue import ENGLISH
from bot.news.cite import Sheet
from bot.news.model import (
    Article,
    Check,
    Comparison,
    DraftStatement,
    Excerpt,
    Manner,
    Position,
    Reading,
    Relation,
    Replayed,
    Statement,
    Usage,
)
from bot.news.model import Citation as C
from bot.news.summary import DraftSummary, Length, Scope, Summary, summary
from tests.fakes import FakeArchive
from tests.given import article

ONE_CALL = Usage(1, 100, 10)
POST = article(
    "post", "The ban was lifted on Tuesday.", "It rained in Leeds.", outlet="The Post", published="2026-05-20"
)
COURIER = article(
    "courier", "On Tuesday the ban went.", "Firms must keep records.", outlet="The Courier", published="2026-05-21"
)
ECHO = article("echo", "Firms have to keep records.", outlet="The Echo", published="2026-05-22")


Tells = Callable[[Sheet], DraftSummary]


@dataclass
class Narrating:
    """A narrator that writes its lines from the sheet; notes what it was shown and what it was told of."""

    tells: Tells
    sheets: list[Sheet] = field(default_factory=list)
    asked: list[tuple[str, Length, tuple[str, ...]]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def narrate(self, sheet: Sheet, about: str, length: Length, disputed: Sequence[str]) -> DraftSummary:
        self.sheets.append(sheet)
        self.asked.append((about, length, tuple(disputed)))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            return self.tells(sheet)
        finally:
            self.at_once -= 1


def lines(*told: tuple[str, str]) -> tuple[DraftStatement, ...]:
    return tuple(DraftStatement(text, tuple(keys.split())) for text, keys in told)


def says(
    *happened: tuple[str, str],
    agreed: Sequence[tuple[str, str]] = (),
    lone: Sequence[tuple[str, str]] = (),
    unknown: Sequence[tuple[str, str]] = (),
) -> Tells:
    return lambda _: DraftSummary(lines(*happened), lines(*agreed), lines(*lone), lines(*unknown), ONE_CALL)


def fails(fault: ReaderError) -> Tells:
    def tell(_: Sheet) -> DraftSummary:
        raise fault

    return tell


def first_of_each(sheet: Sheet) -> DraftSummary:
    """One line a source, resting on its first shown sentence."""
    told = [DraftStatement(s.article.outlet, (s.key(s.sentences[0]),)) for s in sheet.sources]
    return DraftSummary(tuple(told), usage=ONE_CALL)


async def summed(tells: Tells | None, *articles: Article, scope: Scope | None = None, **wish: object) -> Summary:
    narrator = Narrating(tells) if tells else None
    return await summary(scope or Scope(), archive=FakeArchive(*articles), narrator=narrator, **wish)  # type: ignore[arg-type]


def texts(told: Sequence[Statement]) -> list[str]:
    return [s.text for s in told]


def test_given_lines_when_summed_up_then_each_stands_on_sentences_and_one_without_is_not_said() -> None:
    tells = says(("The ban was lifted.", "A1 B1"), ("Nobody knows.", "Z9"), unknown=[("What it costs.", "B2")])

    told = asyncio.run(summed(tells, POST, COURIER))

    assert told.check is Check.CHECKED
    assert texts(told.happened) == ["The ban was lifted."]
    assert [c.quote for c in told.happened[0].citations] == [POST.sentences[0].text, COURIER.sentences[0].text]
    assert texts(told.unknown) == ["What it costs."]
    assert (told.usage, told.shown, told.shortened) == (ONE_CALL, (POST, COURIER), 0)


async def test_given_a_line_under_the_wrong_heading_when_summed_up_then_it_is_moved_by_its_count_of_sources() -> None:
    tells = says(
        agreed=[("Firms keep records.", "B2 C1"), ("It rained.", "A2")],
        lone=[("The ban went on Tuesday.", "A1 B1"), ("Rain in Leeds.", "A2")],
    )

    told = await summed(tells, POST, COURIER, ECHO)

    assert texts(told.agreed) == ["Firms keep records.", "The ban went on Tuesday."]
    assert texts(told.lone) == ["Rain in Leeds.", "It rained."]


async def test_given_a_line_that_two_articles_of_one_outlet_bear_when_summed_up_then_it_is_one_sources_word() -> None:
    again = article("post-2", "The ban has been lifted.", outlet="The Post", published="2026-05-23")

    told = await summed(says(agreed=[("The ban was lifted.", "A1 B1")]), POST, again)

    assert (texts(told.agreed), texts(told.lone)) == ([], ["The ban was lifted."])


async def test_given_long_coverage_when_summed_up_then_it_is_read_in_parts_and_no_outlet_is_lost() -> None:
    papers = [
        article(
            f"p{n}",
            *(f"Sentence {i} of paper {n} is about nothing in particular." for i in range(8)),
            outlet=f"Paper {n}",
        )
        for n in range(12)
    ]
    narrator = Narrating(lambda s: DraftSummary(lines(("One.", s.sources[0].label + "3")), usage=ONE_CALL))
    heard: list[tuple[int, int]] = []

    told = await summary(
        Scope(),
        archive=FakeArchive(*papers),
        narrator=narrator,
        excerpt_tokens=500,
        progress=lambda done, of: heard.append((done, of)),
    )

    *pieces, last = narrator.sheets
    assert len(pieces) == 3
    assert narrator.most_at_once <= 3
    assert {s.article.outlet for piece in pieces for s in piece.sources} == {p.outlet for p in papers}
    assert {s.article.outlet for s in last.sources} == {p.outlet for p in papers}
    assert [done for done, _ in heard] == list(range(1, len(pieces) + 1))
    assert heard[-1][1] == len(pieces)
    assert told.usage.calls == len(pieces) + 1


async def test_given_a_source_longer_than_a_part_when_read_then_all_of_its_sentences_are_under_their_own_keys() -> None:
    long = article("long", *(f"Sentence number {i} of a very long report." for i in range(200)))
    narrator = Narrating(first_of_each)

    await summary(Scope(), archive=FakeArchive(long), narrator=narrator, excerpt_tokens=500)

    read = [s.key(n) for piece in narrator.sheets[:-1] for s in piece.sources for n in s.sentences]
    assert read == [f"A{i}" for i in range(1, 201)]


async def test_given_more_than_can_be_read_when_summed_up_then_every_outlet_is_read_and_what_was_cut_is_told() -> None:
    papers = [
        article(
            f"p{n}-{i}",
            *(f"Sentence {k} of report {i} in paper {n} says this or that." for k in range(30)),
            outlet=f"Paper {n}",
            published=f"2026-05-{10 + i}",
        )
        for n in range(10)
        for i in range(10)
    ]
    narrator = Narrating(first_of_each)

    told = await summary(Scope(), archive=FakeArchive(*papers), narrator=narrator, excerpt_tokens=500)

    first_round = narrator.sheets[:12]
    assert {s.article.outlet for piece in first_round for s in piece.sources} == {f"Paper {n}" for n in range(10)}
    assert {c.article.outlet for s in told.happened for c in s.citations} == {f"Paper {n}" for n in range(10)}
    assert told.shortened == 100
    assert told.usage.calls <= 12 * 3 + 1
    newest = [s.article.id for piece in first_round for s in piece.sources if s.sentences[0].number == 1]
    assert {f"p{n}-9" for n in range(10)} <= set(newest)


async def test_given_lines_that_rest_on_everything_when_parts_do_not_shrink_then_reading_ends() -> None:
    def everything(sheet: Sheet) -> DraftSummary:
        keys = tuple(s.key(n) for s in sheet.sources for n in s.sentences)
        return DraftSummary((DraftStatement("All of it.", keys),), usage=ONE_CALL)

    paper = article("p", *(f"Sentence {i} is about nothing in particular." for i in range(100)))
    narrator = Narrating(everything)

    told = await summary(Scope(), archive=FakeArchive(paper), narrator=narrator, excerpt_tokens=500)

    *pieces, last = narrator.sheets
    assert told.usage.calls == len(pieces) + 1
    assert sum(len(s.sentences) for piece in pieces for s in piece.sources) == 100
    assert sum(len(s.text) for source in last.sources for s in source.sentences) <= 2_000


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), ["post", "courier", "echo"]),
        (Scope(topic="ban"), ["post", "courier"]),
        (Scope(topic="elephants; records: keep records"), ["courier", "echo"]),
        (Scope(topic="everything"), ["post", "courier", "echo"]),
        (Scope(outlet=" the courier"), ["courier"]),
        (Scope(outlet="the"), ["post", "courier", "echo"]),
        (Scope(article="echo"), ["echo"]),
        (Scope(article="https://example.org/post"), []),
        (Scope(since=datetime(2026, 5, 22, tzinfo=UTC), outlet="The Post"), []),
        (Scope(topic="ban", since=datetime(2026, 5, 22, 12, tzinfo=UTC)), ["courier"]),
        (Scope(until=datetime(2026, 5, 19, 12, tzinfo=UTC)), ["post"]),
    ],
    ids=str,
)
async def test_given_a_scope_when_summed_up_then_it_is_read_and_nothing_else(scope: Scope, expected: list[str]) -> None:
    told = await summed(says(), POST, COURIER, ECHO, scope=scope)

    assert [a.id for a in told.shown] == expected


async def test_given_an_address_when_summed_up_then_that_article_is_read() -> None:
    linked = article("linked", "The ban is gone.", url="https://example.org/linked")

    told = await summed(says(), POST, linked, scope=Scope(article="https://example.org/linked"))

    assert told.shown == (linked,)


async def test_given_nothing_in_scope_when_summed_up_then_nothing_is_asked() -> None:
    narrator = Narrating(fails(ReaderUnavailable()))

    told = await summary(Scope(topic="elephants"), archive=FakeArchive(POST), narrator=narrator)

    assert (told.check, told.shown, narrator.sheets) == (Check.NOT_RUN, (), [])


def dispute(*articles: Article) -> Comparison:
    def holds(source: Article) -> Position:
        reading = Reading(source, "it does", Manner.FACT, (C(source, source.sentences[0]),))
        return Position(f"{source.id} does", (reading,), 1)

    return Comparison("Which?", Check.CHECKED, Relation.DISPUTE, positions=tuple(map(holds, articles)))


async def test_given_standing_disputes_when_summed_up_then_those_with_two_sides_in_scope_are_shown_and_left_alone() -> (
    None
):
    narrator = Narrating(says(("The ban was lifted.", "A1")))
    disputes = [dispute(POST, COURIER), dispute(POST, ECHO), dispute(POST, article("gone", "No."))]

    told = await summary(
        Scope(topic="ban"),
        archive=FakeArchive(POST, COURIER, ECHO),
        narrator=narrator,
        disputes=disputes,
        length=Length.FULL,
    )

    assert [s.positions for s in told.disputed] == [disputes[0].positions]
    assert narrator.asked == [("ban", Length.FULL, ("Which?",))]


async def test_given_a_topic_that_articles_name_beside_what_they_dispute_when_summed_up_then_that_stands_aside() -> (
    None
):
    narrator = Narrating(says(("It rained.", "A2")))
    rain = [article(id, said, "The ban was lifted.") for id, said in (("wet", "It rained."), ("dry", "It was dry."))]

    told = await summary(
        Scope(topic="ban"), archive=FakeArchive(*rain), narrator=narrator, disputes=[dispute(*rain)], length=Length.FULL
    )

    assert told.disputed == ()
    assert narrator.asked == [("ban", Length.FULL, ())]


@pytest.mark.parametrize("tells", [None, fails(ReaderAbsent())], ids=["no model", "nothing kept"])
async def test_given_no_model_when_summed_up_then_the_outlets_own_words_are_shown_as_not_compared(
    tells: Tells | None,
) -> None:
    short = article("short", "Ban gone!", "The Echo counted forty firms.", outlet="The Echo", published="2026-05-23")

    told = await summed(tells, POST, ECHO, short)

    assert (told.check, told.trouble) == (Check.NOT_RUN, None)
    assert texts(told.happened) == ["The ban was lifted on Tuesday.", "The Echo counted forty firms."]
    assert [c.quote for s in told.happened for c in s.citations] == texts(told.happened)


async def test_given_no_model_when_summed_up_in_full_then_every_article_begins() -> None:
    told = await summed(None, POST, COURIER, ECHO, article("echo-2", "It rained in all of Leeds.", outlet="The Echo"))

    assert len(told.happened) == 3

    full = await summed(
        None,
        POST,
        COURIER,
        ECHO,
        article("echo-2", "It rained in all of Leeds.", outlet="The Echo"),
        length=Length.FULL,
    )
    assert len(full.happened) == 4


async def test_given_a_part_that_fails_when_summed_up_then_it_is_told_and_its_costs_with_it() -> None:
    paper = article("p", *(f"Sentence {i} is about nothing in particular." for i in range(100)))
    fault = ReaderUnavailable()
    fault.spent = (1, 50, 5)

    def second_fails(sheet: Sheet) -> DraftSummary:
        if sheet.sources[0].sentences[0].number > 1:
            raise fault
        return first_of_each(sheet)

    told = await summed(second_fails, paper, excerpt_tokens=500)

    assert told.check is Check.FAILED
    assert told.trouble == ENGLISH.errors["ReaderUnavailable"]
    assert told.usage == ONE_CALL + Usage(1, 50, 5)
    assert texts(told.happened) == ["Sentence 0 is about nothing in particular."]


async def test_given_a_kept_reply_when_summed_up_then_it_says_so() -> None:
    replayed = Replayed("some-model", "2026-05-20")

    told = await summed(lambda _: DraftSummary(lines(("Lifted.", "A1")), replayed=replayed), POST)

    assert (told.replayed, told.usage) == (replayed, Usage())


async def test_given_no_model_and_a_dispute_that_a_kept_reply_made_when_summed_up_then_it_says_what_wrote_it() -> None:
    replayed = Replayed("some-model", "2026-05-20")
    stands = replace(dispute(POST, COURIER), replayed=replayed)

    notes = summary_words.notes(await summed(None, POST, COURIER, disputes=[stands]))

    assert any("some-model" in note for note in notes)
    assert any("Written by AI" in note for note in notes)
    assert not any("not compared" in note for note in notes)


async def test_given_articles_when_they_are_set_beside_each_other_then_others_are_served_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served, found = threading.Event(), module.echoes

    def echoes(excerpts: Sequence[Excerpt]) -> object:
        assert served.wait(10), "nobody was served"
        return found(excerpts)

    async def serve() -> None:
        await asyncio.sleep(0.05)
        served.set()

    monkeypatch.setattr(module, "echoes", echoes)

    told, _ = await asyncio.gather(summed(first_of_each, article("a", "Bread is dear.")), serve())

    assert len(told.happened) == 1
