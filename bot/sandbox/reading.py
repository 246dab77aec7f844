"""Reading what stands in the sandbox, as people see it there."""

from __future__ import annotations

from bot.sandbox.core import Call, Slack
from bot.sandbox.reaching.delivery import Courier, Delivery
from bot.sandbox.state import Json, Message, OpenView, Session, Status


class Reading:
    """The half of `Sandbox` that reads."""

    _slack: Slack
    _courier: Courier

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
