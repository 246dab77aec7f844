"""`/coverage` and its subcommands: who does what, and how a person is helped to type it right.

What only looks something up is answered at once, after the ack; what asks the model or keeps something is a job
before it. Every answer is private first, and a button shares it.
"""

from __future__ import annotations

import difflib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from bot.errors import CrosscheckError, WrongUse
from bot.news.catalogue import explained, spoken
from bot.slack.account import Account
from bot.slack.acks import Acks
from bot.slack.daily import DailyPost
from bot.slack.gate import Gate, Right
from bot.slack.intake import A_PERSON_WAITS, Accepted, Body, Inbox, written
from bot.slack.looks import blocks, kit, modals
from bot.slack.looks.blocks import Message, with_buttons
from bot.slack.looks.buttons import GRID, NEXT, SHARE
from bot.slack.looks.kit import Json
from bot.slack.looks.picture import Picture
from bot.slack.looks.split import shortened
from bot.slack.posting.gallery import PICTURED, Gallery
from bot.slack.posting.reply import bring, fitting, reply
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

COMMAND = "/coverage"
CHECK = "check"  # the message shortcut's callback_id
RUN = "command"  # the kinds of job
SHARED = "shared"
PICTURES = "pictures"
TOLD = "told"  # note: the private reply was sent
SKEW_S = 300  # between the clocks of Slack's machines
CHECKED_CHARACTERS = 2_500  # of a message; a question takes 3,000
_LIKE = 0.6  # how alike a mistyped subcommand is to the one that was meant


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it was typed: `verb` is the subcommand, `text` what follows it."""

    team: str
    channel: str
    user: str
    verb: str
    text: str
    url: str  # where private replies go, for half an hour

    def dump(self) -> dict[str, Any]:
        """With an empty thread and time stamp: what is asked so follows nothing."""
        return asdict(self) | {"thread": "", "ts": ""}

    @classmethod
    def load(cls, raw: Mapping[str, Any]) -> Call:
        return cls(**{name: str(raw[name]) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Said:
    """What a subcommand answers. `share`: what the Share button carries so that the same can be shown to all; None
    where it is nobody else's business. `pictures` follow when they are drawn."""

    messages: Sequence[Message]
    share: str | None = None
    pictures: Sequence[Picture] = ()


Told = Callable[[], tuple[str, str]]


def known(name: str) -> Told:
    """What the catalogue tells of a subcommand."""
    return lambda: spoken().commands.told[name]


@dataclass(frozen=True, slots=True)
class Subcommand:
    """One subcommand. Whoever adds one builds this and hands it to `Commands`.

    `told`: what may follow its name, and one line of help. `run` answers; where it `works`, it asks the model or
    keeps something, and is run as a job, with that job. `begun` is said meanwhile, where that takes a while.
    `asks`: the title and hint of a form for its words, where it needs some and got none; `fuller` makes that form
    with more under it. What is told is asked for when it is said, for it is in the language of whoever reads it.
    `again` finds what is shared, where running it anew would not do. `opens` shows something above the conversation
    at once, by a trigger; where that fails, `run` answers. One that `works` opens it only where it got no words.
    `right`: what somebody needs to be allowed to; None where everybody may.
    """

    name: str
    told: Told
    run: Callable[[Call, Any], Awaitable[Said]]
    works: bool = False
    # It stays beside the answer: what is posted to a command's response_url replaces nothing.
    # https://github.com/slackapi/bolt-python/issues/1268
    begun: Callable[[Call], str | None] = lambda call: spoken().commands.begun
    asks: Told | None = None
    fuller: Callable[[Call], Awaitable[Json]] | None = None
    again: Callable[[Call, Any], Awaitable[Said]] | None = None
    opens: Callable[[Call, str], Awaitable[bool]] | None = None
    right: Right | None = Right.ASK

    def opened_by(self, call: Call) -> bool:
        """Whether a call opens something instead of being run."""
        return self.opens is not None and not (self.works and call.text)

    def explained_by(self, call: Call) -> bool:
        """Whether a call asks what this is, and wants nothing done. A question can be any word."""
        return call.text.casefold() == "help" and self.name != "ask"

    def keeps(self, call: Call) -> bool:
        """Whether a call is a job."""
        answered = self.explained_by(call) or self.opened_by(call) or (self.asks is not None and not call.text)
        return self.works and not answered


