"""Datasets, trained models and transforms: families of versions in a workspace."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.learning.saved import Saved, SavedKind, saved_id
from bramka.domain.learning.table import Column as TableColumn
from bramka.store.database import METADATA, queue_writers
from bramka.store.transaction import Transaction
from bramka.store.workspace import WORKSPACE

SAVED = Table(
    "saved",
    METADATA,
    Column("id", String(128), primary_key=True),
    Column("workspace_id", ForeignKey(WORKSPACE.c.id), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("family", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", String(256), nullable=False),
    Column("data_type", String(32), nullable=False),
    Column("description", Text, nullable=False),
    Column("owner", String(320), nullable=False),
    Column("source_origin", String(64), nullable=False),
    Column("uploaded_from", String(256), nullable=False),
    Column("created", Double, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("latest", Boolean, nullable=False),
    Column("content", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("port_type", String(16), nullable=False),
    Column("rows", BigInteger),
    Column("columns", Text, nullable=False),
    Column("experiment_id", String(128)),
    Column("promoted_from", String(512)),
    Index("ix_saved_workspace", "workspace_id", "kind", "name"),
)
_ROW = SAVED.c


def add_saved(
    transaction: Transaction,
    saved: Saved,
    family: str | None = None,
    *,
    prefix: str | None = None,
) -> Saved:
    """Keep a new thing, or with `family` the next version of an old one.

    Ids begin with the workspace unless `prefix` says otherwise: clients know samples by
    the id of the workspace they come from.

    Id, family, version and time of what is given are set here.
    """
    queue_writers(transaction.connection, f"saved {saved.workspace_id}")
    version = 1
    if family is not None:
        before = family_of(transaction, saved.workspace_id, saved.kind, family)
        version = before[0].version + 1
    _refuse_used_name(transaction, saved, family)
    if family is not None:
        older = update(SAVED).where(
            _ROW.workspace_id == saved.workspace_id, _ROW.family == family
        )
        transaction.connection.execute(older.values(latest=False))
    made = msgspec.structs.replace(
        saved,
        id=saved_id(prefix or saved.workspace_id, family or saved.family, version),
        family=family or saved.family,
        version=version,
        created=transaction.now,
        latest=True,
    )
    values = msgspec.structs.asdict(made)
    values["columns"] = msgspec.json.encode(made.columns).decode()
    transaction.connection.execute(insert(SAVED).values(**values))
    return made


def check_free(
    transaction: Transaction, workspace: str, kind: SavedKind, name: str
) -> None:
    """Conflict when something of that kind has the name."""
    query = select(_ROW.family).where(
        _ROW.workspace_id == workspace,
        _ROW.kind == kind,
        _ROW.name == name,
        _ROW.latest,
    )
    if transaction.connection.execute(query).first() is not None:
        raise Conflict(
            f"There is a {kind} '{name}' already; choose another name, or give its "
            "FamilyId to add a version.",
            target="Name",
        )


def saved_by_id(transaction: Transaction, workspace: str, saved: str) -> Saved:
    """One version of something in this workspace, or Missing."""
    query = select(SAVED).where(_ROW.id == saved, _ROW.workspace_id == workspace)
    row = transaction.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise Missing(f"There is no '{saved[:128]}' in this workspace.", target="id")
    return _saved(row)


def saved_anywhere(transaction: Transaction, saved: str) -> Saved:
    """One version of something in any workspace, for whoever may see it; or Missing."""
    row = transaction.connection.execute(select(SAVED).where(_ROW.id == saved))
    found = row.mappings().one_or_none()
    if found is None:
        raise Missing(f"There is no '{saved[:128]}'.", target="id")
    return _saved(found)


def saved_by_ids(
    transaction: Transaction, workspace: str, ids: Sequence[str]
) -> dict[str, Saved]:
    """Those of the named that exist in this workspace."""
    found = {}
    for start in range(0, len(ids), 500):
        query = select(SAVED).where(
            _ROW.id.in_(ids[start : start + 500]), _ROW.workspace_id == workspace
        )
        rows = transaction.connection.execute(query).mappings()
        found.update({row["id"]: _saved(row) for row in rows})
    return found


def list_saved(
    transaction: Transaction, workspace: str, kind: SavedKind, *, all_: bool = False
) -> list[Saved]:
    """The latest versions (or all), the newest first."""
    query = select(SAVED).where(_ROW.workspace_id == workspace, _ROW.kind == kind)
    if not all_:
        query = query.where(_ROW.latest)
    query = query.order_by(_ROW.created.desc(), _ROW.id.desc())
    rows = transaction.connection.execute(query).mappings()
    return [_saved(row) for row in rows]


def family_of(
    transaction: Transaction, workspace: str, kind: SavedKind, family: str
) -> list[Saved]:
    """All versions of a family, the newest first; Missing if there is none."""
    query = (
        select(SAVED)
        .where(_ROW.workspace_id == workspace, _ROW.kind == kind, _ROW.family == family)
        .order_by(_ROW.version.desc())
    )
    rows = transaction.connection.execute(query).mappings().all()
    if not rows:
        message = f"There is no {kind} of the family '{family[:64]}' in this workspace."
        raise Missing(message, target="FamilyId")
    return [_saved(row) for row in rows]


def describe_saved(
    transaction: Transaction,
    saved: Saved,
    *,
    name: str | None = None,
    description: str | None = None,
) -> Saved:
    """The same thing under another name or with another description."""
    queue_writers(transaction.connection, f"saved {saved.workspace_id}")
    if name is not None and name != saved.name:
        check_free(transaction, saved.workspace_id, saved.kind, name)
    changed = msgspec.structs.replace(
        saved,
        name=saved.name if name is None else name,
        description=saved.description if description is None else description,
    )
    transaction.connection.execute(
        update(SAVED)
        .where(_ROW.workspace_id == saved.workspace_id, _ROW.family == saved.family)
        .values(name=changed.name, description=changed.description)
    )
    return changed


def delete_family(
    transaction: Transaction, workspace: str, kind: SavedKind, family: str
) -> list[str]:
    """Forget all versions; the folders that nothing needs any longer."""
    versions = family_of(transaction, workspace, kind, family)
    transaction.connection.execute(
        delete(SAVED).where(_ROW.workspace_id == workspace, _ROW.family == family)
    )
    contents = [each.content for each in versions]
    used = select(_ROW.content).where(_ROW.content.in_(contents))
    kept = set(transaction.connection.execute(used).scalars())
    return [content for content in contents if content not in kept]


def _refuse_used_name(
    transaction: Transaction, saved: Saved, family: str | None
) -> None:
    query = select(_ROW.family).where(
        _ROW.workspace_id == saved.workspace_id,
        _ROW.kind == saved.kind,
        _ROW.name == saved.name,
        _ROW.latest,
    )
    taken = set(transaction.connection.execute(query).scalars())
    if taken - {family}:
        check_free(transaction, saved.workspace_id, saved.kind, saved.name)
    if family is None and not saved.family:
        raise Invalid("What is saved needs a family.")


def _saved(row: RowMapping) -> Saved:
    columns = msgspec.json.decode(row["columns"], type=tuple[TableColumn, ...])
    return Saved(**{**row, "columns": columns})
