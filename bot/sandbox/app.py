"""What the app's manifest allows it: events, commands, shortcuts, scopes, Home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Json

# Every bot event that the sandbox sends on its own; a manifest subscribes to some of them.
ALL_EVENTS = frozenset(
    {
        "agent_session_stopped",
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "function_executed",
        "link_shared",
        "member_joined_channel",
        "message.channels",
        "message.im",
        "tokens_revoked",
    }
)

# The scopes that a method asks for, any one of them, from Slack's reference. Those that are not listed ask for none,
# or Slack's reference does not say.
_SCOPES = {
    "assistant.threads.setStatus": ("assistant:write", "chat:write"),
    "assistant.threads.setSuggestedPrompts": ("assistant:write", "chat:write"),
    "assistant.threads.setTitle": ("assistant:write", "chat:write"),
    "bots.info": ("users:read",),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.unfurl": ("links:write",),
    "chat.update": ("chat:write",),
    "conversations.list": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.open": ("im:write", "mpim:write"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "reactions.add": ("reactions:write",),
    "team.info": ("team:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
}
# The same for methods whose scope depends on the kind of conversation.
_READING = {
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.replies": "history",
}


@dataclass(frozen=True, slots=True)
class App:
    """`scopes` is None where nothing is known of them; then every method is allowed. `domains`: whose links the app is
    told of."""

    events: frozenset[str] = ALL_EVENTS
    commands: tuple[Json, ...] = ({"command": "/coverage"},)
    shortcuts: tuple[Json, ...] = ()
    prompts: tuple[Json, ...] = ()
    home: bool = True
    domains: tuple[str, ...] = ()
    functions: Mapping[str, Json] = field(default_factory=dict)
    scopes: frozenset[str] | None = None

    @classmethod
    def read(cls, manifest: Json) -> App:
        """What a manifest says; without one, an app that may do everything stands in its place."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot")
        return cls(
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            commands=tuple(features.get("slash_commands", ())),
            shortcuts=tuple(features.get("shortcuts", ())),
            prompts=tuple(features.get("agent_view", {}).get("suggested_prompts", ())),
            functions=manifest.get("functions", {}),
            domains=tuple(features.get("unfurl_domains", ())),
            home=features.get("app_home", {}).get("home_tab_enabled", True),
            scopes=None if scopes is None else frozenset(scopes),
        )

    def check_scope(self, method: str, *, direct: bool) -> None:
        """Raise Refused with missing_scope where the manifest does not ask for what the method needs."""
        if self.scopes is None:
            return
        needed = _SCOPES.get(method, ())
        if method in _READING:
            needed = (f"{'im' if direct else 'channels'}:{_READING[method]}",)
        if needed and not self.scopes.intersection(needed):
            raise Refused("missing_scope", f"needed: {needed[0]}")
