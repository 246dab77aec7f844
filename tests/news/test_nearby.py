"""What is suggested to be asked next: what stands near an answer in the ledger, and never what is somebody's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.news.ledger.nearby import next_questions
from bot.news.ledger.standing import Entry, State
from bot.news.model import (
    Answer,
    Article,
    Check,
    Citation,
    Comparison,
    Kind,
    Manner,
    Mode,
    Position,
    Reading,
    Relation,
    Statement,
)
from tests.given import article

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
POST = article("post", "Twelve firms have access.", "The ban lasted a year.", "Mr Hale resigned.")
COURIER = article("courier", "Twenty firms have access.", "The ban lasted months.", "Ms Poole resigned.")


def side(source: Article, number: int) -> Position:
    cited = Citation(source, source.sentences[number - 1])
    return Position(cited.quote, (Reading(source, cited.quote, Manner.FACT, (cited,)),), 1)


def compared(question: str, number: int, kind: Kind = Kind.NUMBER) -> Comparison:
    positions = (side(POST, number), side(COURIER, number))
    return Comparison(question, Check.CHECKED, Relation.DISPUTE, kind, positions)


def standing(question: str, number: int, kind: Kind = Kind.NUMBER, *, hours: int = 0) -> Entry:
    at = NOON + timedelta(hours=hours)
    return Entry(question, compared(question, number, kind), State.OPEN, at, at)


ASKED = "How many firms have access now?"
STATEMENT = Statement("Twelve or twenty, and for a year.", (Citation(POST, POST.sentences[1]),))
ANSWER = Answer(ASKED, Mode.MODEL, compared(ASKED, 1), (STATEMENT,), shown=(POST, COURIER))
LASTED = standing("How long did the ban last?", 2, Kind.DATE)
RESIGNED = standing("Who resigned?", 3, Kind.ATTRIBUTION)


def test_given_what_stands_near_an_answer_when_asked_next_then_what_shares_most_of_its_sentences_comes_first() -> None:
    assert next_questions(ANSWER, [RESIGNED, LASTED]) == ("How long did the ban last?", "Who resigned?")


def test_given_as_many_shared_sentences_when_asked_next_then_words_then_openness_then_newness_count() -> None:
    firms = standing("Which firms?", 3, Kind.STATUS)
    later = standing("Who will be next?", 3, Kind.CAUSE, hours=1)
    settled = replace(standing("Why?", 3, Kind.STATUS, hours=2), state=State.SETTLED)

    assert next_questions(ANSWER, [settled, RESIGNED, later, firms]) == (
        "Which firms?",
        "Who will be next?",
        "Who resigned?",
    )


def test_given_the_question_just_answered_or_asked_before_when_asked_next_then_it_is_not_suggested_again() -> None:
    same_words, same_matter = standing(ASKED.upper(), 3), standing("What number of firms has access?", 1)

    assert next_questions(ANSWER, [same_words, same_matter]) == ()
    assert next_questions(ANSWER, [LASTED, RESIGNED], ["how long did the ban last?"]) == ("Who resigned?",)


def test_given_what_is_somebody_s_own_or_dismissed_when_asked_next_then_it_is_not_suggested() -> None:
    private, dismissed = replace(LASTED, owner="U1/C1/1.1/k"), replace(RESIGNED, state=State.DISMISSED)

    assert next_questions(ANSWER, [private, dismissed]) == ()


def test_given_nothing_near_when_asked_next_then_nothing_is_suggested() -> None:
    assert next_questions(ANSWER, []) == ()
