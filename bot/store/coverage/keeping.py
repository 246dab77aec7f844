"""Articles to rows and back: identities, versions, ids, and the excerpts that go with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.errors import UnreadableCoverage
from bot.news.model import Article, Moment, Sentence
from bot.store.ledger import told
from bot.store.search import ranking
from bot.store.search.excerpts import excerpt_key, runs, span
from bot.store.tables.library import articles, excerpts, versions, workspaces

_COUNT = (
    update(workspaces)
    .where(workspaces.c.id == bindparam("number"))
    .values({n: workspaces.c[n] + bindparam(f"more_{n}") for n in ("articles", "characters", "excerpts", "words")})
)
_LOCK = select(workspaces.c.id).where(workspaces.c.name == bindparam("workspace")).with_for_update()
_KNOWN = (
    select(articles.c.id)
    .where(
        articles.c.workspace == bindparam("workspace"),
        or_(
            articles.c.identity.in_(bindparam("identities", expanding=True)),
            articles.c.name.in_(bindparam("names", expanding=True)),
        ),
    )
    .limit(1)
)
_NEW = insert(articles).returning(articles.c.id, sort_by_parameter_order=True)
_LONGEST = 2_000  # bytes of an id or an address; PostgreSQL indexes none above 2,704
_VERSION = insert(versions).returning(versions.c.id, sort_by_parameter_order=True)


class Kept(StrEnum):
    """What adding an article did."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


def check_storable(article: Article) -> None:
    """Raise UnreadableCoverage where a database would refuse the article's characters, or could not look it up."""
    for value in (
        article.id,
        article.identity,
        article.outlet,
        article.title,
        article.author,
        article.url,
        article.text,
    ):
        if value and ("\0" in value or not _encodes(value)):
            raise UnreadableCoverage(f"{article.id!r} holds null bytes or broken characters")
    if any(value and len(value.encode()) > _LONGEST for value in (article.id, article.identity, article.url)):
        raise UnreadableCoverage(f"its path or address is longer than {_LONGEST:,} bytes")


def stored_articles() -> Select[Any]:
    """Versions with what `read_article` needs."""
    return (
        select(versions, articles.c.name, articles.c.identity, versions.c.id.label("row"))
        .join(articles, articles.c.id == versions.c.article)
        .join(workspaces, workspaces.c.id == versions.c.workspace)
    )


def read_article(row: Row[Any]) -> Article:
    return Article(
        id=row.name,
        outlet=row.outlet,
        title=row.title,
        text=row.text,
        sentences=tuple(
            Sentence(number, row.text[start:end], start, end)
            for number, (start, end) in enumerate(json.loads(row.sentences), 1)
        ),
        published=Moment.parse(row.published) if row.published else None,
        url=row.url,
        author=row.author,
        identity=row.identity,
        version=row.version,
        invented=row.invented,
    )


def add_all(
    connection: Connection,
    index: ranking.Index,
    workspace: str,
    given: Sequence[Article],
    at: datetime,
    *,
    restore: bool,
) -> list[Kept]:
    """Keep articles under their identities. The workspace's row is locked first: one writer at a time.

    What would come in a span that was told already comes at its end.
    """
    number = _locked(connection, workspace)
    at = max(at, told.held(connection, workspace))
    if _all_new(connection, number, given):
        rows = [
            {"workspace": number, "name": _name(a), "identity": _identity(a), "version": 1, "removed": None}
            for a in given
        ]
        keys = connection.scalars(_NEW, rows).all()
        _store(connection, index, number, [(key, 1, a) for key, a in zip(keys, given, strict=True)], at)
        return [Kept.NEW] * len(given)
    return [_add(connection, index, number, article, at, restore=restore) for article in given]


def _all_new(connection: Connection, workspace: int, given: Sequence[Article]) -> bool:
    """Whether none of the identities and names is known, or comes twice."""
    identities, names = {_identity(a) for a in given}, {_name(a) for a in given}
    if not given or len(identities) < len(given) or len(names) < len(given):
        return False
    wanted = {"workspace": workspace, "identities": list(identities), "names": list(names)}
    return connection.execute(_KNOWN, wanted).first() is None


def _identity(article: Article) -> str:
    return article.identity or article.url or article.id


def _name(article: Article) -> str:
    return article.id or "article"


def _add(
    connection: Connection, index: ranking.Index, number: int, article: Article, at: datetime, *, restore: bool
) -> Kept:
    identity = _identity(article)
    known = connection.execute(
        select(articles).where(articles.c.workspace == number, articles.c.identity == identity)
    ).first()
    if known is None:
        name = _free_name(connection, number, _name(article))
        row = {"workspace": number, "name": name, "identity": identity, "version": 1, "removed": None}
        (key,) = connection.scalars(_NEW, [row])
        _store(connection, index, number, [(key, 1, article)], at)
        return Kept.NEW
    if known.removed and not restore:
        return Kept.SAME
    if not known.removed:
        latest = connection.execute(
            stored_articles().where(versions.c.article == known.id, versions.c.version == known.version)
        ).one()
        if _content(read_article(latest)) == _content(article):
            return Kept.SAME
        _retire(connection, index, latest)
    # What is restored is a new version even where its text is the old one: so it is announced as what arrives is.
    values = {"version": known.version + 1, "removed": None}
    connection.execute(update(articles).where(articles.c.id == known.id).values(values))
    _store(connection, index, number, [(known.id, known.version + 1, article)], at)
    return Kept.NEW if known.removed else Kept.CHANGED


