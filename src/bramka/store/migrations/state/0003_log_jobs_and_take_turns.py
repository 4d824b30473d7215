"""Keep the logs and turns of jobs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job"], ["job.id"], name=op.f("fk_job_event_job_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_event")),
    )
    op.create_index(op.f("ix_job_event_job_id"), "job_event", ["job", "id"])
    op.create_table(
        "job_turn",
        sa.Column("endpoint", sa.String(length=32), nullable=False),
        sa.Column("subscription", sa.String(length=256), nullable=False),
        sa.Column("served", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", "subscription", name=op.f("pk_job_turn")),
    )
    subscription = sa.String(length=256)
    new: tuple[sa.Column[Any], ...] = (
        sa.Column("subscription", subscription, server_default="", nullable=False),
        sa.Column("began", sa.Float(precision=53), nullable=True),
        sa.Column("versions", sa.Text(), server_default="{}", nullable=False),
    )
    for column in new:
        op.add_column("job", column)
    op.drop_column("job", "served")
    count = sa.BigInteger()
    aside = sa.Column("set_aside", count, server_default="0", nullable=False)
    op.add_column("chunk", aside)
    for table in ("job", "chunk"):
        new = (
            sa.Column("waits", sa.Integer(), server_default="0", nullable=False),
            sa.Column("reason", sa.Text(), nullable=True),
            sa.Column("owner", sa.String(32), server_default="", nullable=False),
        )
        for column in new:
            op.add_column(table, column)
