"""The sample coverage is a believable story whose labels can be trusted, and its prose is its own."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import frontmatter
import pytest

from bot.sample import ARRIVALS, ARTICLES, QUESTIONS

KINDS = {"disagree", "update", "agree", "complementary", "single_source", "unanswerable"}
TYPES = {
    *("number", "date", "status", "attribution", "cause", "condition", "reaction", "denial"),
    *("fact", "framing", "opinion"),
}
FIELDS = {"id", "question", "kind", "type", "hard", "borderline", "accept_kinds", "positions", "notes"}
FEWEST = {"update": 5, "agree": 10, "complementary": 8, "single_source": 8, "unanswerable": 10}
SHARED_RUN = 8  # words in a row that no two writers hit upon by chance

IN_SAMPLE = sorted(ARTICLES.glob("*.md"))
READY = sorted(ARRIVALS.glob("*.md"))
COPIES = ("mercury-licences", "severn-licences")
SAME_OUTLET = ("mercury-licences", "mercury-correction")


def article(path: Path) -> frontmatter.Post:
    return frontmatter.loads(path.read_text(encoding="utf-8"))


def questions() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    return loaded


def texts() -> dict[str, str]:
    return {path.stem: article(path).content for path in IN_SAMPLE}


def published(source: str) -> datetime:
    moment = article(ARTICLES / f"{source}.md")["published"]
    assert isinstance(moment, datetime)
    return moment


def voice(source: str) -> str:
    """One name for copies and for the articles of one outlet, which count as one source."""
    return COPIES[0] if source in (*COPIES, *SAME_OUTLET) else source


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9£$]+", re.sub("['‘’]", "", text.lower()))


def runs(text: str, length: int = SHARED_RUN) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def sentences(text: str) -> set[tuple[str, ...]]:
    """Sentences as words; those under four words ("He paused.") are nobody's own."""
    parts = (tuple(words(part)) for part in re.split(r"[.!?…]+[\"'”’)]*\s+|\n+", text))
    return {part for part in parts if len(part) >= 4}


def foreign_coverage() -> dict[str, str]:
    """The articles whose facts the sample retells, where this machine has them."""
    beside = Path(__file__).parents[2] / "shared" / "coverage"
    folder = Path(os.environ.get("CROSSCHECK_COVERAGE") or beside)
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))}
    if not found:
        pytest.skip(f"no articles to compare with in {folder}; name their folder in CROSSCHECK_COVERAGE")
    return found


@pytest.mark.parametrize("path", IN_SAMPLE + READY, ids=lambda path: path.stem)
def test_given_a_sample_article_when_loaded_then_its_front_matter_is_complete(path: Path) -> None:
    post = article(path)

    assert set(post.metadata) == {"title", "outlet", "author", "published", "url", "invented"}
    assert all(post.metadata.values())
    assert isinstance(post["published"], datetime)
    assert post["published"].tzinfo is not None
    assert re.fullmatch(r"https://example\.org/[a-z0-9-]+/[a-z0-9-]+", post["url"])


@pytest.mark.parametrize("path", IN_SAMPLE, ids=lambda path: path.stem)
def test_given_a_sample_article_when_counted_then_it_has_the_length_and_days_of_a_news_story(path: Path) -> None:
    post = article(path)

    assert 350 <= len(post.content.split()) <= 650
    assert datetime(2026, 5, 20, tzinfo=UTC) <= post["published"] <= datetime(2026, 6, 5, 23, tzinfo=UTC)


def test_given_all_sample_articles_when_compared_then_no_address_or_name_is_used_twice() -> None:
    everything = IN_SAMPLE + READY

    addresses = [article(path)["url"] for path in everything]
    names = [path.stem for path in everything]

    assert len(IN_SAMPLE) == 10
    assert len(READY) == 3
    assert len(set(addresses)) == len(addresses)
    assert len(set(names)) == len(names)


def test_given_one_agency_text_in_two_outlets_when_compared_then_only_its_edges_differ() -> None:
    mercury, severn = (texts()[source] for source in COPIES)

    assert severn.startswith(mercury)
    assert len(severn) > len(mercury)
    assert article(ARRIVALS / "lune-licences.md").content == mercury


def test_given_the_copies_when_all_articles_are_compared_then_nobody_else_prints_shared_text() -> None:
    own = {source: runs(text) for source, text in texts().items()}

    shared = {
        (first, second) for first in own for second in own if first < second and len(own[first] & own[second]) > 10
    }

    assert shared == {COPIES}


def test_given_articles_that_a_machine_reads_when_one_speaks_to_machines_then_it_is_there_to_be_refused() -> None:
    speaking = [source for source, text in texts().items() if "<!channel>" in text and "@everyone" in text]

    assert speaking == ["clydeside-live"]


