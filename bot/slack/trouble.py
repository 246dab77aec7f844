"""What Slack's client raises, in the house's terms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import CrosscheckError, SlackUnavailable

_MAY_PASS = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "streaming_state_conflict",  # a stream is open and takes no update; its time ends after minutes
    }
)
GONE = frozenset({"account_inactive", "invalid_refresh_token", "token_revoked"})
"""What Slack says to the tokens of an app that was removed from their workspace."""
BROKEN = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class SlackRefused(CrosscheckError):
    """Slack will not do this however often it is asked: the channel is gone, the token revoked. `code` is its word."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"{method}: {code}")
        self.code = code


def code(fault: SlackApiError) -> str:
    """Slack's error code; empty where the answer held none, as a gateway's page of text does."""
    data = getattr(fault.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def refused(fault: SlackApiError) -> bool:
    """True where Slack answered that it did nothing and never will; else it may have, or may yet."""
    found = code(fault)
    return bool(found) and found not in _MAY_PASS


@contextmanager
def slack_errors(method: str) -> Iterator[None]:
    """Raise SlackUnavailable or SlackRefused for whatever the client raises."""
    try:
        yield
    except SlackApiError as fault:
        if refused(fault):
            raise SlackRefused(method, code(fault)) from fault
        raise SlackUnavailable(f"{method}: {code(fault) or 'no answer that can be read'}") from fault
    except (*BROKEN, SlackClientError) as fault:
        raise SlackUnavailable(f"{method}: {type(fault).__name__}") from fault
