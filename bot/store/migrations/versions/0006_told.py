"""Up to when was told, and what followers are still to hear of."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NEWS = sa.text("NOT passed_on")


def upgrade() -> None:
    op.create_table(
        "told",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("until", INSTANT, nullable=False),
    )
    # What happened before this step has had its jobs.
    passed_on: sa.Column[bool] = sa.Column("passed_on", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("ledger_events", passed_on)
    op.create_index(
        "ledger_events_news", "ledger_events", ["workspace", "serial"], sqlite_where=NEWS, postgresql_where=NEWS
    )
