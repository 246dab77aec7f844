"""The verb: a question to an Answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from unicodedata import category

from bot.errors import ReaderAbsent, ReaderError, WrongUse
from bot.news import languages, words
from bot.news.catalogue import explained, speaking, spoken
from bot.news.cite import cited
from bot.news.compare import NEIGHBOURS, Unciteable, cited_by, compare, reading, settle, with_copies
from bot.news.find import Found, find
from bot.news.model import (
    Answer,
    Check,
    Comparison,
    Draft,
    Mode,
    Reading,
    Relation,
    Replayed,
    SecondLook,
    Statement,
    Turn,
    Usage,
)
from bot.news.offline import side_by_side
from bot.news.ports import Archive, Reader

EXCERPT_TOKENS = 12_000
QUESTION_CHARACTERS = 3_000  # a page of text; longer ones are pasted by mistake, or are no question
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # Unicode's direction overrides
CODE_LEADS = (Relation.DISPUTE, Relation.UPDATE)  # code, not the model, writes the first line of these


class Audience(Protocol):
    """Who is told as the answer comes about. A reading may come again after a retry."""

    async def reading(self, reading: Reading) -> None:
        """A source's reading, as it is read."""

    async def second_look(self) -> None:
        """The sources may disagree; a second look begins and statements wait for it."""

    async def statement(self, statement: Statement) -> None:
        """A line of the answer, in order, final."""


class Nobody:
    """An audience that waits for the whole answer."""

    async def reading(self, reading: Reading) -> None: ...

    async def second_look(self) -> None: ...

    async def statement(self, statement: Statement) -> None: ...


def asked(text: str) -> str:
    """The question in a text, on one line, without what would steer a terminal or turn its line round.

    Raises WrongUse where there is none or it is too long.
    """
    question = " ".join("".join(c for c in text if c.isspace() or (category(c) != "Cc" and c not in _TURNS)).split())
    if not any(character.isalnum() for character in question):
        raise WrongUse(spoken().answer.empty_question)
    if len(question) > QUESTION_CHARACTERS:
        told, digits = spoken().answer.long_question, spoken().digits
        raise WrongUse(told.format(characters=digits(len(question)), limit=digits(QUESTION_CHARACTERS)))
    return question


async def answer(
    question: str,
    *,
    archive: Archive,
    reader: Reader | None,
    excerpt_tokens: int = EXCERPT_TOKENS,
    turns: Sequence[Turn] = (),
    audience: Audience | None = None,
    since: datetime | None = None,
    language: str = "",
) -> Answer:
    """Answer from the archive, or say that it cannot.

    Without a reader, or when it fails, each source is quoted side by side, uncompared. `turns` are the thread's
    earlier questions: with them the question is first made to stand on its own. `since`: only coverage published
    from then on counts. `language`: that the reader answers in, and the bot's own words with it; that of the question
    where it is empty. Raises StoreError.
    """
    wording = _Wording(question, turns, archive, reader)
    if turns:
        await wording.resolve()
    language = language or languages.language(wording.question) or ""
    with speaking(language):
        found = await _answered(wording, excerpt_tokens, audience or Nobody(), since)
    return replace(found, language=language)


async def _answered(wording: _Wording, excerpt_tokens: int, audience: Audience, since: datetime | None) -> Answer:
    question, reader = wording.question, wording.reader
    found = await find(question, wording.archive, excerpt_tokens, since=since, put=wording.searched)
    usage = wording.usage
    if not found.sheet.sources:
        nothing = Comparison(question, Check.NOT_RUN, Relation.NONE)
        mode = Mode.OFFLINE if reader is None else Mode.MODEL
        none_since = (
            spoken().answer.nothing_since.format(day=words.day(since)) if since and not found.library_empty else None
        )
        return Answer(question, mode, nothing, library_empty=found.library_empty, usage=usage, trouble=none_since)
    if reader is None:
        return _uncompared(question, found, Check.NOT_RUN, usage)
    asking = _Asking(question, reader, found, audience, usage)
    try:
        return await asking.answer()
    except ReaderAbsent:
        return _uncompared(question, found, Check.NOT_RUN, asking.usage)
    except ReaderError as fault:
        return _uncompared(question, found, Check.FAILED, asking.usage + Usage(*fault.spent), explained(fault))
    except Unciteable:
        return _uncompared(question, found, Check.FAILED, asking.usage, spoken().answer.uncited)


