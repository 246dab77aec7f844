"""Digests: who wishes for one, which were delivered, and what their making shares."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "digest_subscriptions",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("channel", sa.Text(), primary_key=True),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("began", INSTANT, nullable=False),
        sa.Column("paused", sa.Text()),
    )
    op.create_table(
        "digest_deliveries",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("channel", sa.Text(), primary_key=True),
        sa.Column("day", sa.Text(), primary_key=True),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("ts", sa.Text()),
    )
    op.create_table(
        "digest_kept",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("digest_kept_at", "digest_kept", ["workspace", "at"])
    op.create_index("versions_kept", "versions", ["workspace", "kept"])
