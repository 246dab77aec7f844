"""Markdown with YAML front matter: what it says about itself, and its words without the mark-up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import ValidationError

from bot.errors import UnreadableCoverage
from bot.feeds.articles import Details
from bot.feeds.cleaning import clean, clean_line

_FRONT_MATTER = re.compile(
    r"---[^\S\n]*\n(?P<yaml>.{0,20000}?)^(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
# Lists and indented code are left as they stand: "1987. It was…" is no list in an article, and nothing may be lost.
_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["list", "code"])


class _Plain(yaml.BaseLoader):
    """Leaves every value a string: dates keep their zone, "No" stays a word. It takes no aliases: a few lines of them
    may stand for more text than any memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def read_markdown(text: str) -> tuple[str, Details]:
    """The words of a Markdown text, its paragraphs parted by blank lines, and its details.

    A heading at the top is its title, unless the front matter gives another. Raises UnreadableCoverage where the
    front matter is broken.
    """
    text = clean(text)
    details = Details()
    if found := _FRONT_MATTER.match(text):
        details = _front_matter(found["yaml"])
        text = text[found.end() :]
    blocks = list(_blocks(_PARSER.parse(text)))
    if blocks and blocks[0][0] and details.title in (None, clean_line(blocks[0][1])):
        details = details.model_copy(update={"title": clean_line(blocks.pop(0)[1]) or None})
    return "\n\n".join(block for _, block in blocks), details


def _front_matter(text: str) -> Details:
    try:
        values = yaml.load(text, Loader=_Plain)
        if values is None or values == "":
            return Details()
        return Details.model_validate({str(name).lower(): value for name, value in values.items()})
    except (yaml.YAMLError, ValidationError, AttributeError, RecursionError) as error:
        raise UnreadableCoverage("its front matter cannot be read") from error


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[bool, str]]:
    """Each block of text, and whether it is a heading of the first level."""
    heading = False
    for token in tokens:
        if token.type == "heading_open":
            heading = token.tag == "h1"
        elif token.type == "inline":
            yield heading, "".join(_inline(token.children or ()))
            heading = False
        elif token.type == "fence":
            yield False, token.content


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type in ("text", "code_inline"):
            yield token.content
