"""`/coverage digest`: a form for a channel's wish, or the wish in words; and one digest at a person's word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.news.catalogue import explained, spoken
from bot.news.digest.subscription import NotUnderstood, Wish, described, parse
from bot.news.offline import stems
from bot.news.words import moment
from bot.slack.account import Account
from bot.slack.commands.commands import Call, Said, Subcommand, known
from bot.slack.commands.digest_forms import DigestForms
from bot.slack.gate import Gate, Right, is_direct
from bot.slack.looks import kit, lists
from bot.slack.looks.blocks import plain
from bot.slack.looks.kit import Json
from bot.slack.wishes import Digests, Planned, absent, switched_on, usual

PREVIEW = "preview"
_CHANGES = ("on", "off", "now")  # what everybody in the channel sees


class DigestCommand:
    def __init__(self, account: Account, digests: Digests, gate: Gate, forms: DigestForms) -> None:
        self._account = account
        self._gate = gate
        self._digests = digests
        self._forms = forms

    def subcommand(self) -> Subcommand:
        def begun(call: Call) -> str | None:
            return spoken().wish.begun if _verb(call)[0] == PREVIEW else None

        return Subcommand("digest", known("digest"), self.run, works=True, begun=begun, opens=self._open)

    async def run(self, call: Call, work: Any) -> Said:
        verb, said = _verb(call)
        serve = self._served().get(verb)
        if serve is None:
            known = await self._digests.of(call.channel)
            told = spoken().wish.set.format(digest=described(known)) if known else spoken().wish.not_set
            return Said(plain(f"{spoken().wish.usage} {told}"))
        if verb in _CHANGES:
            refused = await self._gate.refusal(Right.DIGEST, call.user, call.channel)
            if refused is not None:
                return Said(plain(refused))
            if verb != "off" and await absent(self._account, call.channel):
                return Said(plain(spoken().wish.where))
        try:
            return await serve(call, said, work)
        except NotUnderstood as fault:
            return Said(plain(explained(fault)))

    def _served(self) -> dict[str, Callable[[Call, str, Any], Awaitable[Said]]]:
        return {"on": self._on, "off": self._off, "now": self._now, PREVIEW: self._preview, "list": self._list}

    async def _open(self, call: Call, trigger: str) -> bool:
        return await self._forms.open(call.channel, call.user, trigger)

    async def _on(self, call: Call, said: str, work: Any) -> Said:
        wish = await self._understood(call, said)
        return Said(plain(switched_on(wish, await self._digests.on(call.channel, call.user, wish))))

    async def _off(self, call: Call, said: str, work: Any) -> Said:
        off = await self._digests.off(call.channel)
        return Said(plain(spoken().wish.off if off else spoken().wish.not_set))

    async def _now(self, call: Call, said: str, work: Any) -> Said:
        await self._digests.now(call.channel, call.user, await self._wish(call, said), str(work.id))
        return Said(plain(spoken().wish.now))

    async def _preview(self, call: Call, said: str, work: Any) -> Said:
        drawn = await self._digests.preview(call.channel, call.user, await self._wish(call, said))
        return Said([drawn.main, *drawn.thread], pictures=drawn.pictures)

    async def _list(self, call: Call, said: str, work: Any) -> Said:
        """A person's own and this channel's; all of them for those who look after the bot. What a channel follows may
        be nobody else's business."""
        every = await self._gate.admins.has(call.user)
        own = [p for p in await self._digests.all() if every or call.user == p.subscriber or call.channel == p.channel]
        return Said(lists.listed(spoken().wish.all, map(_line, own)) if own else plain(spoken().wish.none))

    async def _wish(self, call: Call, said: str) -> Wish | None:
        """What was said for this once; None where the channel's own wish counts."""
        if not said.strip():
            return None
        return await self._understood(call, said)

    async def _understood(self, call: Call, said: str) -> Wish:
        """What was said, over what the channel has. Raises NotUnderstood, also for a topic that nothing is about."""
        wish = parse(said, await self._digests.of(call.channel) or await usual(self._account, call.user))
        for phrase in (phrase for topic in wish.topics for phrase in topic.phrases):
            if not stems(phrase):
                raise NotUnderstood(spoken().settings.empty_topic.format(phrase=phrase))
        return wish


def _line(planned: Planned) -> list[Json]:
    """Where, what, and when the next one comes."""
    where: Json = {"type": "channel", "channel_id": planned.channel}
    if is_direct(planned.channel):
        where = {"type": "user", "user_id": planned.subscriber}
    comes = spoken().wish.next.format(when=moment(planned.comes)) if planned.comes else spoken().wish.paused
    return [where, kit.text(f": {described(planned.wish)} · {comes}", spaced=False)]


def _verb(call: Call) -> tuple[str, str]:
    """What is to be done, and the words after it."""
    verb, said = [*call.text.split(maxsplit=1), "", ""][:2]
    return verb.casefold(), said
