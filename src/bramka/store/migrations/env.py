"""Runs the migrations on the connection, and in the transaction, of who asks."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from bramka.store.columns import NESTED, TEXT


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our two types by their names, everything else as Alembic does."""
    if kind == "type" and item is TEXT:
        return "TEXT"
    if kind == "type" and item is NESTED:
        return "NESTED"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    version_table=context.config.attributes["version_table"],
    render_as_batch=True,
    render_item=render,
)
context.run_migrations()
