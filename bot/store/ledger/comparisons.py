"""Comparisons to JSON and back: articles by id and version, so that sentences of earlier versions stay citable."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from bot.errors import WrongUse
from bot.news.ledger.proposing import Task
from bot.news.model import (
    Article,
    Check,
    Citation,
    Comparison,
    Kind,
    Manner,
    Position,
    Reading,
    Relation,
    Replayed,
    SecondLook,
    Statement,
)
from bot.store.coverage.keeping import read_article, stored_articles
from bot.store.tables.library import articles, versions, workspaces

Ref = tuple[str, int]  # an article's id and version
Versions = Mapping[Ref, Article]

_AT_ONCE = 300  # pairs in one statement; SQLite takes 32,766 values


def written(comparison: Comparison) -> str:
    told = comparison.reconciled
    return _json(
        {
            "question": comparison.question,
            "check": comparison.check,
            "relation": comparison.relation,
            "kind": comparison.kind,
            "positions": [
                {"claim": p.claim, "independent": p.independent, "readings": [_reading(r) for r in p.readings]}
                for p in comparison.positions
            ],
            "silent": [_ref(a) for a in comparison.silent],
            "second_look": comparison.second_look,
            "reconciled": told and {"text": told.text, "citations": [_citation(c) for c in told.citations]},
            "replayed": comparison.replayed and asdict(comparison.replayed),
        }
    )


def read(text: str, held: Versions) -> Comparison:
    """Raises KeyError where a version that it names is not held."""
    raw = json.loads(text)
    told = raw["reconciled"]
    return Comparison(
        raw["question"],
        Check(raw["check"]),
        raw["relation"] and Relation(raw["relation"]),
        raw["kind"] and Kind(raw["kind"]),
        tuple(
            Position(p["claim"], tuple(_as_reading(r, held) for r in p["readings"]), p["independent"])
            for p in raw["positions"]
        ),
        tuple(held[_as_ref(ref)] for ref in raw["silent"]),
        raw["second_look"] and SecondLook(raw["second_look"]),
        told and Statement(told["text"], tuple(_as_citation(c, held) for c in told["citations"])),
        Replayed(**raw["replayed"]) if raw.get("replayed") else None,
    )


def written_tasks(tasks: Iterable[Task]) -> str:
    return _json(
        [{"question": t.question, "entry": t.entry, "cites": [_citation(c) for c in t.sentences]} for t in tasks]
    )


def read_tasks(text: str, held: Versions) -> tuple[Task, ...]:
    return tuple(
        Task(t["question"], tuple(_as_citation(c, held) for c in t["cites"]), t["entry"]) for t in json.loads(text)
    )


def refs(text: str) -> set[Ref]:
    """The versions that a written comparison names."""
    raw = json.loads(text)
    named = [ref for p in raw["positions"] for r in p["readings"] for ref in (r["article"], *r["cites"])]
    named += [*raw["silent"], *(raw["reconciled"]["citations"] if raw["reconciled"] else ())]
    return {_as_ref(ref) for ref in named}


def refs_of_tasks(text: str) -> set[Ref]:
    return {_as_ref(ref) for task in json.loads(text) for ref in task["cites"]}


def load(connection: Connection, workspace: str, wanted: Iterable[Ref]) -> dict[Ref, Article]:
    """These versions of the workspace's articles, those of removed articles too."""
    pairs = sorted(set(wanted))
    found: dict[Ref, Article] = {}
    for start in range(0, len(pairs), _AT_ONCE):
        rows = stored_articles().where(
            workspaces.c.name == workspace,
            tuple_(articles.c.name, versions.c.version).in_(pairs[start : start + _AT_ONCE]),
        )
        for row in connection.execute(rows):
            article = read_article(row)
            found[article.id, article.version] = article
    return found


def check_held(connection: Connection, workspace: str, text: str) -> None:
    """Raise WrongUse where a written comparison names versions that the workspace does not hold: read back, it would
    have no sentences."""
    pairs = sorted(refs(text))
    held = 0
    for start in range(0, len(pairs), _AT_ONCE):
        found = (
            select(func.count())
            .select_from(versions)
            .join(articles, articles.c.id == versions.c.article)
            .join(workspaces, workspaces.c.id == versions.c.workspace)
            .where(
                workspaces.c.name == workspace,
                tuple_(articles.c.name, versions.c.version).in_(pairs[start : start + _AT_ONCE]),
            )
        )
        held += connection.scalar(found) or 0
    if held != len(pairs):
        raise WrongUse("a comparison can be kept only beside the coverage that it cites")


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "article": _ref(reading.article),
        "says": reading.says,
        "manner": reading.manner,
        "speaker": reading.speaker,
        "as_of": reading.as_of,
        "cites": [_citation(c) for c in reading.citations],
    }


def _as_reading(raw: Mapping[str, Any], held: Versions) -> Reading:
    return Reading(
        held[_as_ref(raw["article"])],
        raw["says"],
        Manner(raw["manner"]),
        tuple(_as_citation(c, held) for c in raw["cites"]),
        raw["speaker"],
        raw["as_of"],
    )


def _citation(citation: Citation) -> list[Any]:
    return [*_ref(citation.article), citation.sentence.number]


def _as_citation(raw: list[Any], held: Versions) -> Citation:
    article = held[_as_ref(raw)]
    return Citation(article, article.sentences[raw[2] - 1])


def _ref(article: Article) -> list[Any]:
    return [article.id, article.version]


def _as_ref(raw: list[Any]) -> Ref:
    return raw[0], raw[1]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))  # in ASCII: a model may write characters that no database holds