class Commands:
    """Serves them. `wants` says what of a request is a job; `inbox` keeps what has to be drawn."""

    def __init__(
        self,
        account: Account,
        inbox: Inbox,
        workspace: str,
        gate: Gate,
        subcommands: Sequence[Subcommand],
        *,
        gallery: Gallery,
    ) -> None:
        self._account = account
        self._inbox = inbox
        self._workspace = workspace
        self._gate = gate
        self._gallery = gallery
        self._known = {each.name: each for each in subcommands}
        self._acks = Acks()

    def wants(self, body: Body) -> Accepted | None:
        """The job of a command, a form or a share; None where it is answered at once, or is something else."""
        if body.get("command") == COMMAND:
            call = _call(body)
            found = self._known.get(call.verb)
            if found is None or not found.keeps(call):
                return None
            self._acks.expect(call.url)
            return Accepted(RUN, call.dump(), [f"command:{body['trigger_id']}"])
        if body.get("type") == "message_action" and body.get("callback_id") == CHECK:
            return _checking(body)
        if body.get("type") == "view_submission" and body["view"].get("callback_id") == modals.ASK:
            said, carried = modals.filled(body["view"])
            return Accepted(RUN, carried | {"text": said}, [f"form:{body['view']['id']}"]) if said else None
        return _pressed(body) if body.get("type") == "block_actions" else None

    async def typed(self, body: Body, ack: Callable[..., Awaitable[Any]]) -> None:
        """Ack a command, and answer it where it is answered at once."""
        call = _call(body)
        found = self._known.get(call.verb)
        if found is None or found.explained_by(call):
            (message,) = self._help(call, str(body.get("text") or "").strip())
            await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
        elif found.asks and not call.text:
            await ack()
            await self._form(found, call, str(body["trigger_id"]))
        elif found.opens is not None and found.opened_by(call):
            await ack()
            if not await found.opens(call, str(body["trigger_id"])):
                await self._answer(found, call)
        elif found.works:
            begun = found.begun(call)
            await (ack(text=begun, response_type="ephemeral") if begun else ack())
        else:
            await ack()
            await self._answer(found, call)

    async def run(self, work: Any) -> None:
        """A job of kind RUN. Raises what the subcommand raises except WrongUse, and SlackUnavailable."""
        call = Call.load(work.payload)
        if TOLD in work.notes:
            return
        found = self._known.get(call.verb)
        if found is None:  # a version before this one knew it
            return
        if work.payload.get("checks") and call.text:
            call = replace(call, text=spoken().asking.check.format(said=call.text))
        await self._tell(call, await self._said(found, call, work))
        await work.note(TOLD, "")

    async def draw(self, work: Any) -> None:
        """A job of kind PICTURES: show pictures to whoever asked. Raises SlackUnavailable."""

        async def deliver(messages: Sequence[Message]) -> None:
            await bring(self._account, str(work.payload["url"]), messages)

        pictures = [Picture.load(each) for each in work.payload["pictures"]]
        try:
            await self._gallery.bring(pictures, deliver, work.notes.get(PICTURED), partial(work.note, PICTURED))
        except SlackRefused as fault:
            log.info("a picture was not shown", extra={"reason": str(fault)})

    async def give_up(self, work: Any, fault: BaseException) -> None:
        """Tell whoever typed it that nothing comes of it."""
        await reply(self._account, str(work.payload["url"]), blocks.plain(explained(fault)))

    async def share(self, work: Any) -> None:
        """A job of kind SHARED: show in the channel what one person was shown. Raises as `run`."""
        call = Call.load(work.payload)
        found = self._known.get(call.verb)
        if found is None:
            return
        if (told := await self._refusal(found, call)) is not None:
            await reply(self._account, call.url, blocks.plain(told))
            return
        said = await (found.again or found.run)(call, work)
        by = kit.rich([kit.paragraph(kit.text(spoken().commands.shared_by), {"type": "user", "user_id": call.user})])
        first, *rest = said.messages
        post = DailyPost(self._account, call.channel, work.id, call.user)
        try:
            ts = await post.main(replace(first, tail=(*first.tail, *by)), work.payload["since"])
            await post.details(rest, ts, again=True)
            kept, keep = work.notes.get(PICTURED), partial(work.note, PICTURED)
            await post.pictures(said.pictures, ts, self._gallery, kept, keep, again=True)
        except SlackRefused as fault:
            log.info("something was not shared", extra={"reason": str(fault)})
            await reply(self._account, call.url, blocks.plain(spoken().commands.not_shared))

    def help(self) -> list[Message]:
        """Every subcommand on a line."""
        lines = [_usage(each) for each in self._known.values()]
        return _list(spoken().commands.help_title, lines)

    def _help(self, call: Call, typed: str) -> list[Message]:
        """Help on one subcommand; or on what was mistyped; or on all. `typed`: letter for letter."""
        found = self._known.get(call.verb)
        if found is None and call.verb == "help":
            found = self._known.get(call.text.casefold())
        if found is not None:
            return _list(f"{COMMAND} {found.name}", [_usage(found)])
        if call.verb in ("", "help"):
            return self.help()
        like = difflib.get_close_matches(call.verb, self._known, 1, _LIKE)
        if like:
            meant = " ".join([COMMAND, like[0], call.text]).strip()
            return blocks.plain(spoken().commands.did_you_mean.format(typed=call.verb, meant=meant))
        return blocks.plain(spoken().commands.unknown.format(command=COMMAND, asked=typed))

    async def _said(self, found: Subcommand, call: Call, work: Any) -> Said:
        """What is answered; what was typed wrong is told here, for it is no work that failed."""
        told = await self._refusal(found, call)
        try:
            return Said(blocks.plain(told)) if told is not None else await found.run(call, work)
        except WrongUse as fault:
            return Said(blocks.plain(explained(fault)))

    async def _refusal(self, found: Subcommand, call: Call) -> str | None:
        return None if found.right is None else await self._gate.refusal(found.right, call.user, call.channel)

    async def _answer(self, found: Subcommand, call: Call) -> None:
        """Whatever fails is told plainly: the command was acked, and nobody else will."""
        try:
            await self._tell(call, await self._said(found, call, None))
        except CrosscheckError as fault:
            log.warning("a command failed", extra={"verb": found.name, "error": type(fault).__name__})
            await self._apologise(call, fault)
        except Exception as fault:
            log.error("a command failed unexpectedly", exc_info=fault, extra={"verb": found.name})
            await self._apologise(call, fault)

    async def _apologise(self, call: Call, fault: Exception) -> None:
        try:
            await reply(self._account, call.url, blocks.plain(explained(fault)))
        except CrosscheckError as unheard:
            log.warning("nobody could be told", extra={"error": type(unheard).__name__})

    async def _tell(self, call: Call, said: Said) -> None:
        messages = list(said.messages)
        value = json.dumps([call.verb, said.share], ensure_ascii=False)
        if said.share is not None and len(value) <= kit.VALUE_CHARACTERS:
            share = kit.button(SHARE, spoken().buttons.share, value)
            whole = fitting(messages, spoken().commands.left_to_share)
            messages = with_buttons(whole, [{"type": "actions", "elements": [share]}])
        await self._acks.left(call.url)
        await reply(self._account, call.url, messages)
        if said.pictures:
            await self._inbox.put(
                PICTURES,
                call.dump() | {"pictures": [picture.dump() for picture in said.pictures]},
                keys=[f"pictures:{call.url}"],
                workspace=self._workspace,
                lane="",
                priority=A_PERSON_WAITS,
            )

    async def _form(self, found: Subcommand, call: Call, trigger: str) -> None:
        assert found.asks is not None
        title, hint = found.asks()
        view = modals.form(modals.ASK, title, hint, call.dump(), limit=modals.QUESTION_CHARACTERS)
        try:
            with slack_errors("views.open"):
                opened = await self._account.client.views_open(trigger_id=trigger, view=view)
            if found.fuller is not None:  # only now: the trigger lasts three seconds and the store may be busy
                view = await found.fuller(call)
                with slack_errors("views.update"):
                    await self._account.client.views_update(view_id=opened["view"]["id"], view=view)
        except CrosscheckError as fault:
            log.warning("a form could not be shown", extra={"reason": str(fault)})


