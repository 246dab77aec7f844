"""Pictures in Slack: each uploaded once, then shown in a message; told in words where Slack takes or shows none.

A file is uploaded for nobody, and shown by a block that names it: one that is shared with a channel would stand there
as a message without a key.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.news.catalogue import spoken
from bot.slack.account import Account
from bot.slack.looks import escape, kit, lists
from bot.slack.looks.blocks import MESSAGE_CHARACTERS, Message
from bot.slack.looks.picture import Picture, in_words, sides_in_words
from bot.slack.looks.split import shortened
from bot.slack.trouble import BROKEN, SlackRefused, slack_errors

if TYPE_CHECKING:
    from bot.slack.looks.drawing import Drawing

log = logging.getLogger(__name__)

PICTURED = "pictured"  # note: what was uploaded
FILE_NAME = "disagreements.png"
PAUSES_S = (0.5, 2.0, 6.0)  # before each try: Slack looks a new file through, and until then no block may name it
# Of the file's own alternative text, of which Slack takes a thousand: the client sends it in the call's address, where
# each letter may take twelve. The block that shows the picture tells it all.
FILE_CHARACTERS = 300
REMEMBERED = 20  # pictures that were uploaded last
Deliver = Callable[[Sequence[Message]], Awaitable[None]]
"""Brings messages to stand. Raises SlackUnavailable, SlackRefused."""


@dataclass(frozen=True, slots=True)
class Hung:
    """What was uploaded: Slack's ids, none where it takes no picture; and the texts that are numbers in them."""

    files: tuple[str, ...] = ()
    undrawn: tuple[str, ...] = ()

    def dump(self) -> str:
        return json.dumps([self.files, self.undrawn])

    @classmethod
    def load(cls, kept: str) -> Hung:
        files, undrawn = json.loads(kept)
        return cls(tuple(files), tuple(undrawn))


@dataclass(frozen=True, slots=True)
class Gallery:
    """What hangs in one place may be shown in others: a thousand channels with the same digest share its pictures."""

    account: Account
    pauses_s: Sequence[float] = PAUSES_S
    _hanging: dict[tuple[Picture, ...], Hung] = field(default_factory=dict)
    _one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def bring(
        self, pictures: Sequence[Picture], deliver: Deliver, kept: str | None, keep: Callable[[str], Awaitable[None]]
    ) -> None:
        """Have pictures stand in one message. What is uploaded is handed to `keep` before it is shown, and comes back
        as `kept` where this is done again after a crash. Raises SlackUnavailable, after which another call ends well,
        or SlackRefused."""
        if kept is None:
            hung = await self._hung(tuple(pictures))
            await keep(hung.dump())
        else:
            hung = Hung.load(kept)
        if hung.files:
            for pause_s in self.pauses_s:
                await asyncio.sleep(pause_s)
                try:
                    await deliver(shown(pictures, hung))
                    return
                except SlackRefused as fault:
                    if fault.code != "invalid_blocks":
                        raise
            log.warning("a picture is not shown by Slack", extra={"files": len(hung.files)})
            self._hanging.pop(tuple(pictures), None)
            await keep(Hung().dump())
        await deliver(told(pictures))

    async def _hung(self, pictures: tuple[Picture, ...]) -> Hung:
        """What hangs already, or is uploaded now. Raises SlackUnavailable."""
        async with self._one_by_one:
            hung = self._hanging.get(pictures) or await self._hang(pictures)
            if hung.files:
                self._hanging[pictures] = hung
            while len(self._hanging) > REMEMBERED:
                del self._hanging[next(iter(self._hanging))]
        return hung

    async def _hang(self, pictures: Sequence[Picture]) -> Hung:
        """Upload them; nothing is uploaded where one cannot be drawn, or Slack refuses it. Raises SlackUnavailable."""
        files: list[str] = []
        undrawn: tuple[str, ...] = ()
        try:
            for picture in pictures:
                drawing = await asyncio.to_thread(_drawn, picture, undrawn)
                undrawn = drawing.undrawn
                files.append(await self._upload(drawing.png, in_words(picture, FILE_CHARACTERS), picture.title))
        except SlackRefused as fault:
            log.warning("a picture is not taken by Slack", extra={"reason": str(fault)})
            return Hung()
        except (ValueError, TypeError, RuntimeError, OSError) as fault:
            # Whatever a drawing library trips over in a text must not cost what the picture only adds to.
            log.error("a picture could not be drawn", exc_info=fault)
            return Hung()
        return Hung(tuple(files), undrawn)

    async def _upload(self, png: bytes, described: str, title: str) -> str:
        """The file's id. Raises SlackUnavailable, SlackRefused."""
        client = self.account.client
        with slack_errors("files.getUploadURLExternal"):
            asked = await client.files_getUploadURLExternal(
                filename=FILE_NAME, length=len(png), alt_txt=shortened(escape.label(described), FILE_CHARACTERS)
            )
        await self._send(str(asked["upload_url"]), png)
        entry: dict[str, str | None] = {"id": str(asked["file_id"]), "title": escape.label(title)}
        with slack_errors("files.completeUploadExternal"):
            await client.files_completeUploadExternal(files=[entry])
        return str(asked["file_id"])

    async def _send(self, url: str, png: bytes) -> None:
        """Raises SlackRefused where the bytes are not taken: they go to another host than calls do, and one that a
        firewall keeps from the bot would fail for ever."""
        session = self.account.client.session
        assert session is not None
        for pause_s in (0.0, *self.pauses_s):
            await asyncio.sleep(pause_s)
            try:
                async with session.post(url, data=png, headers={"Content-Type": "image/png"}) as answer:
                    if answer.status == 200:
                        return
                    why = str(answer.status)
            except BROKEN as fault:
                why = type(fault).__name__
        raise SlackRefused("upload", why)


def _drawn(picture: Picture, undrawn: Sequence[str]) -> Drawing:
    from bot.slack.looks.drawing import draw  # here, in a thread: with it comes matplotlib, which takes long to import

    return draw(picture, undrawn)


def shown(pictures: Sequence[Picture], hung: Hung) -> list[Message]:
    """The message that shows what was uploaded; with more where it cannot hold all that is a number there."""
    blocks = [
        kit.picture(file, in_words(picture, kit.ALT_CHARACTERS))
        for file, picture in zip(hung.files, pictures, strict=True)
    ]
    if hung.undrawn:
        named = [f"({number}) {text}" for number, text in enumerate(hung.undrawn, 1)]
        lines = [kit.paragraph(kit.text(line, spaced=False)) for line in (spoken().grid.undrawn, *named)]
        blocks += kit.rich(lines)
    title = escape.mrkdwn(pictures[0].title)
    return [Message(title, "", tuple(page)) for page in lists.paged(blocks, MESSAGE_CHARACTERS)]


def told(pictures: Sequence[Picture]) -> list[Message]:
    """The same in words."""
    lines = [
        [kit.text(question.text, bold=True), kit.text(sides_in_words(question, picture.outlets), spaced=False)]
        for picture in pictures
        for question in picture.questions
    ]
    return lists.listed(pictures[0].title, lines, [kit.context(spoken().grid.not_shown)])
