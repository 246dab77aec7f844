"""What a person does on the page; each act is one POST with a JSON body and answers JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.core import Slack
from bot.sandbox.methods.checks import Refused
from bot.sandbox.reaching.delivery import Delivery
from bot.sandbox.reaching.elements import NoSuchElement
from bot.sandbox.state import Json, Message, OpenView

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

SLOW_S, LIMIT_S = 2.0, 3


@dataclass(frozen=True, slots=True)
class PageActs:
    """Runs an act and tells the page what came of it, in a sentence where it failed."""

    sandbox: Sandbox
    slack: Slack

    async def do(self, act: Act, request: Request) -> Response:
        if "json" not in request.headers.get("content-type", ""):
            return _refused("Only JSON is read here.", 415)
        try:
            body = await request.json()
            answer = await act(self, body)
        except (KeyError, TypeError, ValueError, NoSuchElement, Refused):
            return _refused("That no longer stands here. Reload the page.", 404)
        return JSONResponse(answer)

    def message(self, body: Json) -> Message:
        """The message that the body names by channel and ts. Raises KeyError."""
        workspace, channel, ts = self.slack.home, body["channel"], body["ts"]
        if (found := workspace.find(channel, ts)) is not None:
            return found
        for private in workspace.private:
            if (private.channel, private.ts) == (channel, ts):
                return private
        raise KeyError(ts)

    def own(self, body: Json) -> Message:
        message = self.message(body)
        if message.user != body["person"]:
            raise KeyError(message.ts)
        return message

    def view(self, body: Json) -> OpenView:
        return self.slack.home.views[body["view"]]


Act = Callable[[PageActs, Json], Awaitable[Json]]


def _refused(sentence: str, status: int) -> Response:
    return JSONResponse({"error": sentence}, status_code=status)


def _outcome(delivery: Delivery) -> Json:
    return {} if delivery.acked else {"error": "Crosscheck did not respond."}


async def _say(page: PageActs, body: Json) -> Json:
    message = await page.sandbox.say(body["channel"], body["person"], str(body["text"]), body.get("thread_ts"))
    return {"ts": message.ts}


async def _edit(page: PageActs, body: Json) -> Json:
    await page.sandbox.edit(page.own(body), str(body["text"]))
    return {}


async def _delete(page: PageActs, body: Json) -> Json:
    await page.sandbox.delete(page.own(body))
    return {}


async def _click(page: PageActs, body: Json) -> Json:
    place = page.view(body) if body.get("view") else page.message(body)
    return _outcome(await page.sandbox.click(place, body["action"], body.get("value"), user=body["person"]))


async def _choose(page: PageActs, body: Json) -> Json:
    """What is entered into a form's field that does not tell the bot at once."""
    page.sandbox.enter(page.view(body), body["action"], body.get("value"))
    return {}


async def _submit(page: PageActs, body: Json) -> Json:
    return {"errors": await page.sandbox.submit(page.view(body), body.get("values"))}


async def _close(page: PageActs, body: Json) -> Json:
    await page.sandbox.close_view(page.view(body))
    return {}


async def _suggest(page: PageActs, body: Json) -> Json:
    return {"options": await page.sandbox.suggest(page.view(body), body["action"], str(body.get("typed", "")))}


async def _command(page: PageActs, body: Json) -> Json:
    name, text = str(body["command"]), str(body.get("text", ""))
    done = await page.sandbox.command(name, text, channel=body["channel"], user=body["person"])
    return {} if done.acked else {"error": f"{name} failed: Crosscheck did not respond."}


async def _shortcut(page: PageActs, body: Json) -> Json:
    message = page.message(body) if body.get("ts") else None
    return _outcome(await page.sandbox.shortcut(body["callback"], user=body["person"], message=message))


async def _home(page: PageActs, body: Json) -> Json:
    return _outcome(await page.sandbox.open_home(body["person"]))


async def _dm(page: PageActs, body: Json) -> Json:
    return {"channel": await page.sandbox.open_dm(body["person"])}


async def _stop(page: PageActs, body: Json) -> Json:
    return _outcome(await page.sandbox.stop_work(body["channel"], body.get("thread_ts"), body["person"]))


async def _invite(page: PageActs, body: Json) -> Json:
    return _outcome(await page.sandbox.invite(body["channel"]))


async def _faults(page: PageActs, body: Json) -> Json:
    """Switch one trouble on or off; all that is on is put together anew."""
    faults, name = page.slack.faults, str(body["name"])
    switch: dict[str, Callable[[], Any]] = {
        "slow": lambda: faults.slow(SLOW_S),
        "limit": lambda: faults.limit("chat.postMessage", 3, retry_after_s=LIMIT_S),
        "fail": lambda: faults.fail("chat.postMessage", 3),
        "cut": lambda: faults.cut("chat.postMessage", 1),
        "no_streams": lambda: faults.refuse("chat.startStream", "unknown_method"),
    }
    if name == "close_sockets":
        await page.sandbox.close_sockets()
    elif body.get("on"):
        switch[name]()
    else:
        kinds = {"no_streams": "refuse"}
        faults.switched[:] = [f for f in faults.switched if f.kind != kinds.get(name, name)]
    page.slack.changes.tell({"kind": "faults"})
    return {}


ACTS: dict[str, Act] = {
    "say": _say,
    "edit": _edit,
    "delete": _delete,
    "click": _click,
    "choose": _choose,
    "submit": _submit,
    "close": _close,
    "suggest": _suggest,
    "command": _command,
    "shortcut": _shortcut,
    "home": _home,
    "dm": _dm,
    "stop": _stop,
    "invite": _invite,
    "faults": _faults,
}
