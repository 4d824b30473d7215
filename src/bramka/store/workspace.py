"""Workspaces: an owner, a name, and two tokens that open the Studio REST."""

from msgspec import Struct
from sqlalchemy import (
    Column,
    Float,
    RowMapping,
    String,
    Table,
    insert,
    select,
    update,
)

from bramka.domain.clock import Chance
from bramka.domain.errors import Missing
from bramka.domain.learning.endpoint import Digests, Keys
from bramka.store.database import METADATA
from bramka.store.sealed_keys import digests_in, key_columns, open_keys, seal_keys
from bramka.store.transaction import Transaction

WORKSPACE = Table(
    "workspace",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("friendly_name", String(256), nullable=False),
    Column("owner", String(320), nullable=False),
    Column("created", Float, nullable=False),
    *key_columns(),
)


class Workspace(Struct, frozen=True, kw_only=True):
    """A place for datasets, experiments and web services of some people."""

    id: str
    friendly_name: str
    owner: str
    created: float
    tokens: Digests


def create_workspace(
    transaction: Transaction, chance: Chance, *, friendly_name: str, owner: str
) -> Workspace:
    """A new workspace with an id and two tokens of its own."""
    workspace_id = chance.hex(16)
    transaction.connection.execute(
        insert(WORKSPACE).values(
            id=workspace_id,
            friendly_name=friendly_name,
            owner=owner,
            created=transaction.now,
            **seal_keys(
                transaction.vault, _draw_tokens(chance), token_place(workspace_id)
            ),
        )
    )
    return workspace_by_id(transaction, workspace_id)


def workspace_by_id(transaction: Transaction, workspace_id: str) -> Workspace:
    """One workspace, or Missing."""
    return _workspace(_row(transaction, workspace_id))


def list_workspaces(transaction: Transaction) -> list[Workspace]:
    """All workspaces, oldest first."""
    query = select(WORKSPACE).order_by(WORKSPACE.c.created, WORKSPACE.c.id)
    return [_workspace(row) for row in transaction.connection.execute(query).mappings()]


def workspace_tokens(transaction: Transaction, workspace_id: str) -> Keys:
    """The tokens themselves, to be shown to the owner."""
    row = _row(transaction, workspace_id)
    return open_keys(transaction.vault, row, token_place(workspace_id))


def replace_workspace_tokens(
    transaction: Transaction, chance: Chance, workspace_id: str
) -> Keys:
    """New tokens; the old ones open the workspace no more."""
    tokens = _draw_tokens(chance)
    changed = transaction.connection.execute(
        update(WORKSPACE)
        .where(WORKSPACE.c.id == workspace_id)
        .values(**seal_keys(transaction.vault, tokens, token_place(workspace_id)))
    )
    if not changed.rowcount:
        raise _missing(workspace_id)
    return tokens


def _row(transaction: Transaction, workspace_id: str) -> RowMapping:
    query = select(WORKSPACE).where(WORKSPACE.c.id == workspace_id)
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise _missing(workspace_id)
    return row


def _missing(workspace_id: str) -> Missing:
    return Missing(
        f"There is no workspace '{workspace_id}'; its owner finds the id in Settings.",
        target="workspace",
    )


def _workspace(row: RowMapping) -> Workspace:
    return Workspace(
        id=row["id"],
        friendly_name=row["friendly_name"],
        owner=row["owner"],
        created=row["created"],
        tokens=digests_in(row),
    )


def _draw_tokens(chance: Chance) -> Keys:
    return Keys(primary=chance.hex(16), secondary=chance.hex(16))


def token_place(workspace_id: str) -> str:
    """What the encrypted tokens of a workspace are bound to."""
    return f"workspace/{workspace_id}"
