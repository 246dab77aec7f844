"""Bytes to clean text: the encoding found, line ends made one, what could deceive the eye or the model taken out."""

from __future__ import annotations

import codecs
import re

from bot.errors import UnreadableCoverage

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKS = tuple(mark for mark, _ in _BOMS)
_OTHER_FORMATS = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
)
_MAX_CONTROL_SHARE = 0.01

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
_CONTROL = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
# Zero-width and direction marks, soft hyphens, tags, non-characters: what is read would not be what is seen.
# The joiners U+200C and U+200D stay, for emoji and several scripts need them.
_HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{_CONTROL}{_HIDDEN}]")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
# As browsers do: what calls itself by the narrower name often holds the wider one's quotation marks.
_WIDER = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
_UTF8_RUN = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


def decode(content: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else windows-1252.

    Bytes that fit no encoding become U+FFFD. Raises UnreadableCoverage where it is no text at all.
    """
    if content.startswith(_OTHER_FORMATS):
        raise UnreadableCoverage("it is not a text file")
    text = _decoded(content)
    controls = len(re.findall(f"[{_CONTROL}]", text))
    if controls > max(8, len(text) * _MAX_CONTROL_SHARE):
        raise UnreadableCoverage("it is not a text file")
    return text


def decode_declared(content: bytes, charset: str | None) -> str:
    """The text of a page; never refused.

    By its byte order mark, as UTF-8 where it can be nothing else, then by the charset that its server named or the
    one that it names itself, the first of them that fits; else as `decode` finds it.
    """
    if content.startswith(_MARKS) or (not content.isascii() and _is_utf8(content)):
        return _decoded(content)
    named = _CHARSET.search(content[:2_000])
    for encoding in (charset, named[1].decode("ascii") if named else None):
        try:
            if encoding:
                return content.decode(_WIDER.get(encoding.lower(), encoding))
        except (LookupError, ValueError):
            continue
    return _decoded(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def clean(text: str) -> str:
    """One kind of line end, no control characters and nothing invisible. Cleaning twice changes nothing."""
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    return _UNSEEN.sub("", text).strip()


def clean_line(text: str) -> str:
    """Clean text on one line, for titles and names."""
    return " ".join(clean(text).split())


def _decoded(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        mostly_utf8 = content.decode("utf-8", errors="replace")
    if len(_UTF8_RUN.findall(content)) > mostly_utf8.count("\ufffd"):
        return mostly_utf8  # a few broken bytes in a text that is UTF-8 all the same
    return content.decode("cp1252", errors="replace")
