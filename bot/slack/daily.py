"""A Digest as messages, one in the channel and its details in the thread; and the way to post them once."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import SlackUnavailable
from bot.news.catalogue import spoken
from bot.news.digest import words as digest_words
from bot.news.digest.digest import Digest, Move
from bot.news.digest.subscription import EVERYTHING, Length, told_topics
from bot.news.digest.words import Edition, Line, Section
from bot.news.model import Citation, Comparison
from bot.slack.account import Account
from bot.slack.looks import escape, kit
from bot.slack.looks.blocks import TEXT_CHARACTERS, Message, packed, sources
from bot.slack.looks.buttons import GRID
from bot.slack.looks.kit import Json
from bot.slack.looks.picture import Picture, pictures
from bot.slack.looks.prose import BODY_CHARACTERS, Numbering
from bot.slack.looks.sides import sides
from bot.slack.looks.split import shortened, split
from bot.slack.posting.gallery import Gallery
from bot.slack.posting.post import Place, Post, Standing
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

EVENT_TYPE = "crosscheck_digest"
GONE = frozenset({"is_archived", "channel_not_found", "not_in_channel", "user_not_in_channel", "channel_is_archived"})
LINES_AT_ONCE = {Length.SHORT: 3, Length.FULL: 8}  # of a section; the others are in the thread
DETAILED = 12  # disagreements that are set out with their quotes; each takes about a third of a message
LEAD_CHARACTERS, LINE_CHARACTERS = 1_200, 2_400  # escaped, of one line: with its marks it fits any message
MAIN_CHARACTERS = BODY_CHARACTERS
QUESTIONS_TO_SEE, OUTLETS_TO_SEE = 2, 6  # from either on a picture shows better than lines who stands where
_CLIENT_IDS = uuid.UUID("0d6f35a7-6f0f-5b2e-8b0b-4d6ab2d6b1a4")  # any fixed one


@dataclass(frozen=True, slots=True)
class Drawn:
    """The message of the channel, and those of its thread; `pictures` come last in it."""

    main: Message
    thread: tuple[Message, ...] = ()
    pictures: tuple[Picture, ...] = ()


def draw(digest: Digest, edition: Edition, length: Length) -> Drawn:
    """The messages of a digest. What the length leaves out of the first stands in the thread; nothing is dropped."""
    numbering = Numbering()
    heading = digest_words.heading(digest, edition)
    page = _Page(kit.statement(heading, (), bold=True), numbering)
    if told := digest_words.trouble(digest):
        page.add(kit.statement(told, (), bold=False))
    below: list[Section] = []
    shown_short = ("", spoken().digest.happened, spoken().digest.first_lines)
    for section in digest_words.sections(digest):
        at_once = LINES_AT_ONCE[length] if length is Length.FULL or section.title in shown_short else 0
        rest = page.section(section, at_once)
        if rest:
            below.append(Section(section.title, rest))
    if below:
        page.add(
            kit.statement(spoken().digest.more_below.format(count=sum(len(s.lines) for s in below)), (), bold=False)
        )
    told = " ".join([digest_words.span(digest, edition), *digest_words.notes(digest)])
    tail = [*_buttons(digest), *(kit.context(part) for part in split(told, kit.CONTEXT_CHARACTERS))]
    main = Message(escape.mrkdwn(shortened(heading, TEXT_CHARACTERS)), page.body, tuple(tail))
    return Drawn(main, tuple(_thread(digest, below, numbering)), _pictures(digest, edition))


def _buttons(digest: Digest) -> list[Json]:
    """What leads to the standing disagreements on the digest's topics, where there are any."""
    if not digest.unmoved and not _open(digest):
        return []
    topics = told_topics(digest.topics)
    value = topics if 0 < len(topics) <= kit.VALUE_CHARACTERS else EVERYTHING
    return [{"type": "actions", "elements": [kit.button(GRID, spoken().buttons.see_grid, value)]}]


