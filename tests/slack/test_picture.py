"""The grid as a picture: what it holds, what it says in words, and that any text can be drawn."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from itertools import product

import pytest
from PIL import Image

from bot.news.ledger.grid import Mark
from bot.news.model import Article, Comparison
from bot.slack.looks import drawing
from bot.slack.looks.drawing import DOTS, draw
from bot.slack.looks.picture import LINES, OUTLETS, Picture, in_words, pictures
from tests.given import article, disputed
from tests.slack import entries
from tests.slack.texts import ODD_TEXTS

NOWHERE = "\U0010fff0"  # no font has this letter
FORMULA = "The $\\frac{1}{$ Times"  # broken: whoever read it as a formula would fail on it


def between(question: str, *sides: tuple[str, list[str]], silent: str = "") -> Comparison:
    """A dispute between outlets."""

    def by(outlet: str) -> Article:
        return article(outlet, "It was so.", outlet=outlet)

    told = [(claim, [by(outlet) for outlet in outlets]) for claim, outlets in sides]
    return disputed(question, *told, silent=[by(silent)] if silent else [])


COUNTED = between("How many were granted?", ("41 were", ["Courier"]), ("54 were", ["Post", "Echo"]), silent="Review")
LIFTED = between("Was the ban lifted?", ("it was lifted", ["Courier", "Review"]), ("it stands", ["Gazette"]))


def of(*comparisons: Comparison) -> Picture:
    (made,), left_out = pictures(comparisons, "Who stands where")
    assert left_out == 0
    return made


def size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as image:
        return image.size


def test_given_disagreements_when_pictured_then_each_outlet_s_stand_is_told_and_others_are_empty() -> None:
    picture = of(COUNTED, LIFTED)

    assert picture.outlets == ("Courier", "Post", "Echo", "Review", "Gazette")
    marks = [claim.marks for question in picture.questions for claim in question.claims]
    assert marks[0] == (Mark.SAYS, Mark.OTHERWISE, Mark.OTHERWISE, Mark.SILENT, None)
    assert marks[3] == (Mark.OTHERWISE, None, None, Mark.OTHERWISE, Mark.SAYS)


def test_given_a_picture_when_put_in_words_then_they_name_the_disagreements_and_who_is_silent() -> None:
    assert in_words(of(COUNTED), 2_000) == (
        "Who stands where. How many were granted? 41 were: Courier. 54 were: Post and Echo. Silent: Review."
    )


def test_given_more_than_the_words_may_hold_when_put_in_words_then_the_rest_is_counted() -> None:
    picture = of(COUNTED, LIFTED)

    assert in_words(picture, 120).endswith("Silent: Review. And 1 more.")
    assert len(in_words(of(between("x" * 900, ("y" * 900, ["z" * 900]))), 300)) <= 300


def test_given_many_disagreements_when_pictured_then_pages_hold_them_in_order_and_the_rest_is_counted() -> None:
    comparisons = [entry.comparison for entry in entries.many(60, 30)]

    made, left_out = pictures(comparisons, "Who stands where")

    told = [question.text for picture in made for question in picture.questions]
    assert told == [f"Question number {n}?" for n in range(60 - left_out)]
    assert [picture.title[-6:] for picture in made] == [f" ({n}/4)" for n in range(1, 5)]
    assert all(len(picture.outlets) == OUTLETS and "10 outlets" in picture.note for picture in made)


def test_given_a_picture_when_kept_as_json_then_it_is_read_back_as_it_was() -> None:
    picture = of(COUNTED, LIFTED)

    assert Picture.load(json.loads(json.dumps(picture.dump()))) == picture


@pytest.mark.parametrize("text", [*ODD_TEXTS.values(), FORMULA, "x" * 2_000, "$", "", " "], ids=lambda text: text[:9])
def test_given_any_text_when_drawn_then_it_is_drawn_without_a_complaint_in_bounded_size(text: str) -> None:
    odd = between(text, *((text, [f"{text} {n}"]) for n in range(2)), silent=text)

    width, height = size(draw(of(odd)).png)

    assert (width, height) <= (2_000 * DOTS, 2_000 * DOTS)


def test_given_full_pictures_of_the_longest_texts_when_drawn_then_their_size_is_bounded() -> None:
    long = between("w" * 300, *(("w" * 300, [f"{n} {'w' * 200}"]) for n in range(3)))
    made, _ = pictures([replace(long, question=f"{n} {'w' * 300}") for n in range(4)], "Who stands where")

    for picture in made:
        width, height = size(draw(picture).png)
        assert width <= 1_400 * DOTS
        assert height <= LINES * 40 * DOTS


def test_given_letters_that_no_font_has_when_drawn_then_the_text_is_a_number_and_not_boxes() -> None:
    picture = of(between("Who?", ("it was", [f"{NOWHERE} Daily", "Courier"]), (NOWHERE, ["Post"])))

    first = draw(picture)
    second = draw(of(between("Who?", ("it was", [f"{NOWHERE} Daily"]), ("it was not", ["Post"]))), first.undrawn)

    assert first.undrawn == (f"{NOWHERE} Daily", f"{NOWHERE}.")
    assert second.undrawn == first.undrawn


def test_given_an_emoji_that_no_font_has_when_drawn_then_it_is_spelled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.slack.looks import lettering

    monkeypatch.setattr(lettering, "_others", list)
    text = "👩‍👧 🇬🇧 up 👍🏽"

    found = lettering.Lettering([text], [], DOTS).drawable(text)

    assert found == "(woman)(girl) GB up (thumbs up sign)"


def test_given_text_that_runs_left_when_wrapped_then_every_line_keeps_its_direction() -> None:
    from bot.slack.looks.lettering import Lettering

    text = "قال الوزير Anthropic says that British firms have access now, يوم الجمعة"
    lines = Lettering([text], [], DOTS).wrapped(text, 120, 12)

    assert len(lines) > 1
    assert {line[0] for line in lines} == {"\u200f"}
    assert " ".join(line[1:] for line in lines) == text


def test_given_slack_in_light_or_dark_when_a_picture_is_shown_then_its_own_ground_sets_off_what_is_on_it() -> None:
    with Image.open(io.BytesIO(draw(of(COUNTED)).png)) as image:
        assert image.convert("RGBA").getchannel("A").getextrema() == (255, 255)

    for ink, ground in product((drawing.INK, drawing.FAINT), (drawing.GROUND, drawing.BAND)):
        assert contrast(ink, ground) >= 4.5
    for mark in drawing.COLOURS.values():
        assert contrast(mark, drawing.GROUND) >= 3


def contrast(one: str, other: str) -> float:
    """As the Web Content Accessibility Guidelines measure it."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_given_the_bot_when_imported_then_the_plotting_library_is_not() -> None:
    code = "import sys, bot.wiring.service, bot.cli.run; sys.exit('matplotlib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
