"""Draws a picture of standing disagreements as a PNG.

It has a ground of its own, so that it can be read in Slack's light and dark alike, and its marks differ in shape, so
that nobody needs their colours. Texts are drawn as they are: matplotlib's own markup, which begins at a dollar sign,
is off. Whoever needs this module imports it where a picture is drawn: matplotlib takes longer to import than the bot.
"""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle
from matplotlib.transforms import Affine2D

from bot.news.catalogue import spoken
from bot.news.ledger.grid import Mark
from bot.slack.looks.lettering import Lettering, runs_left
from bot.slack.looks.picture import Claim, Picture, Question

DOTS = 2  # of the picture to a point, so that it is sharp on screens of today; lengths here are in points
MARGIN, PAD = 18.0, 7.0
CLAIM_WIDTH = 260.0
LEAST_WIDTH = 520.0
LEVEL, SLANTED = 80.0, 38.0  # widths of columns with level names, and with slanted ones where there are many
LEVEL_COLUMNS = 6
SLANT = 50.0  # degrees
LEVEL_LINES, SLANTED_LINES = 3, 2
SLANTED_LENGTH = 150.0
TITLE, TEXT, SMALL = 15.0, 12.0, 10.5  # sizes of letters
LEADING = 1.3  # from line to line, in sizes
MARK = 5.5  # half of a mark's width

GROUND, BAND, RULE, GUIDE = "#f5f3ee", "#e5e2d9", "#d5d2c7", "#e5e2d9"
INK, FAINT = "#1d1c1d", "#5b5a57"
COLOURS = {Mark.SAYS: "#16599c", Mark.OTHERWISE: "#b23c09", Mark.SILENT: "#85837d"}

BEHIND, BEFORE = 1, 2  # layers; texts lie above both

_drawing = threading.Lock()  # matplotlib is not made for several threads


@dataclass(frozen=True, slots=True)
class Drawing:
    """A PNG. `undrawn`: texts for which no font here has the letters; the first stands in it as "(1)"."""

    png: bytes
    undrawn: tuple[str, ...] = ()


def draw(picture: Picture, undrawn: Sequence[str] = ()) -> Drawing:
    """Draw it; texts that got a number in a picture before keep it. Takes about half a second."""
    with _drawing, style.context("default"):  # not as whoever runs the bot likes their own plots
        lettering = Lettering(_texts(picture), undrawn, DOTS)
        png = _Sheet(picture, lettering).png()
        return Drawing(png, tuple(lettering.undrawn))


def _texts(picture: Picture) -> Iterable[str]:
    yield from (picture.title, *picture.outlets)
    for question in picture.questions:
        yield question.text
        yield from (claim.text for claim in question.claims)


