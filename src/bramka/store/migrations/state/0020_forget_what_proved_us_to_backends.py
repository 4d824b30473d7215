"""forget what proved us to backends: it was in the audit log, in clear."""

import sqlalchemy as sa
from alembic import op

from bramka.store.columns import NESTED, TEXT

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

AUDIT = sa.table(
    "audit",
    sa.column("id", sa.Integer()),
    sa.column("path", TEXT),
    sa.column("before", NESTED),
    sa.column("after", NESTED),
)


def upgrade() -> None:
    connection = op.get_bind()
    told = sa.select(AUDIT.c.id, AUDIT.c.before, AUDIT.c.after)
    of_backends = sa.func.lower(AUDIT.c.path).like("/backends/%")
    for number, before, after in connection.execute(told.where(of_backends)).all():
        kept = {"before": without(before), "after": without(after)}
        if kept != {"before": before, "after": after}:
            row = sa.update(AUDIT).where(AUDIT.c.id == number)
            connection.execute(row.values(kept))


def without(seen: object) -> object:
    if not isinstance(seen, dict):
        return seen
    return {name: value for name, value in seen.items() if name != "credentials"}
