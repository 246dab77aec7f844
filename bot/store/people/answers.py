"""What people of one workspace asked, what they were shown, and what they said of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.news.asked import Asked, Fate, Shown
from bot.news.model import Citation, Comparison
from bot.store.database import Clock, Database, Transaction, utc_now
from bot.store.ledger import comparisons
from bot.store.tables.answers import asked, feedback
from bot.store.tables.conversations import turns

_MINE = (asked.c.key, asked.c.channel, asked.c.thread, asked.c.ts, asked.c.person, asked.c.fate)

_KEEP_SHOWN = update(asked).where(
    asked.c.workspace == bindparam("of"),
    asked.c.key == bindparam("named"),
    asked.c.fate.in_((Fate.ASKED, Fate.ANSWERED)),
)
_FATE = select(asked.c.fate).where(asked.c.workspace == bindparam("of"), asked.c.key == bindparam("named"))


class Answers:
    """Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._workspace = workspace
        self._clock = clock
        insert_new = sqlite.insert if database.dialect == "sqlite" else postgresql.insert
        self._keep = insert_new(asked).on_conflict_do_nothing()

    async def asked(self, question: Asked) -> None:
        """Keep a question; one that is known stays as it is, but for an edit of one that was not withdrawn."""
        await self._database.write(self.asking(question))

    def asking(self, question: Asked) -> Transaction[None]:
        """As `asked`, within a transaction of the caller's."""
        row = {
            "workspace": self._workspace,
            "key": question.key,
            "channel": question.channel,
            "thread": question.thread,
            "ts": question.ts,
            "person": question.person,
            "fate": question.fate,
            "listens": bool(question.thread),
            "at": self._clock(),
        }

        mine = self._of(asked.c.key == question.key, asked.c.fate != Fate.WITHDRAWN)

        def keep(connection: Connection) -> None:
            connection.execute(self._keep, row)
            if question.fate is Fate.EDITED:
                connection.execute(update(asked).where(mine).values(fate=Fate.EDITED))

        return keep

    async def question(self, channel: str, ts: str) -> Asked | None:
        """The question that a message asked, if it asked one."""
        found = select(*_MINE).where(self._of(asked.c.channel == channel, asked.c.ts == ts))
        row = await self._database.read(lambda connection: connection.execute(found).first())
        return _asked(row) if row else None

    async def fate(self, key: str) -> Fate | None:
        """None where the question is not known, or is forgotten."""
        named = {"of": self._workspace, "named": key}
        fate = await self._database.read(lambda connection: connection.scalar(_FATE, named))
        return Fate(fate) if fate else None

    async def becomes(self, key: str, fate: Fate) -> None:
        changed = update(asked).where(self._of(asked.c.key == key)).values(fate=fate)
        await self._database.write(lambda connection: connection.execute(changed))

    async def stop(self, channel: str, thread: str) -> Sequence[str]:
        """Stop what is asked in a thread and not answered yet; the keys of it."""
        changed = (
            update(asked)
            .where(self._of(asked.c.channel == channel, asked.c.thread == thread, asked.c.fate == Fate.ASKED))
            .values(fate=Fate.STOPPED)
            .returning(asked.c.key)
        )
        return await self._database.write(lambda connection: list(connection.scalars(changed)))

    async def listens(self, channel: str, thread: str, person: str) -> bool:
        """Whether this person asked in the thread, and nobody has asked for quiet since."""
        found = (
            select(asked.c.key)
            .where(self._of(asked.c.channel == channel, asked.c.thread == thread, asked.c.person == person))
            .where(asked.c.listens)
            .limit(1)
        )
        return await self._database.read(lambda connection: connection.scalar(found)) is not None

    async def hush(self, channel: str, thread: str) -> None:
        """Whoever asked in the thread mentions the bot again from now on."""
        mine = self._of(asked.c.channel == channel, asked.c.thread == thread)
        changed = update(asked).where(mine).values(listens=False)
        await self._database.write(lambda connection: connection.execute(changed))

    async def keep_shown(
        self,
        key: str,
        comparison: Comparison,
        cited: Sequence[Citation],
        *,
        coverage: str,
        messages: str | None = None,
    ) -> bool:
        """Keep what the answer shows, and that the question is answered; False where it is over, or is not known.
        `coverage`: the workspace whose articles it cites."""
        refs = [[c.article.id, c.article.version, c.sentence.number] for c in cited]
        shown = {
            "of": self._workspace,
            "named": key,
            "coverage": coverage,
            "comparison": comparisons.written(comparison),
            "cited": json.dumps(refs),
            "messages": messages,
            "fate": Fate.ANSWERED,
        }
        return await self._database.write(lambda connection: connection.execute(_KEEP_SHOWN, shown).rowcount == 1)

    async def read_shown(self, key: str) -> tuple[Shown, str] | None:
        """What an answer showed, and the workspace whose articles it cites; None where it is forgotten."""
        found = select(asked).where(self._of(asked.c.key == key, asked.c.coverage.is_not(None)))

        def read(connection: Connection) -> tuple[Shown, str] | None:
            row = connection.execute(found).first()
            if row is None:
                return None
            refs = json.loads(row.cited)
            wanted = comparisons.refs(row.comparison) | {(id, version) for id, version, _ in refs}
            held = comparisons.load(connection, row.coverage, wanted)
            if wanted - set(held):
                return None
            cited = tuple(Citation(held[id, v], held[id, v].sentences[number - 1]) for id, v, number in refs)
            return Shown(_asked(row), comparisons.read(row.comparison, held), cited), row.coverage

        return await self._database.read(read)

    async def shelve(self, key: str, messages: str) -> None:
        """Keep messages that one person alone was shown, beside what they asked."""
        changed = update(asked).where(self._of(asked.c.key == key)).values(messages=messages, fate=Fate.ANSWERED)
        await self._database.write(lambda connection: connection.execute(changed))

    async def messages(self, key: str) -> str | None:
        """The messages that were kept with an answer."""
        found = select(asked.c.messages).where(self._of(asked.c.key == key))
        return await self._database.read(lambda connection: connection.scalar(found))

    async def withdraw(self, key: str) -> None:
        """Forget what a question was answered, in its thread's turns too; the question itself stays as withdrawn."""
        await self._forget(key, Fate.WITHDRAWN)

    async def ask_anew(self, key: str) -> None:
        """Forget what a question was answered, which is to be answered once more."""
        await self._forget(key, Fate.ASKED)

    async def _forget(self, key: str, fate: Fate) -> None:
        mine = self._of(asked.c.key == key)
        emptied = update(asked).where(mine).values(fate=fate, coverage=None, comparison=None, cited=None)

        def forget(connection: Connection) -> None:
            row = connection.execute(select(asked.c.channel, asked.c.thread, asked.c.comparison).where(mine)).first()
            if row is not None and row.comparison is not None:
                said = and_(turns.c.channel == row.channel, turns.c.thread_ts == row.thread)
                question = json.loads(row.comparison)["question"]
                connection.execute(
                    delete(turns).where(turns.c.workspace == self._workspace, said, turns.c.question == question)
                )
            connection.execute(emptied)

        await self._database.write(forget)

    async def judged(self, key: str, person: str, *, good: bool, words: str) -> None:
        """What a person said of an answer; the same said again is kept once."""
        row = {"workspace": self._workspace, "answer": key, "person": person, "good": good, "words": words}
        same = and_(*(feedback.c[name] == value for name, value in row.items()))

        def keep(connection: Connection) -> None:
            if connection.execute(select(feedback.c.id).where(same)).first() is None:
                connection.execute(insert(feedback), row | {"at": self._clock()})

        await self._database.write(keep)

    async def purge(self, *, older_than_s: float) -> int:
        """Forget the questions and the feedback that are older; how many questions there were."""
        before = self._clock() - timedelta(seconds=older_than_s)

        def forget(connection: Connection) -> int:
            said = and_(feedback.c.workspace == self._workspace, feedback.c.at < before)
            connection.execute(delete(feedback).where(said))
            return connection.execute(delete(asked).where(self._of(asked.c.at < before))).rowcount

        return await self._database.write(forget)

    def _of(self, *conditions: Any) -> Any:
        return and_(asked.c.workspace == self._workspace, *conditions)


def _asked(row: Any) -> Asked:
    return Asked(row.key, row.channel, row.thread, row.ts, row.person, Fate(row.fate))
