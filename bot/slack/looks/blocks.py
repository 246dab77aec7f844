"""An Answer as messages. Pure: no Slack is called here.

The first line answers and already tells of a conflict; under the statements stand the disagreement, what a
reader must know about how the answer came about, the sources, and one line on who wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.news import words
from bot.news.catalogue import speaking, spoken
from bot.news.model import Answer, Mode, Statement
from bot.slack.looks import escape, kit
from bot.slack.looks.kit import Json
from bot.slack.looks.prose import Numbering, Prose, who
from bot.slack.looks.sides import quotes, sides, standing
from bot.slack.looks.split import shortened, split

MESSAGE_CHARACTERS = 11_500  # of a message's JSON; whole messages were seen to fail near 13,000
MESSAGE_BLOCKS = 45  # Slack takes 50; buttons need room
MOST_CHARACTERS, MOST_BLOCKS = 12_500, 50  # with the buttons
TEXT_CHARACTERS = 700  # of the line that notifications show; escaped, an update takes 4,000
TITLE_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `text` is what notifications show. `body` is its Markdown, which may be streamed before;
    `tail` are the blocks under it."""

    text: str
    body: str = ""
    tail: tuple[Json, ...] = ()

    @property
    def blocks(self) -> list[Json]:
        return [*([kit.markdown(self.body)] if self.body else []), *self.tail]

    def dump(self) -> Json:
        return {"text": self.text, "body": self.body, "tail": list(self.tail)}


def dump(messages: Sequence[Message]) -> str:
    return json.dumps([m.dump() for m in messages])


def load(kept: str) -> list[Message]:
    return [Message(m["text"], m["body"], tuple(m["tail"])) for m in json.loads(kept)]


def plain(said: str) -> list[Message]:
    """The bot's own short word as a message."""
    return [Message(escape.mrkdwn(said), escape.markdown(said))]


def asking(person: str, question: str) -> Message:
    """Who asks what, where no message of theirs does."""
    named = [kit.text(spoken().asking.asked_by), {"type": "user", "user_id": person}, kit.text(":")]
    asks = kit.paragraph(*named, kit.text(question, bold=True, spaced=False))
    return Message(escape.mrkdwn(shortened(question, TEXT_CHARACTERS)), "", tuple(kit.rich([asks])))


def with_buttons(messages: Sequence[Message], buttons: Sequence[Json], if_room: Sequence[Json] = ()) -> list[Message]:
    """The messages with what can be pressed under the last; `if_room` gives way where that is full."""
    *before, last = messages
    last = replace(last, tail=(*last.tail, *buttons))
    more = replace(last, tail=(*last.tail, *if_room))
    fits = len(more.blocks) <= MOST_BLOCKS and kit.size(more.blocks) <= MOST_CHARACTERS
    return [*before, more if fits else last]


def compose(answer: Answer) -> list[Message]:
    """The messages that hold the whole answer, in order; nothing of it is dropped."""
    with speaking(answer.language):
        return _composed(answer)


def _composed(answer: Answer) -> list[Message]:
    prose = Prose()
    lead = (answer.trouble if not answer.shown else None) or words.lead(answer)
    if answer.mode is Mode.MODEL and answer.statements:
        for statement in answer.statements:
            prose.add(statement)
    else:
        prose.add(Statement(lead, ()))
    if answer.closest:
        first, *more = answer.closest
        prose.add(Statement(f"{spoken().answer.closest} {first.text}", first.citations), paragraph=True)
        for statement in more:
            prose.add(statement)
    units = _under(answer, prose.numbering)
    return packed(lead, prose.bodies(), units)


def _under(answer: Answer, numbering: Numbering) -> list[list[Json]]:
    """What stands under the statements, in units that are kept together where they fit."""
    units: list[list[Json]] = []
    if answer.mode is Mode.OFFLINE:
        units += [_quoted_source(statement, numbering) for statement in answer.statements]
    units += sides(answer.comparison, numbering)
    if relation := words.relation_line(answer.comparison):
        units.append(kit.told(relation))
    for dispute in answer.standing:
        units += standing(dispute, numbering)
    units += [[block] for block in sources(numbering)]
    told = " ".join([*words.notes(answer), words.disclaimer(answer)])
    units += [[kit.context(part)] for part in split(told, kit.CONTEXT_CHARACTERS)]
    return units


def _quoted_source(statement: Statement, numbering: Numbering) -> list[Json]:
    """One source's own sentences, uncompared."""
    article = statement.citations[0].article
    name = kit.paragraph(kit.text(who(article), bold=True), kit.mark(numbering.of(article), article))
    return kit.rich([name, *quotes(c.quote for c in statement.citations)])


def sources(numbering: Numbering) -> list[Json]:
    groups: list[list[Json]] = []
    for number, article in numbering.listed():
        title = shortened(article.title, TITLE_CHARACTERS)
        shown = f"{who(article)}: {title}" if title else who(article)
        groups.append([kit.text(f"[{number}]"), kit.titled(article, shown)])
    return kit.rich(kit.lines(groups, kit.line_break()))


@dataclass(slots=True)
class _Page:
    """A message while it is filled."""

    body: str
    tail: list[Json] = field(default_factory=list)

    def takes(self, blocks: list[Json]) -> bool:
        tail = [*self.tail, *blocks]
        return len(tail) < MESSAGE_BLOCKS and kit.size([kit.markdown(self.body), *tail]) <= MESSAGE_CHARACTERS


def packed(lead: str, bodies: list[str], units: list[list[Json]]) -> list[Message]:
    """Fill message after message; a unit is parted only where no message could hold it."""
    pages = [_Page(body) for body in bodies]
    for unit in units:
        for part in [unit] if _Page("").takes(unit) else [[block] for block in unit]:
            if not pages[-1].takes(part):
                pages.append(_Page(""))
            pages[-1].tail += part
    text = escape.mrkdwn(shortened(lead, TEXT_CHARACTERS))
    return [
        Message(f"{text} ({number}/{len(pages)})" if number > 1 else text, page.body, tuple(page.tail))
        for number, page in enumerate(pages, 1)
    ]