def _pictures(digest: Digest, edition: Edition) -> tuple[Picture, ...]:
    """The day's disputed claims by outlet, where looking beats reading.

    One question on which a few outlets differ is a line, read faster than a grid. From two questions on it takes
    looking back and forth to see which outlet stands where on both, and so it does where many speak to one.
    """
    disputed = _open(digest)
    speaking = {r.article.outlet for each in disputed for p in each.positions for r in p.readings}
    if len(disputed) < QUESTIONS_TO_SEE and len(speaking) < OUTLETS_TO_SEE:
        return ()
    found, _ = pictures(disputed, digest_words.pictured(edition), most=1)
    return tuple(found)


def _open(digest: Digest) -> list[Comparison]:
    return [moved.comparison for moved in digest.moved if moved.move is not Move.SETTLED]


def _thread(digest: Digest, below: Sequence[Section], numbering: Numbering) -> list[Message]:
    """What did not stand in the message, every side with its quotes, and the sources."""
    pages = [_Page("", numbering)]
    for section in below:
        lines = pages[-1].section(section, len(section.lines))
        while lines:
            pages.append(_Page("", numbering))
            lines = pages[-1].section(Section(section.title, lines), len(lines))
    bodies = [page.body for page in pages]
    units = [unit for moved in digest.moved[:DETAILED] for unit in sides(moved.comparison, numbering)]
    units += [[block] for block in sources(numbering)]
    return packed(spoken().digest.details, bodies, units) if units or below else []


@dataclass(slots=True)
class _Page:
    """The Markdown of one message while it is filled."""

    body: str
    numbering: Numbering

    def add(self, paragraph: str) -> None:
        self.body += f"\n\n{paragraph}" if self.body else paragraph

    def section(self, section: Section, at_once: int) -> tuple[Line, ...]:
        """Add its first lines, as many as there is room for; the others are returned."""
        shown: list[str] = []
        for line in section.lines[:at_once]:
            drawn = self._drawn(line)
            if shown and len(self.body) + len("\n".join([*shown, drawn])) > MAIN_CHARACTERS:
                break
            if not shown and len(self.body) + len(drawn) > MAIN_CHARACTERS and self.body:
                break
            shown.append(drawn)
        if shown:
            title = kit.statement(section.title, (), bold=True)
            self.add("\n".join([*([title] if title else []), *shown]))
        return section.lines[len(shown) :]

    def _drawn(self, line: Line) -> str:
        lead = _fitting(line.lead, [], LEAD_CHARACTERS, bold=True)
        text = _fitting(line.text, self.numbering.marks(line.citations), LINE_CHARACTERS, bold=False)
        return f"- {' '.join(part for part in (line.sign, lead, text) if part)}"


