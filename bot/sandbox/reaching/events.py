"""What Slack tells the bot of its own accord, in the shapes of the Events API."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from bot.sandbox.core import Slack
from bot.sandbox.reaching.delivery import Delivery
from bot.sandbox.state import Json, Message, Workspace, new_id

_LINK = re.compile(r"https?://[^\s<>|]+")


def send(slack: Slack, workspace: Workspace, event: Json) -> Delivery:
    """Deliver an event, whether or not the app subscribes to it."""
    body = {
        "token": "sandbox",
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
    return slack.courier.send("events_api", body)


def offer(slack: Slack, workspace: Workspace, event: Json) -> Delivery:
    """Deliver an event where the app subscribes to its type; else it is settled with no attempt made."""
    if event["type"] in slack.app.events and workspace.installed:
        return send(slack, workspace, event)
    unsent = Delivery("events_api", event)
    unsent.settled.set()
    return unsent


def posted(slack: Slack, workspace: Workspace, message: Message) -> list[Delivery]:
    """A new message: `message` where the bot is in the channel, and `app_mention` where it is named.

    Slack tells an app of its own messages too, and of a mention in a channel twice over.
    """
    channel = workspace.channels[message.channel]
    event = message.payload(workspace.id) | {"channel": channel.id, "event_ts": message.ts}
    if message.is_reply and (first := workspace.find(channel.id, message.thread_ts or "")) is not None:
        event["parent_user_id"] = first.user
    sent = []
    mentioned = f"<@{workspace.bot.id}>" in message.text and message.bot_id != workspace.bot.bot_id
    if mentioned and workspace.installed and not channel.direct and "app_mention" in slack.app.events:
        sent.append(send(slack, workspace, event | {"type": "app_mention"}))
    if _hears(slack, workspace, message):
        sent.append(send(slack, workspace, event | {"channel_type": channel.kind}))
    if (shared := _links(slack, message)) and message.bot_id != workspace.bot.bot_id:
        sent.append(offer(slack, workspace, _link_shared(workspace, message, shared)))
    return sent


def links(message: Message) -> list[str]:
    """The addresses in a message, each once."""
    return list(dict.fromkeys(_LINK.findall(message.text)))


def _links(slack: Slack, message: Message) -> list[Json]:
    """Those of the domains that the app asks for, and of their parts, as `link_shared` tells them."""
    found = []
    for url in links(message):
        host = urlsplit(url).hostname or ""
        for domain in slack.app.domains:
            if host == domain or host.endswith(f".{domain}"):
                found.append({"domain": domain, "url": url})
                break
    return found


def _link_shared(workspace: Workspace, message: Message, shared: list[Json]) -> Json:
    event: Json = {
        "type": "link_shared",
        "user": message.user,
        "channel": message.channel,
        "message_ts": message.ts,
        "is_bot_user_member": workspace.bot.id in workspace.channels[message.channel].members,
        "unfurl_id": f"{message.channel}.{message.ts}.{new_id('u')}",
        "source": "conversations_history",
        "links": shared,
        "event_ts": message.ts,
    }
    return event | ({"thread_ts": message.thread_ts} if message.is_reply else {})


def changed(slack: Slack, workspace: Workspace, message: Message, before: Json) -> list[Delivery]:
    """An edited message, or one that a stream has finished."""
    if not _hears(slack, workspace, message):
        return []
    now = workspace.new_ts()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": message.channel,
        "channel_type": workspace.channels[message.channel].kind,
        "message": message.payload(workspace.id),
        "previous_message": before,
        "ts": now,
        "event_ts": now,
    }
    return [send(slack, workspace, event)]


def withdraw(slack: Slack, workspace: Workspace, message: Message) -> list[Delivery]:
    """Delete a message and tell of it. One that has replies leaves a tombstone in its place, as in Slack."""
    before = message.payload(workspace.id)
    if message.reply_count:
        message.subtype, message.text, message.blocks = "tombstone", "This message was deleted.", []
        message.user, message.bot_id, message.metadata = "USLACKBOT", None, None
        slack.message_changed(workspace, message)
        return changed(slack, workspace, message, before)
    workspace.remove(message)
    slack.changes.tell({"kind": "deleted", "team": workspace.id, "channel": message.channel, "ts": message.ts})
    if not _hears(slack, workspace, message):
        return []
    now = workspace.new_ts()
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": message.channel,
        "channel_type": workspace.channels[message.channel].kind,
        "deleted_ts": message.ts,
        "previous_message": before,
        "ts": now,
        "event_ts": now,
    }
    return [send(slack, workspace, event)]


def _hears(slack: Slack, workspace: Workspace, message: Message) -> bool:
    channel = workspace.channels[message.channel]
    name = "message.im" if channel.direct else "message.channels"
    return workspace.installed and name in slack.app.events and workspace.bot.id in channel.members
