"""Labelled questions and answers to figures: what `eval` prints.

A figure is a share or a mean: the sum of its tallies' parts over the sum of their wholes. Its interval resamples
the questions, not the parts, for the sources of one question stand or fall together.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.news.gold import Item, Label, Told, gold_sentences, matched, names, shared_sources
from bot.news.model import Article, Relation

RESAMPLES = 2_000
FEWEST = 10  # questions; an interval from fewer would look surer than it is
SEED = 20_260_520

Tally = tuple[float, float]  # one question's part and whole; a whole of 0 says that the question does not count


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer to a labelled question, as `ask --json` tells it, and how long it took where that was measured."""

    item: Item
    told: Told
    seconds: float | None = None

    @property
    def flagged(self) -> bool:
        return bool(self.told["relation"] == Relation.DISPUTE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A share from 0 to 1, or a mean. `n`: questions that count. `interval`: 95 %, None for fewer than ten.

    `always` and `never`: what a reader would score that flags every question, or none; None where that says nothing.
    """

    name: str
    value: float | None
    n: int
    interval: tuple[float, float] | None = None
    always: float | None = None
    never: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that went wrong: the relation, or, where that was right, the sources of the positions."""

    id: str
    question: str
    expected: str
    given: str


@dataclass(frozen=True, slots=True)
class Report:
    figures: tuple[Figure, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """`missed`: ids of labelled disputes that do not stand. `unmatched`: questions that stand and match no label."""

    figures: tuple[Figure, ...]
    missed: tuple[str, ...]
    unmatched: tuple[str, ...]


def score(outcomes: Sequence[Outcome], articles: Sequence[Article]) -> Report:
    """The figures in the order of printing, and the failures in the order of the questions."""
    hard = [o for o in outcomes if o.item.hard or o.item.disputed is False]
    figures = (
        *_flags(outcomes, ""),
        *_flags(hard, ", hard"),
        _flag_figure("false alarms", outcomes, lambda item, flag: (flag, item.disputed is False)),
        _flag_figure("false alarms on agree", outcomes, lambda item, flag: (flag, _alarms(item, Label.AGREE))),
        _flag_figure(
            "false alarms on complementary", outcomes, lambda item, flag: (flag, _alarms(item, Label.COMPLEMENTARY))
        ),
        figure("update recall", [_given(o, Label.UPDATE, Relation.UPDATE) for o in outcomes]),
        figure("abstention", [_given(o, Label.UNANSWERABLE, Relation.NONE) for o in outcomes]),
        figure("relation right", [(o.item.accepts(o.told["relation"]), 1) for o in outcomes]),
        figure("distinct positions shown", [_shown(o) for o in outcomes]),
        figure("attribution", [_attributed(o) for o in outcomes]),
        figure("verbatim quotes", [_verbatim(o, {a.id: a for a in articles}) for o in outcomes]),
        mean("calls", [o.told["usage"]["calls"] for o in outcomes]),
        mean("input tokens", [o.told["usage"]["input_tokens"] for o in outcomes]),
        mean("output tokens", [o.told["usage"]["output_tokens"] for o in outcomes]),
        mean("seconds", [o.seconds for o in outcomes]),
    )
    return Report(figures, tuple(f for f in map(_failure, outcomes) if f is not None))


def stability(pairs: Iterable[tuple[Told, Told]]) -> tuple[Figure, ...]:
    """How many answers stay what they were when the same questions are asked again, shuffled or with copies."""
    pairs = list(pairs)
    return (
        figure("verdict unchanged", [(one["relation"] == other["relation"], 1) for one, other in pairs]),
        figure("positions unchanged", [(_split(one, other) == _split(other, one), 1) for one, other in pairs]),
    )


def score_ledger(items: Sequence[Item], standing: Sequence[Told], articles: Sequence[Article]) -> LedgerReport:
    """The labelled disputes that stand, and the standing ones that match none. A dispute that matches a question of
    which a flag is a matter of taste is neither."""
    disputes = [item for item in items if item.disputed]
    found = {item.id: any(stands(item, each, articles) for each in standing) for item in disputes}
    flaggable = [item for item in items if item.disputed is not False]
    matches = [any(stands(item, each, articles) for item in flaggable) for each in standing]
    return LedgerReport(
        (
            figure("disputes that stand", [(found[item.id], 1) for item in disputes]),
            figure("disputes that stand, hard", [(found[item.id], 1) for item in disputes if item.hard]),
            figure("standing that match", [(match, 1) for match in matches]),
        ),
        tuple(id for id, stood in found.items() if not stood),
        tuple(each["question"] for each, match in zip(standing, matches, strict=True) if not match),
    )


def stands(item: Item, standing: Told, articles: Sequence[Article]) -> bool:
    """Whether a standing dispute is the labelled one: it splits the gold sources that it holds in the same way, and
    two sides of it rest on sentences that hold the gold quotes, or on neighbours of them."""
    by_id = {a.id: a for a in articles}
    splits = set()  # (gold position, standing position) of each gold source
    resting = set()  # gold positions of which a source rests on its quote
    for place, side in enumerate(standing["positions"]):
        for reading in side["readings"]:
            article = by_id.get(reading["article"])
            for gold, source in _naming(item, reading["article"]):
                splits.add((gold, place))
                quote = item.positions[gold].quotes.get(source, "")
                near = gold_sentences(quote, article, neighbours=1) if article else frozenset()
                if near & {c["sentence"] for c in reading["citations"]}:
                    resting.add(gold)
    return len(resting) > 1 and len(splits) == len({gold for gold, _ in splits}) == len({place for _, place in splits})


def _naming(item: Item, article: str) -> list[tuple[int, str]]:
    """The gold positions, by number, that this article holds, and the source that names it."""
    return [
        (number, source)
        for number, gold in enumerate(item.positions)
        for source in gold.sources
        if names(source, article)
    ]


def figure(name: str, tallies: Iterable[Tally]) -> Figure:
    """The sum of the parts over the sum of the wholes, with its interval."""
    counted = [(float(part), float(whole)) for part, whole in tallies if whole]
    return Figure(name, _ratio(counted), len(counted), _interval(counted))


def mean(name: str, values: Iterable[float | None]) -> Figure:
    """Over the values that are known."""
    return figure(name, [(value, 1) for value in values if value is not None])


def _flags(outcomes: Sequence[Outcome], suffix: str) -> tuple[Figure, ...]:
    return (
        _flag_figure(f"dispute precision{suffix}", outcomes, _precision),
        _flag_figure(f"dispute recall{suffix}", outcomes, _recall),
        _flag_figure(f"dispute F1{suffix}", outcomes, _f1),
    )


def _flag_figure(name: str, outcomes: Sequence[Outcome], tally: Callable[[Item, bool], Tally]) -> Figure:
    """A figure that hangs on the flags alone, with those of a reader that always flags, and of one that never does."""
    found = figure(name, [tally(o.item, o.flagged) for o in outcomes])
    always, never = (_ratio([tally(o.item, flag) for o in outcomes]) for flag in (True, False))
    return Figure(name, found.value, found.n, found.interval, always, never)


def _precision(item: Item, flag: bool) -> Tally:
    return flag and item.disputed is True, flag and item.disputed is not None


def _recall(item: Item, flag: bool) -> Tally:
    return flag, item.disputed is True


def _f1(item: Item, flag: bool) -> Tally:
    """Twice the right flags, over those and the flags that are wrong or missing."""
    if item.disputed is None:
        return 0, 0
    right = flag and item.disputed
    return 2 * right, 2 * right + (flag is not item.disputed)


def _alarms(item: Item, label: Label) -> bool:
    return item.label is label and item.disputed is False


def _given(outcome: Outcome, label: Label, relation: Relation) -> Tally:
    return outcome.told["relation"] == relation, outcome.item.label is label


def _shown(outcome: Outcome) -> Tally:
    pairs = matched(outcome.item, outcome.told["positions"])
    return sum(given is not None for given in pairs), len(pairs)


def _attributed(outcome: Outcome) -> Tally:
    golds = outcome.item.positions
    pairs = zip(golds, matched(outcome.item, outcome.told["positions"]), strict=True)
    right = sum(len(shared_sources(gold, given)) for gold, given in pairs if given is not None)
    return right, sum(len(gold.sources) for gold in golds)


def _verbatim(outcome: Outcome, articles: dict[str, Article]) -> Tally:
    """The quotes that stand letter for letter in the article that they name."""
    told = outcome.told
    lines = [*told["statements"], *(r for p in told["positions"] for r in p["readings"])]
    if told["reconciled"]:
        lines.append(told["reconciled"])
    cited = [c for line in lines for c in line["citations"]]
    return sum(c["article"] in articles and c["quote"] in articles[c["article"]].text for c in cited), len(cited)


def _split(told: Told, other: Told) -> frozenset[frozenset[str]]:
    """How the articles that both answers read fall into positions."""
    read = {r["article"] for p in other["positions"] for r in p["readings"]} | set(other["silent"])
    sides = (frozenset(r["article"] for r in p["readings"]) & read for p in told["positions"])
    return frozenset(side for side in sides if side)


def _failure(outcome: Outcome) -> Failure | None:
    item, told = outcome.item, outcome.told
    part, whole = _attributed(outcome)
    if item.accepts(told["relation"]) and part == whole:
        return None
    golds = [f"{gold.claim} ({', '.join(gold.sources)})" for gold in item.positions]
    sides = [f"{p['claim']} ({', '.join(r['article'] for r in p['readings'])})" for p in told["positions"]]
    relation = told["relation"] or f"check {told['check']}"
    expected = " or ".join(sorted(item.accept, key=lambda label: (label is not item.label, label)))
    return Failure(item.id, item.question, _line(expected, golds), _line(relation, sides))


def _line(verdict: str, sides: Sequence[str]) -> str:
    return f"{verdict}: {' | '.join(sides)}" if sides else verdict


def _ratio(tallies: Sequence[Tally]) -> float | None:
    whole = sum(whole for _, whole in tallies)
    return sum(part for part, whole in tallies if whole) / whole if whole else None


def _interval(tallies: Sequence[Tally]) -> tuple[float, float] | None:
    """The middle 95 % of the figure over resampled questions (the percentile bootstrap), the same in every run."""
    if len(tallies) < FEWEST:
        return None
    draw = random.Random(SEED)
    found = sorted(
        ratio for _ in range(RESAMPLES) if (ratio := _ratio(draw.choices(tallies, k=len(tallies)))) is not None
    )
    return found[int(0.025 * len(found))], found[int(0.975 * len(found))]
