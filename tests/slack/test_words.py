"""What people type, told apart by its words."""

from __future__ import annotations

import pytest

from bot.slack.words import is_question


@pytest.mark.parametrize(
    "said",
    [
        "Access?",
        "许可证？",
        "who lifted the ban",
        "Does the repeal hold",
        "wer hob das Verbot auf",
        "I would like to know whether British firms have access",
    ],
)
def test_given_a_question_when_followed_then_it_is_taken_for_one(said: str) -> None:
    assert is_question(said)


@pytest.mark.parametrize(
    "said",
    [
        "export ban",
        "AI export ban, tariffs, chip licences, oversight rule",
        "WHO advice on masks",
        "许可证",
        "What Works",
        "rules for developers of frontier models",
        "",
    ],
)
def test_given_a_topic_when_followed_then_it_is_taken_for_one_however_many_phrases_it_has(said: str) -> None:
    assert not is_question(said)
