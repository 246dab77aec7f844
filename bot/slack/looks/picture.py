"""Standing disagreements as pictures: what each of them shows, as data and in words. `drawing` draws them.

A picture says what a table says, claims down and outlets across, where there is too much of it for Slack's table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.news import words as news_words
from bot.news.catalogue import spoken
from bot.news.ledger.grid import Grid, Mark, by_voice, grid
from bot.news.model import Comparison
from bot.slack.looks.kit import Json
from bot.slack.looks.prose import OUTLET_CHARACTERS
from bot.slack.looks.split import shortened

CLAIM_CHARACTERS = 220
OUTLETS = 20  # columns of one picture
LINES = 40  # of one picture, as they are estimated: a taller one is shown too small to be read
A_CLAIM_S_LINE, A_QUESTION_S_LINE = 40, 80  # characters
PICTURES = 4  # of one message


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim and how each outlet of its picture stands to it; None where it was no part of the comparison."""

    text: str
    weight: str
    marks: tuple[Mark | None, ...]


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, its texts raw. `note` tells what had no room."""

    title: str
    outlets: tuple[str, ...]
    questions: tuple[Question, ...]
    note: str = ""

    def dump(self) -> Json:
        questions = [
            {"text": q.text, "claims": [{"text": c.text, "weight": c.weight, "marks": c.marks} for c in q.claims]}
            for q in self.questions
        ]
        return {"title": self.title, "outlets": self.outlets, "questions": questions, "note": self.note}

    @classmethod
    def load(cls, kept: Json) -> Picture:
        def claim(raw: Json) -> Claim:
            return Claim(raw["text"], raw["weight"], tuple(m and Mark(m) for m in raw["marks"]))

        questions = tuple(Question(q["text"], tuple(claim(c) for c in q["claims"])) for q in kept["questions"])
        return cls(kept["title"], tuple(kept["outlets"]), questions, kept["note"])


def pictures(comparisons: Sequence[Comparison], title: str, most: int = PICTURES) -> tuple[list[Picture], int]:
    """As few pictures as hold the disagreements, the first first; and how many disagreements no picture had room for.

    A disagreement is never parted.
    """
    pages: list[list[Grid]] = []
    room = 0
    grids = [grid(each) for each in comparisons]
    for found in grids:
        taken = _lines(found)
        if taken > room:
            pages.append([])
            room = LINES
        pages[-1].append(found)
        room -= taken
    shown = pages[:most]
    many = len(shown) > 1
    made = [
        _picture(page, spoken().grid.page.format(title=title, page=number, pages=len(shown)) if many else title)
        for number, page in enumerate(shown, 1)
    ]
    return made, sum(len(page) for page in pages[most:])


def in_words(picture: Picture, limit: int) -> str:
    """What a picture says, for those who do not see it: disagreement by disagreement, as many as the limit takes."""
    told = f"{picture.title}."
    for number, question in enumerate(picture.questions):
        more = f" {question.text} {sides_in_words(question, picture.outlets)}"
        rest = f" {spoken().grid.and_more.format(count=len(picture.questions) - number)}"
        if len(told) + len(more) + len(rest) > limit:
            return f"{told}{rest}" if number else shortened(f"{told}{more}", limit)
        told += more
    return told


def sides_in_words(question: Question, outlets: Sequence[str]) -> str:
    """ "41 were granted: The Courier. 54 were granted: The Post and The Echo. Silent: The Review." """
    told = []
    for claim in question.claims:
        saying = [name for name, mark in zip(outlets, claim.marks, strict=True) if mark is Mark.SAYS]
        told.append(f"{claim.text.rstrip('.')}: {news_words.listed(saying) or claim.weight}.")
    marks = [{claim.marks[at] for claim in question.claims} for at in range(len(outlets))]
    silent = [name for name, found in zip(outlets, marks, strict=True) if found == {Mark.SILENT}]
    if silent:
        told.append(spoken().grid.silent.format(outlets=news_words.listed(silent)))
    return " ".join(told)


def _picture(grids: Sequence[Grid], title: str) -> Picture:
    outlets = by_voice(grids)
    columns = outlets[:OUTLETS]
    questions = tuple(_question(found, columns) for found in grids)
    missing = len(outlets) - len(columns)
    note = spoken().grid.outlets_out.format(outlets=spoken().counted(spoken().outlets, missing)) if missing else ""
    return Picture(title, tuple(shortened(name, OUTLET_CHARACTERS) for name in columns), questions, note)


def _question(found: Grid, columns: Sequence[str]) -> Question:
    claims = []
    for row in found.rows:
        said = dict(zip(found.outlets, row.marks, strict=True))
        text = shortened(news_words.sentence(row.claim), CLAIM_CHARACTERS)
        claims.append(Claim(text, row.weight, tuple(said.get(name) for name in columns)))
    return Question(shortened(news_words.folded(found.question), CLAIM_CHARACTERS), tuple(claims))


def _lines(found: Grid) -> int:
    """About how many lines a disagreement takes; a claim's weight stands under it."""
    claims = sum(2 + min(len(row.claim), CLAIM_CHARACTERS) // A_CLAIM_S_LINE for row in found.rows)
    return claims + 2 + min(len(found.question), CLAIM_CHARACTERS) // A_QUESTION_S_LINE
