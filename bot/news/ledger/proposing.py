"""What a new article's conflicts are asked as: drafts of questions, held to the sheet and merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.news.cite import Sheet
from bot.news.ledger.doubles import same_matter, shared
from bot.news.ledger.standing import Entry, SentenceKey, resting_on, sentence_key
from bot.news.model import Article, Citation, Kind, Sentence, Usage
from bot.news.offline import stems

CANDIDATES = 10  # an article; without a limit the net grew to 40, most of them dull; few articles start 10 disputes
KNOWN = 30  # standing questions shown with an article, most met sentences first; with 20, some were proposed again
QUESTION_CHARACTERS = 200  # a neutral question about one thing has about 60
TOUCHED = 0.5  # of a followed question's telling words that stand near each other: below, it is of something else


class Conflict(StrEnum):
    """How flatly two sides conflict, as the model ranks it: the strongest first."""

    FLAT = "flat"
    LIKELY = "likely"
    LOOSE = "loose"


@dataclass(frozen=True, slots=True)
class Known:
    """A standing question under its label, #1 and on, with each side's claim and the keys shown of it.

    No label can be mistaken for a sentence's key, as K1 could where there are eleven sources.
    """

    label: str
    entry: Entry
    sides: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def question(self) -> str:
        return self.entry.comparison.question


@dataclass(frozen=True, slots=True)
class DraftCandidate:
    """A question that the model proposes: the keys of the new article, and those that they conflict with."""

    question: str
    kind: Kind
    conflict: Conflict
    here: tuple[str, ...]
    there: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftTouch:
    """A known question that the model says the new article speaks to, with the keys of the new article."""

    label: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """What one call proposes, not checked yet."""

    candidates: tuple[DraftCandidate, ...] = ()
    touched: tuple[DraftTouch, ...] = ()
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Task:
    """A question to compare: a new one, or that of a standing `entry`. `sentences` are sure to be shown."""

    question: str
    sentences: tuple[Citation, ...] = ()
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed question that holds: it rests on sentences of the new article and of another."""

    question: str
    kind: Kind
    conflict: Conflict
    here: tuple[Citation, ...]
    there: tuple[Citation, ...]

    @property
    def keys(self) -> frozenset[SentenceKey]:
        return _keys((*self.here, *self.there))


def known_on(sheet: Sheet, entries: Iterable[Entry]) -> tuple[Known, ...]:
    """The standing questions to show with a sheet: those of which it shows a sentence, most sentences first.

    Followed ones are never shown, so that a person's own words cannot become a question of the ledger.
    """
    keys = {
        sentence_key(Citation(source.article, s)): source.key(s) for source in sheet.sources for s in source.sentences
    }
    found = []
    for entry in entries:
        sides = tuple(
            (p.claim, tuple(keys[k] for k in sorted(resting_on(p)) if k in keys)) for p in entry.comparison.positions
        )
        met = sum(len(shown) for _, shown in sides)
        if met and not entry.private:
            found.append((-met, entry.id, entry, sides))
    found.sort(key=lambda each: each[:2])
    return tuple(Known(f"#{n}", entry, sides) for n, (_, _, entry, sides) in enumerate(found[:KNOWN], 1))


def spoken_to(sentences: Sequence[Sentence], article: Article, followed: Iterable[Entry]) -> list[Task]:
    """A task for each followed question whose words an article's new sentences have, near each other."""
    held = [stems(s.text) for s in sentences]
    windows = [(i, frozenset().union(*held[max(0, i - 1) : i + 2])) for i in range(len(held))]
    tasks = []
    for entry in followed:
        wanted = stems(entry.comparison.question)
        best, _, at = max(((len(wanted & window), -i, i) for i, window in windows), default=(0, 0, 0))
        if wanted and best >= TOUCHED * len(wanted):
            tasks.append(Task(entry.comparison.question, (Citation(article, sentences[at]),), entry.id))
    return tasks


