"""Vectors of excerpts: of pgvector's type where PostgreSQL has it, else as bytes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import ProgrammingError

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    pgvector = not sqlite and _with_pgvector(connection)
    number, kind = ("INTEGER", "BLOB") if sqlite else ("BIGINT", "VECTOR" if pgvector else "BYTEA")
    op.execute(
        "CREATE TABLE excerpt_vectors ("
        f" excerpt {number} PRIMARY KEY REFERENCES excerpts ON DELETE CASCADE, workspace {number} NOT NULL,"
        f" model TEXT NOT NULL, dimension INTEGER NOT NULL, vector {kind} NOT NULL)"
    )
    if pgvector:
        # Beside its row where it fits a page: out of line, looking at all of them takes four times as long.
        op.execute("ALTER TABLE excerpt_vectors ALTER COLUMN vector SET STORAGE MAIN")
    op.create_index("excerpt_vectors_model", "excerpt_vectors", ["workspace", "model"])


def _with_pgvector(connection: sa.Connection) -> bool:
    if not connection.scalar(sa.text("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")):
        return False
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS vector"))
    except ProgrammingError:  # this user may not
        return False
    return True
