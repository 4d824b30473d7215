"""say how endpoints batch."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("endpoint", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "batching", sa.String(length=8), server_default="Off", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "max_batch_rows", sa.Integer(), server_default="32", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("max_batch_wait", sa.Float(), server_default="0", nullable=False)
        )
