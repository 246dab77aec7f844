"""`/coverage settings`: a form for what is set in a channel, opened at once; a change is a job that checks again who
made it, and tells the channel."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

from bot.news.catalogue import spoken
from bot.slack.account import Account
from bot.slack.commands.commands import Call, Said, Subcommand, known
from bot.slack.coverage import Coverage
from bot.slack.daily import DailyPost
from bot.slack.gate import WHOLE_WORKSPACE, Gate, is_direct
from bot.slack.intake import Accepted, Body
from bot.slack.looks import escape, follows, kit, modals
from bot.slack.looks import setting_form as forms
from bot.slack.looks.blocks import Message
from bot.slack.looks.fields import Misfilled
from bot.slack.looks.kit import Json
from bot.slack.looks.setting_form import Seen, Wished, filled, form
from bot.slack.posting import aside, notices
from bot.slack.posting.opening import open_modal
from bot.slack.trouble import SlackRefused

log = logging.getLogger(__name__)

SET = "set"  # the kind of job: a form was sent
CHANGES = "changes"  # note: what a form changes, as it is told
FOLLOWS = 15


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    account: Account
    gate: Gate
    coverage: Coverage

    def subcommand(self) -> Subcommand:
        return Subcommand("settings", known("settings"), self.tell, opens=self.open, right=None)

    async def tell(self, call: Call, work: Any) -> Said:
        """What is set, as a message."""
        title = spoken().settings.title
        tail = await self._told(call)
        return Said([Message(escape.mrkdwn(title), kit.statement(title, (), bold=True), tuple(tail))])

    async def open(self, call: Call, trigger: str) -> bool:
        """Show the form to those who may change it, and to others what is set; False where nothing could be shown."""
        told = spoken().settings
        return await open_modal(self.account, trigger, told.title, told.loading, lambda: self._view(call))

    async def run(self, work: Any) -> None:
        """A job of kind SET. Raises StoreError, SlackUnavailable."""
        person, wished = work.payload["user"], filled(work.payload["view"])
        if not await self._may(person, wished):
            await aside.tell(self.account, work.payload, spoken().settings.may_not_change)
            return
        # Noted first: a second run would find nothing changed, and tell nobody.
        if CHANGES not in work.notes:
            await work.note(CHANGES, json.dumps(await self._changes(wished)))
        changes = json.loads(work.notes[CHANGES])
        if not changes:
            return
        await self._keep(wished, person)
        by = kit.paragraph(kit.text(spoken().settings.changed_by), *forms.people([person]))
        told = Message(escape.mrkdwn(spoken().settings.changed), "", tuple(kit.rich([by, *changes])))
        try:
            await DailyPost(self.account, wished.channel, f"set:{work.id}", person).main(told, "0")
        except SlackRefused as fault:
            log.info("a channel was not told of its settings", extra={"reason": str(fault)})
            await notices.tell(self.account, [person], spoken().settings.changed_untold, f"set:{work.id}")

    async def _may(self, person: str, wished: Wished) -> bool:
        if wished.workspace is not None:
            return await self.gate.admins.has(person)
        return await self.gate.may_change(person, wished.channel)

    async def _keep(self, wished: Wished, person: str) -> None:
        """Only what differs, so that nobody is named for what another changed."""
        kept = self.gate.rules
        before = await kept.holding(wished.channel)
        if wished.rules != before.channel:
            await kept.change_channel(wished.channel, wished.rules, person)
        if wished.workspace is not None and wished.workspace != before.workspace:
            await kept.change_workspace(wished.workspace, person)

    async def _changes(self, wished: Wished) -> list[Json]:
        """What a form changes, in lines; none where nothing."""
        before = await self.gate.rules.holding(wished.channel)
        lines: list[Json] = []
        if wished.rules != before.channel:
            lines += forms.told(wished.rules, direct=is_direct(wished.channel))
        if wished.workspace is not None and wished.workspace != before.workspace:
            lines += forms.told_rights(wished.workspace)
        return lines

    async def _view(self, call: Call) -> Json:
        rules, admin, outlets = await asyncio.gather(
            self.gate.rules.holding(call.channel), self.gate.admins.has(call.user), self.coverage.every_outlet()
        )
        direct = is_direct(call.channel)
        if not admin and not direct:
            return modals.modal(spoken().settings.title, await self._told(call))
        tail = await self._beside(call, whole=admin)
        return form(Seen(call.channel, rules, direct, admin, [o.name for o in outlets], kit.rich(tail)))

    async def _told(self, call: Call) -> list[Json]:
        """What is set, and who may change it."""
        rules = await self.gate.rules.holding(call.channel)
        lines = [*forms.told(rules.channel, direct=is_direct(call.channel)), *forms.told_rights(rules.workspace)]
        if named := list(self.gate.admins.named):
            lines.append(kit.paragraph(kit.text(spoken().settings.admins_change), *forms.people(named)))
        else:
            lines.append(_said(spoken().settings.admins_alone_change))
        return kit.rich([*lines, *await self._beside(call, whole=True)])

    async def _beside(self, call: Call, *, whole: bool) -> list[Json]:
        """Who changed it last, the channel's digest, and what the person follows."""
        channel, followed = await self.coverage.channel(call.channel), await self.coverage.follows(call.user)
        last = [await self.gate.rules.changed(each) for each in (call.channel, *([WHOLE_WORKSPACE] if whole else []))]
        lines = [forms.changed(by) for by in last if by is not None]
        lines.append(
            _said(spoken().wish.set.format(digest=channel.digest) if channel.digest else spoken().wish.not_set)
        )
        lines.append(_said(spoken().follow.all if followed else spoken().follow.none))
        return [*lines, *(kit.paragraph(*line) for line, _ in follows.named(followed)[:FOLLOWS])]


def _said(told: str) -> Json:
    return kit.paragraph(kit.text(told, spaced=False))


def faults(view: Json) -> dict[str, str]:
    """What to tell beside the fields of a form that cannot be taken as they are."""
    if view.get("callback_id") != forms.KIND:
        return {}
    try:
        filled(view)
    except Misfilled as fault:
        return {fault.block: fault.told}
    return {}


def wants(body: Body) -> Accepted | None:
    """The job of a form that is well filled."""
    if body.get("type") != "view_submission" or body["view"].get("callback_id") != forms.KIND:
        return None
    view = body["view"]
    if faults(view):
        return None
    payload = {
        "user": str(body["user"]["id"]),
        "channel": filled(view).channel,
        "view": {"state": view["state"], "private_metadata": view["private_metadata"]},
    }
    return Accepted(SET, payload, [f"form:{view['id']}:{view.get('hash')}"])
