"""What a question is answered from: everything where it fits, else every source with something to say."""

from __future__ import annotations

from bot.news.find import KEY_CHARACTERS, Found, find
from bot.news.model import Article
from tests.fakes import FakeArchive, in_any_order
from tests.given import article

WIRE = (
    "The ministry said on Tuesday that 340 licences had been granted to British firms since the ban was lifted.",
    "Most of them went to start-ups in London and Manchester, according to figures released by the department.",
    "Officials expect another hundred applications to be decided before the end of the summer recess.",
)
PLENTY = 1_000


def shown(found: Found) -> dict[str, list[int]]:
    return {s.article.id: [x.number for x in s.sentences] for s in found.sheet.sources}


def tokens(*articles: Article) -> int:
    """The room that these articles take whole, keys included."""
    return -(-sum(len(s.text) + KEY_CHARACTERS for a in articles for s in a.sentences) // 4)


async def test_given_coverage_that_fits_when_found_then_all_is_shown_matched_or_not() -> None:
    archive = FakeArchive(article("a", "Licences were granted.", "It rained."), article("b", "Permits came through."))

    found = await find("licences", archive, PLENTY)

    assert shown(found) == {"a": [1, 2], "b": [1]}
    assert (found.left_out, found.library_empty) == (0, False)
    assert archive.searched == []


async def test_given_coverage_that_fits_exactly_when_found_then_it_is_shown_whole_and_one_token_less_is_not() -> None:
    articles = [article("a", "Licences were granted."), article("b", "Nothing of the kind.")]

    whole = await find("licences", FakeArchive(*articles), tokens(*articles))
    less = await find("licences", FakeArchive(*articles), tokens(*articles) - 1)

    assert shown(whole) == {"a": [1], "b": [1]}
    assert shown(less) == {"a": [1]}


async def test_given_an_empty_library_when_found_then_that_is_told_apart_from_no_match() -> None:
    empty = await find("licences", FakeArchive(), PLENTY)
    unmatched = await find("licences", FakeArchive(article("a", "It rained all day.")), 1)

    assert empty.library_empty
    assert not unmatched.library_empty
    assert empty.sheet.sources == unmatched.sheet.sources == ()


async def test_given_an_article_without_a_sentence_when_found_then_it_is_passed_over() -> None:
    found = await find("licences", FakeArchive(article("a"), article("b", "Licences came.")), PLENTY)

    assert shown(found) == {"b": [1]}


async def test_given_one_source_with_much_to_say_when_not_all_fits_then_every_source_is_heard_first() -> None:
    loud = article("loud", *(f"Licences licences licences, number {n}." for n in range(9)))
    quiet = [article(id, f"A word on licences from {id}, hardly more than that.") for id in ("p", "q")]

    found = await find("licences", FakeArchive(loud, *quiet), tokens(loud))

    assert set(shown(found)) == {"loud", "p", "q"}
    assert 1 < len(shown(found)["loud"]) < 9
    assert found.left_out == 0


async def test_given_more_sources_than_fit_when_found_then_those_left_out_are_counted() -> None:
    articles = [article(id, f"Source {id} has seen three new licences this week.") for id in "abcde"]

    found = await find("licences", FakeArchive(*articles), tokens(*articles[:2]))

    assert len(shown(found)) == 2
    assert found.left_out == 3


async def test_given_copies_when_not_all_fits_then_they_count_as_one_source() -> None:
    copies = [article(id, *WIRE) for id in "abc"]
    other = article("d", "Nobody has seen a single one of these licences in Cardiff, Swansea or Newport.")

    found = await find("licences", FakeArchive(*copies, other), tokens(other) + tokens(article("w", WIRE[0])))

    assert set(shown(found)) == {"a", "d"}
    assert found.left_out == 0


async def test_given_a_copy_of_a_copy_when_not_all_fits_then_it_speaks_with_the_first_ones_voice() -> None:
    chain = [
        article("a", *WIRE, published="2026-05-01"),
        article("b", *WIRE, "It rained in Leeds.", published="2026-05-02"),
        article("c", *WIRE, "It rained in Leeds.", "It snowed in York.", published="2026-05-03"),
        article("d", *WIRE[:2], "It rained in Leeds.", "It snowed in York.", published="2026-05-04"),
    ]

    found = await find("ministry", FakeArchive(*chain), 1)

    assert len(shown(found)) == 1
    assert found.left_out == 0


async def test_given_articles_of_one_outlet_when_not_all_fits_then_they_are_one_source() -> None:
    articles = [article(id, f"Licences, says part {id}.", outlet=outlet) for id, outlet in (("a", "X"), ("b", "x"))]

    found = await find("licences", FakeArchive(*articles), tokens(articles[0]))

    assert len(shown(found)) == 1
    assert found.left_out == 0


async def test_given_a_best_excerpt_larger_than_the_room_when_found_then_it_is_shown_rather_than_nothing() -> None:
    found = await find("licences", FakeArchive(article("a", "Licences " * 50), article("b", "Licences.")), 1)

    assert set(shown(found)) == {"a"}
    assert found.left_out == 1


async def test_given_copied_sentences_when_shown_then_only_the_first_print_is_and_the_copy_is_known() -> None:
    first = article("z", *WIRE, published="2026-05-01")
    later = article("a", *WIRE, "It rained.", published="2026-05-02")

    found = await find("licences", FakeArchive(later, first), PLENTY)

    assert shown(found) == {"z": [1, 2, 3], "a": [4]}
    assert {a.id for a in found.sheet.articles} == {"a", "z"}


async def test_given_articles_in_any_order_when_found_then_the_sheet_is_the_same() -> None:
    articles = [
        article("b", "Licences in May.", published="2026-05-02"),
        article("a", "Licences undated."),
        article("c", "Licences in April.", published="2026-04-02"),
        article("d", "Licences in May, too.", published="2026-05-02"),
    ]

    sheets = [(await find("licences", archive, PLENTY)).sheet for archive in in_any_order(articles)]
    narrow = [(await find("licences", archive, 12)).sheet for archive in in_any_order(articles)]

    assert [s.article.id for s in sheets[0].sources] == ["c", "b", "d", "a"]
    assert sheets[0] == sheets[1] == sheets[2]
    assert narrow[0] == narrow[1] == narrow[2]
    assert 0 < len(narrow[0].sources) < 4
