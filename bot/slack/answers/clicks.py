"""Clicks under an answer. One that does work is a job before it is acked; one that opens a modal uses its trigger at
once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import CrosscheckError
from bot.news.catalogue import spoken
from bot.news.labels import Verdict
from bot.slack.account import Account
from bot.slack.commands.digest_forms import DigestForms
from bot.slack.gate import Gate, Right
from bot.slack.home import Home
from bot.slack.intake import ANSWER, Accepted, Body, lane_of
from bot.slack.looks import buttons, follows, modals
from bot.slack.looks.kit import Json
from bot.slack.posting import aside
from bot.slack.posting.opening import open_modal
from bot.slack.shelf import Shelf
from bot.slack.trouble import SlackRefused, slack_errors

log = logging.getLogger(__name__)

SAID = "said"  # the kind of job: a person said something of an answer; `what` tells which
_JUDGED, _LABELLED, _FOLLOWED, _UNFOLLOWED = "judged", "labelled", "followed", "unfollowed"


def wants(body: Body) -> Accepted | None:
    """The job of a click or a form under an answer; None where it only opens a modal, or is something else."""
    if body.get("type") == "view_submission":
        return _submitted(body)
    if body.get("type") != "block_actions":
        return None
    (action, *_) = body["actions"]
    if action["action_id"].startswith(buttons.NEXT):
        return _asked(body, action)
    payload = _clicked(body, action)
    keys = [f"click:{payload['user']}:{action['action_id']}:{action.get('action_ts')}"]
    match action["action_id"]:
        case buttons.FEEDBACK:
            good, key = buttons.judged(action["value"])
            if not good:
                return None
            payload |= {"what": _JUDGED, "good": True, "words": "", "answer": key}
        case buttons.NO_DISPUTE:
            payload |= {"what": _LABELLED, "verdict": Verdict.NOT_A_DISAGREEMENT.value, "words": ""}
        case buttons.FOLLOW:
            payload |= {"what": _FOLLOWED}
        case buttons.UNFOLLOW:
            view = body["view"]
            seen = {"home": view["type"] == "home", "view": view["id"], "carries": view["private_metadata"]}
            payload |= {"what": _UNFOLLOWED, **seen}
            if seen["home"]:
                payload["channel"] = view["private_metadata"]
        case _:
            return None
    return Accepted(SAID, payload, keys)


@dataclass(frozen=True, slots=True)
class Clicks:
    """Serves them: `open` what opens at once, `run` what became a job."""

    account: Account
    shelf: Shelf
    home: Home
    gate: Gate
    digests: DigestForms

    async def open(self, body: Body) -> None:
        """Open the modal that a click asks for, if it asks for one. Whatever fails is logged: the person sees that
        nothing opened, and presses again."""
        (action, *_) = body["actions"]
        carries = _clicked(body, action)
        try:
            match action["action_id"]:
                case buttons.QUOTES:
                    await self._quotes(body["trigger_id"], carries)
                case buttons.DIGEST:
                    await self.digests.open(body["view"]["private_metadata"], carries["user"], body["trigger_id"])
                case buttons.MISSED:
                    form = modals.form(
                        modals.MISSED_WORDS, spoken().clicks.missed_title, spoken().clicks.missed_hint, carries
                    )
                    await self._show(body["trigger_id"], form)
                case buttons.FEEDBACK:
                    good, key = buttons.judged(action["value"])
                    if not good:
                        carries |= {"answer": key}
                        form = modals.form(
                            modals.FEEDBACK_WORDS, spoken().clicks.words_title, spoken().clicks.words_hint, carries
                        )
                        await self._show(body["trigger_id"], form)
        except CrosscheckError as fault:
            log.warning("a modal could not be shown", extra={"reason": str(fault)})

    async def run(self, work: Any) -> None:
        """A job of kind SAID. Raises StoreError, SlackUnavailable."""
        said: Mapping[str, Any] = work.payload
        key, person = said["answer"], said["user"]
        if said["what"] == _UNFOLLOWED:
            await self._unfollow(said)
            return
        if (refused := await self.gate.refusal(Right.ASK, person, said["channel"])) is not None:
            told = refused
        elif said["what"] == _JUDGED:
            await self.shelf.judged(key, person, good=said["good"], words=said["words"])
            told = spoken().clicks.thanks_good if said["good"] else spoken().clicks.thanks_bad
        elif said["what"] == _LABELLED:
            verdict = Verdict(said["verdict"])
            known = await self.shelf.label(key, verdict, person, said["words"])
            pressed = spoken().buttons
            named = pressed.missed if verdict is Verdict.MISSED else pressed.not_a_disagreement
            told = spoken().clicks.thanks_label.format(verdict=named) if known else spoken().asking.forgotten
        else:
            known = await self.shelf.follow(key, person, said["channel"], said["thread"])
            told = spoken().clicks.followed if known else spoken().asking.forgotten
        await aside.tell(self.account, said, told)

    async def _unfollow(self, said: Mapping[str, Any]) -> None:
        """Let it go, and show what is left where the button was."""
        person, coverage = said["user"], self.home.coverage
        await coverage.unfollow(person, said["answer"])
        if said["home"]:
            await self.home.publish(person, said["carries"])
            return
        form = follows.form(json.loads(said["carries"]), await coverage.follows(person))
        try:
            with slack_errors("views.update"):
                await self.account.client.views_update(view_id=said["view"], view=form)
        except SlackRefused as fault:
            log.info("a form was closed before it could be brought up to date", extra={"reason": str(fault)})

    async def _quotes(self, trigger: str, clicked: Mapping[str, Any]) -> None:
        told = spoken().clicks

        async def found() -> Json:
            refused = await self.gate.refusal(Right.ASK, clicked["user"], clicked["channel"])
            shown = await self.shelf.shown(clicked["answer"]) if refused is None else None
            return (
                modals.quotes(shown)
                if shown
                else modals.notice(told.quotes_title, refused or spoken().asking.forgotten)
            )

        await open_modal(self.account, trigger, told.quotes_title, told.loading_quotes, found)

    async def _show(self, trigger: str, view: Json) -> None:
        with slack_errors("views.open"):
            await self.account.client.views_open(trigger_id=trigger, view=view)


def _submitted(body: Body) -> Accepted | None:
    view = body["view"]
    kind = view.get("callback_id")
    if kind not in (modals.FEEDBACK_WORDS, modals.MISSED_WORDS):
        return None
    said, carried = modals.filled(view)
    payload = carried | {"user": body["user"]["id"], "words": said}
    if kind == modals.FEEDBACK_WORDS:
        payload |= {"what": _JUDGED, "good": False}
    else:
        payload |= {"what": _LABELLED, "verdict": Verdict.MISSED.value}
    return Accepted(SAID, payload, [f"form:{view['id']}"])


def _asked(body: Body, action: Body) -> Accepted:
    """A question of the ledger that somebody asks by its button, in the thread of the message that bore it; once,
    however often they press it."""
    place, user, question = body["container"], str(body["user"]["id"]), str(action["value"])
    channel, bore = str(place["channel_id"]), str(place["message_ts"])
    payload = {
        "team": str(body["team"]["id"]),
        "channel": channel,
        "thread": str(place.get("thread_ts") or bore),
        "ts": str(action["action_ts"]),
        "user": user,
        "text": question,
        "clicked": True,
    }
    named = hashlib.sha256(question.encode()).hexdigest()[:16]
    return Accepted(ANSWER, payload, [f"next:{user}:{channel}:{bore}:{named}"], lane_of(payload))


def _clicked(body: Body, action: Body) -> dict[str, Any]:
    """Who clicked where; `answer` is the button's value."""
    container = body.get("container") or {}
    return {
        "user": body["user"]["id"],
        "channel": container.get("channel_id") or "",
        "thread": container.get("thread_ts") or "",
        "answer": str(action.get("value") or ""),
    }
