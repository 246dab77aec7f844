"""Whatever a text holds, shown in Slack it pings nobody, links nowhere, formats nothing and hides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.slack.answers.answering import Screen
from bot.slack.looks.blocks import compose, plain
from bot.slack.looks.escape import label, markdown, mrkdwn, visible, web_link
from tests.slack.test_blocks import answer_full_of, fits
from tests.slack.texts import HIDDEN, HOSTILE, ODD_TEXTS

PIECES = [
    "<!channel>", "<!here>", "<@U0ANNA>", "<#C0GENERAL>", "<!subteam^S1>", "@here", "@channel", "https://evil.example",
    "http://evil.example/a_b?c=(d)", "www.evil.example", "evil.co.uk", ".evil", "a@evil.example", "[x](https://evil.example)",
    "![x](//evil.example/p.png)", "<https://evil.example|x>", "<!date^1^{date}^https://evil.example|x>", ":tada:",
    "&lt;!channel&gt;", "&#60;!here&#62;", "&amp;lt;", "\\", "\\\\", "`", "```", "*", "**", "_", "__", "~", "~~", "|",
    "[", "]", "(", ")", "<", ">", "&", "#", "# ", "- ", "1. ", "> ", "\n", "\n\n", "    ", "\t", "\u200b", "\u202e",
    "\u2066", "\u200d", "\ufeff", "\u00ad", "\U000e0041", "\x00", "\ud800", "é", "א", "ع", "👍", "❤️", "word", ". ", "A",
]  # fmt: skip
adversarial = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30).map("".join)
MENTION = re.compile(r"<[@#!]|@(?=here|channel|everyone)", re.IGNORECASE)
ADDRESS = re.compile(r"\w+://|www\.|\w\.[^\W\d_]{2}|[\w.]@\w", re.IGNORECASE)
SHORTCODE = re.compile(r":[^\s:]{1,100}:")
HIDING = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff\x00-\x08]")
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(source: str) -> Iterator[Token]:
    for block in PARSER.parse(source):
        yield block
        yield from block.children or []


def rendered(source: str) -> str:
    """The text that a Markdown renderer shows, a line a block, links without their addresses."""
    shown = ""
    for token in tokens(source):
        if token.type in ("text", "text_special", "code_inline"):
            shown += token.content
        elif token.type in ("softbreak", "hardbreak") or (token.block and token.nesting < 0):
            shown += "\n"
    return shown.strip("\n")


def harmless(shown: str) -> None:
    assert not MENTION.search(shown)
    assert not ADDRESS.search(shown)
    assert not SHORTCODE.search(shown)
    assert not HIDING.search(shown)


@given(adversarial)
@settings(max_examples=400, deadline=None)
def test_given_any_text_when_escaped_for_markdown_then_it_is_one_paragraph_of_plain_words(text: str) -> None:
    source = markdown(text)

    kinds = {t.type for t in tokens(source)}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert "<" not in source
    assert ">" not in source
    harmless(rendered(source))


@given(adversarial)
@settings(max_examples=400, deadline=None)
def test_given_any_text_when_escaped_for_a_notification_then_nothing_in_it_acts(text: str) -> None:
    shown = mrkdwn(text)

    assert "<" not in shown
    assert ">" not in shown
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    harmless(shown)


@given(adversarial)
@settings(max_examples=400, deadline=None)
def test_given_any_text_when_made_a_label_then_nothing_in_it_acts_under_any_rules(text: str) -> None:
    shown = label(text)

    assert not re.search(r"[<>\[\]*_~`|\\]|&#?\w+;", shown)
    harmless(shown)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_given_any_text_when_made_visible_then_it_is_one_trimmed_line_that_encodes(text: str) -> None:
    shown = visible(text)

    assert shown == visible(shown).strip()
    assert "\n" not in shown
    shown.encode("utf-8")


@given(st.text(alphabet="abc XYZ'!?,;0123456789*_~`[]|\\<>&#()-+=$%^\"{}", max_size=80))
@settings(deadline=None)
def test_given_plain_words_and_markup_when_rendered_then_they_read_as_they_were_written(text: str) -> None:
    assert rendered(markdown(text)) == re.sub("<(?=[!#])", "‹", visible(text))


@given(adversarial)
@settings(max_examples=150, deadline=None)
def test_given_any_text_everywhere_in_an_answer_when_composed_then_only_the_coverage_is_linked(text: str) -> None:
    found = answer_full_of(text)

    messages = compose(found)

    allowed = {web_link(a.url) for a in found.shown}
    for message in messages:
        assert fits(message)
        harmless(message.text)
        for kind, value in parts(message.blocks):
            if kind == "link":
                assert value in allowed
            elif kind == "markdown":
                links = {str(t.attrs["href"]) for t in tokens(value) if t.type == "link_open"}
                assert {unescaped(href) for href in links} <= {unescaped(str(a)) for a in allowed}
                assert not [t for t in tokens(value) if t.type in ("image", "html_inline", "html_block", "fence")]
                harmless(rendered(value))
            elif kind == "plain":
                harmless(value)
            else:
                assert not HIDING.search(value)


@given(adversarial)
@settings(max_examples=100, deadline=None)
async def test_given_any_text_when_streamed_then_each_chunk_is_harmless(text: str) -> None:
    found = answer_full_of(text)
    written = Written()
    screen = Screen(written, shows=True)  # type: ignore[arg-type]

    for position in found.comparison.positions:
        for each in position.readings:
            await screen.reading(each)
    for statement in found.statements:
        await screen.statement(statement)
    screen.close(found)

    allowed = {web_link(a.url) for a in found.shown}
    for chunk in written.chunks:
        for key in ("title", "output"):
            harmless(chunk.get(key, ""))
            assert len(chunk.get(key, "")) <= 256
        assert {s["url"] for s in chunk.get("sources", [])} <= allowed
        if chunk["type"] == "markdown_text":
            harmless(rendered(chunk["text"]))
    assert screen.streamed == compose(found)[0].body[: len(screen.streamed)]


@pytest.mark.parametrize("text", [HOSTILE, HIDDEN, *ODD_TEXTS.values()])
def test_given_odd_words_of_an_error_when_told_plainly_then_they_are_harmless(text: str) -> None:
    (message,) = plain(text)

    harmless(message.text)
    harmless(rendered(message.body))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://example.org/a", "//example.org/a", "example.org", "https://",
        "https://user:secret@example.org/", "http://exa mple.org/", "https://example.org:port/", "file:///etc/passwd",
        "https://ex<ample.org/", "slack://open", "https://example.org/" + "a" * 2_000, "https://[::1", None, "",
    ],
)  # fmt: skip
def test_given_an_address_that_is_no_plain_web_address_when_linked_then_it_is_not(url: str | None) -> None:
    assert web_link(url) is None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a_b-c?d=1&e=2#f", "https://example.org/a_b-c?d=1&e=2#f"),
        ("HTTPS://Example.ORG:8443/x", "https://example.org:8443/x"),
        ("https://example.org/a)(b|c>d<e f", "https://example.org/a%29%28b%7Cc%3Ed%3Ce%20f"),
        ("https://bücher.example/ß", "https://xn--bcher-kva.example/%C3%9F"),
        ("https://example.org/%20kept?q=a;b*c", "https://example.org/%20kept?q=a%3Bb%2Ac"),
        ("https://example.org/\u202egnp.exe", "https://example.org/gnp.exe"),
        ("https://example.org/@author", "https://example.org/%40author"),
    ],
)
def test_given_a_web_address_when_linked_then_what_could_bend_the_markup_is_encoded(url: str, safe: str) -> None:
    assert web_link(url) == safe


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧‍👦", "❤️", "1️⃣", "🇬🇧", "👍🏽", "می‌خواهم", "Zoë’s naïve café", "U.S. at 9 a.m.", "£900 million, 4.5%"]
)
def test_given_writing_that_needs_its_joiners_when_made_visible_then_it_is_unchanged(text: str) -> None:
    assert visible(text) == text
    assert mrkdwn(text) == text


def parts(node: Any) -> Iterator[tuple[str, str]]:
    """Every text and address of a message's blocks, with how Slack treats it."""
    if isinstance(node, list):
        for item in node:
            yield from parts(item)
        return
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "markdown":
        yield "markdown", node["text"]
    elif kind == "plain_text":
        yield "plain", node["text"]
    elif kind == "text":
        yield "unparsed", node["text"]
    elif kind == "link":
        yield "link", node["url"]
        yield "unparsed", node["text"]
    else:
        assert kind in ("rich_text", "rich_text_section", "rich_text_quote", "header", "context")
        for value in node.values():
            yield from parts(value)


def unescaped(url: str) -> str:
    """As a Markdown parser may write an address: some punctuation percent-encoded, some not."""
    return url.replace("%27", "'")


class Written:
    """A stream that only keeps what it is given."""

    def __init__(self) -> None:
        self.chunks: list[dict[str, Any]] = []

    def add(self, chunk: dict[str, Any]) -> None:
        self.chunks.append(chunk)