def touched_by(proposals: Proposals, known: Iterable[Known], sheet: Sheet) -> list[Task]:
    """A task for each known question that a sentence of the new article speaks to."""
    by_label = {k.label: k for k in known}
    tasks = []
    for touch in proposals.touched:
        standing = by_label.get(f"#{touch.label.strip().strip('[]#')}")
        sentences = _of_new(sheet.citations(touch.keys), sheet)
        if standing and sentences:
            tasks.append(Task(standing.question, sentences, standing.entry.id))
    return tasks


def candidates(proposals: Proposals, sheet: Sheet) -> list[Candidate]:
    """The proposals that are a question and cite the new article and another one; the others are dropped."""
    found = []
    for draft in proposals.candidates:
        question = " ".join(draft.question.split())
        cited = sheet.citations((*draft.here, *draft.there))
        here = _of_new(cited, sheet)
        there = tuple(c for c in cited if c not in here)
        if here and there and _is_question(question):
            found.append(Candidate(question, draft.kind, draft.conflict, here, there))
    return found


def tasks_of(found: Sequence[Candidate], entries: Sequence[Entry]) -> list[Task]:
    """Candidates as tasks, the flattest conflicts first: doubles merged, and those of a standing entry given to it."""
    ranked = sorted(found, key=lambda c: list(Conflict).index(c.conflict))
    merged: list[Candidate] = []
    standing: list[Task] = []
    for candidate in ranked:
        entry = next((e for e in entries if not e.private and _rests_on(candidate, e)), None)
        if entry is not None:
            standing.append(Task(entry.comparison.question, (*candidate.here, *candidate.there), entry.id))
            continue
        twin = next((i for i, other in enumerate(merged) if _are_doubles(candidate, other)), None)
        if twin is None:
            merged.append(candidate)
        else:
            merged[twin] = _joined(merged[twin], candidate)
    return [*standing, *(Task(c.question, (*c.here, *c.there)) for c in merged[:CANDIDATES])]


def once_each(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Each standing entry and each question once, with the sentences of all its tasks."""
    found: dict[str, Task] = {}
    for task in tasks:
        name = task.entry or f"? {task.question.casefold()}"
        known = found.get(name)
        sentences = tuple(dict.fromkeys([*(known.sentences if known else ()), *task.sentences]))
        found[name] = replace(known or task, sentences=sentences)
    return tuple(found.values())


def _are_doubles(one: Candidate, other: Candidate) -> bool:
    return (
        same_matter(one.kind, other.kind)
        and shared(_keys(one.here), _keys(other.here))
        and shared(_keys(one.there), _keys(other.there))
    )


def _joined(first: Candidate, other: Candidate) -> Candidate:
    return replace(
        first,
        here=tuple(dict.fromkeys([*first.here, *other.here])),
        there=tuple(dict.fromkeys([*first.there, *other.there])),
    )


def _rests_on(candidate: Candidate, entry: Entry) -> bool:
    """Whether a candidate asks what an entry asks, or its sentences stand on two sides of it. On one side alone
    they may carry another fact."""
    if candidate.question.casefold() == entry.comparison.question.casefold():
        return True
    met = [p for p in entry.comparison.positions if resting_on(p) & candidate.keys]
    return len(met) > 1 and same_matter(candidate.kind, entry.comparison.kind)


def _of_new(cited: Iterable[Citation], sheet: Sheet) -> tuple[Citation, ...]:
    return tuple(c for c in cited if c.article.id == sheet.sources[0].article.id)


def _keys(cited: Iterable[Citation]) -> frozenset[SentenceKey]:
    return frozenset(sentence_key(c) for c in cited)


def _is_question(text: str) -> bool:
    """A question a person could read: one line of bearable length without an address, for articles may plant some."""
    return text.endswith("?") and len(text) <= QUESTION_CHARACTERS and "://" not in text
