"""Count usage per minute."""

import sqlalchemy as sa
from alembic import op

from bramka.store.columns import TEXT

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usage",
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("api", TEXT, nullable=False),
        sa.Column("operation", TEXT, nullable=False),
        sa.Column("product", TEXT, nullable=False),
        sa.Column("subscription", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("success", sa.BigInteger(), nullable=False),
        sa.Column("blocked", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("bandwidth", sa.BigInteger(), nullable=False),
        sa.Column("cache_hits", sa.BigInteger(), nullable=False),
        sa.Column("cache_misses", sa.BigInteger(), nullable=False),
        sa.Column("latency_count", sa.BigInteger(), nullable=False),
        sa.Column("latency_total", sa.BigInteger(), nullable=False),
        sa.Column("latency_min", sa.BigInteger(), nullable=False),
        sa.Column("latency_max", sa.BigInteger(), nullable=False),
        sa.Column("backend_count", sa.BigInteger(), nullable=False),
        sa.Column("backend_total", sa.BigInteger(), nullable=False),
        sa.Column("backend_min", sa.BigInteger(), nullable=False),
        sa.Column("backend_max", sa.BigInteger(), nullable=False),
        sa.Column("histogram", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "minute",
            "api",
            "operation",
            "product",
            "subscription",
            "user",
            name=op.f("pk_usage"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage_batch",
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("gateway", TEXT, nullable=False),
        sa.Column("received", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_usage_batch")),
    )
    with op.batch_alter_table("usage_batch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_usage_batch_received"), ["received"], unique=False
        )
