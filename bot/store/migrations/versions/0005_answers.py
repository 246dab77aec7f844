"""What people asked, what they were shown, and what they said of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("listens", sa.Boolean(), nullable=False),
        sa.Column("coverage", sa.Text()),
        sa.Column("comparison", sa.Text()),
        sa.Column("cited", sa.Text()),
        sa.Column("messages", sa.Text()),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("asked_ts", "asked", ["workspace", "channel", "ts"])
    op.create_index("asked_thread", "asked", ["workspace", "channel", "thread"])
    op.create_index("asked_at", "asked", ["at"])
    op.create_table(
        "feedback",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("ix_feedback_workspace", "feedback", ["workspace"])
