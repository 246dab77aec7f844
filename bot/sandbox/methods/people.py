"""auth.test, team.info, users.*, bots.info, reactions.add: who is who, and small things."""

from __future__ import annotations

from bot.sandbox.core import readable_channel
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Json


def _api_test(at: At, args: Arguments) -> Json:
    if error := args.maybe("error"):
        raise Refused(error)
    return {"args": dict(args)}


def _auth_test(at: At, args: Arguments) -> Json:
    workspace = at.workspace
    return {
        "url": f"{at.slack.url}/",
        "team": workspace.name,
        "user": workspace.bot.name,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


def _team_info(at: At, args: Arguments) -> Json:
    return {"team": {"id": at.workspace.id, "name": at.workspace.name, "domain": "sandbox"}}


def _user_info(at: At, args: Arguments) -> Json:
    person = at.workspace.people.get(args.text("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": person.payload(at.workspace.id, localised=args.flag("include_locale"))}


def _users_list(at: At, args: Arguments) -> Json:
    members = [person.payload(at.workspace.id) for person in at.workspace.people.values()]
    return {"members": members, "response_metadata": {"next_cursor": ""}}


def _bot_info(at: At, args: Arguments) -> Json:
    wished = args.text("bot", at.workspace.bot.bot_id)
    for person in at.workspace.people.values():
        if person.bot_id == wished:
            bot = {"id": wished, "name": person.name, "user_id": person.id, "app_id": at.workspace.app_id}
            return {"bot": bot | {"deleted": False}}
    raise Refused("bot_not_found")


def _react(at: At, args: Arguments) -> Json:
    channel = readable_channel(at.workspace, args.text("channel"))
    message = at.workspace.find(channel.id, args.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    users = message.reactions.setdefault(args.text("name"), [])
    if at.workspace.bot.id in users:
        raise Refused("already_reacted")
    users.append(at.workspace.bot.id)
    at.slack.message_changed(at.workspace, message)
    return {}


METHODS: dict[str, Method] = {
    "api.test": _api_test,
    "auth.test": _auth_test,
    "team.info": _team_info,
    "users.info": _user_info,
    "users.list": _users_list,
    "bots.info": _bot_info,
    "reactions.add": _react,
}
