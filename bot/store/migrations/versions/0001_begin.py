"""Begin: articles and their search index, jobs, conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _coverage()
    _jobs()
    _conversations()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE excerpt_index (id BIGINT PRIMARY KEY REFERENCES excerpts, terms TSVECTOR NOT NULL)")
        op.execute(
            "CREATE INDEX excerpt_index_terms ON excerpt_index USING gin (terms) WITH (gin_pending_list_limit = 1024)"
        )
    else:
        op.execute(
            "CREATE VIRTUAL TABLE excerpt_index"
            " USING fts5(terms, content='excerpts', content_rowid='id', tokenize='unicode61 remove_diacritics 0')"
        )
        op.execute("CREATE VIRTUAL TABLE excerpt_terms USING fts5vocab(excerpt_index, row)")


def _coverage() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("articles", sa.BigInteger(), nullable=False),
        sa.Column("characters", sa.BigInteger(), nullable=False),
        sa.Column("excerpts", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "articles",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("workspace", SERIAL, sa.ForeignKey("workspaces.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed", INSTANT),
        sa.UniqueConstraint("workspace", "name", name="articles_name"),
        sa.UniqueConstraint("workspace", "identity", name="articles_identity"),
    )
    op.create_table(
        "versions",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("workspace", SERIAL, sa.ForeignKey("workspaces.id"), nullable=False),
        sa.Column("article", SERIAL, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("published", sa.Text()),
        sa.Column("begins", INSTANT),
        sa.Column("ends", INSTANT),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sentences", sa.Text(), nullable=False),
        sa.Column("kept", INSTANT, nullable=False),
        sa.UniqueConstraint("article", "version", name="versions_version"),
    )
    _index("versions_current", "versions", ["workspace", "begins"], "current")
    _index("versions_url", "versions", ["workspace", "url"], "current")
    op.create_table(
        "excerpts",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=False),
        sa.Column("version", SERIAL, sa.ForeignKey("versions.id"), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
    )
    op.create_index("ix_excerpts_version", "excerpts", ["version"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("serial", SERIAL, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", INSTANT, nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("ended", INSTANT),
        sa.Column("purged", sa.Boolean(), nullable=False),
    )
    active = "state IN ('waiting', 'running')"
    _index("jobs_next", "jobs", [sa.text("priority DESC"), "serial"], active)
    _index("jobs_lane", "jobs", ["workspace", "lane", "serial"], active)
    _index("jobs_ended", "jobs", ["ended"], "state IN ('dead', 'done')")
    op.create_table(
        "job_keys",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("job", SERIAL, sa.ForeignKey("jobs.serial"), nullable=False),
    )
    op.create_index("ix_job_keys_job", "job_keys", ["job"])
    op.create_table(
        "job_notes",
        sa.Column("job", SERIAL, sa.ForeignKey("jobs.serial"), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )


def _conversations() -> None:
    op.create_table(
        "turns",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread_ts", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("turns_thread", "turns", ["workspace", "channel", "thread_ts", "id"])
    op.create_index("turns_at", "turns", ["at"])


def _index(name: str, table: str, columns: list[str | sa.TextClause], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
