"""Uploads that have begun: whose they are and what they will be."""

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    String,
    Table,
    delete,
    insert,
    select,
)

from bramka.domain.errors import Conflict, Missing
from bramka.store.database import METADATA
from bramka.store.transaction import Transaction
from bramka.store.workspace import WORKSPACE

MOST_OPEN = 100
"""Uploads of one workspace that are not finished."""
LIFETIME = 2 * 86_400.0

UPLOAD = Table(
    "upload",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("workspace_id", ForeignKey(WORKSPACE.c.id), nullable=False, index=True),
    Column("data_type", String(32), nullable=False),
    Column("size", BigInteger),
    Column("created", Double, nullable=False),
)


class Upload(Struct, frozen=True, kw_only=True):
    """One upload; `size` is known when the sender told it."""

    id: str
    workspace_id: str
    data_type: str
    size: int | None = None
    created: float = 0.0


def begin_upload(transaction: Transaction, upload: Upload) -> Upload:
    """Note an upload; Conflict when too many of the workspace are open."""
    mine = select(UPLOAD.c.id).where(UPLOAD.c.workspace_id == upload.workspace_id)
    if len(transaction.connection.execute(mine).all()) >= MOST_OPEN:
        raise Conflict(
            f"The workspace has {MOST_OPEN} uploads that were begun and not finished; "
            "finish some, or wait two days."
        )
    made = msgspec.structs.replace(upload, created=transaction.now)
    values = msgspec.structs.asdict(made)
    transaction.connection.execute(insert(UPLOAD).values(**values))
    return made


def upload_by_id(transaction: Transaction, workspace: str, upload: str) -> Upload:
    """One upload of this workspace, or Missing."""
    query = select(UPLOAD).where(
        UPLOAD.c.id == upload, UPLOAD.c.workspace_id == workspace
    )
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Missing(
            f"There is no upload '{upload[:32]}' in this workspace; begin one anew.",
            target="UploadId",
        )
    return Upload(**row)


def forget_upload(transaction: Transaction, upload: str) -> None:
    """It is finished or given up."""
    transaction.connection.execute(delete(UPLOAD).where(UPLOAD.c.id == upload))


def forget_stale_uploads(transaction: Transaction) -> list[str]:
    """Give up those that began long ago; their ids."""
    stale = UPLOAD.c.created < transaction.now - LIFETIME
    query = select(UPLOAD.c.id).where(stale)
    gone = list(transaction.connection.execute(query).scalars())
    transaction.connection.execute(delete(UPLOAD).where(stale))
    return gone