@dataclass(slots=True)
class _Wording:
    """A question's words: as it stands on its own, and as the coverage is searched by them. One call gives both, and
    only a follow-up or a question in another language than the coverage's needs it."""

    question: str
    turns: Sequence[Turn]
    archive: Archive
    reader: Reader | None
    search: str = ""
    usage: Usage = field(default_factory=Usage)

    async def resolve(self) -> None:
        """Have a follow-up stand on its own; a question that has no thread stays the person's own, word for word."""
        if self.reader is None:
            return
        try:
            found = await self.reader.standalone(self.question, self.turns, await self.archive.language())
        except ReaderError as fault:  # as it was asked it may still be answered; the next call tells what is wrong
            self.usage = Usage(*fault.spent)
            return
        self.usage, self.search = found.usage, found.search
        if self.turns:
            self.question = found.question

    async def searched(self) -> str:
        """The words to search by: the coverage's first, then what is left of the question's own, for some of the
        coverage may be in that language."""
        if not self.turns and languages.foreign(self.question, await self.archive.language()):
            await self.resolve()
        known = set(self.search.casefold().split())
        own = [word for word in self.question.split() if word.casefold() not in known]
        return " ".join([self.search, *own]) if self.search else self.question


@dataclass(slots=True)
class _Asking:
    """One question on its way through the model: read and compare, a second look if need be, then the lines."""

    question: str
    reader: Reader
    found: Found
    audience: Audience
    usage: Usage
    replayed: Replayed | None = None
    told: list[Statement] = field(default_factory=list)  # what the audience has

    async def answer(self) -> Answer:
        draft = await self._read()
        sheet = self.found.sheet
        comparison = compare(self.question, draft, sheet)
        lines = cited(draft.statements, sheet)
        if comparison.relation is Relation.DISPUTE:
            comparison = await self._look_again(comparison)
        if not lines and draft.relation not in (*CODE_LEADS, Relation.NONE):
            raise Unciteable
        closest: tuple[Statement, ...] = ()
        if comparison.relation is Relation.NONE:
            closest, lines = lines, ()
        elif draft.relation in CODE_LEADS:
            lines = (*_lead_lines(comparison), *lines)
        await self._tell(lines)
        return Answer(
            self.question,
            Mode.MODEL,
            with_copies(comparison, sheet),
            lines,
            closest,
            shown=sheet.articles,
            left_out=self.found.left_out,
            usage=self.usage,
            replayed=self.replayed,
        )

    async def _read(self) -> Draft:
        draft = Draft()
        heard: set[str] = set()
        async for draft in self.reader.read(self.question, self.found.sheet):
            for each in draft.readings:
                if each.source not in heard:
                    heard.add(each.source)
                    checked = reading(each, self.found.sheet)
                    if checked is not None:
                        await self.audience.reading(checked)
            if draft.relation is not None and not draft.complete:
                await self._tell_settled(draft)
        self._spent(draft.usage, draft.replayed)
        return draft

    async def _tell_settled(self, draft: Draft) -> None:
        """Pass on the lines of an answer whose relation needs no second look and no line of code's."""
        if draft.relation in CODE_LEADS or len(draft.statements) <= len(self.told):
            return
        try:
            settled = compare(self.question, draft, self.found.sheet)
        except Unciteable:  # a reply that its repair may still replace
            return
        if settled.relation is not Relation.NONE:
            await self._tell(cited(draft.statements, self.found.sheet))

    async def _tell(self, lines: Sequence[Statement]) -> None:
        """Tell the lines that were not told: after an interruption a reply starts anew, and may read otherwise."""
        for line in lines:
            if line not in self.told:
                self.told.append(line)
                await self.audience.statement(line)

    async def _look_again(self, comparison: Comparison) -> Comparison:
        await self.audience.second_look()
        sentences = [c for p in comparison.positions for r in p.readings for c in r.citations]
        narrow = self.found.sheet.around(sentences, NEIGHBOURS)
        try:
            look = await self.reader.second_look(comparison, narrow)
        except ReaderError as fault:
            self.usage += Usage(*fault.spent)
            return replace(comparison, second_look=SecondLook.FAILED)
        self._spent(look.usage, look.replayed)
        return settle(comparison, look, narrow)

    def _spent(self, usage: Usage, replayed: Replayed | None) -> None:
        self.usage += usage
        self.replayed = self.replayed or replayed


def _lead_lines(comparison: Comparison) -> tuple[Statement, ...]:
    """Code's own lines: the conflict, the correction, or, where neither was borne out, what each position says."""
    positions = comparison.positions
    if comparison.relation is Relation.DISPUTE:
        return (Statement(words.dispute_line(positions), cited_by(positions)),)
    if comparison.relation is Relation.UPDATE:
        return (Statement(words.update_line(positions), cited_by(positions)),)
    return tuple(Statement(words.sentence(p.claim), cited_by([p])) for p in positions)


def _uncompared(question: str, found: Found, check: Check, usage: Usage, trouble: str | None = None) -> Answer:
    """Each source quoted; "none" only where no word of the question occurs and no model was asked."""
    statements = side_by_side(found.query, found.sheet)
    nothing = not statements and check is Check.NOT_RUN
    comparison = Comparison(question, check, Relation.NONE if nothing else None)
    shown = found.sheet.articles
    return Answer(
        question,
        Mode.OFFLINE,
        comparison,
        statements,
        shown=shown,
        left_out=found.left_out,
        usage=usage,
        trouble=trouble,
    )