def remove(connection: Connection, index: ranking.Index, workspace: str, id_or_url: str, at: datetime) -> bool:
    """Mark the current article with this id, identity or URL as removed; the id wins where several fit."""
    number = _locked(connection, workspace)
    fits = or_(articles.c.name == id_or_url, articles.c.identity == id_or_url, versions.c.url == id_or_url)
    row = connection.execute(
        stored_articles()
        .where(versions.c.workspace == number, versions.c.current, fits)
        .order_by((articles.c.name == id_or_url).desc(), versions.c.id)
    ).first()
    if row is None:
        return False
    _retire(connection, index, row)
    connection.execute(update(articles).where(articles.c.id == row.article).values(removed=at))
    return True


def _locked(connection: Connection, workspace: str) -> int:
    insert_new = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    number = connection.scalar(_LOCK, {"workspace": workspace})
    if number is None:
        connection.execute(insert_new(workspaces).values(name=workspace).on_conflict_do_nothing())
        number = connection.scalar(_LOCK, {"workspace": workspace})
    return int(number or 0)


def _free_name(connection: Connection, workspace: int, wanted: str) -> str:
    for suffix in count(1):
        name = wanted if suffix == 1 else f"{wanted}-{suffix}"
        taken = select(articles.c.id).where(articles.c.workspace == workspace, articles.c.name == name)
        if connection.execute(taken).first() is None:
            return name
    raise AssertionError("unreachable: suffixes do not end")


def _content(article: Article) -> tuple[object, ...]:
    """What a reader could see change."""
    published = article.published.text if article.published else None
    places = tuple((s.start, s.end) for s in article.sentences)
    return (
        article.text, places, article.title, article.outlet, article.author, article.url, published, article.invented,
    )  # fmt: skip


def _store(
    connection: Connection,
    index: ranking.Index,
    workspace: int,
    given: Sequence[tuple[int, int, Article]],
    at: datetime,
) -> None:
    """Store versions: each with its article's row and its number."""
    rows = connection.scalars(_VERSION, [_version(workspace, *each, at) for each in given]).all()
    _shelve(connection, index, workspace, [(row, article) for row, (_, _, article) in zip(rows, given, strict=True)])


def _version(workspace: int, key: int, version: int, article: Article, at: datetime) -> dict[str, Any]:
    begins, ends = span(article.published) if article.published else (None, None)
    return {
        "workspace": workspace,
        "article": key,
        "version": version,
        "current": True,
        "outlet": article.outlet,
        "title": article.title,
        "author": article.author,
        "url": article.url,
        "published": article.published.text if article.published else None,
        "begins": begins,
        "ends": ends,
        "invented": article.invented,
        "text": article.text,
        "sentences": json.dumps([(s.start, s.end) for s in article.sentences], separators=(",", ":")),
        "kept": at,
    }


def _shelve(connection: Connection, index: ranking.Index, workspace: int, given: Sequence[tuple[int, Article]]) -> None:
    """Index the excerpts of versions and count them in. Each holds the title too: its own sentences may not name
    what they are about."""
    rows = []
    for version, article in given:
        heading = ranking.own_terms(workspace, article.title)
        begins = span(article.published)[0] if article.published else None
        for place, (first, last) in enumerate(runs(article.sentences)):
            said = article.text[article.sentences[first - 1].start : article.sentences[last - 1].end]
            terms = heading + ranking.own_terms(workspace, said)
            rows.append(ranking.Row(excerpt_key(begins, version, place), version, first, last, terms))
    if rows:
        index.keep(connection, rows)
    characters = sum(len(article.text) for _, article in given)
    _count(connection, workspace, len(given), characters, len(rows), sum(len(r.terms) for r in rows))


def _retire(connection: Connection, index: ranking.Index, row: Row[Any]) -> None:
    """Take a version out of what is searched; it stays citable."""
    index.remove(connection, row.row)
    gone = connection.execute(delete(excerpts).where(excerpts.c.version == row.row).returning(excerpts.c.words)).all()
    connection.execute(update(versions).where(versions.c.id == row.row).values(current=False))
    _count(connection, row.workspace, -1, -len(row.text), -len(gone), -sum(words for (words,) in gone))


def _count(connection: Connection, workspace: int, articles: int, characters: int, excerpts: int, words: int) -> None:
    more = {"articles": articles, "characters": characters, "excerpts": excerpts, "words": words}
    connection.execute(_COUNT, {"number": workspace} | {f"more_{name}": value for name, value in more.items()})


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
