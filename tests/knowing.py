"""Has the scripted model know facts: it proposes and compares from what a request shows, as a real one would."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tests.news.ledger_world import Fact
from tests.scripted_model import Request, ScriptedModel, look, reads, reply

_HEADING = re.compile(r"^## Source ([A-Z]+):", re.MULTILINE)
_LINE = re.compile(r"^([A-Z]+\d+) (.*)$", re.MULTILINE)
_STANDING = re.compile(r'^(#\d+) "(.*)"$', re.MULTILINE)

Said = dict[str, tuple[str, str]]  # source to the key and the claim of its first sentence that answers


def knows(model: ScriptedModel, *facts: Fact) -> None:
    """From now on each step is answered from these facts; disputes are upheld."""

    def propose(request: Request) -> dict[str, Any]:
        shown = request.text
        new = _HEADING.findall(shown)[0]
        standing = {question: label for label, question in _STANDING.findall(shown)}
        known, candidates = [], []
        for fact in facts:
            said = _said(fact, shown)
            here = said.pop(new, None)
            there = [key for key, claim in said.values() if here and claim != here[1]]
            if here and fact.question in standing:
                known.append({"label": standing[fact.question], "keys": [here[0]]})
            elif here and there and not fact.asked:
                candidates.append(
                    {
                        "here": [here[0]],
                        "there": there,
                        "clash": "They differ.",
                        "question": fact.question,
                        "kind": fact.kind,
                        "conflict": "flat",
                    }
                )
        return {"known": known, "candidates": candidates}

    def answer(request: Request) -> dict[str, Any]:
        labels = _HEADING.findall(request.text)
        fact = next((f for f in facts if f'"{f.question}"' in request.text), Fact("", {}))
        said = _said(fact, request.text)
        claims = list(dict.fromkeys(claim for _, claim in said.values()))
        return reply(
            readings=[reads(s, said[s][1], [said[s][0]]) if s in said else reads(s) for s in labels],
            positions=[(claim, [s for s in said if said[s][1] == claim]) for claim in claims],
            relation=_relation(fact, said, claims),
            kind=fact.kind,
            statements=[(claim, [key for key, of in said.values() if of == claim]) for claim in claims[:1]],
        )

    model.always(propose=propose, answer=answer, second_look=look())


def _relation(fact: Fact, said: Said, claims: list[str]) -> str:
    if len(claims) > 1:
        return fact.relation
    return ("none", "single")[len(said)] if len(said) < 2 else "agree"


def _said(fact: Fact, shown: str) -> Said:
    found: Said = {}
    for key, text in _LINE.findall(shown):
        claims: Iterable[str] = (claim for words, claim in fact.answers.items() if words in text)
        for claim in claims:
            found.setdefault(key.rstrip("0123456789"), (key, claim))
    return found
