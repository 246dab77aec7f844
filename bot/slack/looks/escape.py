"""Makes text harmless for the place it is shown in: no mention, no link, no markup, nothing hidden.

Articles, questions and the model's words are all untrusted. Each function takes raw text and is called once,
last, by the builders of `kit`. Where Slack has no escape for a character that acts (an at sign, an emoji's
colons, an address that links itself), a look-alike that does not act takes its place; the quotes, which stand
in rich text where nothing is parsed, keep every letter.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

LINK_CHARACTERS = 1_000  # a longer address is shown as no link: it would eat the message's budget

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BROKEN = re.compile("[\ud800-\udfff]")
# Unicode's default-ignorable characters and direction controls: they hide text, or show it in another order.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_JOINER = re.compile("[\u200c\u200d\ufe0f]")
_EMOJI = re.compile(
    "[#*0-9\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_JOINING_SCRIPT = re.compile("[\u0600-\u0dff]")

_SHORTCODE = re.compile(r":(?:[^\s:]{1,100}:)+")
_TOKEN = re.compile(r"<(?=[!#]|\w+:)")  # entities would do, if Slack never decodes twice
_WWW = re.compile(r"(www)\.", re.IGNORECASE)
_DOMAIN_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_MARKDOWN = re.compile(r"[\\`*_\[\]~|]")
_LINE_START = re.compile(r"^(?:[#+=-]|\d{1,9}(?=[.)]))")
_PATH = "/%-._~:$&',+="
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LOOKALIKES = str.maketrans("<>[]*_~`|\\", "‹›［］∗＿∼‵❘∖")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def visible(text: str) -> str:
    """One line of what a reader can see: hidden and reordering characters go, white space is one space.

    Joiners stay where writing needs them: inside an emoji, and between letters of Arabic and Indic scripts.
    """
    text = _HIDDEN.sub("", _BROKEN.sub("\ufffd", text))
    text = _JOINER.sub(_needed_joiner, text)
    return _SPACE.sub(" ", text).strip()


def mrkdwn(text: str) -> str:
    """For a message's top-level `text`."""
    return _inert(visible(text)).translate(_ENTITIES)


def markdown(text: str) -> str:
    """For `markdown` blocks and streamed text: reads as it was written, on one line."""
    text = _MARKDOWN.sub(r"\\\g<0>", _inert(visible(text)))
    text = _LINE_START.sub(lambda start: f"{start[0]}\\" if start[0].isdigit() else f"\\{start[0]}", text)
    return text.translate(_ENTITIES)


def label(text: str) -> str:
    """For places whose rules Slack does not tell (headers, cards, names of sources): harmless under any of them."""
    return _ENTITY.sub("＆", _inert(visible(text))).translate(_LOOKALIKES)


def web_link(url: str | None) -> str | None:
    """An address of the coverage that may be linked; None where it is not plain http or https."""
    url = _STRAY_PERCENT.sub("%25", visible(url or ""))
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    if not re.fullmatch(r"[a-z0-9.-]+", host):
        return None
    # Parentheses, bars, stars and semicolons are encoded too: they would end or bend a link in Slack's markup.
    rest = quote(parts.path, safe=_PATH)
    rest += "?" + quote(parts.query, safe=_PATH + "?") if parts.query else ""
    rest += "#" + quote(parts.fragment, safe=_PATH + "?") if parts.fragment else ""
    found = f"{parts.scheme.lower()}://{host}{port}{rest}"
    return found if len(found) <= LINK_CHARACTERS else None


def _needed_joiner(found: re.Match[str]) -> str:
    text, at, joiner = found.string, found.start(), found[0]
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if joiner == "\ufe0f":
        return joiner if _EMOJI.match(before) else ""
    in_emoji = joiner == "\u200d" and (_EMOJI.match(before) or before == "\ufe0f") and _EMOJI.match(after)
    in_word = _JOINING_SCRIPT.match(before) and _JOINING_SCRIPT.match(after)
    return joiner if in_emoji or in_word else ""


def _inert(text: str) -> str:
    """Nothing in it pings, links itself or turns into an emoji."""
    text = _TOKEN.sub("‹", text.replace("@", "＠").replace("://", "∶//"))
    text = _DOMAIN_DOT.sub("․", _WWW.sub(r"\1․", text))
    return _SHORTCODE.sub(lambda found: found[0].replace(":", "∶"), text)
