"""The tables, each defined once; importing this room completes their one `metadata`. What differs between the databases
is the search index: see `search.sqlite` and `search.postgres`."""

from bot.store.tables import (
    answers,
    conversations,
    digests,
    feeds,
    follows,
    installations,
    jobs,
    ledger,
    library,
    rules,
)
from bot.store.tables.base import HEAD, metadata

__all__ = [
    "HEAD",
    "answers",
    "conversations",
    "digests",
    "feeds",
    "follows",
    "installations",
    "jobs",
    "ledger",
    "library",
    "metadata",
    "rules",
]
