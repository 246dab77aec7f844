"""Vectors of excerpts, kept for one embedding model at a time: which excerpts wait for theirs, and the nearest.

They can be made again from the articles, so a backup leaves them out, and they go with their excerpts. They are of
length 1, so that what is nearest has the greatest product. Each search looks at every vector of its days: pgvector
does where the table was made with it, else the program itself.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import UserDefinedType

from bot.news.model import Excerpt
from bot.store.coverage.keeping import read_article, stored_articles
from bot.store.database import Database
from bot.store.search.excerpts import key_range, version_of
from bot.store.search.ranking import Hit
from bot.store.tables.library import excerpts, versions, workspaces

PGVECTOR, ITSELF = "pgvector", "this program"
# Found by meaning at most: something is always nearest, and what is far down is about something else. As good as 200 on
# Cranfield and CACM; with 50, CACM loses .01 of nDCG@10.
ALIKE = 100
_TOGETHER = 256  # vectors read at once: more take more memory and no less time

# Beside the other tables' metadata, which is what a backup holds.
vectors = Table(
    "excerpt_vectors",
    MetaData(),
    Column("excerpt", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("workspace", BigInteger, nullable=False),
    Column("model", Text, nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

_USES_PGVECTOR = text(
    "SELECT format_type(atttypid, NULL) = 'vector' FROM pg_attribute"
    " WHERE attrelid = 'excerpt_vectors'::regclass AND attname = 'vector'"
)


class _Vector(UserDefinedType[str]):
    """pgvector's type, written as `[1,2,3]`."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "VECTOR"


@dataclass(frozen=True, slots=True)
class Meant:
    """What a query means: its vector, by this model."""

    model: str
    vector: Sequence[float]


