"""The JSON object of `python -m bot ask --json`: an Answer for machines, verbatim, nothing escaped but JSON."""

from __future__ import annotations

from typing import Any

from bot.news.model import Answer, Citation, Position, Reading, Replayed, Statement


def as_json(answer: Answer) -> dict[str, Any]:
    """What `--json` prints of an answer; quotes are letter for letter, dates ISO 8601 as precise as known."""
    comparison = answer.comparison
    return {
        "question": answer.question,
        "mode": answer.mode.value,
        "check": comparison.check.value,
        "replayed": answer.replayed and replayed(answer.replayed),
        "relation": comparison.relation and comparison.relation.value,
        "kind": comparison.kind and comparison.kind.value,
        "second_look": comparison.second_look and comparison.second_look.value,
        "reconciled": comparison.reconciled and statement(comparison.reconciled),
        "statements": [statement(s) for s in answer.statements],
        "positions": [position(p) for p in comparison.positions],
        "silent": [a.id for a in comparison.silent],
        "standing": [
            {"question": s.question, "positions": [position(p) for p in s.positions]} for s in answer.standing
        ],
        "usage": {
            "calls": answer.usage.calls,
            "input_tokens": answer.usage.input_tokens,
            "output_tokens": answer.usage.output_tokens,
        },
    }


def replayed(kept: Replayed) -> dict[str, Any]:
    return {"model": kept.model, "recorded": kept.recorded}


def statement(told: Statement) -> dict[str, Any]:
    return {"text": told.text, "citations": [citation(c) for c in told.citations]}


def position(held: Position) -> dict[str, Any]:
    return {
        "claim": held.claim,
        "independent": held.independent,
        "readings": [_reading(r) for r in held.readings],
    }


def citation(cited: Citation) -> dict[str, Any]:
    article = cited.article
    return {
        "article": article.id,
        "outlet": article.outlet,
        "published": article.published.text if article.published else None,
        "url": article.url,
        "sentence": cited.sentence.number,
        "quote": cited.quote,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "article": reading.article.id,
        "outlet": reading.article.outlet,
        "says": reading.says,
        "speaker": reading.speaker,
        "manner": reading.manner.value,
        "as_of": reading.as_of,
        "citations": [citation(c) for c in reading.citations],
    }
