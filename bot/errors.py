"""What can go wrong, drawn once; each leaf says whether trying again may help and what a person is told.

CrosscheckError
├── WrongUse                 the call or the configuration is wrong (exit status 2)
│   └── UnreadableCoverage   a file or page that is no article; says why
├── ReaderError              the model
│   ├── ReaderAbsent         no model is set up, and no reply was kept
│   ├── ReaderUnavailable    time-outs, connections, 429, 5xx: may pass
│   ├── ReaderRefused        a refused key, an unknown model, a request the server will not take
│   └── ReplyUnusable        a reply that does not parse, after its repair
│       ├── ReplyCut         it was cut off at its length limit
│       └── ReplyWithheld    the model, or a filter before it, declined
├── StoreError               the database
│   ├── StoreUnavailable     locked, away, or not migrated: may pass
│   ├── StoreFull            no room on the disk
│   ├── StoreRefused         a row or a statement that it does not take: a mistake of ours
│   └── SealedAway           a secret that none of our keys opens
├── SlackUnavailable         Slack does not take a message: may pass
├── Fenced                   another worker has taken this job over; stop without writing
└── NotForUs                 not a failure: an event that asks nothing of the bot
"""

from __future__ import annotations

from typing import ClassVar


class CrosscheckError(Exception):
    """Root of everything the bot raises on purpose.

    `retry`: whether the same call may succeed later. `tell`: a sentence a person can act on; it never
    holds a provider's words, a status code or a path. `str(error)` is for logs and terminals of operators.
    """

    retry: ClassVar[bool] = False
    tell: ClassVar[str] = "I could not finish this one. Nothing was lost: ask again in a moment."


class WrongUse(CrosscheckError):
    tell = "I could not make sense of that. Ask a question in one or two sentences."


class UnreadableCoverage(WrongUse):
    tell = "That article could not be read."


class ReaderError(CrosscheckError):
    """`spent`: the model calls that were completed before the failure, their input and their output tokens."""

    spent: tuple[int, int | None, int | None] = (0, 0, 0)


class ReaderAbsent(ReaderError):
    tell = "No model is set up."


class ReaderUnavailable(ReaderError):
    retry = True
    tell = "The model can't be reached right now."


class ReaderRefused(ReaderError):
    tell = "The model refused the request; whoever runs this bot should check its key and model name."


class ReplyUnusable(ReaderError):
    tell = "The model's reply could not be used."


class ReplyCut(ReplyUnusable):
    tell = "The model's reply was cut off at its length limit, so it could not be used."


class ReplyWithheld(ReplyUnusable):
    tell = "The model declined to answer this one."


class StoreError(CrosscheckError):
    pass


class StoreUnavailable(StoreError):
    retry = True
    tell = "The library can't be reached right now. Nothing was lost: your question waits."


class StoreFull(StoreError):
    tell = "There is no room left to keep new coverage; whoever runs this bot should free some disk space."


class StoreRefused(StoreError):
    pass


class SealedAway(StoreError):
    tell = "I can't use what I was given to work here; whoever runs this bot should check its keys."


class SlackUnavailable(CrosscheckError):
    retry = True


class Fenced(CrosscheckError):
    pass


class NotForUs(CrosscheckError):
    pass
