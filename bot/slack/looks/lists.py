"""The coverage at a glance, as messages: outlets, what is new, what happened when, and the standing disagreements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.news import words as news_words
from bot.news.catalogue import spoken
from bot.news.ledger.standing import Entry
from bot.news.model import Article, Check, Moment
from bot.news.offline import SHORTEST_WORDS, stems
from bot.news.overview import Heading, Outlet
from bot.news.words import folded, published
from bot.slack.looks import escape, kit
from bot.slack.looks.blocks import MESSAGE_CHARACTERS, Message, plain, sources
from bot.slack.looks.kit import Json
from bot.slack.looks.picture import Picture, pictures
from bot.slack.looks.prose import OUTLET_CHARACTERS, Numbering, who
from bot.slack.looks.split import shortened
from bot.slack.looks.table import table

TITLE_CHARACTERS = 150
LINE_CHARACTERS = 300


def outlets(found: Sequence[Outlet]) -> list[Message]:
    if not found:
        return plain(spoken().answer.empty_library)
    total = sum(outlet.articles for outlet in found)
    told = spoken()
    title = told.lists.outlets.format(
        outlets=told.counted(told.outlets, len(found)), articles=told.counted(told.articles, total)
    )
    lines = []
    for outlet in found:
        named = {
            "outlet": shortened(outlet.name, OUTLET_CHARACTERS),
            "articles": told.counted(told.articles, outlet.articles),
        }
        line = told.lists.outlet.format(**named)
        if outlet.newest:
            line = told.lists.outlet_newest.format(**named, day=published(outlet.newest))
        lines.append([kit.text(line)])
    return listed(title, lines)


def newest(found: Sequence[Heading]) -> list[Message]:
    if not found:
        return plain(spoken().answer.empty_library)
    return listed(spoken().lists.newest, [heading_line(heading) for heading in found])


def heading_line(heading: Heading, *, named: bool = True) -> list[Json]:
    """ "20 May 2026, The Courier: Models cross the sea at last", linked; without the outlet where it is not `named`."""
    when = published(heading.published)
    article = Article("", heading.outlet, heading.title, "", (), heading.published, heading.url)
    shown = kit.text(f"{when}, {shortened(heading.outlet, OUTLET_CHARACTERS)}:" if named else f"{when}:")
    title = shortened(heading.title, TITLE_CHARACTERS)
    return [shown, kit.titled(article, title)] if title else [shown]


def timeline(found: Sequence[Article], topic: str) -> list[Message]:
    """What each article reports, oldest first, in the sentence of it that is nearest to the topic."""
    if not found:
        return plain(spoken().lists.nothing_about.format(topic=topic) if topic else spoken().answer.empty_library)
    numbering = Numbering()
    lines = []
    last: Moment | None = None
    for article in found:
        when = published(article.published)
        same_day = last is not None and article.published is not None and when == published(last)
        said = _nearest(article, topic)
        told = [] if same_day else [kit.text(when, bold=True), kit.line_break()]
        if said:
            told.append(kit.text(f"{shortened(article.outlet, OUTLET_CHARACTERS)}: {said}"))
        else:
            told.append(kit.text(who(article)))
        lines.append([*told, kit.mark(numbering.of(article), article)])
        last = article.published
    title = spoken().lists.timeline_of.format(topic=topic) if topic else spoken().lists.timeline
    return listed(title, lines, sources(numbering))


def disagreements(found: Sequence[Entry], topic: str) -> tuple[list[Message], list[Picture]]:
    """The standing disagreements as one table, with the sources of each claim's best sentence under it; and as pictures
    those that it does not show whole."""
    if not found:
        return plain(spoken().grid.none_on.format(topic=topic) if topic else spoken().grid.none), []
    numbering = Numbering()
    drawn = table(found, numbering)
    title = _heading(len(found), topic)
    shown, left_out = pictures([entry.comparison for entry in drawn.rest], spoken().grid.stands_where)
    notes = [spoken().grid.legend, *news_words.comparisons_provenance(entry.comparison for entry in found)]
    if shown:
        notes.append(spoken().grid.pictured.format(count=len(drawn.rest) - left_out))
    if left_out:
        notes.append(spoken().grid.left_out.format(count=left_out))
    tail = [drawn.block, kit.context(" ".join(notes)), *sources(numbering)]
    return [Message(escape.mrkdwn(title), kit.statement(title, (), bold=True), tuple(tail))], shown


def _heading(count: int, topic: str) -> str:
    told = spoken()
    return told.counted(told.grid.heading_on, count, topic=topic) if topic else told.counted(told.grid.heading, count)


def entry_line(entry: Entry) -> list[Json]:
    """A standing comparison on one line, its sides in a few words; a followed question may have none yet."""
    comparison = entry.comparison
    sides = "; ".join(
        f"{shortened(folded(p.claim), LINE_CHARACTERS // 2)} ({news_words.weight(p)})" for p in comparison.positions
    )
    question = shortened(folded(comparison.question), LINE_CHARACTERS)
    told = spoken().grid.uncompared
    if comparison.relation is not None and comparison.check is Check.CHECKED:
        told = news_words.heading(comparison.relation)
    return [kit.text(question, bold=True), kit.text(sides or told, spaced=False)]


def _nearest(article: Article, topic: str) -> str:
    """The sentence with most words of the topic, the first of equal ones; the title where there is no sentence."""
    wanted = stems(topic)
    telling = [s for s in article.sentences if len(s.text.split()) >= SHORTEST_WORDS] or article.sentences
    best = max(telling, key=lambda s: (len(wanted & stems(s.text)), -s.number), default=None)
    return shortened(folded(best.text), LINE_CHARACTERS) if best else shortened(article.title, TITLE_CHARACTERS)


def listed(title: str, lines: Iterable[list[Json]], under: Sequence[Json] = ()) -> list[Message]:
    """A title, and a line for each; as many messages as hold them."""
    parts = kit.rich(kit.paragraph(*line) for line in lines)
    pages = paged([*parts, *under], MESSAGE_CHARACTERS - len(title))
    first = Message(escape.mrkdwn(title), kit.statement(title, (), bold=True), tuple(pages[0]))
    return [first, *(Message(escape.mrkdwn(title), "", tuple(page)) for page in pages[1:])]


def paged(blocks: Sequence[Json], limit: int) -> list[list[Json]]:
    """The blocks of as few messages as hold them within `limit` characters of JSON; at least one."""
    pages: list[list[Json]] = [[]]
    for block in blocks:
        if pages[-1] and kit.size([*pages[-1], block]) > limit:
            pages.append([])
        pages[-1].append(block)
    return pages