class Vectors:
    """Those of one workspace. Each call is one transaction and raises StoreUnavailable or StoreFull."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace
        self._number = select(workspaces.c.id).where(workspaces.c.name == workspace).scalar_subquery()

    async def counts(self, model: str) -> tuple[int, int]:
        """How many excerpts there are, and how many of them have a vector of this model."""
        all_of_them = select(workspaces.c.excerpts).where(workspaces.c.name == self._workspace)
        done = select(func.count()).where(vectors.c.workspace == self._number, vectors.c.model == model)
        return await self._database.read(
            lambda connection: (int(connection.scalar(all_of_them) or 0), int(connection.scalar(done) or 0))
        )

    async def waiting(self, model: str, limit: int, *, before: int | None = None) -> Mapping[int, str]:
        """Excerpts without a vector of this model, newest first, with the text that it is made of; by key, and only
        keys below `before`. The text begins with the article's title: its own sentences may not name what they are
        about."""
        done = select(1).where(
            vectors.c.workspace == self._number, vectors.c.model == model, vectors.c.excerpt == excerpts.c.id
        )
        found = (
            select(excerpts.c.id, excerpts.c.version, excerpts.c.first, excerpts.c.last)
            .join(versions, versions.c.id == excerpts.c.version)
            .where(versions.c.workspace == self._number, ~done.exists())
            .order_by(excerpts.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            found = found.where(excerpts.c.id < before)

        def read(connection: Connection) -> dict[int, str]:
            rows = connection.execute(found).all()
            wanted = stored_articles().where(versions.c.id.in_({row.version for row in rows}))
            articles = {row.row: read_article(row) for row in connection.execute(wanted)}
            return {row.id: _told(Excerpt(articles[row.version], row.first, row.last)) for row in rows}

        return await self._database.read(read)

    async def keep(self, model: str, made: Mapping[int, Sequence[float]]) -> None:
        """Keep vectors of excerpts, in place of those of another model. Excerpts that have gone are passed over."""
        # A share of each excerpt's row, so that none goes before its vector is there.
        held = select(excerpts.c.id).where(excerpts.c.id.in_(made)).with_for_update(read=True, key_share=True)

        def write(connection: Connection) -> None:
            number = connection.scalar(select(self._number))
            pgvector = _uses_pgvector(connection)
            rows = [
                {
                    "excerpt": key,
                    "workspace": number,
                    "model": model,
                    "dimension": len(made[key]),
                    "given": _written(made[key]) if pgvector else _packed(made[key]),
                }
                for key in connection.scalars(held)
            ]
            if rows:
                connection.execute(_upsert(connection.dialect.name, pgvector=pgvector), rows)

        await self._database.write(write)

    async def compared_by(self) -> str:
        """What looks for the nearest: PGVECTOR or ITSELF."""
        return PGVECTOR if await self._database.read(_uses_pgvector) else ITSELF


async def workspaces_waiting(database: Database, model: str) -> Sequence[str]:
    """The workspaces in which excerpts wait for a vector of this model."""
    done = select(func.count()).where(vectors.c.workspace == workspaces.c.id, vectors.c.model == model)
    found = select(workspaces.c.name).where(workspaces.c.excerpts > done.scalar_subquery()).order_by(workspaces.c.id)
    return await database.read(lambda connection: connection.scalars(found).all())


def nearest(
    connection: Connection,
    workspace: int,
    meant: Meant,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    within: Select[Any] | None,
) -> list[Hit]:
    """The excerpts that mean most alike, best first; of equal ones the newer first.

    `within` selects the rows of `versions` that count, those of the span included; all count where it is None.
    """
    found = select(vectors.c.excerpt).where(
        vectors.c.workspace == workspace,
        vectors.c.model == meant.model,
        vectors.c.dimension == len(meant.vector),  # a server may give another one under the same name
    )
    if keys := key_range(since, until):
        found = found.where(vectors.c.excerpt.between(*keys))
    if within is not None:
        found = found.where(version_of(vectors.c.excerpt).in_(within))
    if _uses_pgvector(connection):
        away = cast(vectors.c.vector, _Vector).op("<#>", return_type=Float())(cast(_written(meant.vector), _Vector))
        keys_found = list(connection.scalars(found.order_by(away, vectors.c.excerpt.desc()).limit(limit)))
    else:
        from bot.store.search.scan import best

        rows = connection.execute(found.add_columns(vectors.c.vector).execution_options(yield_per=_TOGETHER))
        keys_found = best(rows.partitions(), _packed(meant.vector), limit)
    places = select(excerpts.c.id, excerpts.c.version, excerpts.c.first, excerpts.c.last)
    hits = {
        key: Hit(version, first, last)
        for key, version, first, last in connection.execute(places.where(excerpts.c.id.in_(keys_found)))
    }
    return [hits[key] for key in keys_found]


def _uses_pgvector(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql" and bool(connection.scalar(_USES_PGVECTOR))


def _upsert(dialect: str, *, pgvector: bool) -> Any:
    given: Any = bindparam("given", type_=Text() if pgvector else LargeBinary())
    upsert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(vectors)
    values: dict[str, Any] = {name: bindparam(name) for name in ("excerpt", "workspace", "model", "dimension")}
    kept = upsert.values(values | {"vector": cast(given, _Vector) if pgvector else given})
    renewed = {name: kept.excluded[name] for name in ("model", "dimension", "vector")}
    return kept.on_conflict_do_update(index_elements=["excerpt"], set_=renewed)


def _told(excerpt: Excerpt) -> str:
    article, first, last = excerpt.article, excerpt.sentences[0], excerpt.sentences[-1]
    return f"{article.title}\n{article.text[first.start : last.end]}"


def _unit(vector: Sequence[float]) -> list[float]:
    length = math.hypot(*vector) or 1
    return [value / length for value in vector]


def _packed(vector: Sequence[float]) -> bytes:
    """Four bytes a number, the least first, on every machine."""
    return struct.pack(f"<{len(vector)}f", *_unit(vector))


def _written(vector: Sequence[float]) -> str:
    return f"[{','.join(f'{value:.9g}' for value in _unit(vector))}]"
