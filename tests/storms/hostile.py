"""Generated hostile texts through all that is said to Slack: nobody pinged, nothing foreign linked, nothing hidden.

python -m tests.storms.hostile [--count 10000] [--seed 1]

Each text stands wherever text from outside can stand in an answer, in its stream, in a digest and its picture, and in
an error. Exit status 1 where Slack would refuse a block, where what it takes holds a mention, a foreign link or hidden
characters, or where a picture cannot be drawn whole.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from bot.news.digest.subscription import TOPIC_CHARACTERS, Length
from bot.news.model import Answer, Article
from bot.news.topic import Topic
from bot.sandbox import Refused
from bot.sandbox.methods import checks
from bot.slack.answers.screen import Screen
from bot.slack.daily import draw
from bot.slack.looks.blocks import Message, compose, plain
from bot.slack.looks.drawing import draw as draw_picture
from bot.slack.looks.escape import web_link
from bot.slack.looks.picture import pictures
from bot.slack.posting.gallery import Hung, shown, told
from tests.slack.test_blocks import answer_full_of
from tests.slack.test_daily import FRIDAY, full_of
from tests.slack.test_escape import HIDING, PIECES, Written, harmless, rendered, tokens, unescaped
from tests.slack.texts import ODD_TEXTS

# A mention, a picture or a special date as Slack's own elements: none is ever made of a text.
ACTING = {"user", "usergroup", "broadcast", "channel", "emoji", "date", "image"}
LONG, LONGEST = 1_000, 20_000  # characters; a long text takes seconds, and one in fifty is enough of them
DRAWN = 50  # texts to one of which a picture is drawn, which takes a third of a second
SAID = 300  # characters of an error, which is always the bot's own sentence
_PLANES = ((0x20, 0x7E), (0xA0, 0x24F), (0x2000, 0x206F), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF), (0x1F300, 0x1FAFF))


def hostile(chance: random.Random) -> str:
    """One text: known attacks, their pieces and characters of all sorts, in any order, sometimes very long."""
    kinds = chance.choices(("piece", "character", "attack", "again"), (12, 6, 1, 1), k=chance.randint(1, 40))
    found: list[str] = []
    for kind in kinds:
        match kind:
            case "piece":
                found.append(chance.choice(PIECES))
            case "character":
                found.append(chr(chance.randint(*chance.choice(_PLANES))))
            case "attack":
                found.append(chance.choice(sorted(ODD_TEXTS.values())))
            case "again" if found:
                found.append(found[-1] * chance.choice((2, 3, 50)))
    return "".join(found)[: LONGEST if chance.random() < 0.02 else LONG]


async def violations(text: str) -> list[str]:
    """What is wrong with what would be said to Slack of this text."""
    name = text[:TOPIC_CHARACTERS]  # people type it, within these bounds
    answer, digest = answer_full_of(text), replace(full_of(text), topics=(Topic((name,), name),))
    drawn = draw(digest, FRIDAY, Length.FULL)
    moved = [m.comparison for m in digest.moved]
    coverage = [*digest.articles, *(r.article for c in moved for p in c.positions for r in p.readings)]
    claims = tuple(c.text for p in drawn.pictures for q in p.questions for c in q.claims)
    said = [
        *_told("answer", answer.shown, compose(answer)),
        *_told("digest", coverage, [drawn.main, *drawn.thread]),
        *_told("error", (), plain(text[:SAID])),
        *_told("picture", (), told(drawn.pictures)),
        *_told("picture", (), shown(drawn.pictures, Hung(("F0AAAAAAAA",) * len(drawn.pictures), claims))),
        *await _streamed(answer),
    ]
    return list(said)


def undrawable(text: str) -> Iterator[str]:
    """What goes wrong where a picture of it is drawn; a letter that no font has is a warning, and so a box."""
    made, _ = pictures([moved.comparison for moved in full_of(text).moved], "", most=1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            draw_picture(made[0])
    except Exception as fault:
        yield f"picture: {type(fault).__name__}: {fault}"


def _told(what: str, coverage: Iterable[Article], messages: Iterable[Message]) -> Iterator[str]:
    allowed = {unescaped(str(web_link(article.url))) for article in coverage}
    for message in messages:
        try:
            checks.blocks(message.blocks, shows=lambda named: True)
        except Refused as refused:
            yield f"{what}: Slack refuses it: {refused}"
        if len(message.text) > checks.MAX_UPDATED_TEXT:
            yield f"{what}: its notification has {len(message.text)} characters"
        yield from _acts(f"{what}: notification", message.text)
        yield from _inside(what, message.blocks, allowed)


async def _streamed(answer: Answer) -> Iterator[str]:
    written = Written()
    screen = Screen(written, shows=True)  # type: ignore[arg-type]
    for position in answer.comparison.positions:
        for reading in position.readings:
            await screen.reading(reading)
    await screen.second_look()
    for statement in answer.statements:
        await screen.statement(statement)
    screen.close(answer)
    allowed = {web_link(article.url) for article in answer.shown}
    return _chunks(written.chunks, allowed)


def _chunks(chunks: Iterable[dict[str, Any]], allowed: set[str | None]) -> Iterator[str]:
    for chunk in chunks:
        for key in ("title", "output"):
            yield from _acts(f"stream: {key}", chunk.get(key, ""))
            if len(chunk.get(key, "")) > checks.MAX_TASK_TEXT:
                yield f"stream: {key} is too long"
        if foreign := {source["url"] for source in chunk.get("sources", [])} - allowed:
            yield f"stream: foreign links {foreign}"
        if chunk["type"] == "markdown_text":
            yield from _acts("stream: text", rendered(chunk["text"]))


def _inside(what: str, node: Any, allowed: set[str]) -> Iterator[str]:
    """What acts in blocks, however deep it stands."""
    if isinstance(node, list):
        for item in node:
            yield from _inside(what, item, allowed)
    elif isinstance(node, dict):
        kind = node.get("type")
        if kind == "image" and "slack_file" in node:
            yield from _acts(f"{what}: alternative text", node["alt_text"])
        elif kind in ACTING:
            yield f"{what}: a {kind} element"
        elif kind == "markdown":
            yield from _markdown(what, node["text"], allowed)
        elif kind in ("plain_text", "mrkdwn"):
            yield from _acts(f"{what}: {kind}", node["text"])
        elif kind == "text" and HIDING.search(node["text"]):
            yield f"{what}: hidden characters"
        elif kind == "link" and unescaped(node["url"]) not in allowed:
            yield f"{what}: a foreign link to {node['url']!r}"
        for value in node.values():
            yield from _inside(what, value, allowed)


def _markdown(what: str, source: str, allowed: set[str]) -> Iterator[str]:
    for token in tokens(source):
        if token.type == "link_open" and unescaped(str(token.attrs["href"])) not in allowed:
            yield f"{what}: a foreign link to {token.attrs['href']!r}"
        elif token.type in ("image", "html_inline", "html_block", "fence"):
            yield f"{what}: {token.type} in its Markdown"
    yield from _acts(f"{what}: Markdown", rendered(source))


def _acts(what: str, shown: str) -> Iterator[str]:
    try:
        harmless(shown)
    except AssertionError:
        yield f"{what} acts or hides"


async def storm(count: int, seed: int) -> list[str]:
    """All violations, each with the text that it comes from."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        text = hostile(chance)
        wrong = set(await violations(text))
        if number % DRAWN == 0:
            wrong |= set(undrawable(text))
        found += [f"{each} <- {text[:300]!r}" for each in sorted(wrong)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    found = asyncio.run(storm(given.count, given.seed))
    for each in found[:50]:
        sys.stdout.write(f"VIOLATION {each}\n")
    seconds = time.monotonic() - began
    sys.stdout.write(f"{given.count} hostile texts in {seconds:.0f} s: {len(found)} violations\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
