"""views.*: modals, which a click allows for a moment, and Home."""

from __future__ import annotations

import secrets
import time

from bot.sandbox.core import Slack, Trigger
from bot.sandbox.methods import checks
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Json, OpenView, Workspace, new_id

MAX_STACK = 3


def _trigger(at: At, args: Arguments) -> Trigger:
    found = at.slack.triggers.get(args.text("trigger_id"))
    if found is None:
        raise Refused("invalid_trigger_id")
    if found.used:
        raise Refused("exchanged_trigger_id")
    if time.monotonic() > found.expires:
        raise Refused("expired_trigger_id")
    found.used = True
    return found


def place(slack: Slack, workspace: Workspace, user: str, view: Json, *, push: bool) -> OpenView:
    """Put a checked view on a person's screen: alone, or on top of what stands there."""
    stack = workspace.stacks.setdefault(user, [])
    if push and len(stack) >= MAX_STACK:
        raise Refused("push_limit_reached")
    external = view.get("external_id")
    if external and any(v.view.get("external_id") == external for v in workspace.views.values()):
        raise Refused("duplicate_external_id")
    if not push:
        clear(workspace, user)
    made = new_id("V")
    opened = OpenView(
        id=made,
        user=user,
        view=view,
        root=stack[0] if stack else made,
        previous=stack[-1] if stack else None,
        hash=new_hash(),
    )
    workspace.views[made] = opened
    stack.append(made)
    slack.changes.tell({"kind": "view", "team": workspace.id, "user": user})
    return opened


def clear(workspace: Workspace, user: str) -> None:
    for known in workspace.stacks.get(user, []):
        workspace.views.pop(known, None)
    workspace.stacks.setdefault(user, []).clear()


def new_hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"


def _open(at: At, args: Arguments) -> Json:
    view = checks.view(args.get("view"), ("modal",), at.workspace.shows)
    opened = place(at.slack, at.workspace, _trigger(at, args).user, view, push=False)
    return {"view": opened.payload(at.workspace)}


def _push(at: At, args: Arguments) -> Json:
    view = checks.view(args.get("view"), ("modal",), at.workspace.shows)
    trigger = _trigger(at, args)
    if not at.workspace.stacks.get(trigger.user):
        raise Refused("not_found")
    opened = place(at.slack, at.workspace, trigger.user, view, push=True)
    return {"view": opened.payload(at.workspace)}


def _update(at: At, args: Arguments) -> Json:
    known = _named(at, args)
    if args.get("hash") and args["hash"] != known.hash:
        raise Refused("hash_conflict")
    replace(at.slack, at.workspace, known, checks.view(args.get("view"), ("modal", "home"), at.workspace.shows))
    return {"view": known.payload(at.workspace)}


def _named(at: At, args: Arguments) -> OpenView:
    views = at.workspace.views
    if view_id := args.maybe("view_id"):
        if view_id not in views:
            raise Refused("not_found")
        return views[view_id]
    external = args.text("external_id")
    for view in views.values():
        if view.view.get("external_id") == external:
            return view
    raise Refused("not_found")


def replace(slack: Slack, workspace: Workspace, known: OpenView, view: Json) -> None:
    """Show another view in the place of one; what was entered in blocks of the same block_id stays."""
    kept = {block["block_id"] for block in view["blocks"]}
    known.view, known.hash = view, new_hash()
    known.state = {block: values for block, values in known.state.items() if block in kept}
    slack.changes.tell({"kind": "view", "team": workspace.id, "user": known.user})


def _publish(at: At, args: Arguments) -> Json:
    if not at.slack.app.home:
        raise Refused("not_enabled")
    user = args.text("user_id")
    if user not in at.workspace.people:
        raise Refused("user_not_found")
    view = checks.view(args.get("view"), ("home",), at.workspace.shows)
    known = at.workspace.homes.get(user)
    if known is not None and args.get("hash") and args["hash"] != known.hash:
        raise Refused("hash_conflict")
    if known is None:
        made = new_id("V")
        known = at.workspace.homes[user] = OpenView(made, user, view, made)
        at.workspace.views[made] = known
    replace(at.slack, at.workspace, known, view)
    return {"view": known.payload(at.workspace)}


METHODS: dict[str, Method] = {
    "views.open": _open,
    "views.push": _push,
    "views.update": _update,
    "views.publish": _publish,
}
