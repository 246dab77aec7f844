"""chat.*: messages that stand at once. Streams are in `streams`."""

from __future__ import annotations

import time

from bot.sandbox.core import writable_channel
from bot.sandbox.methods import checks
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.reaching import events
from bot.sandbox.state import Json, Message


def content(at: At, args: Arguments, *, most: int = checks.MAX_TEXT) -> tuple[str, list[Json], list[Json]]:
    """Text, blocks and attachments of a post, checked. Raises Refused, `no_text` where there is nothing to show."""
    text, markdown = args.text("text", ""), args.text("markdown_text", "")
    found, attachments = args.get("blocks"), args.get("attachments") or []
    if markdown and (text or found):
        raise Refused("markdown_text_conflict")
    if len(text) > most or len(markdown) > checks.MAX_MARKDOWN:
        raise Refused("msg_too_long")
    if not text and not markdown and not found and not attachments:
        raise Refused("no_text")
    if not isinstance(attachments, list):
        raise Refused("invalid_attachments")
    blocks = checks.blocks(found, shows=at.workspace.shows) if found else []
    if markdown:
        text, blocks = markdown, checks.blocks([{"type": "markdown", "text": markdown}])
    return text, blocks, attachments


def _metadata(args: Arguments) -> Json | None:
    return checks.metadata(args["metadata"]) if args.get("metadata") else None


def own(at: At, args: Arguments, refusal: str) -> Message:
    """The bot's own message that the call names. Raises Refused: message_not_found, or the refusal given."""
    channel = writable_channel(at.workspace, args.text("channel"))
    message = at.workspace.find(channel.id, args.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message.bot_id != at.workspace.bot.bot_id:
        raise Refused(refusal)
    return message


def _post(at: At, args: Arguments) -> Json:
    channel = writable_channel(at.workspace, args.text("channel"))
    text, blocks, attachments = content(at, args)
    key = (channel.id, args.text("client_msg_id", ""))
    if key in at.workspace.keys:
        return _posted(at, _standing(at, key))
    thread_ts = args.maybe("thread_ts")
    message = from_bot(at, channel.id, text, blocks, thread_ts)
    message.attachments, message.metadata = attachments, _metadata(args)
    message.broadcast, message.client_msg_id = args.flag("reply_broadcast"), args.maybe("client_msg_id")
    if message.client_msg_id:
        at.workspace.keys[key] = message.ts
    publish(at, message)
    return _posted(at, message)


def _posted(at: At, message: Message) -> Json:
    shown = message.payload(at.workspace.id, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "message": shown}


def _standing(at: At, key: tuple[str, str]) -> Message:
    """The message that was posted with this client_msg_id; Slack answers with it instead of posting again."""
    message = at.workspace.find(key[0], at.workspace.keys[key])
    if message is None:
        raise Refused("duplicate_message_not_found")
    return message


def from_bot(at: At, channel: str, text: str, blocks: list[Json], thread_ts: str | None) -> Message:
    """A new message by the bot. A reply's own ts stands for its thread; a message that is gone may be replied to."""
    first = at.workspace.find(channel, thread_ts) if thread_ts else None
    if first is not None and first.is_reply:
        thread_ts = first.thread_ts
    bot = at.workspace.bot
    return Message(
        channel=channel,
        ts=at.workspace.new_ts(),
        user=bot.id,
        text=text,
        blocks=blocks,
        thread_ts=thread_ts,
        bot_id=bot.bot_id,
        app_id=at.workspace.app_id,
    )


def publish(at: At, message: Message) -> None:
    """Show a message of the bot's to everybody; Slack takes the thread's status line away at that."""
    at.workspace.add(message)
    if at.workspace.statuses.pop((message.channel, message.thread_ts), None):
        at.slack.changes.tell({"kind": "status", "team": at.workspace.id, "channel": message.channel})
    at.slack.message_changed(at.workspace, message)
    events.posted(at.slack, at.workspace, message)


def _post_ephemeral(at: At, args: Arguments) -> Json:
    channel = writable_channel(at.workspace, args.text("channel"))
    text, blocks, attachments = content(at, args)
    user = args.text("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    message = from_bot(at, channel.id, text, blocks, None)
    message.thread_ts, message.only_for, message.attachments = args.maybe("thread_ts"), user, attachments
    at.workspace.private.append(message)
    at.slack.message_changed(at.workspace, message)
    return {"message_ts": message.ts}


def _update(at: At, args: Arguments) -> Json:
    message = own(at, args, "cant_update_message")
    if message.streaming:
        raise Refused("streaming_state_conflict")
    text, blocks, attachments = content(at, args, most=checks.MAX_UPDATED_TEXT)
    before = message.payload(at.workspace.id)
    message.text, message.attachments = text, attachments
    if "blocks" in args or "markdown_text" in args:
        message.blocks = blocks
    if "metadata" in args:  # without it the old one stays; an empty one takes it away
        message.metadata = _metadata(args)
    message.edited = {"user": at.workspace.bot.id, "ts": f"{time.time():.6f}"}
    at.slack.message_changed(at.workspace, message)
    events.changed(at.slack, at.workspace, message, before)
    shown = message.payload(at.workspace.id, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": shown}


def _delete(at: At, args: Arguments) -> Json:
    message = own(at, args, "cant_delete_message")
    if message.streaming:
        raise Refused("cant_delete_message")
    events.withdraw(at.slack, at.workspace, message)
    return {"channel": message.channel, "ts": message.ts}


def _permalink(at: At, args: Arguments) -> Json:
    channel, ts = args.text("channel"), args.text("message_ts")
    if channel not in at.workspace.channels:
        raise Refused("channel_not_found")
    if at.workspace.find(channel, ts) is None:
        raise Refused("message_not_found")
    link = f"{at.slack.url}/archives/{channel}/p{ts.replace('.', '')}"
    return {"channel": channel, "permalink": link}


METHODS: dict[str, Method] = {
    "chat.postMessage": _post,
    "chat.postEphemeral": _post_ephemeral,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.getPermalink": _permalink,
}