def _fitting(said: str, marks: list[tuple[int, Citation]], limit: int, *, bold: bool) -> str:
    """The words as Markdown with their marks; far too many are shortened."""
    while len(kit.statement(said, [], bold=bold)) > limit:
        said = shortened(said, len(said) * 3 // 4)
    return kit.statement(said, marks, bold=bold)


@dataclass(frozen=True, slots=True)
class DailyPost:
    """Posts one digest, under one key, each message once."""

    account: Account
    channel: str
    key: str
    person: str

    async def look_up(self, since_ts: str) -> str | None:
        """The digest's message, if it stands, of those newer than `since_ts`. Raises SlackUnavailable, SlackRefused."""
        cursor: str | None = None
        while True:
            with slack_errors("conversations.history"):
                page: Any = await self.account.client.conversations_history(
                    channel=self.channel, oldest=since_ts, include_all_metadata=True, limit=200, cursor=cursor
                )
            for message in page["messages"]:
                metadata = message.get("metadata") or {}
                key = (metadata.get("event_payload") or {}).get("key")
                ours = message.get("bot_id") == self.account.bot or message.get("user") == self.account.user
                if ours and metadata.get("event_type") == EVENT_TYPE and key == self.key:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    async def main(self, message: Message, since_ts: str) -> str:
        """Post the message of the channel; its time stamp. A cut connection leads to a look-up.

        Raises SlackUnavailable, after which a look-up and another call end well, or SlackRefused.
        """
        try:
            with slack_errors("chat.postMessage"):
                posted = await self.account.client.chat_postMessage(
                    channel=self.channel,
                    text=message.text,
                    blocks=message.blocks,
                    metadata={"event_type": EVENT_TYPE, "event_payload": {"key": self.key}},
                    client_msg_id=str(uuid.uuid5(_CLIENT_IDS, self.key)),
                    parse="none",
                    unfurl_links=False,
                    unfurl_media=False,
                )
            return str(posted["ts"])
        except SlackUnavailable:
            known = await self.look_up(since_ts)
            if known is None:
                raise
            return known
        except SlackRefused as fault:
            known = await self.look_up(since_ts) if fault.code == "duplicate_message_not_allowed" else None
            if known is None:
                raise
            return known

    async def details(self, messages: Sequence[Message], ts: str, *, again: bool) -> None:
        """Post the thread's messages. `again`: some may stand already. Raises as `main`."""
        if not messages:
            return
        post = self._under(ts, "details")
        await post.deliver(messages, await _whole(post) if again else {})

    async def pictures(
        self,
        shown: Sequence[Picture],
        ts: str,
        gallery: Gallery,
        kept: str | None,
        keep: Callable[[str], Awaitable[None]],
        *,
        again: bool,
    ) -> None:
        """Have pictures stand in the thread; `kept` and `keep` as in `Gallery.bring`. Raises as `main`."""
        if not shown:
            return
        post = self._under(ts, "pictures")
        standing = await _whole(post) if again else {}

        async def deliver(messages: Sequence[Message]) -> None:
            await post.deliver(messages, standing)

        await gallery.bring(shown, deliver, kept, keep)

    def _under(self, ts: str, what: str) -> Post:
        return Post(self.account, Place(self.channel, ts, ts, self.person), f"{self.key}:{what}")


async def _whole(post: Post) -> dict[str, Standing]:
    return {key: found for key, found in (await post.look_up()).items() if found.whole}


async def tell_paused(account: Account, person: str, channel: str, why: str, key: str) -> None:
    """Tell a subscriber by direct message that a digest is paused; told again under one key, Slack shows it once.
    One who cannot be reached is not told. Raises SlackUnavailable."""
    told = [kit.text(spoken().digest.paused), {"type": "channel", "channel_id": channel}]
    told.append(kit.text(f": {digest_words.paused(why)}", spaced=False))
    try:
        with slack_errors("chat.postMessage"):
            await account.client.chat_postMessage(
                channel=person,
                text=escape.mrkdwn(spoken().digest.paused_plain.format(why=digest_words.paused(why))),
                blocks=kit.rich([kit.paragraph(*told)]),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                client_msg_id=str(uuid.uuid5(_CLIENT_IDS, key)),
                parse="none",
            )
    except SlackRefused as fault:
        log.info("a subscriber could not be told", extra={"reason": str(fault)})


def dumped(drawn: Drawn) -> Json:
    """As JSON, to be kept with the work."""
    return {
        "main": drawn.main.dump(),
        "thread": [m.dump() for m in drawn.thread],
        "pictures": [p.dump() for p in drawn.pictures],
    }


def loaded(kept: Json) -> Drawn:
    def message(raw: Json) -> Message:
        return Message(raw["text"], raw["body"], tuple(raw["tail"]))

    # What a version before this one kept has no pictures.
    drawn = tuple(Picture.load(raw) for raw in kept.get("pictures", ()))
    return Drawn(message(kept["main"]), tuple(message(raw) for raw in kept["thread"]), drawn)
