"""What the Slack room asks of the store: questions, answers, and what people say of them, in that room's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.news import ledger
from bot.news.asked import Shown
from bot.news.labels import Label, Verdict
from bot.news.model import Answer, Comparison
from bot.news.standing import Entry, State, citations, resting_on, sentence_key
from bot.news.words import citations as cited
from bot.store.answers import Answers
from bot.store.database import Clock, Database, utc_now
from bot.store.labels import Labels
from bot.store.ledger import StoredLedger
from bot.wiring.desk import SAMPLE


def owner_of(person: str, channel: str, thread: str) -> str:
    """Whose a followed question is: a person's, to be told in a thread."""
    return f"{person}/{channel}/{thread}"


@dataclass(frozen=True, slots=True)
class Follower:
    """A person who follows a question in a thread."""

    person: str
    channel: str
    thread: str

    @classmethod
    def of(cls, owner: str) -> Follower:
        return cls(*owner.split("/", 2))


class People(Answers):
    """The people of one workspace. What they label and follow belongs to the coverage that answered them: their own,
    or the sample while that is empty."""

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        super().__init__(database, workspace, clock=clock)
        self._own = workspace
        self._now = clock
        self._store = database

    async def answered(self, key: str, answer: Answer, messages: str | None = None) -> None:
        sample = any(article.invented for article in answer.shown)
        coverage = SAMPLE if sample else self._own
        await self.keep_shown(key, answer.comparison, cited(answer), coverage=coverage, messages=messages)

    async def shown(self, key: str) -> Shown | None:
        found = await self.read_shown(key)
        return found[0] if found else None

    async def label(self, key: str, verdict: Verdict, person: str, words: str) -> bool:
        found = await self.read_shown(key)
        if found is None:
            return False
        shown, coverage = found
        kept = StoredLedger(self._store, coverage)
        entry = standing_for(shown.comparison, await kept.standing(State.OPEN))
        label = Label(verdict, shown.comparison, words, person, self._now(), entry.id if entry else None)
        await Labels(self._store, coverage).keep(label)
        if verdict is Verdict.NOT_A_DISAGREEMENT and entry is not None:
            await ledger.dismiss(entry.id, person, self._now(), ledger=kept)
        return True

    async def follow(self, key: str, person: str, channel: str, thread: str) -> bool:
        found = await self.read_shown(key)
        if found is None:
            return False
        shown, coverage = found
        owner = owner_of(person, channel, thread or shown.asked.thread)
        await ledger.follow(owner, shown.comparison, self._now(), ledger=StoredLedger(self._store, coverage))
        return True


def standing_for(comparison: Comparison, entries: Iterable[Entry]) -> Entry | None:
    """The standing disagreement that a comparison is one with: two of its sides rest on sentences cited here."""
    here = {sentence_key(c) for c in citations(comparison)}
    for entry in entries:
        if sum(bool(resting_on(position) & here) for position in entry.comparison.positions) > 1:
            return entry
    return None
