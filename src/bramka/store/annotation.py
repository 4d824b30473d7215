"""Comments on experiments; they stay with all snapshots of one."""

import msgspec
from msgspec import Struct
from sqlalchemy import delete, insert, select

from bramka.domain.errors import Missing
from bramka.store.experiment_tables import ANNOTATION
from bramka.store.transaction import Transaction

_ROW = ANNOTATION.c


class Annotation(Struct, frozen=True, kw_only=True):
    """What somebody said about an experiment, or about one node of it."""

    id: str
    family: str
    experiment_id: str
    node_id: str = ""
    author: str = ""
    text: str
    created: float = 0.0


def add_annotation(transaction: Transaction, annotation: Annotation) -> Annotation:
    """Keep a comment."""
    made = msgspec.structs.replace(annotation, created=transaction.now)
    values = msgspec.structs.asdict(made)
    transaction.connection.execute(insert(ANNOTATION).values(**values))
    return made


def list_annotations(transaction: Transaction, family: str) -> list[Annotation]:
    """The comments on an experiment, the oldest first."""
    query = select(ANNOTATION).where(_ROW.family == family)
    query = query.order_by(_ROW.created, _ROW.id)
    rows = transaction.connection.execute(query).mappings()
    return [Annotation(**row) for row in rows]


def delete_annotation(transaction: Transaction, family: str, annotation: str) -> None:
    """Take a comment away, or Missing."""
    gone = delete(ANNOTATION).where(_ROW.family == family, _ROW.id == annotation)
    if not transaction.connection.execute(gone).rowcount:
        raise Missing(f"There is no comment '{annotation[:32]}'.", target="id")
