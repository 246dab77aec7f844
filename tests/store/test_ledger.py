"""The ledger and the labels, as they are kept on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import WrongUse
from bot.news.labels import Label, Verdict
from bot.news.ledger.ports import Waiting
from bot.news.ledger.proposing import Task
from bot.news.ledger.standing import Change, Happening, State, begun, compared_again, dismissed, merged, without
from bot.news.model import (
    Article,
    Check,
    Citation,
    Comparison,
    Kind,
    Manner,
    Position,
    Reading,
    Relation,
    SecondLook,
    Statement,
)
from bot.store.coverage.library import Library
from bot.store.database import Database
from bot.store.ledger.labels import Labels
from bot.store.ledger.ledger import StoredLedger
from tests.given import article

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def kept(database: Database, *articles: Article, workspace: str = "local") -> list[Article]:
    """The articles as the library has them."""
    library = Library(database, workspace)
    for each in articles:
        await library.add(each)
    found = [await library.article(each.id) for each in articles]
    return [each for each in found if each is not None]


async def two_sides(database: Database, workspace: str = "local") -> tuple[Article, Article]:
    a, b = await kept(
        database,
        article("a", "The ban is gone.", "Twelve firms have access.", outlet="Post", published="2026-05-19"),
        article("b", "Twenty firms have access.", "More will follow.", outlet="Courier", url="https://b.example/1"),
        workspace=workspace,
    )
    return a, b


def reading(source: Article, number: int, says: str = "") -> Reading:
    cited = Citation(source, source.sentences[number - 1])
    return Reading(source, says or cited.quote, Manner.REPORTED, (cited,), "Ms Poole", "2026-05-01")


def disputed(a: Article, b: Article, question: str = "How many firms have access?") -> Comparison:
    return Comparison(
        question,
        Check.CHECKED,
        Relation.DISPUTE,
        Kind.NUMBER,
        (Position("twelve do", (reading(a, 2),), 1), Position("twenty do", (reading(b, 1),), 1)),
        second_look=SecondLook.UPHELD,
    )


def opened(comparison: Comparison, at: datetime = NOON, owner: str | None = None) -> Change:
    change = begun(comparison, at, owner)
    assert change is not None
    return change


def happenings(change: Change) -> Sequence[Happening]:
    return [event.happening for event in change.events]


async def test_given_an_entry_when_kept_then_it_is_read_as_it_was(database: Database) -> None:
    a, b = await two_sides(database)
    told = Statement("They count different firms.", (Citation(b, b.sentences[1]),))
    whole = Comparison(
        "Who has access?",
        Check.CHECKED,
        Relation.UPDATE,
        Kind.STATUS,
        (Position("twelve “do” ", (reading(a, 2),), 1), Position("twenty do", (reading(b, 1), reading(b, 2)), 1)),
        (a,),
        SecondLook.WITHDRAWN,
        told,
    )
    ledger = StoredLedger(database, "local")
    change = opened(whole)

    await ledger.keep(change)

    assert await ledger.entry(change.entry.id) == change.entry
    assert await ledger.history(change.entry.id) == list(change.events)
    assert await ledger.entry("unknown") is None


async def test_given_a_comparison_that_was_not_made_when_kept_then_its_gaps_are_read_back(database: Database) -> None:
    ledger = StoredLedger(database, "local")
    change = opened(Comparison("Who?", Check.NOT_RUN), owner="U1")

    await ledger.keep(change)

    assert await ledger.followed() == [change.entry]


async def test_given_characters_that_no_database_holds_when_kept_then_they_are_read_as_they_were(
    database: Database,
) -> None:
    ledger = StoredLedger(database, "local")
    change = opened(Comparison("Who\0 \ud800 “é” 東京?", Check.CHECKED, Relation.NONE), owner="U1")

    await ledger.keep(change)

    assert await ledger.followed() == [change.entry]


async def test_given_the_article_has_a_new_version_when_read_then_the_old_sentence_is_still_cited(
    database: Database,
) -> None:
    a, b = await two_sides(database)
    ledger = StoredLedger(database, "local")
    change = opened(disputed(a, b))
    await ledger.keep(change)

    await kept(database, article("b", "Twelve firms have access.", outlet="Courier", url="https://b.example/1"))
    await Library(database, "local").remove("a")

    (entry,) = await ledger.entries()
    assert [p.readings[0].citations[0].quote for p in entry.comparison.positions] == [
        "Twelve firms have access.",
        "Twenty firms have access.",
    ]
    assert {id: (each.version, each.text) for id, each in (await ledger.current(["a", "b"])).items()} == {
        "b": (2, "Twelve firms have access.")
    }


async def test_given_entries_when_asked_by_article_then_those_that_cite_it_now_are_given(database: Database) -> None:
    a, b = await two_sides(database)
    (c,) = await kept(database, article("c", "The bridge is closed."))
    ledger = StoredLedger(database, "local")
    first, other = opened(disputed(a, b)), opened(disputed(a, c, "Is the bridge closed?"), NOON + HOUR)
    await ledger.keep(first)
    await ledger.keep(other)

    await ledger.keep(without(other.entry, "c", NOON + 2 * HOUR))

    assert [e.id for e in await ledger.entries(citing=["b", "zebra"])] == [first.entry.id]
    assert [e.id for e in await ledger.entries(citing=["a"])] == [first.entry.id, other.entry.id]
    assert await ledger.entries(citing=["c"]) == []
    assert [e.id for e in await ledger.standing(State.SETTLED)] == [other.entry.id]


async def test_given_followed_and_merged_entries_when_the_standing_are_listed_then_they_are_not_among_them(
    database: Database,
) -> None:
    a, b = await two_sides(database)
    ledger = StoredLedger(database, "local")
    public, twin = opened(disputed(a, b)), opened(disputed(a, b, "What number has access?"))
    private = opened(disputed(a, b), owner="follow:1")
    for change in (public, twin, private, merged(twin.entry, public.entry, NOON + HOUR)):
        await ledger.keep(change)

    assert [e.id for e in await ledger.standing()] == [public.entry.id]
    assert {e.id for e in await ledger.entries()} == {public.entry.id, private.entry.id}
    assert [e.owner for e in await ledger.followed("follow:1")] == ["follow:1"]
    assert await ledger.followed("follow:2") == []
    gone = await ledger.entry(twin.entry.id)
    assert gone is not None
    assert gone.into == public.entry.id


async def test_given_a_follow_that_ends_when_forgotten_then_nothing_of_it_is_left(database: Database) -> None:
    a, b = await two_sides(database)
    ledger = StoredLedger(database, "local")
    private, public = opened(disputed(a, b), owner="follow:1"), opened(disputed(a, b))
    await ledger.keep(private)
    await ledger.keep(public)

    await ledger.forget("follow:1")

    assert await ledger.entries(citing=["a"]) == [public.entry]
    assert await ledger.history(private.entry.id) == []


async def test_given_what_happened_when_asked_for_a_span_then_each_entry_comes_with_its_events_and_what_stood_before(
    database: Database,
) -> None:
    a, b = await two_sides(database)
    (c,) = await kept(database, article("c", "Twenty firms are in.", outlet="Herald"))
    ledger = StoredLedger(database, "local")
    old = opened(disputed(a, b))
    new = opened(disputed(a, c, "Who is in?"), NOON + 3 * HOUR)
    change = compared_again(old.entry, disputed(a, c), NOON + 2 * HOUR)
    undone = dismissed(change.entry, "U1", NOON + 4 * HOUR)
    for each in (old, change, new, undone):
        await ledger.keep(each)

    found = await ledger.changes(NOON + HOUR, NOON + 5 * HOUR)

    assert [(f.entry.id, happenings(f)) for f in found] == [
        (new.entry.id, [Happening.OPENED]),
        (old.entry.id, [Happening.CHANGED, Happening.DISMISSED]),
    ]
    assert [f.before for f in found] == [None, disputed(a, b)]
    assert found[1].events[1].by == "U1"
    assert found[1].entry == undone.entry
    assert await ledger.changes(NOON + 4 * HOUR, NOON + 4 * HOUR) == []


async def test_given_articles_that_arrive_when_listed_then_the_oldest_waits_first_and_keeps_its_place(
    database: Database,
) -> None:
    ledger = StoredLedger(database, "local")
    await ledger.arrived("late", NOON + HOUR)
    await ledger.arrived("early", NOON)

    await ledger.arrived("early", NOON + 2 * HOUR)

    assert await ledger.first_waiting() == Waiting("early", NOON, None, 2)
    assert [w.article for w in await ledger.waiting()] == ["early", "late"]


async def test_given_a_turn_that_stops_when_read_again_then_what_is_left_of_it_is_known(database: Database) -> None:
    a, b = await two_sides(database)
    ledger = StoredLedger(database, "local")
    await ledger.arrived("a", NOON)
    tasks = (Task("How many?", (Citation(a, a.sentences[1]), Citation(b, b.sentences[0]))), Task("Who?", (), "e1"))

    await ledger.wait(Waiting("a", NOON, tasks))

    assert await ledger.first_waiting() == Waiting("a", NOON, tasks)


async def test_given_an_article_that_changes_during_its_turn_when_the_turn_ends_then_it_waits_anew(
    database: Database,
) -> None:
    ledger = StoredLedger(database, "local")
    await ledger.arrived("a", NOON)
    turn = await ledger.first_waiting()
    assert turn is not None
    await ledger.arrived("a", NOON + HOUR)

    await ledger.wait(Waiting("a", NOON, (), turn.arrivals))
    await ledger.done(turn)

    again = await ledger.first_waiting()
    assert again == Waiting("a", NOON, None, 2)
    await ledger.done(again)
    assert await ledger.first_waiting() is None


async def test_given_calls_when_spent_then_they_add_up_by_day(database: Database) -> None:
    ledger = StoredLedger(database, "local")
    today, tomorrow = date(2026, 5, 20), date(2026, 5, 21)

    await ledger.spend(today, 3)
    await ledger.spend(today, 2)

    assert (await ledger.spent(today), await ledger.spent(tomorrow)) == (5, 0)


async def test_given_two_workspaces_when_one_keeps_something_then_the_other_sees_none_of_it(database: Database) -> None:
    a, b = await two_sides(database, "mine")
    await two_sides(database, "theirs")
    mine, theirs = StoredLedger(database, "mine"), StoredLedger(database, "theirs")
    change = opened(disputed(a, b))
    label = Label(Verdict.MISSED, disputed(a, b), "", "U1", NOON)

    await mine.keep(change)
    await mine.arrived("a", NOON)
    await mine.spend(NOON.date(), 1)
    await Labels(database, "mine").keep(label)

    assert (await theirs.entries(), await theirs.entry(change.entry.id), await theirs.waiting()) == ([], None, [])
    assert (await theirs.changes(NOON, NOON + HOUR), await theirs.history(change.entry.id)) == ([], [])
    assert (await theirs.spent(NOON.date()), await Labels(database, "theirs").all()) == (0, [])


async def test_given_a_comparison_of_another_workspace_when_kept_then_it_is_wrong_use(database: Database) -> None:
    a, b = await two_sides(database, "theirs")
    mine = StoredLedger(database, "mine")

    with pytest.raises(WrongUse, match="coverage"):
        await mine.keep(opened(disputed(a, b)))
    with pytest.raises(WrongUse, match="coverage"):
        await Labels(database, "mine").keep(Label(Verdict.MISSED, disputed(a, b), "", "U1", NOON))

    assert await mine.entries() == []


async def test_given_labels_when_kept_then_they_are_read_as_they_were_oldest_first(database: Database) -> None:
    a, b = await two_sides(database)
    labels = Labels(database, "local")
    later = Label(Verdict.MISSED, disputed(a, b), "Look at the second line.", "U2", NOON + HOUR)
    first = Label(Verdict.NOT_A_DISAGREEMENT, disputed(a, b), "", "U1", NOON, "entry-1")

    await labels.keep(later)
    await labels.keep(first)

    assert await labels.all() == [first, later]
