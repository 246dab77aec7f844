"""Which language a question is in, told without a model: what it costs is a call where it says "another"."""

from __future__ import annotations

import pytest

from bot.news.languages import NAMES, foreign, language

ENGLISH = (
    "Who lifted the ban?",
    "How many licences were granted?",
    "Is the repeal just for one firm or for every developer?",
    "What did Le Monde say?",
    "What does Der Spiegel report?",
    "Did El País and La Repubblica say the same?",
    "Who is Ursula von der Leyen?",
    "Any deaths in Las Palmas de Gran Canaria?",
    "Who runs Banco de España?",
    "Was Rishi Sunak there?",
    "Does 東京 matter here?",
    "Die in custody deaths: how many?",
    "What does “¿Quién manda?” mean?",
    "Casualties so far",
    "Ban lifted?",
    "Deutsche Bank fined?",
    "and for start-ups?",
    "Claude 5?",
)
OTHERS = {
    "de": ("Wer hat das Verbot aufgehoben?", "Wie viele Lizenzen wurden erteilt?", "Wann tritt das Gesetz in Kraft?"),
    "fr": ("Qui a levé l'interdiction ?", "Combien de licences ont été accordées ?", "Que disent les sources ?"),
    "es": ("¿Quién levantó la prohibición?", "¿Cuántas licencias se concedieron?", "¿Cuándo entra en vigor la ley?"),
    "it": ("Chi ha tolto il divieto?", "Quando entra in vigore la legge?"),
    "pt": ("Quem levantou a proibição?", "Quando a lei entra em vigor?"),
    "nl": ("Wie heeft het verbod opgeheven?", "Wanneer treedt de wet in werking?"),
    "ja": ("誰が禁止を解除しましたか？", "Claudeの料金はいくらですか？", "輸出規制の対象企業は？"),
    "zh": ("谁解除了禁令？", "Anthropic是谁创立的？"),
    "ar": ("من رفع الحظر؟", "من أسس شركة Anthropic؟", "كم ترخيصاً مُنح؟"),
    "ru": ("Кто снял запрет?", "Кто основал Anthropic?"),
    "ko": ("누가 금지를 해제했나요?",),
    "el": ("Ποιος ήρε την απαγόρευση;",),
    "he": ("מי הסיר את האיסור?",),
    "hi": ("प्रतिबंध किसने हटाया?",),
    "th": ("ใครยกเลิกคำสั่งห้าม",),
}
ASKED = [(code, question) for code, questions in OTHERS.items() for question in questions]


@pytest.mark.parametrize("question", ENGLISH)
def test_given_a_plain_english_question_when_looked_at_then_it_is_never_foreign(question: str) -> None:
    assert not foreign(question, "en")


@pytest.mark.parametrize(("code", "question"), ASKED)
def test_given_a_question_in_another_language_when_looked_at_then_it_is_foreign_to_english_and_no_other_than_its_own(
    code: str, question: str
) -> None:
    assert foreign(question, "en")
    assert not foreign(question, code)
    assert language(question) in (code, None)


def test_given_every_language_that_can_be_set_when_looked_at_then_it_can_be_told() -> None:
    assert set(OTHERS) | {"en"} == set(NAMES)


def test_given_coverage_in_no_plain_language_when_a_question_is_looked_at_then_it_is_not_foreign() -> None:
    assert not foreign("Wer hat das Verbot aufgehoben?", None)
    assert language("54 41 2026") is None
    assert language("") is None
