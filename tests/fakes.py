"""Stand-ins at the middle's protocols: a shelf of articles, a reader that plays drafts, an audience that notes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.errors import ReaderError
from bot.news.cite import Sheet
from bot.news.copies import words
from bot.news.model import (
    Article,
    Comparison,
    Draft,
    DraftLook,
    Excerpt,
    Reading,
    Relation,
    Resolved,
    Statement,
    Turn,
    Usage,
)

UPHELD = DraftLook(True, Relation.DISPUTE, "", (), Usage(1, 20, 2))
_UNDATED = datetime.max.replace(tzinfo=UTC)


class FakeArchive:
    """Articles in memory. An excerpt is one sentence with its neighbours; the most shared words come first."""

    def __init__(self, *articles: Article, neighbours: int = 0) -> None:
        self._articles = articles
        self._neighbours = neighbours
        self.searched: list[str] = []
        self.written_in: str | None = "en"

    async def whole(self, most: int) -> Sequence[Article] | None:
        return await self.articles() if sum(len(a.text) for a in self._articles) <= most else None

    async def language(self) -> str | None:
        return self.written_in

    async def articles(self, *, since: datetime | None = None, until: datetime | None = None) -> Sequence[Article]:
        return sorted((a for a in self._articles if _within(a, since, until)), key=_age)

    async def search(
        self, query: str, *, limit: int, since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Excerpt]:
        self.searched.append(query)
        wanted = set(words(query))
        found = [
            (-len(wanted & set(words(s.text))), a.id, s.number, self._around(a, s.number))
            for a in self._articles
            if _within(a, since, until)
            for s in a.sentences
            if wanted & set(words(s.text))
        ]
        return [excerpt for *_, excerpt in sorted(found, key=lambda hit: hit[:3])][:limit]

    def _around(self, article: Article, number: int) -> Excerpt:
        first = max(1, number - self._neighbours)
        return Excerpt(article, first, min(len(article.sentences), number + self._neighbours))


Script = Draft | ReaderError | Callable[[Sheet], Draft]


@dataclass
class FakeReader:
    """Plays drafts, streamed item by item, and notes the sheets it was shown.

    `replies`: one a question, the last again and again; a function writes its draft from the sheet, an error is
    raised. `breaks_after`: raise `breaks_with` once so many drafts of a stream are out.
    `before`: a draft of which a part is streamed before the reply starts anew, as after an interruption.
    """

    replies: Sequence[Script]
    look: DraftLook | ReaderError = UPHELD
    resolved: str | ReaderError | None = None
    search: str = ""
    before: Draft | None = None
    breaks_after: int | None = None
    breaks_with: ReaderError = field(default_factory=ReaderError)
    questions: list[str] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    looks: list[tuple[Comparison, Sheet]] = field(default_factory=list)
    followed: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)

    async def read(self, question: str, sheet: Sheet) -> AsyncIterator[Draft]:
        script = self.replies[min(len(self.questions), len(self.replies) - 1)]
        self.questions.append(question)
        self.sheets.append(sheet)
        if isinstance(script, ReaderError):
            raise script
        draft = script if isinstance(script, Draft) else script(sheet)
        stream = [*(growing(self.before)[:-1] if self.before else ()), *growing(draft)]
        for count, part in enumerate(stream):
            if count == self.breaks_after:
                raise self.breaks_with
            yield part

    async def second_look(self, comparison: Comparison, sheet: Sheet) -> DraftLook:
        self.looks.append((comparison, sheet))
        if isinstance(self.look, ReaderError):
            raise self.look
        return self.look

    async def standalone(self, question: str, turns: Sequence[Turn], language: str | None) -> Resolved:
        self.followed.append((question, tuple(turns)))
        if isinstance(self.resolved, ReaderError):
            raise self.resolved
        return Resolved(self.resolved or question, self.search, Usage(1, 30, 3))


@dataclass
class Notes:
    """An audience that notes what it is told, in order: readings by article, the second look, statements."""

    told: list[str] = field(default_factory=list)

    async def reading(self, reading: Reading) -> None:
        self.told.append(f"reads {reading.article.id}")

    async def second_look(self) -> None:
        self.told.append("second look")

    async def statement(self, statement: Statement) -> None:
        self.told.append(f"says {statement.text}")


def growing(draft: Draft) -> list[Draft]:
    """The draft as it comes about: reading by reading, then positions, relation, statement by statement, complete."""
    parts = [Draft(readings=draft.readings[:n]) for n in range(1, len(draft.readings) + 1)]
    parts.append(Draft(draft.readings, draft.positions, draft.could_all_be_true))
    judged = replace(draft, statements=(), complete=False, usage=Usage(), replayed=None)
    parts += [replace(judged, statements=draft.statements[:n]) for n in range(len(draft.statements) + 1)]
    return [*parts, replace(draft, complete=True)]


def _within(article: Article, since: datetime | None, until: datetime | None) -> bool:
    published = article.published
    if published is None:
        return since is None and until is None
    return (since is None or published.latest >= since) and (until is None or published.earliest < until)


def _age(article: Article) -> tuple[datetime, str]:
    return (article.published.earliest if article.published else _UNDATED, article.id)


def in_any_order(articles: Iterable[Article]) -> list[FakeArchive]:
    """The same coverage as archives that give it in its own order, backwards, and turned by one."""
    given = list(articles)
    return [FakeArchive(*given), FakeArchive(*reversed(given)), FakeArchive(*given[1:], *given[:1])]
