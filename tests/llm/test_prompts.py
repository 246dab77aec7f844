"""The shipped prompts load with every name filled; a broken one is told of at the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import WrongUse
from bot.llm.prompts import Prompt, Prompts, shipped

FILE = '<!--\nWhy.\n-->\n# System\n\nReply {"a": 1} for $$5.\n\n# User\n\n$question\n\n## Not a section\n'


def test_given_the_shipped_prompts_when_loaded_then_each_is_filled_with_the_names_the_reader_gives() -> None:
    prompts = Prompts.load()

    assert prompts.answer.names == {"question", "coverage", "count", "labels", "language"}
    assert prompts.second_look.names == {"question", "positions", "coverage", "language"}
    assert prompts.standalone.names == {"question", "turns", "language"}
    for prompt in (prompts.answer, prompts.second_look, prompts.standalone):
        system, user = prompt.messages(**{name: f"<{name}>" for name in prompt.names})
        assert (system["role"], user["role"]) == ("system", "user")
        assert all(f"<{name}>" in user["content"] for name in prompt.names - {"language"})
        assert "<language>" in system["content"]


def test_given_the_shipped_prompts_when_read_then_each_begins_with_its_reasons_and_sends_none_of_them() -> None:
    for path in sorted(shipped().glob("*.md")):
        raw = path.read_text(encoding="utf-8")
        prompt = Prompt.parse(path.stem, raw)

        assert raw.startswith("<!--")
        assert "Why it is made so" not in prompt.system.template + prompt.user.template


def test_given_a_prompt_when_filled_then_braces_stay_and_doubled_dollars_are_one() -> None:
    system, user = Prompt.parse("p", FILE).messages(question="$count and ${more}")

    assert system["content"] == 'Reply {"a": 1} for $5.'
    assert user["content"] == "$count and ${more}\n\n## Not a section"


def test_given_a_missing_name_when_filled_then_it_raises() -> None:
    with pytest.raises(KeyError):
        Prompt.parse("p", FILE).messages(questions="?")


def test_given_a_file_of_another_system_when_parsed_then_its_line_ends_do_not_matter() -> None:
    prompt = Prompt.parse("p", FILE.replace("\n", "\r\n"))

    assert prompt.messages(question="Q") == Prompt.parse("p", FILE).messages(question="Q")


def test_given_a_letter_changes_when_digested_then_the_digest_does_if_it_is_sent() -> None:
    digest = Prompt.parse("p", FILE).digest

    assert Prompt.parse("p", FILE.replace("Reply", "Write")).digest != digest
    assert Prompt.parse("p", FILE.replace("Not a", "No")).digest != digest
    assert Prompt.parse("p", FILE.replace("Why.", "Because.")).digest == digest


@pytest.mark.parametrize("raw", ["", "# System\n\nonly", "# User\nx\n# System\ny", "# System\na $ b\n# User\nx"])
def test_given_a_broken_prompt_when_loaded_then_it_is_wrong_use_that_names_it(tmp_path: Path, raw: str) -> None:
    for name in ("answer", "second_look", "standalone"):
        (tmp_path / f"{name}.md").write_text(FILE if name == "answer" else raw)

    with pytest.raises(WrongUse, match="second_look"):
        Prompts.load(tmp_path)


def test_given_a_missing_prompt_when_loaded_then_it_is_wrong_use_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="answer"):
        Prompts.load(tmp_path)
