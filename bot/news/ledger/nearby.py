"""What to ask next after an answer: questions that stand in the ledger already, near what it cites."""

from __future__ import annotations

from collections.abc import Iterable

from bot.news.ledger.doubles import same_dispute
from bot.news.ledger.standing import Entry, State, citations, sentence_key
from bot.news.model import Answer
from bot.news.offline import stems
from bot.news.words import citations as cited

NEXT = 3


def next_questions(answer: Answer, entries: Iterable[Entry], asked: Iterable[str] = ()) -> tuple[str, ...]:
    """The questions of up to NEXT of these entries, which cite articles that the answer cites: first those that share
    most of its sentences, then most of its words; of equal ones the open before the settled.

    Never one that was just answered, in whatever words, or that was `asked` before; nor a followed question, which is
    its owner's, nor what has been dismissed.
    """
    comparison = answer.comparison
    told = {question.casefold() for question in (answer.question, comparison.question, *asked)}
    keys = {sentence_key(c) for c in cited(answer)}
    words = stems(f"{answer.question} {comparison.question}")

    def distance(entry: Entry) -> tuple[int, int, bool, float, str]:
        shared = keys & {sentence_key(c) for c in citations(entry.comparison)}
        alike = words & stems(entry.comparison.question)
        return (-len(shared), -len(alike), entry.state is not State.OPEN, -entry.moved.timestamp(), entry.id)

    near = [
        entry
        for entry in entries
        if not entry.private
        and entry.state is not State.DISMISSED
        and entry.comparison.question.casefold() not in told
        and not same_dispute(comparison, entry.comparison)
    ]
    return tuple(dict.fromkeys(entry.comparison.question for entry in sorted(near, key=distance)))[:NEXT]
