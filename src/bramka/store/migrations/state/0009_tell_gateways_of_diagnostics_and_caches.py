"""Tell gateways of the diagnostics and caches there are: they were not told before."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        'INSERT INTO configuration_change ("table", "key")'
        " SELECT 'diagnostics', api_id || '/' || id FROM diagnostic"
    )
    op.execute(
        'INSERT INTO configuration_change ("table", "key")'
        " SELECT 'caches', id FROM cache"
    )
