"""The manifest asks for exactly what the bot uses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.slack.commands.commands import CHECK, COMMAND
from bot.slack.commands.step import SUMMARISE
from bot.slack.intake import EVENTS

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT.parent / "shared" / "oracles" / "schema" / "manifest.json"

SCOPES_OF_EVENTS: dict[str, set[str]] = {
    "agent_session_stopped": {"assistant:write"},
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "function_executed": set(),
    "link_shared": {"links:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "tokens_revoked": set(),
}
# Every Web API method that the bot may call, with the scopes that Slack asks for it.
SCOPES_OF_METHODS: dict[str, set[str]] = {
    "agents_sessions_setStatus": {"assistant:write"},
    "apps_connections_open": set(),  # the app's own token, connections:write
    "assistant_threads_setStatus": {"assistant:write"},
    "assistant_threads_setSuggestedPrompts": {"assistant:write"},
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_stopStream": {"chat:write"},
    "chat_stream": {"chat:write"},
    "chat_unfurl": {"links:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "functions_completeError": set(),
    "functions_completeSuccess": set(),
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    return found


def methods_called() -> set[str]:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "slack").rglob("*.py"))
    found = {name for source in sources for name in re.findall(r"client\.([a-z]+_\w+)\(|\"(functions\.\w+)\"", source)}
    return {(method or named).replace(".", "_") for method, named in found} - {"api_call"}


def test_given_the_manifest_when_read_then_it_subscribes_to_the_events_that_are_heard(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == sorted(EVENTS)


def test_given_the_manifest_when_read_then_its_scopes_are_those_of_the_methods_and_events(
    manifest: dict[str, Any],
) -> None:
    needed = {"commands"}.union(
        *(SCOPES_OF_METHODS[m] for m in methods_called()), *(SCOPES_OF_EVENTS[e] for e in EVENTS)
    )

    assert manifest["oauth_config"]["scopes"]["bot"] == sorted(needed)


def test_given_the_list_of_methods_when_compared_with_the_code_then_none_is_listed_in_vain() -> None:
    assert methods_called() == set(SCOPES_OF_METHODS)


def test_given_the_manifest_when_read_then_its_command_and_shortcut_are_those_that_are_served(
    manifest: dict[str, Any],
) -> None:
    features = manifest["features"]

    assert [c["command"] for c in features["slash_commands"]] == [COMMAND]
    assert [(s["type"], s["callback_id"]) for s in features["shortcuts"]] == [("message", CHECK)]
    assert all(len(s["name"]) <= 24 for s in features["shortcuts"])


def test_given_the_manifest_when_held_against_slack_s_schema_then_it_fits(manifest: dict[str, Any]) -> None:
    if not SCHEMA.is_file():
        pytest.skip("Slack's manifest schema is not beside this checkout")

    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(manifest)


def test_given_the_manifest_when_read_then_its_workflow_step_is_the_one_that_is_served(
    manifest: dict[str, Any],
) -> None:
    assert list(manifest["functions"]) == [SUMMARISE]
    assert manifest["settings"]["org_deploy_enabled"]  # Slack's condition for steps of one's own