class _Sheet:
    """A picture while it is drawn from top to bottom; `_at` is how far."""

    def __init__(self, picture: Picture, lettering: Lettering) -> None:
        self._picture = picture
        self._lettering = lettering
        self._figure = Figure(dpi=72 * DOTS, facecolor=GROUND)
        self._place = Affine2D()  # from points right of and below the upper left corner to dots
        self._level = len(picture.outlets) <= LEVEL_COLUMNS
        self._column = LEVEL if self._level else SLANTED
        self._first = MARGIN + CLAIM_WIDTH + 2 * PAD
        self._right = max(self._first + self._column * len(picture.outlets), LEAST_WIDTH - MARGIN)
        self._width = self._right + MARGIN
        self._at = MARGIN

    def png(self) -> bytes:
        title = self._wrapped(self._picture.title, self._right - MARGIN, TITLE, bold=True)
        self._text(title, MARGIN, TITLE, bold=True)
        self._at += PAD / 2
        self._key()
        self._names()
        for question in self._picture.questions:
            self._question(question)
        if self._picture.note:
            self._at += PAD
            self._text(self._wrapped(self._picture.note, self._right - MARGIN, SMALL), MARGIN, SMALL, FAINT)
        height = self._at + MARGIN
        self._figure.set_size_inches(self._width / 72, height / 72)
        self._place.scale(DOTS, -DOTS).translate(0, height * DOTS)
        out = io.BytesIO()
        self._figure.savefig(out, format="png")
        return out.getvalue()

    def _key(self) -> None:
        """What the marks mean that stand here."""
        used = {mark for question in self._picture.questions for claim in question.claims for mark in claim.marks}
        x, y = MARGIN, self._at + SMALL * LEADING / 2
        for mark in Mark:
            if mark in used:
                self._mark(mark, x + MARK, y)
                x += 2 * MARK + PAD
                self._line(mark.value, x, self._at + SMALL, SMALL, FAINT)
                x += self._lettering.width(mark.value, SMALL) + 2 * PAD + MARK
        if None in used:
            self._line(spoken().grid.not_compared, x, self._at + SMALL, SMALL, FAINT)
        self._at += SMALL * LEADING + PAD

    def _names(self) -> None:
        """The outlets over their columns."""
        length, most = (LEVEL - PAD, LEVEL_LINES) if self._level else (SLANTED_LENGTH, SLANTED_LINES)
        names = [self._wrapped(name, length, SMALL, most=most) for name in self._picture.outlets]
        lines = max(map(len, names), default=1)
        longest = max((self._lettering.width(line, SMALL) for name in names for line in name), default=0.0)
        lean = math.radians(0 if self._level else SLANT)
        self._at += longest * math.sin(lean) + lines * SMALL * LEADING * math.cos(lean) + PAD
        for number, name in enumerate(names):
            x = self._first + self._column * (number + 0.5)
            if self._level:
                for up, line in enumerate(reversed(name)):
                    self._line(line, x, self._at - PAD - up * SMALL * LEADING, SMALL, INK, align="center")
            else:
                self._figure.text(
                    x,
                    self._at - PAD - (len(name) - 1) * SMALL / 2,
                    "\n".join(name),
                    transform=self._place,
                    fontproperties=self._lettering.font("".join(name), SMALL),
                    color=INK,
                    rotation=SLANT,
                    rotation_mode="anchor",
                    va="center",
                    linespacing=1.1,
                    parse_math=False,
                    usetex=False,
                )
        if not self._level:  # the last one leans out
            self._width = max(self._width, self._right - self._column / 2 + longest * math.cos(lean) + MARGIN)

    def _question(self, question: Question) -> None:
        width = self._right - MARGIN - 2 * PAD
        lines = self._wrapped(question.text, width, TEXT, bold=True)
        height = len(lines) * TEXT * LEADING + 2 * PAD
        self._add(Rectangle((MARGIN, self._at), self._right - MARGIN, height, color=BAND, linewidth=0), BEHIND)
        self._at += PAD
        self._text(lines, MARGIN + PAD, TEXT, bold=True, width=width)
        self._at += PAD
        for number, claim in enumerate(question.claims):
            if number:
                self._rule()
            self._claim(claim)
        self._at += PAD

    def _claim(self, claim: Claim) -> None:
        top = self._at
        self._at += PAD
        self._text(self._wrapped(claim.text, CLAIM_WIDTH, TEXT), MARGIN + PAD, TEXT, width=CLAIM_WIDTH)
        self._text(self._wrapped(claim.weight, CLAIM_WIDTH, SMALL), MARGIN + PAD, SMALL, FAINT)
        self._at += PAD
        for number, mark in enumerate(claim.marks):
            x = self._first + self._column * (number + 0.5)
            if not self._level:
                self._stroke((x, x), (top, self._at), GUIDE, 0.8, BEHIND)
            if mark is not None:
                self._mark(mark, x, (top + self._at) / 2)

    def _mark(self, mark: Mark, x: float, y: float) -> None:
        colour = COLOURS[mark]
        if mark is Mark.SAYS:
            self._add(Circle((x, y), MARK, color=colour, linewidth=0), BEFORE)
        elif mark is Mark.OTHERWISE:
            for tilt in (-1, 1):
                self._stroke((x - MARK, x + MARK), (y - tilt * MARK, y + tilt * MARK), colour, 2.4)
        else:
            self._stroke((x - MARK / 2, x + MARK / 2), (y, y), colour, 1.6)

    def _rule(self) -> None:
        self._stroke((MARGIN, self._right), (self._at, self._at), RULE, 0.8, BEHIND)

    def _stroke(
        self, x: tuple[float, float], y: tuple[float, float], colour: str, width: float, layer: int = BEFORE
    ) -> None:
        self._add(Line2D(x, y, color=colour, linewidth=width, solid_capstyle="round"), layer)

    def _add(self, shape: Circle | Rectangle | Line2D, layer: int) -> None:
        shape.set_transform(self._place)
        shape.set_zorder(layer)
        self._figure.add_artist(shape)

    def _wrapped(
        self, text: str, width: float, size: float, *, bold: bool = False, most: int | None = None
    ) -> list[str]:
        return self._lettering.wrapped(self._lettering.drawable(text), width, size, bold=bold, most=most)

    def _text(
        self, lines: Sequence[str], x: float, size: float, colour: str = INK, *, bold: bool = False, width: float = 0
    ) -> None:
        """Lines from here on down; what is written from right to left ends at `width` where there is one."""
        for line in lines:
            left = width and runs_left(line)
            at = x + width if left else x
            self._line(line, at, self._at + size, size, colour, bold=bold, align="right" if left else "left")
            self._at += size * LEADING

    def _line(
        self, line: str, x: float, base: float, size: float, colour: str, *, bold: bool = False, align: str = "left"
    ) -> None:
        self._figure.text(
            x,
            base,
            line,
            transform=self._place,
            fontproperties=self._lettering.font(line, size, bold=bold),
            color=colour,
            ha=align,
            va="baseline",
            parse_math=False,
            usetex=False,
        )
