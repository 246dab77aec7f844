"""What can go wrong in more than one room; each leaf says whether trying again may help.

What one room alone raises stands there. What a person is told of each stands in the catalogue.

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

    `retry`: whether the same call may succeed later. `tell`: a sentence a person can act on, where it is this error's
    alone; else the catalogue has one for its class. It never holds a provider's words, a status code or a path.
    `str(error)` is for logs and terminals of operators.
    """

    retry: ClassVar[bool] = False
    tell: str | None = None


class WrongUse(CrosscheckError):
    pass


class UnreadableCoverage(WrongUse):
    pass


class ReaderError(CrosscheckError):
    """`spent`: the model calls that were completed before the failure, their input and their output tokens."""

    spent: tuple[int, int | None, int | None] = (0, 0, 0)


class ReaderAbsent(ReaderError):
    pass


class ReaderUnavailable(ReaderError):
    retry = True


class ReaderRefused(ReaderError):
    pass


class ReplyUnusable(ReaderError):
    pass


class ReplyCut(ReplyUnusable):
    pass


class ReplyWithheld(ReplyUnusable):
    pass


class StoreError(CrosscheckError):
    pass


class StoreUnavailable(StoreError):
    retry = True


class StoreFull(StoreError):
    pass


class StoreRefused(StoreError):
    pass


class SealedAway(StoreError):
    pass


class SlackUnavailable(CrosscheckError):
    retry = True


class Fenced(CrosscheckError):
    pass


class NotForUs(CrosscheckError):
    pass
