"""Being a person in the sandbox: writing, pressing, looking. Each act tells the bot what Slack would."""

from __future__ import annotations

import secrets
from typing import Any

from bot.sandbox.core import Slack
from bot.sandbox.methods import responses
from bot.sandbox.reaching import acts, events
from bot.sandbox.reaching.delivery import Courier, Delivery
from bot.sandbox.state import Execution, Json, Message, OpenView, Workspace, new_id


class Acting:
    """The half of `Sandbox` that acts. Channels, people and messages are found in whichever team they belong to."""

    _slack: Slack
    _courier: Courier

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
            responses.said(self._slack, workspace, channel, user, delivery.response)
        return delivery

    async def shortcut(self, callback_id: str, *, user: str, message: Message | None = None) -> Delivery:
        """Use a global shortcut, or a message's."""
        workspace = self._slack.workspace_of(user)
        return await _settled(acts.shortcut(self._slack, workspace, user, callback_id, message))

    async def run_step(self, callback_id: str, inputs: Json | None = None) -> Execution:
        """Have a workflow run a custom step of the app, as far as the app has acknowledged that."""
        workspace = self._slack.home
        execution = Execution(new_id("Fx"), callback_id, inputs or {})
        workspace.executions[execution.id] = execution
        event: Json = {
            "type": "function_executed",
            "function": {"id": new_id("Fn"), "callback_id": callback_id, "type": "app", "app_id": workspace.app_id}
            | self._slack.app.functions.get(callback_id, {}),
            "inputs": execution.inputs,
            "function_execution_id": execution.id,
            "workflow_execution_id": new_id("Wx"),
            "bot_access_token": f"xwfp-{execution.id}",
            "event_ts": workspace.new_ts(),
        }
        await _settled(events.offer(self._slack, workspace, event))
        return execution

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
        return await _settled(events.offer(self._slack, workspace, event))

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
        return await _settled(events.offer(self._slack, workspace, event))

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
        return await _settled(events.offer(self._slack, workspace, event))

    async def uninstall(self, workspace: Workspace) -> tuple[Delivery, Delivery]:
        """Remove the app from a team: its tokens are revoked at once, and both events that Slack sends arrive."""
        workspace.revoked |= {workspace.bot_token} | workspace.older_tokens
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot.id]}}
        told = [events.offer(self._slack, workspace, each) for each in (revoked, {"type": "app_uninstalled"})]
        workspace.installed = False
        return await _settled(told[0]), await _settled(told[1])

    async def event(self, event: Json, *, workspace: Workspace | None = None) -> Delivery:
        """Send any other event, and wait for its acknowledgement."""
        return await _settled(events.send(self._slack, workspace or self._slack.home, event))

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Bring the same thing once more, as Slack does when it missed the acknowledgement."""
        delivery.settled.clear()
        self._courier.resume(delivery)
        return await _settled(delivery)


def _humans(workspace: Workspace) -> list[str]:
    return [person.id for person in workspace.people.values() if person.bot_id is None]


async def _settled(delivery: Delivery) -> Delivery:
    await delivery.settled.wait()
    return delivery
