"""Find chunks in order."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("chunk") as table:
        table.drop_index("ix_chunk_job_state")
        table.create_index("ix_chunk_job_state_number", ["job", "state", "number"])
