"""The bot's own words in other languages than English: complete where they are, and English where they are not."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from bot.errors import ReaderAbsent, ReplyCut, StoreRefused
from bot.news import catalogue, words
from bot.news.answer import answer
from bot.news.catalogue import ENGLISH, explained, languages, of, speaking, spoken
from bot.news.catalogue.en import Home, Messages
from bot.news.digest.subscription import NotUnderstood
from bot.news.languages import NAMES
from bot.news.model import Kind, Moment, Relation
from tests.fakes import FakeArchive, FakeReader
from tests.given import article, draft, says
from tests.slack import answers

OTHERS = [code for code in languages() if code != "en"]


def texts(said: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its name, in groups, forms of a count, and what is told by its kind."""
    if isinstance(said, str):
        yield name, said
    elif is_dataclass(said):
        for field in fields(said):
            yield from texts(getattr(said, field.name), f"{name} {field.name}".strip())
    elif isinstance(said, Mapping):
        for key, value in said.items():
            yield from texts(value, f"{name} {key}")
    elif isinstance(said, tuple):
        for number, value in enumerate(said):
            yield from texts(value, f"{name} {number}")


def counted(said: Any, name: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every message that a count takes several forms of."""
    for field in fields(said):
        value = getattr(said, field.name)
        if field.type == "Forms":
            yield f"{name} {field.name}".strip(), value
        elif field.type == "Mapping[str, Forms]":
            yield from ((f"{name} {field.name} {key}".strip(), forms) for key, forms in value.items())
        elif is_dataclass(value):
            yield from counted(value, field.name)


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_given_coverage_of_which_some_is_invented_when_told_then_not_all_is_called_so() -> None:
    real = article("real", "It rained.")
    sample = replace(real, id="sample", invented=True)

    assert words.provenance([sample], []) == [ENGLISH.answer.invented]
    assert words.provenance([sample, real], []) == [ENGLISH.answer.some_invented]
    assert words.provenance([real], []) == []


def test_given_the_catalogue_when_looked_through_then_each_language_has_a_name_that_can_be_set() -> None:
    assert {"de", "en"} <= set(languages()) <= set(NAMES)
    assert of("xx") == ENGLISH
    assert of("") == ENGLISH


def said(messages: Messages) -> dict[str, str]:
    """Every text that the bot says, by its name."""
    return {name: text for name, text in texts(messages) if not name.startswith(("typed ", "times "))}


@pytest.mark.parametrize("code", OTHERS)
def test_given_another_language_when_compared_with_english_then_each_message_fills_in_the_same_names(code: str) -> None:
    english, other = said(ENGLISH), said(of(code))

    assert set(other) >= set(english) - {name for name in english if name.startswith("numbers ")}
    for name, text in other.items():
        assert bool(text.strip()) == bool(english.get(name, text).strip()), name
        assert names_in(text) == names_in(english.get(name, text)), name


SHARED = ("months", "month", "languages hi", "answer section", "answer spoken", "answer current", "answer read_of")
SHARED += ("commands told", "lists outlets", "lists outlet", "card side", "grid page")  # they need no German


def test_given_german_when_compared_with_english_then_nothing_is_left_in_english() -> None:
    english = said(ENGLISH)

    left = [name for name, text in said(of("de")).items() if english.get(name) == text]

    assert [name for name in left if not name.startswith(SHARED)] == []


MODAL = ("clicks quotes_title", "clicks words_title", "clicks missed_title", "commands ask_title", "follow title")
MODAL += ("wish title", "settings title", "clicks close", "clicks send", "clicks save", "wish switch_on", "wish change")
OPTION = ("wish lengths", "wish quiets", "settings all_outlets", "settings only_outlets", "settings not_outlets")
OPTION += ("settings own_language", "languages", "weekdays")
HEADER = ("home disputes", "home newest", "home follows", "home digest", "home health", "settings workspace")
LIMITS = {("buttons", "wish switch_off"): 75, MODAL: 24, OPTION: 75, HEADER: 150}  # Slack's, by the names' beginnings


@pytest.mark.parametrize("code", languages())
def test_given_a_language_when_measured_then_what_slack_bounds_fits(code: str) -> None:
    english = said(ENGLISH)
    for names, limit in LIMITS.items():
        for named in names:
            bounded = [name for name in english if f"{name} ".startswith(f"{named} ")]
            assert bounded, named
            assert [name for name in bounded if len(said(of(code))[name]) > limit] == []
    for title, question in of(code).asking.prompts:
        assert len(title) <= 60
        assert len(question) <= 500


@pytest.mark.parametrize("code", languages())
def test_given_a_language_when_it_is_typed_then_its_patterns_name_what_is_looked_for(code: str) -> None:
    times = of(code).times

    assert {"count", "unit"} <= set(re.compile(times.lasting).groupindex)
    assert "day" in re.compile(times.happening).groupindex
    assert {"first", "second", "year", "last"} <= set(re.compile(times.begun).groupindex)
    assert re.fullmatch(times.new, times.news)
    assert len(times.short_weekdays) == 7


@pytest.mark.parametrize("code", languages())
def test_given_what_can_go_wrong_when_told_then_a_person_reads_a_sentence_of_the_catalogue(code: str) -> None:
    with speaking(code):
        assert explained(ReplyCut("raw")) == of(code).errors["ReplyCut"]
        assert explained(StoreRefused("raw")) == explained(KeyError("raw")) == of(code).errors["CrosscheckError"]
        assert explained(NotUnderstood("Say it otherwise.")) == "Say it otherwise."


@pytest.mark.parametrize("code", languages())
def test_given_a_language_when_counted_in_then_each_form_and_month_is_there(code: str) -> None:
    told = of(code)

    assert len(told.months) == 12
    assert len(told.numbers) > 2
    assert len(told.weekdays) == 7
    for name, forms in counted(told):
        assert {told.plural(count) for count in range(200)} <= set(range(len(forms))), name


def test_given_a_language_that_says_little_when_spoken_then_the_rest_is_english() -> None:
    little = Messages(undated="ohne Datum", home=Home(health="Zustand"))

    assert (little.undated, little.answer) == ("ohne Datum", ENGLISH.answer)
    assert (little.home.health, little.home.intro) == ("Zustand", ENGLISH.home.intro)


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A file of one more language beside the others, which says little."""
    told = 'Messages(home=Home(health="État"), errors={"ReaderAbsent": "Aucun modèle."})'
    source = f"from bot.news.catalogue.en import Home, Messages\n\nMESSAGES = {told}\n"
    (tmp_path / "fr.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(catalogue, "__path__", [*catalogue.__path__, str(tmp_path)])
    languages.cache_clear()
    yield
    languages.cache_clear()
    sys.modules.pop("bot.news.catalogue.fr")
    del catalogue.fr  # type: ignore[attr-defined]


@pytest.mark.usefixtures("french")
def test_given_a_file_of_one_more_language_when_spoken_then_it_says_what_it_can_and_the_rest_is_english() -> None:
    with speaking("fr"):
        assert spoken().home.health == "État"
        assert spoken().home.intro == ENGLISH.home.intro
        assert explained(ReaderAbsent("none")) == "Aucun modèle."
        assert explained(ReplyCut("raw")) == ENGLISH.errors["ReplyCut"]


def test_given_german_when_spoken_then_dates_counts_and_the_lines_of_a_conflict_are_german_and_english_after() -> None:
    conflict, correction = answers.dispute().comparison, answers.update().comparison
    with speaking("de"):
        assert words.day(date(2026, 3, 5)) == "5. März 2026"
        assert words.published(Moment.parse("2026-05")) == "Mai 2026"
        assert words.sources(1) == "1 unabhängige Quelle"
        assert words.sources(4) == "4 unabhängige Quellen"
        assert words.listed(["A", "B", "C"]) == "A, B und C"
        assert words.dispute_line(conflict.positions) == (
            "Zwei Quellen sagen: British firms can use the models now; eine sagt: British firms have no access."
        )
        assert words.section_heading(conflict) == f"Die Quellen widersprechen sich: {answers.QUESTION}"
        assert "Davor: " in words.update_line(correction.positions)
        assert words.none_line(3) == "Keiner der 3 gelesenen Artikel beantwortet das."
    assert spoken() is ENGLISH
    assert words.sources(4) == "4 independent sources"


SIDES = [("vierzig Firmen haben Zugang", "A"), ("zwölf Firmen haben Zugang", "B")]
CONFLICT = draft(Relation.DISPUTE, [says("A", "vierzig"), says("B", "zwölf")], SIDES, [], kind=Kind.NUMBER)
COVERAGE = (
    article("a", "Forty firms have access.", published="2026-05-01"),
    article("b", "Twelve firms have access.", published="2026-05-04"),
)


@pytest.mark.parametrize(
    ("question", "language", "told"),
    [
        ("Wie viele Firmen haben Zugang?", "", "de"),
        ("How many firms have access?", "", "en"),
        ("How many firms have access?", "de", "de"),
        ("¿Cuántas empresas tienen acceso?", "", "es"),
    ],
)
async def test_given_a_question_or_a_channel_in_a_language_when_answered_then_code_s_line_is_in_it_where_it_can_be(
    question: str, language: str, told: str
) -> None:
    found = await answer(question, archive=FakeArchive(*COVERAGE), reader=FakeReader([CONFLICT]), language=language)

    assert found.language == told
    german = told == "de"
    assert found.statements[0].text.startswith("Eine Quelle sagt: " if german else "One source says that ")
    assert spoken() is ENGLISH
