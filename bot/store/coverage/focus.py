"""What of a library counts, as a condition on its versions: the one place that narrows whatever is read of it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, and_, cast, column, false, literal, or_, select, table, true
from sqlalchemy.dialects.postgresql import TSQUERY

from bot.news.rules import Focus
from bot.news.topic import Topic
from bot.store.search.excerpts import version_of
from bot.store.search.words import terms
from bot.store.tables.library import versions, workspaces

_index = table("excerpt_index", column("rowid"), column("id"), column("terms"))


def counts(focus: Focus, workspace: str, dialect: str) -> ColumnElement[bool]:
    """Whether a version counts: its outlet does, and it is about one of the topics, that is, it holds every telling
    word of one of a topic's phrases in its title or its text."""
    parts: list[ColumnElement[bool]] = []
    if focus.outlets:
        named = versions.c.outlet.in_(focus.outlets)
        parts.append(~named if focus.without else named)
    if focus.topics:
        parts.append(or_(false(), *(_about(topic, workspace, dialect) for topic in focus.topics)))
    return and_(true(), *parts)


def _about(topic: Topic, workspace: str, dialect: str) -> ColumnElement[bool]:
    phrases = [wanted for phrase in topic.phrases if (wanted := sorted(set(terms(phrase))))]
    return or_(false(), *(and_(*(_holds(stem, workspace, dialect) for stem in wanted)) for wanted in phrases))


def _holds(stem: str, workspace: str, dialect: str) -> ColumnElement[bool]:
    """Whether an excerpt of a version holds a term, by the index's own list of who does."""
    # An alias, for a query that names the workspaces itself would take this one for its own and ask it row by row.
    mine = workspaces.alias()
    mark = '"' if dialect == "sqlite" else "'"
    own = literal(mark).concat(cast(mine.c.id, Text)).concat(literal(f"z{stem}{mark}"))
    term = select(own).where(mine.c.name == workspace).scalar_subquery()
    if dialect == "sqlite":
        found = select(version_of(_index.c.rowid)).where(column("excerpt_index").op("MATCH")(term))
    else:
        found = select(version_of(_index.c.id)).where(_index.c.terms.op("@@")(cast(term, TSQUERY)))
    return versions.c.id.in_(found.select_from(_index))
