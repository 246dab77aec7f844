"""Which letters can be drawn here, and how long they are: fonts, widths and lines of a picture's texts.

matplotlib draws a letter that no font has as a box. Here such an emoji is spelled out, and such a text is given a
number instead, to be told beside the picture in Slack's own letters. Imports matplotlib: see `drawing`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, fontManager, get_font

from bot.slack.looks import escape

BROAD = "DejaVu Sans"  # comes with matplotlib; Latin, Greek, Cyrillic, Arabic, Hebrew and more
_NO_LETTERS = re.compile("Last ?Resort|cm[a-z]+10|STIX(Size|NonU)")  # fonts of boxes, or of formulas
_NEEDS_NO_SHAPE = re.compile("[\u200c-\u200f\ufe00-\ufe0f]")
_FLAG = range(0x1F1E6, 0x1F200)  # letters that make flags in pairs
_MODIFIES = {*range(0x1F3FB, 0x1F400), 0x20E3}  # the colour of a skin, the frame of a key
_RIGHT_TO_LEFT, _LEFT_TO_RIGHT = "\u200f", "\u200e"


class Lettering:
    """Measures and prepares texts. `undrawn` are those that have a number instead, in order."""

    def __init__(self, texts: Iterable[str], undrawn: Sequence[str], dots: int) -> None:
        """`texts`: all that will be asked for; `undrawn`: what has a number already; `dots` to a point."""
        self.undrawn = list(undrawn)
        self._renderer = RendererAgg(1, 1, 72 * dots)  # type: ignore[no-untyped-call]  # matplotlib tells no types of it
        self._dots = dots
        letters = {ord(c) for text in texts for c in escape.visible(text)}
        self._families, self._missing = _families(letters)

    def font(self, text: str, size: float, *, bold: bool = False) -> FontProperties:
        """What is written in a font of another script is not bold: few of them have a bold one."""
        if all(ord(c) in _of_broad() or _NEEDS_NO_SHAPE.match(c) for c in text if c != "\n"):
            return FontProperties(family=BROAD, size=size, weight="bold" if bold else "normal")
        return FontProperties(family=self._families, size=size)

    def drawable(self, text: str) -> str:
        """The text as it can be drawn, on one line; its number where too little of it could be."""
        text = escape.visible(text)
        shown = "".join(self._spelled(text))
        if not any(ord(c) in self._missing for c in shown):
            return shown
        if text not in self.undrawn:
            self.undrawn.append(text)
        return f"({self.undrawn.index(text) + 1})"

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        font = self.font(text, size, bold=bold)
        width, _, _ = self._renderer.get_text_width_height_descent(text, font, ismath=False)  # type: ignore[no-untyped-call]
        return float(width) / self._dots

    def wrapped(
        self, text: str, width: float, size: float, *, bold: bool = False, most: int | None = None
    ) -> list[str]:
        """The lines of a text that is drawable, at most so many; a word that fits no line is cut where it must be."""
        lines = [""]
        for word in text.split(" "):
            joined = f"{lines[-1]} {word}".lstrip()
            if self.width(joined, size, bold=bold) <= width:
                lines[-1] = joined
                continue
            if lines[-1]:
                lines.append("")
            while self.width(word, size, bold=bold) > width:
                cut = self._fitting(word, width, size, bold=bold)
                lines[-1:] = [word[:cut], ""]
                word = word[cut:]
            lines[-1] = word
        lines = [line for line in lines if line]
        if most is not None and len(lines) > most:
            lines = lines[:most]
            last = lines[-1]
            lines[-1] = f"{last[: self._fitting(last, width - size, size, bold=bold)].rstrip()}…"
        # Each line is laid out by itself, and would take its direction from its own first letter.
        mark = _RIGHT_TO_LEFT if runs_left(text) else _LEFT_TO_RIGHT
        return [mark + line for line in lines]

    def _fitting(self, word: str, width: float, size: float, *, bold: bool) -> int:
        """How many of its letters fit; at least one."""
        low, high = 1, len(word)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(word[:middle], size, bold=bold) <= width:
                low = middle
            else:
                high = middle - 1
        while low > 1 and low < len(word) and unicodedata.combining(word[low]):
            low -= 1
        return low

    def _spelled(self, text: str) -> Iterable[str]:
        """Its letters; those of signs that no font has are their names, "(rocket)", and flags their two letters."""
        named = False
        for c in text:
            code, joins = ord(c), named and c == "\u200d"
            named = joins or (code in self._missing and unicodedata.category(c) in ("So", "Sk", "Me"))
            if code in _FLAG:
                yield chr(ord("A") + code - _FLAG.start)
            elif not named:
                yield c
            elif not joins and code not in _MODIFIES:
                yield f"({unicodedata.name(c, 'sign').casefold()})"


def runs_left(text: str) -> bool:
    """Whether a text's first letter that has a direction is written from right to left."""
    directions = (unicodedata.bidirectional(c) for c in text)
    return next((d in ("R", "AL") for d in directions if d in ("L", "R", "AL")), False)


def _families(letters: set[int]) -> tuple[list[str], frozenset[int]]:
    """The fonts that have these letters between them, the broad one first; and the letters that none has."""
    missing = {code for code in letters - _of_broad() if not _NEEDS_NO_SHAPE.match(chr(code))}
    families = [BROAD]
    for name, path in _others() if missing else ():
        if found := missing & _of(path):
            families.append(name)
            missing -= found
        if not missing:
            break
    return families, frozenset(missing)


@cache
def _of_broad() -> frozenset[int]:
    """What it has in both of its weights."""
    paths = [fontManager.findfont(FontProperties(family=BROAD, weight=weight)) for weight in ("normal", "bold")]
    return frozenset.intersection(*map(_of, paths))


@cache
def _others() -> list[tuple[str, str]]:
    """The other upright fonts of usual weight on this system: name and path."""
    found = {
        entry.name: entry.fname
        for entry in fontManager.ttflist
        if entry.style == "normal" and entry.weight in (400, "normal", "regular") and not _NO_LETTERS.match(entry.name)
    }
    return sorted((name, path) for name, path in found.items() if name != BROAD)


@cache
def _of(path: str) -> frozenset[int]:
    return frozenset(get_font(path).get_charmap())
