"""Runs the migrations on the connection, and in the transaction, of who asks."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.sql.elements import False_, True_

from bramka.store.columns import NESTED, TEXT


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our two types by their names, booleans for both databases, the rest as it is."""
    if kind == "type" and item is TEXT:
        return "TEXT"
    if kind == "type" and item is NESTED:
        return "NESTED"
    if kind == "server_default" and isinstance(item.arg, False_ | True_):
        # Alembic would write the 0 or 1 of SQLite, which PostgreSQL refuses.
        return "sa.false()" if isinstance(item.arg, False_) else "sa.true()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    version_table=context.config.attributes["version_table"],
    render_as_batch=True,
    render_item=render,
)
context.run_migrations()
