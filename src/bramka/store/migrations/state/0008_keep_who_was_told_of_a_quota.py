"""Keep who was told of a quota."""

import sqlalchemy as sa
from alembic import op

from bramka.store.columns import TEXT

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota_notice",
        sa.Column("subscription_id", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_quota_notice_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "subscription_id", "scope", name=op.f("pk_quota_notice")
        ),
    )
    with op.batch_alter_table("quota_notice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quota_notice_until"), ["until"], unique=False
        )
