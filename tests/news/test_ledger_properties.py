"""What must hold of the ledger whatever comes, changes and goes, and what it may cost."""

from __future__ import annotations

import asyncio
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.news.ledger.changes import CALLS_A_COMPARISON, dismiss, restore
from bot.news.ledger.doubles import same_dispute
from bot.news.ledger.meeting import HITS, SEARCHES, meet, telling
from bot.news.ledger.proposing import CANDIDATES, KNOWN
from bot.news.ledger.standing import State, opposed
from bot.news.model import Kind, Relation
from tests.fakes import FakeArchive
from tests.given import article
from tests.news.ledger_world import Fact, World

HOMES = Fact("How many homes will be built?", {"forty homes": "forty will be", "sixty homes": "sixty will be"})
REWORDED = Fact("What is the number of planned homes?", HOMES.answers)
OWNER = Fact(
    "Who owns the site?", {"the bank owns": "the bank does", "the city owns": "the city does"}, kind=Kind.ATTRIBUTION
)
SENTENCES = (
    "They say that forty homes come.",
    "They say that sixty homes come.",
    "Here the bank owns it all.",
    "Here the city owns it all.",
    "Rain is expected.",
)
IDS = st.sampled_from("abcde")
ARRIVAL = st.tuples(st.just("comes"), IDS, st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3, unique=True))
OTHERS = st.tuples(st.sampled_from(["goes", "dismissed", "restored"]), IDS, st.just([]))
OUTLETS = {"a": "Post", "b": "Courier", "c": "Herald", "d": "Post", "e": "Gazette"}


@settings(deadline=None, max_examples=60)
@given(st.lists(ARRIVAL | OTHERS, max_size=9))
def test_given_anything_that_comes_changes_and_goes_when_taken_then_the_ledger_stays_true(
    events: list[tuple[str, str, list[str]]],
) -> None:
    async def play() -> World:
        world = World(HOMES, REWORDED, OWNER)
        for what, id, sentences in events:
            if what == "comes":
                taken = await world.comes(id, *sentences, outlet=OUTLETS[id])
                assert taken.failed == 0
            elif what == "goes" and id in world.ledger.held:
                await world.goes(id)
            for entry in world.standing():
                if what == "dismissed":
                    await dismiss(entry.id, "U1", world.now, ledger=world.ledger)
                elif what == "restored":
                    await restore(entry.id, "U1", world.now, ledger=world.ledger)
        return world

    world = asyncio.run(play())

    for entry in world.standing():
        comparison, history = entry.comparison, world.history(entry)
        disputed = comparison.relation is Relation.DISPUTE
        assert disputed == (entry.state is State.OPEN) or entry.state is State.DISMISSED
        assert not disputed or opposed(comparison.positions)
        assert (entry.state is State.DISMISSED) == (entry.dismissed_by is not None)
        cited = [r.article for p in comparison.positions for r in p.readings]
        assert all(world.ledger.held[a.id].version == a.version for a in cited)
        assert history[0] == "opened"
        assert all(one != other or one == "changed" for one, other in pairwise(history))
    disputes = [e.comparison for e in world.standing() if e.state is State.OPEN]
    assert not any(same_dispute(one, other) for one, other in combinations(disputes, 2))
    assert sum(d.question in (HOMES.question, REWORDED.question) for d in disputes) <= 1
    assert world.ledger.queue == {}


@pytest.mark.parametrize("stories", [2, 8])
async def test_given_stories_of_their_own_when_they_come_then_calls_grow_with_articles_not_with_pairs(
    stories: int,
) -> None:
    places = ["Ashton", "Barton", "Clifton", "Denton", "Elton", "Felton", "Grafton", "Hutton"][:stories]
    facts = [Fact(f"How many homes come to {p}?", {f"{p} gets 40": "40", f"{p} gets 60": "60"}) for p in places]
    world = World(*facts, excerpt_tokens=60)

    for outlet, homes in (("x", 40), ("y", 60), ("z", 60)):
        for place in places:
            await world.comes(f"{outlet}-{place}", f"{place} gets {homes} homes.", f"{place} waits for {outlet}.")

    assert len(world.standing()) == stories
    assert world.model.calls <= stories * (2 + 2 * (1 + CALLS_A_COMPARISON))


async def test_given_more_conflicts_than_the_cap_when_proposed_then_only_so_many_are_compared() -> None:
    things = [f"thing{n}" for n in range(CANDIDATES + 4)]
    world = World(*(Fact(f"How many of {t}?", {f"{t} has 40": f"40 {t}", f"{t} has 60": f"60 {t}"}) for t in things))
    await world.comes("a", *(f"The {t} has 40." for t in things))

    taken = await world.comes("b", *(f"The {t} has 60." for t in things))

    assert len(world.standing()) == CANDIDATES
    assert taken.calls == 1 + CANDIDATES * CALLS_A_COMPARISON


async def test_given_many_standing_questions_when_an_article_meets_them_then_only_so_many_are_shown() -> None:
    things = [f"thing{n}" for n in range(KNOWN + 4)]
    world = World(*(Fact(f"How many of {t}?", {f"{t} has 40": f"40 {t}", f"{t} has 60": f"60 {t}"}) for t in things))
    for batch in range(0, len(things), CANDIDATES):
        part = things[batch : batch + CANDIDATES]
        await world.comes(f"a{batch}", *(f"The {t} has 40." for t in part))
        await world.comes(f"b{batch}", *(f"The {t} has 60." for t in part))

    await world.comes("c", *(f"Now {t} has 60 in all." for t in things))

    assert len(world.standing()) == len(things)
    assert len(world.model.proposed[-1][1]) == KNOWN


async def test_given_a_large_library_when_an_article_meets_it_then_the_searches_are_bounded() -> None:
    others = [article(f"o{n}", f"Homes number {n} are built here.", "Rain is expected.") for n in range(60)]
    new = article("new", *(f"Homes number {n} cost more." for n in range(2 * SEARCHES)))
    archive = FakeArchive(*others, new)

    (sheet,) = (await meet(new, archive, 1000)).sheets

    assert len(archive.searched) == SEARCHES
    assert len(sheet.sources) - 1 <= SEARCHES * HITS
    assert "o12" in {s.article.id for s in sheet.sources}
    assert sheet.sources[0].article.id == "new"


async def test_given_a_long_article_when_it_meets_the_others_then_it_does_so_in_parts_that_lose_no_sentence() -> None:
    new = article("new", *(f"Homes number {n} cost more than last year." for n in range(60)))
    others = [article(f"o{n}", f"Homes number {n} are built here.", "Rain is expected.") for n in range(60)]

    meeting = await meet(new, FakeArchive(*others, new), 300)

    assert len(meeting.sheets) > 1
    assert [s for sheet in meeting.sheets for s in sheet.sources[0].sentences] == list(new.sentences)
    assert all(len(sheet.sources) > 1 for sheet in meeting.sheets)


def test_given_more_sentences_than_searches_when_chosen_then_those_with_figures_and_names_are_kept_in_order() -> None:
    plain = ["It was so.", "He said no.", "And then it rained for a long time in all of the country."]
    told = article("a", plain[0], "The bank paid 40 million on 3 May.", plain[1], "It was Ms Poole of Acme.", plain[2])

    assert [s.number for s in telling(told.sentences, 2)] == [2, 4]
