"""The sandbox as tests and the command line use it: start it, be a person in it, read what stands there."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from bot.sandbox import acts, assistants, chat, conversations, events, files, people, sockets, streams, views
from bot.sandbox.api import WebApi
from bot.sandbox.core import ALL_EVENTS, Call, Slack, new_workspace, recorder_at
from bot.sandbox.delivery import Courier, Delivery
from bot.sandbox.dev import Dev
from bot.sandbox.faults import Faults
from bot.sandbox.http import Server
from bot.sandbox.page import application
from bot.sandbox.sockets import SocketHub
from bot.sandbox.state import Json, Message, OpenView, Session, Status, Workspace

METHODS = (
    assistants.METHODS
    | chat.METHODS
    | conversations.METHODS
    | files.METHODS
    | people.METHODS
    | sockets.METHODS
    | streams.METHODS
    | views.METHODS
)


class Sandbox:
    """A Slack on 127.0.0.1, in the running loop; an asynchronous context manager.

    `retry_after_s`: the waits before an event that was not acknowledged is brought again; Slack's are at once, a
    minute, five minutes. `record`: a file or folder for the accepted calls, as JSON Lines; by default what
    RECORD_SLACK_CALLS names. `manifest`: the app's, for the events it subscribes to, its commands and shortcuts;
    without one it subscribes to every event, and `/coverage` is its command.
    `request_url`: where events go over HTTP; without it they go over Socket Mode. `dev`: the bot's `/dev`, for
    the page (see `bot.sandbox.dev`).
    """

    def __init__(
        self,
        *,
        port: int = 0,
        record: Path | str | None = None,
        request_url: str | None = None,
        manifest: Json | None = None,
        ack_timeout_s: float = 3,
        retry_after_s: Sequence[float] = (0, 60, 300),
        stream_lifetime_s: float = 300,
        trigger_lifetime_s: float = 3,
        dev: Dev | None = None,
    ) -> None:
        home = new_workspace(0)
        wished = record or os.environ.get("RECORD_SLACK_CALLS")
        self._slack = Slack(
            home=home,
            app_token="xapp-sandbox",
            signing_secret=secrets.token_hex(16),
            stream_lifetime_s=stream_lifetime_s,
            trigger_lifetime_s=trigger_lifetime_s,
            events=events.subscribed(manifest) if manifest else ALL_EVENTS,
            commands=manifest["features"].get("slash_commands", []) if manifest else [{"command": "/coverage"}],
            shortcuts=manifest["features"].get("shortcuts", []) if manifest else [],
            recorder=recorder_at(Path(wished)) if wished else None,
            workspaces={home.id: home},
        )
        self._hub = SocketHub(self._slack)
        self._slack.courier = self._courier = Courier(
            self._slack, self._hub, ack_timeout_s, tuple(retry_after_s), request_url
        )
        self._server = Server(application(self, self._slack, self._hub, WebApi(self._slack, METHODS), dev), port)
        self._slack.url = f"http://127.0.0.1:{self._server.port}"

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._slack.closing.set()
        self._slack.changes.tell({"kind": "closing"})
        await self._courier.close()
        await self._hub.cut()
        await self._server.stop()

    # What the bot needs to connect.

    @property
    def url(self) -> str:
        """The page's address, without a final slash."""
        return self._slack.url

    @property
    def api_url(self) -> str:
        """The Web API's address, with its final slash, as SLACK_API_URL wants it."""
        return f"{self._slack.url}/api/"

    @property
    def bot_token(self) -> str:
        return self._slack.home.bot_token

    @property
    def app_token(self) -> str:
        return self._slack.app_token

    @property
    def signing_secret(self) -> str:
        return self._slack.signing_secret

    @property
    def workspace(self) -> Workspace:
        """The workspace that is there from the start."""
        return self._slack.home

    @property
    def bot(self) -> str:
        """The bot's user id there."""
        return self._slack.home.bot.id

    @property
    def mention(self) -> str:
        """What a person's text holds where it names the bot."""
        return f"<@{self.bot}>"

    @property
    def faults(self) -> Faults:
        return self._slack.faults

    @property
    def request_url(self) -> str | None:
        return self._courier.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self._courier.request_url = url

    def add_workspace(self) -> Workspace:
        """One more team with people and channels of its own; ids are unique over all teams."""
        made = new_workspace(len(self._slack.workspaces))
        self._slack.workspaces[made.id] = made
        return made

    def oauth_code(self, workspace: Workspace) -> str:
        """A code that oauth.v2.access exchanges once for this team's token."""
        code = secrets.token_hex(8)
        self._slack.codes[code] = workspace
        return code

    # Being a person.

    async def say(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> Message:
        """Write a message; `<@U…>` names people. Those who are apps write as apps."""
        workspace = self._slack.workspace_of(channel)
        person = workspace.people[user]
        message = Message(
            channel=channel,
            ts=workspace.new_ts(),
            user=user,
            text=text,
            thread_ts=thread_ts,
            bot_id=person.bot_id,
            client_msg_id=None if person.bot_id else secrets.token_hex(16),
        )
        workspace.add(message)
        self._slack.message_changed(workspace, message)
        events.posted(self._slack, workspace, message)
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Change a person's own message."""
        workspace = self._slack.workspace_of(message.channel)
        before = message.payload(workspace.id)
        message.text = text
        message.edited = {"user": message.user, "ts": workspace.new_ts()}
        self._slack.message_changed(workspace, message)
        events.changed(self._slack, workspace, message, before)

    async def delete(self, message: Message) -> None:
        """Delete a person's own message."""
        events.withdraw(self._slack, self._slack.workspace_of(message.channel), message)

    async def click(
        self, place: Message | OpenView, action_id: str, value: Any = None, *, user: str | None = None
    ) -> Delivery:
        """Press a button or choose in a menu, and wait until the bot has acknowledged it or failed to.

        `value`: an option's value, a feedback button's value, a date, an id, or a list of them. `user` presses;
        in a view it is always the view's own person. Raises NoSuchElement.
        """
        if isinstance(place, OpenView):
            workspace = self._slack.workspace_of(place.user)
            return await _settled(acts.click_view(self._slack, workspace, place, action_id, value))
        workspace = self._slack.workspace_of(place.channel)
        person = user or place.only_for or next(iter(_humans(workspace)))
        return await _settled(acts.click_message(self._slack, workspace, place, person, action_id, value))

    def enter(self, view: OpenView, action_id: str, value: Any) -> None:
        """Fill in one field of a form; the bot is not told before the form is sent."""
        acts.enter(view, action_id, value)

    async def submit(self, view: OpenView, values: Json | None = None) -> dict[str, str]:
        """Send a modal's form; `values` by action_id. Returns the bot's errors by block_id, none where it was taken."""
        workspace = self._slack.workspace_of(view.user)
        delivery = await _settled(acts.submit(self._slack, workspace, view, values or {}))
        return acts.submitted(self._slack, workspace, view, delivery)

    async def close_view(self, view: OpenView) -> None:
        delivery = acts.close_view(self._slack, self._slack.workspace_of(view.user), view)
        if delivery is not None:
            await _settled(delivery)

    async def suggest(self, view: OpenView, action_id: str, typed: str) -> list[Json]:
        """The options that the bot offers for what was typed into an external menu."""
        workspace = self._slack.workspace_of(view.user)
        delivery = await _settled(acts.suggest(self._slack, workspace, view, action_id, typed))
        found = (delivery.response or {}).get("options", [])
        return list(found)

    async def command(self, name: str, text: str, *, channel: str, user: str) -> Delivery:
        """Type a slash command, such as `/coverage`, and wait for its acknowledgement."""
        workspace = self._slack.workspace_of(channel)
        delivery = await _settled(acts.command(self._slack, workspace, channel, user, name, text))
        if delivery.response:
            acts.said(self._slack, workspace, channel, user, delivery.response)
        return delivery

    async def shortcut(self, callback_id: str, *, user: str, message: Message | None = None) -> Delivery:
        """Use a global shortcut, or a message's."""
        workspace = self._slack.workspace_of(user)
        return await _settled(acts.shortcut(self._slack, workspace, user, callback_id, message))

    async def open_home(self, user: str) -> Delivery:
        """Look at the bot's Home."""
        return await self._app_home(user, "home")

    async def open_dm(self, user: str) -> str:
        """Look at the direct message with the bot; its channel's id."""
        await self._app_home(user, "messages")
        return self.dm(user)

    def dm(self, user: str) -> str:
        """The id of this person's direct message with the bot; nobody is told."""
        return self._slack.workspace_of(user).direct_with(user).id

    async def _app_home(self, user: str, tab: str) -> Delivery:
        workspace = self._slack.workspace_of(user)
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": workspace.direct_with(user).id,
            "tab": tab,
            "event_ts": workspace.new_ts(),
        }
        if tab == "home" and user in workspace.homes:
            event["view"] = workspace.homes[user].payload(workspace)
        return await _settled(events.send(self._slack, workspace, event))

    async def stop_stream(self, message: Message, user: str) -> Delivery:
        """Press Stop while the bot works in this message's thread."""
        return await self.stop_work(message.channel, message.thread_ts or message.ts, user)

    async def stop_work(self, channel: str, thread_ts: str | None, user: str) -> Delivery:
        """Press Stop in a thread: its open streams end, and the bot is told."""
        workspace = self._slack.workspace_of(channel)
        for message in workspace.thread(channel, thread_ts) if thread_ts else workspace.top_level(channel):
            if message.stream is not None and message.stream.open:
                message.stream.open, message.stream.stopped_by_person = False, True
                self._slack.message_changed(workspace, message)
        event: Json = {
            "type": "agent_session_stopped",
            "user": user,
            "channel": channel,
            "thread_ts": thread_ts,
            "event_ts": workspace.new_ts(),
        }
        return await _settled(events.send(self._slack, workspace, event))

    async def invite(self, channel: str, user: str | None = None) -> Delivery:
        """Add somebody to a channel, the bot by default."""
        workspace = self._slack.workspace_of(channel)
        joined = user or workspace.bot.id
        workspace.channels[channel].members.add(joined)
        event = {
            "type": "member_joined_channel",
            "user": joined,
            "channel": channel,
            "channel_type": "C",
            "team": workspace.id,
            "inviter": next(iter(_humans(workspace))),
            "event_ts": workspace.new_ts(),
        }
        return await _settled(events.send(self._slack, workspace, event))

    async def event(self, event: Json, *, workspace: Workspace | None = None) -> Delivery:
        """Send any other event, and wait for its acknowledgement."""
        return await _settled(events.send(self._slack, workspace or self._slack.home, event))

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Bring the same thing once more, as Slack does when it missed the acknowledgement."""
        delivery.settled.clear()
        self._courier.resume(delivery)
        return await _settled(delivery)

    # The connection itself.

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._hub.links)

    async def refresh_sockets(self) -> None:
        """Ask the bot to open new sockets, as Slack does every few hours."""
        await self._hub.refresh()

    async def close_sockets(self) -> None:
        """Cut every socket without a word."""
        await self._hub.cut()

    # Reading what stands there.

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """A channel's own messages, or a thread's first message and replies; oldest first."""
        workspace = self._slack.workspace_of(channel)
        return workspace.thread(channel, thread_ts) if thread_ts else workspace.top_level(channel)

    def replies(self, message: Message) -> list[Message]:
        """The bot's messages in the thread that hangs from this one, oldest first."""
        workspace = self._slack.workspace_of(message.channel)
        thread = workspace.thread(message.channel, message.thread_ts or message.ts)
        return [m for m in thread if m.bot_id == workspace.bot.bot_id]

    def private(self, user: str, channel: str | None = None) -> list[Message]:
        """What only this person sees."""
        found = self._slack.workspace_of(user).private
        return [m for m in found if m.only_for == user and channel in (None, m.channel)]

    def status(self, channel: str, thread_ts: str | None = None) -> Status | None:
        """The status line that shows now."""
        return self._slack.workspace_of(channel).statuses.get((channel, thread_ts))

    def status_log(self) -> list[Status]:
        """Every status that was set, also the cleared ones."""
        return self._slack.home.status_log

    def session(self, channel: str, thread_ts: str | None = None) -> Session | None:
        return self._slack.workspace_of(channel).sessions.get((channel, thread_ts))

    def prompts(self, channel: str, thread_ts: str | None = None) -> list[Json]:
        """The suggested prompts."""
        return self._slack.workspace_of(channel).prompts.get((channel, thread_ts), [])

    def view(self, user: str) -> OpenView | None:
        """The modal on top of this person's screen."""
        workspace = self._slack.workspace_of(user)
        stack = workspace.stacks.get(user, [])
        return workspace.views[stack[-1]] if stack else None

    def home(self, user: str) -> OpenView | None:
        return self._slack.workspace_of(user).homes.get(user)

    @property
    def calls(self) -> list[Call]:
        """Every accepted call, oldest first."""
        return self._slack.calls

    @property
    def refusals(self) -> list[tuple[str, str]]:
        """Method and error of every refused call."""
        return self._slack.refusals

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that was brought to the bot, or is on its way."""
        return self._courier.deliveries

    async def wait_for(self, true: Callable[[], Any], timeout_s: float = 10) -> Any:
        """What `true` returns once that is truthy; it is asked again at every change. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (found := true()):
                await self._slack.changes.next()
            return found

    async def wait_connected(self, timeout_s: float = 10) -> None:
        await self.wait_for(lambda: self._hub.links, timeout_s)


def _humans(workspace: Workspace) -> list[str]:
    return [person.id for person in workspace.people.values() if person.bot_id is None]


async def _settled(delivery: Delivery) -> Delivery:
    await delivery.settled.wait()
    return delivery
