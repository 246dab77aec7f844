"""PostgreSQL's index tells each occurrence of a term apart, and knows lengths: see `search.postgres`."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FILL = """
INSERT INTO excerpt_index (id, words, terms)
SELECT id, words, array_to_tsvector(ARRAY(
    SELECT CASE WHEN times = 1 THEN term ELSE term || '*' || times END
    FROM (
        SELECT term, row_number() OVER (PARTITION BY term) AS times FROM unnest(string_to_array(terms, ' ')) AS term
    ) AS counted
    WHERE times <= 3
))
FROM excerpts
"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP TABLE excerpt_index")
    # Without a reference to `excerpts`, whose check would cost more than the row: they are written together.
    op.execute("CREATE TABLE excerpt_index (id BIGINT PRIMARY KEY, words INTEGER NOT NULL, terms TSVECTOR NOT NULL)")
    op.execute(_FILL)
    op.execute(
        "CREATE INDEX excerpt_index_terms ON excerpt_index USING gin (terms) WITH (gin_pending_list_limit = 1024)"
    )
