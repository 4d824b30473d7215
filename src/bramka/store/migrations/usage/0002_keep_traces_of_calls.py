"""Keep traces of calls."""

import sqlalchemy as sa
from alembic import op

from bramka.store.columns import TEXT

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trace",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("trace_id", TEXT, nullable=False),
        sa.Column("door_digest", TEXT, nullable=False),
        sa.Column("gateway", TEXT, nullable=False),
        sa.Column("received", sa.Double(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trace")),
        sa.UniqueConstraint("trace_id", name=op.f("uq_trace_trace_id")),
    )
    with op.batch_alter_table("trace", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_trace_door_digest"), ["door_digest"], unique=False
        )
