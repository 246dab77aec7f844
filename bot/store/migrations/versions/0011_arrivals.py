"""What came last into a workspace, found without reading all that came before."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("versions_arrived", "versions", ["workspace", "id"])
