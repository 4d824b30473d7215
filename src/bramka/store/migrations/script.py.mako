"""${message}."""

import sqlalchemy as sa
from alembic import op

from bramka.store.columns import NESTED, TEXT
${imports if imports else ""}
revision = "${up_revision}"
down_revision = ${"None" if down_revision is None else chr(34) + down_revision + chr(34)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
