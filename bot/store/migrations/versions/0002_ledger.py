"""The ledger: standing comparisons, their history, what waits, and what people say about them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened", INSTANT, nullable=False),
        sa.Column("moved", INSTANT, nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("dismissed_by", sa.Text()),
        sa.Column("into", sa.Text()),
        sa.Column("comparison", sa.Text(), nullable=False),
    )
    op.create_index("ledger_entries_owner", "ledger_entries", ["workspace", "owner"])
    op.create_table(
        "ledger_cited",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("entry", sa.Text(), primary_key=True),
        sa.Column("article", sa.Text(), primary_key=True),
    )
    op.create_index("ledger_cited_article", "ledger_cited", ["workspace", "article"])
    op.create_table(
        "ledger_events",
        sa.Column("serial", SERIAL, primary_key=True),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("comparison", sa.Text(), nullable=False),
    )
    op.create_index("ledger_events_entry", "ledger_events", ["workspace", "entry", "serial"])
    op.create_index("ledger_events_at", "ledger_events", ["workspace", "at"])
    _work()


def _work() -> None:
    op.create_table(
        "ledger_waiting",
        sa.Column("serial", SERIAL, primary_key=True),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("arrivals", sa.Integer(), nullable=False),
        sa.Column("tasks", sa.Text()),
    )
    op.create_index("ledger_waiting_article", "ledger_waiting", ["workspace", "article"], unique=True)
    op.create_table(
        "ledger_spent",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("day", sa.Text(), primary_key=True),
        sa.Column("calls", sa.Integer(), nullable=False),
    )
    op.create_table(
        "labels",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("entry", sa.Text()),
        sa.Column("comparison", sa.Text(), nullable=False),
    )
    op.create_index("ix_labels_workspace", "labels", ["workspace"])
