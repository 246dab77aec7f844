"""The workspaces that the app was installed in, and the states of installations under way."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.Text()),
        sa.Column("bot_user", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text()),
        sa.Column("expires", INSTANT),
        sa.Column("installed", INSTANT, nullable=False),
        sa.Column("ended", INSTANT),
        sa.Column("revision", sa.Integer(), nullable=False),
    )
    op.create_table(
        "oauth_states",
        sa.Column("state", sa.Text(), primary_key=True),
        sa.Column("expires", INSTANT, nullable=False),
    )
    op.create_index("oauth_states_expires", "oauth_states", ["expires"])
