"""Which events ask something of the bot, and what of them is kept."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.account import Account
from bot.slack.intake import asked, written
from bot.slack.words import short_word

ACCOUNT = Account(AsyncWebClient(), team="T1", user="U0BOT", bot="B0BOT")
MENTION = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "5.5", "text": "<@U0BOT> Who?", "team": "T1"}
DIRECT = {**MENTION, "type": "message", "channel_type": "im", "text": "Who?"}


def body(event: dict[str, Any]) -> dict[str, Any]:
    return {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": event}


@pytest.mark.parametrize("event", [MENTION, DIRECT])
def test_given_a_question_when_kept_then_it_says_who_asked_what_and_where(event: dict[str, Any]) -> None:
    payload = asked(body(event), ACCOUNT)

    assert payload == {"team": "T1", "channel": "C1", "thread": "5.5", "ts": "5.5", "user": "U1", "text": "Who?"}


def test_given_a_question_in_a_thread_when_kept_then_the_thread_and_its_own_stamp_are_told_apart() -> None:
    payload = asked(body({**MENTION, "thread_ts": "1.1"}), ACCOUNT)

    assert payload is not None
    assert (payload["thread"], payload["ts"]) == ("1.1", "5.5")


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_given_a_question_with_a_file_or_sent_to_the_channel_too_when_it_comes_then_it_is_kept(subtype: str) -> None:
    assert asked(body({**DIRECT, "subtype": subtype}), ACCOUNT) is not None


@pytest.mark.parametrize(
    "event",
    [
        {**DIRECT, "subtype": "message_changed", "hidden": True},
        {**DIRECT, "subtype": "message_deleted", "hidden": True},
        {**DIRECT, "subtype": "channel_join"},
        {**DIRECT, "subtype": "bot_message", "bot_id": "B9"},
        {**DIRECT, "hidden": True},
        {**DIRECT, "channel_type": "channel"},
        {**DIRECT, "channel_type": "mpim"},
        {**DIRECT, "bot_id": "B9"},
        {**DIRECT, "user": "U0BOT"},
        {**DIRECT, "user": "USLACKBOT"},
        {**DIRECT, "user": None},
        {**MENTION, "bot_id": "B9"},
        {**MENTION, "type": "reaction_added"},
        {**MENTION, "type": "app_home_opened"},
    ],
)
def test_given_what_asks_nothing_when_it_comes_then_it_is_not_kept(event: dict[str, Any]) -> None:
    assert asked(body(event), ACCOUNT) is None


def test_given_something_that_is_no_event_when_it_comes_then_it_is_not_kept() -> None:
    assert asked({"type": "block_actions", "user": {"id": "U1"}}, ACCOUNT) is None


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<@U0BOT>", ""),
        ("<@U0BOT|crosscheck>: who &amp; when?", ": who & when?"),
        ("ask <@U2|ben> or <@U3>", "ask @ben or @someone"),
        ("<!here> <!subteam^S1|@desk> see <#C1|general> <#C2>", "@desk see general"),
        ("<https://example.org/a|the page> or <https://example.org/b>", "the page or https://example.org/b"),
        ("is 1 &lt; 2 &amp;&amp; 3 &gt; 2?", "is 1 < 2 && 3 > 2?"),
        ("he wrote &amp;lt;b&amp;gt;", "he wrote &lt;b&gt;"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_given_slack_s_markup_when_read_then_it_is_what_the_person_saw(text: str, seen: str) -> None:
    assert written(text, "U0BOT") == seen


@pytest.mark.parametrize(
    "question",
    [
        "Hello, who lifted the ban?",
        "Hey Anthropic, is that right?",
        "Thanks, but when?",
        "Hi-tech exports?",
        "thank you notes: who wrote them?",
        "Why?",
        "谁？",
        "help British firms",
    ],
)
def test_given_a_question_that_begins_like_a_greeting_when_read_then_it_is_a_question(question: str) -> None:
    assert short_word(question) is None
