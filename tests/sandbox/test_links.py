"""What the sandbox tells the app of links, and the cards that it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import ANNA, GENERAL, Sandbox

URL = "https://news.example.org/story?id=4"
CARD = {"blocks": [{"type": "section", "text": {"type": "plain_text", "text": "More of it"}}]}
MANIFEST = {
    "features": {"unfurl_domains": ["example.org"]},
    "oauth_config": {"scopes": {"bot": ["links:read", "links:write"]}},
    "settings": {"event_subscriptions": {"bot_events": ["link_shared"]}},
}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(manifest=MANIFEST, ack_timeout_s=0.2, retry_after_s=()) as made:
        yield made


@pytest.fixture
def client(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(sandbox.bot_token, base_url=sandbox.api_url)


async def test_given_a_domain_that_the_app_asks_for_when_a_link_is_posted_then_it_is_told_of_that_alone(
    sandbox: Sandbox,
) -> None:
    posted = await sandbox.say(GENERAL, ANNA, f"<{URL}|this> and https://example.com/other https://notexample.org/x")

    (delivery,) = sandbox.deliveries
    event = delivery.body["event"]
    assert (event["type"], event["message_ts"], event["is_bot_user_member"]) == ("link_shared", posted.ts, True)
    assert event["links"] == [{"domain": "example.org", "url": URL}]


async def test_given_a_card_when_it_is_sent_again_then_it_takes_the_first_one_s_place(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    posted = await sandbox.say(GENERAL, ANNA, URL)

    for _ in range(2):
        await client.chat_unfurl(channel=GENERAL, ts=posted.ts, unfurls={URL: CARD})

    assert [card["from_url"] for card in posted.attachments] == [URL]


@pytest.mark.parametrize(
    ("unfurls", "ts", "error"),
    [
        ({"https://news.example.org/another": CARD}, "", "cannot_unfurl_url"),
        ({URL: CARD}, "1.000001", "cannot_find_message"),
        ({}, "", "missing_unfurls"),
        ({URL: {"text": "no blocks"}}, "", "invalid_unfurls_format"),
        ({URL: {"blocks": [{"type": "input"}]}}, "", "invalid_blocks"),
    ],
)
async def test_given_a_card_that_slack_does_not_take_when_it_is_sent_then_it_is_refused_and_nothing_stands(
    sandbox: Sandbox, client: AsyncWebClient, unfurls: dict[str, dict[str, object]], ts: str, error: str
) -> None:
    posted = await sandbox.say(GENERAL, ANNA, URL)

    with pytest.raises(SlackApiError, match=error):
        await client.chat_unfurl(channel=GENERAL, ts=ts or posted.ts, unfurls=unfurls)

    assert posted.attachments == []