def test_given_the_outlets_when_their_quotation_marks_are_gathered_then_every_sort_is_there() -> None:
    everything = "\n".join(texts().values())

    assert {mark for mark in "\"'“”‘’" if mark in everything} == set("\"'“”‘’")


def test_given_the_questions_when_counted_then_every_kind_is_there_in_number() -> None:
    items = questions()

    kinds = Counter(item["kind"] for item in items)
    hard = [item for item in items if item["hard"]]

    assert len(items) >= 60
    assert len(hard) >= 12
    assert all(item["kind"] == "disagree" and item["accept_kinds"] == ["disagree"] for item in hard)
    assert kinds["disagree"] > len(hard)
    assert {kind: kinds[kind] >= least for kind, least in FEWEST.items()} == dict.fromkeys(FEWEST, True)


def test_given_the_questions_when_compared_then_no_name_or_wording_is_used_twice() -> None:
    items = questions()

    assert len({item["id"] for item in items}) == len(items)
    assert len({" ".join(words(item["question"])) for item in items}) == len(items)


@pytest.mark.parametrize("item", questions(), ids=lambda item: item["id"])
def test_given_a_question_when_read_then_its_labels_are_of_the_format(item: dict[str, Any]) -> None:
    assert set(item) - {"near_miss"} == FIELDS
    assert item["kind"] in KINDS
    assert item["type"] in TYPES
    assert item["kind"] in item["accept_kinds"]
    assert set(item["accept_kinds"]) <= KINDS
    assert (item["positions"] == []) == (item["kind"] == "unanswerable")
    assert ("near_miss" in item) == (item["kind"] == "unanswerable")


@pytest.mark.parametrize("item", questions(), ids=lambda item: item["id"])
def test_given_a_question_when_its_quotes_are_looked_up_then_each_is_letter_for_letter_in_its_article(
    item: dict[str, Any],
) -> None:
    held = texts()

    for position in item["positions"]:
        assert position["claim"]
        assert list(position["quotes"]) == position["sources"]
        for source, quote in position["quotes"].items():
            assert quote
            assert quote in held[source]
    for source, quote in item.get("near_miss", {}).items():
        assert quote in held[source]


@pytest.mark.parametrize("item", questions(), ids=lambda item: item["id"])
def test_given_a_question_when_its_sources_are_counted_then_none_is_twice_and_copies_stand_together(
    item: dict[str, Any],
) -> None:
    sources = [source for position in item["positions"] for source in position["sources"]]

    assert len(set(sources)) == len(sources)
    for position in item["positions"]:
        if set(COPIES) & set(position["sources"]) and item["id"] != "s09":  # the one that rests on the Post's own words
            assert set(COPIES) <= set(position["sources"])


@pytest.mark.parametrize(
    "item",
    [item for item in questions() if item["kind"] in ("disagree", "agree", "complementary")],
    ids=lambda i: i["id"],
)
def test_given_a_comparison_when_its_voices_are_counted_then_they_are_independent(item: dict[str, Any]) -> None:
    sides = [{voice(source) for source in position["sources"]} for position in item["positions"]]

    assert len(set().union(*sides)) >= 2
    if item["hard"]:
        assert len(sides) == 2
        assert not sides[0] & sides[1]
    if item["kind"] == "agree":
        assert len(sides) == 1


@pytest.mark.parametrize("item", [i for i in questions() if i["kind"] == "single_source"], ids=lambda item: item["id"])
def test_given_a_claim_of_one_source_when_its_voices_are_counted_then_there_is_one(item: dict[str, Any]) -> None:
    [position] = item["positions"]

    assert len({voice(source) for source in position["sources"]}) == 1


@pytest.mark.parametrize("item", [i for i in questions() if i["kind"] == "update"], ids=lambda item: item["id"])
def test_given_an_update_when_its_dates_are_compared_then_the_current_position_is_the_later(
    item: dict[str, Any],
) -> None:
    current, former = item["positions"]

    assert min(map(published, current["sources"])) > max(map(published, former["sources"]))


def test_given_the_articles_that_gave_the_facts_when_compared_then_no_run_of_words_is_shared() -> None:
    foreign = foreign_coverage()
    theirs = set().union(*(runs(text) for text in foreign.values()))

    for path in IN_SAMPLE + READY:
        assert not runs(path.read_text(encoding="utf-8")) & theirs, path.stem


def test_given_the_articles_that_gave_the_facts_when_compared_then_no_sentence_is_shared() -> None:
    foreign = foreign_coverage()
    theirs = set().union(*(sentences(text) for text in foreign.values()))

    for path in IN_SAMPLE + READY:
        assert not sentences(path.read_text(encoding="utf-8")) & theirs, path.stem