def _call(body: Body) -> Call:
    verb, text = [*str(body.get("text") or "").split(maxsplit=1), "", ""][:2]
    return Call(
        str(body["team_id"]),
        str(body["channel_id"]),
        str(body["user_id"]),
        verb.casefold(),
        text.strip(),
        str(body["response_url"]),
    )


def _checking(body: Body) -> Accepted:
    """A message is checked by asking what the coverage says to it, for whoever wished to know alone."""
    said = shortened(written(str(body["message"].get("text") or ""), ""), CHECKED_CHARACTERS)
    channel, user = str(body["channel"]["id"]), str(body["user"]["id"])
    call = Call(str(body["team"]["id"]), channel, user, "ask", said, str(body["response_url"]))
    return Accepted(RUN, call.dump() | {"checks": True}, [f"shortcut:{user}:{body['action_ts']}"])


def _pressed(body: Body) -> Accepted | None:
    """The job of a button that stands under a command's answer, or that answers privately."""
    (action, *_) = body["actions"]
    if action["action_id"] == SHARE:
        return _sharing(body)
    if action["action_id"] == GRID:
        return _asking_for_the_grid(body)
    if action["action_id"].startswith(NEXT) and body["container"].get("is_ephemeral"):
        return _asking_next(body)
    return None


def _sharing(body: Body) -> Accepted:
    (action, *_) = body["actions"]
    verb, text = json.loads(action["value"])
    channel, user = str(body["channel"]["id"]), str(body["user"]["id"])
    call = Call(str(body["team"]["id"]), channel, user, verb, text, str(body["response_url"]))
    stamp = str(action["action_ts"])
    since = f"{float(stamp) - SKEW_S:.6f}"
    return Accepted(SHARED, call.dump() | {"since": since}, [f"share:{user}:{stamp}"])


