"""The form for a channel's digest: opened at once, by command or from Home; what is sent is a job before its ack."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from bot.news.catalogue import spoken
from bot.slack.account import Account
from bot.slack.gate import Gate, Right, is_direct
from bot.slack.home import Home
from bot.slack.intake import Accepted, Body
from bot.slack.looks import digest_form, modals
from bot.slack.looks.buttons import DIGEST_OFF
from bot.slack.looks.fields import Misfilled
from bot.slack.looks.kit import Json
from bot.slack.posting import aside
from bot.slack.posting.opening import open_modal
from bot.slack.trouble import SlackRefused, slack_errors
from bot.slack.wishes import Digests, absent, switched_on, usual

WISHED = "digest wished"  # the kind of job


def faults(view: Json) -> dict[str, str]:
    """What to tell beside the fields of a form that cannot be taken as they are."""
    if view.get("callback_id") != digest_form.KIND:
        return {}
    try:
        digest_form.filled(view)
    except Misfilled as fault:
        return {fault.block: fault.told}
    return {}


def wants(body: Body) -> Accepted | None:
    """The job of a form that is well filled, or of its button that switches the digest off."""
    if body.get("type") == "view_submission" and body["view"].get("callback_id") == digest_form.KIND:
        view = body["view"]
        if faults(view):
            return None
        channel, _ = digest_form.filled(view)
        sent = {"state": view["state"], "private_metadata": view["private_metadata"]}
        payload = {"user": str(body["user"]["id"]), "channel": channel, "form": sent}
        return Accepted(WISHED, payload, [f"form:{view['id']}"])
    if body.get("type") == "block_actions" and body["actions"][0]["action_id"] == DIGEST_OFF:
        (action, *_) = body["actions"]
        person = str(body["user"]["id"])
        payload = {"user": person, "channel": str(action["value"]), "view": str(body["view"]["id"])}
        return Accepted(WISHED, payload, [f"click:{person}:{DIGEST_OFF}:{action.get('action_ts')}"])
    return None


@dataclass(frozen=True, slots=True)
class DigestForms:
    account: Account
    digests: Digests
    gate: Gate
    home: Home

    async def open(self, channel: str, person: str, trigger: str) -> bool:
        """Show the form, or to those who may not change a digest who may; False where nothing could be shown."""
        told = spoken().wish
        return await open_modal(self.account, trigger, told.title, told.loading, lambda: self._view(channel, person))

    async def run(self, work: Any) -> None:
        """A job of kind WISHED. Raises StoreError, SlackUnavailable."""
        person, channel = work.payload["user"], work.payload["channel"]
        told = await self._refused(person, channel, on="form" in work.payload)
        if "form" in work.payload:
            if told is None:
                _, wish = digest_form.filled(work.payload["form"])
                told = switched_on(wish, await self.digests.on(channel, person, wish))
            await aside.tell(self.account, work.payload, told)
        else:
            if told is None:
                told = spoken().wish.off if await self.digests.off(channel) else spoken().wish.not_set
            await self._show(work.payload["view"], modals.notice(spoken().wish.title, told))
        if is_direct(channel):
            await self.home.publish(person, channel)

    async def _view(self, channel: str, person: str) -> Json:
        known = await self.digests.of(channel)
        refused = await self._refused(person, channel, on=known is None)
        if refused is not None:
            return modals.notice(spoken().wish.title, refused)
        wish = known or await usual(self.account, person)
        return digest_form.form(channel, wish, stands=known is not None)

    async def _refused(self, person: str, channel: str, *, on: bool) -> str | None:
        """What to tell somebody who may not change the digest, or switch it `on` where the bot is not; None where they
        may."""
        for right in (Right.ASK, Right.DIGEST):
            if (told := await self.gate.refusal(right, person, channel)) is not None:
                return told
        return spoken().wish.where if on and await absent(self.account, channel) else None

    async def _show(self, view: str, shown: Json) -> None:
        """In the place of a view; one that was closed meanwhile stays closed."""
        with contextlib.suppress(SlackRefused), slack_errors("views.update"):
            await self.account.client.views_update(view_id=view, view=shown)
