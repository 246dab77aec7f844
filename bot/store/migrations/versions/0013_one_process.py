"""PostgreSQL searches in one process, and leaves what the index holds as it is written."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # To start others for the parts of a search takes longer than the search.
    op.execute("ALTER TABLE excerpt_index SET (parallel_workers = 0)")
    # No search reads the terms, so that to pack them is time lost at each ingest.
    op.execute("ALTER TABLE excerpt_index ALTER COLUMN terms SET STORAGE EXTERNAL")