def _asking_next(body: Body) -> Accepted:
    """A question that is asked from a private answer is answered as privately: there is no thread."""
    (action, *_) = body["actions"]
    channel, user = str(body["channel"]["id"]), str(body["user"]["id"])
    call = Call(str(body["team"]["id"]), channel, user, "ask", str(action["value"]), str(body["response_url"]))
    return Accepted(RUN, call.dump(), [f"next:{user}:{action['action_ts']}"])


def _asking_for_the_grid(body: Body) -> Accepted:
    (action, *_) = body["actions"]
    channel, user = str(body["channel"]["id"]), str(body["user"]["id"])
    call = Call(
        str(body["team"]["id"]), channel, user, "disagreements", str(action["value"]).strip(), str(body["response_url"])
    )
    return Accepted(RUN, call.dump(), [f"grid:{user}:{action['action_ts']}"])


def _usage(found: Subcommand) -> str:
    usage, told = found.told()
    return f"{' '.join(part for part in (COMMAND, found.name, usage) if part)}: {told}"


def _list(title: str, lines: Sequence[str]) -> list[Message]:
    parts = kit.rich(kit.paragraph(kit.text(line, spaced=False)) for line in lines)
    (first,) = blocks.plain(title)
    return [replace(first, body=kit.statement(title, (), bold=True), tail=tuple(parts))]
