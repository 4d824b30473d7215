"""Operations; each goes with its API."""

import re
from collections.abc import Iterable

from sqlalchemy import select

from bramka.domain.errors import Conflict
from bramka.domain.traffic.operation import Operation
from bramka.store import policy, tag
from bramka.store.collection import Collection, Record
from bramka.store.transaction import Transaction

OPERATIONS = Collection(Operation, "operation", wire="operations", key=("api_id", "id"))


def put(
    transaction: Transaction, operation: Operation, match: int | None = None
) -> Record[Operation]:
    """Add or replace; Conflict if another one has the same method and shape."""
    _refuse_twins(operation, _shapes(transaction, operation.api_id))
    if OPERATIONS.find(transaction, operation.api_id, operation.id) is None:
        return OPERATIONS.insert(transaction, operation)
    return OPERATIONS.replace(transaction, operation, match)


def put_all(
    transaction: Transaction, api_id: str, operations: Iterable[Operation]
) -> None:
    """Add or replace many of one API; what is there is read only once."""
    shapes = _shapes(transaction, api_id)
    known = {name: shape for shape, names in shapes.items() for name in names}
    for operation in operations:
        _refuse_twins(operation, shapes)
        before = known.get(operation.id)
        if before is None:
            OPERATIONS.insert(transaction, operation)
        else:
            OPERATIONS.replace(transaction, operation)
            shapes[before].discard(operation.id)
        known[operation.id] = shape_of(operation)
        shapes.setdefault(known[operation.id], set()).add(operation.id)


Shapes = dict[tuple[str, str, frozenset[str]], set[str]]


def _shapes(transaction: Transaction, api_id: str) -> Shapes:
    """The ids of the operations by what tells them apart."""
    column = OPERATIONS.column
    query = select(column.id, column.method, column.url_template)
    rows = transaction.connection.execute(query.where(column.api_id == api_id))
    shapes: Shapes = {}
    for name, method, template in rows:
        shapes.setdefault(_shape(method, template), set()).add(name)
    return shapes


def _refuse_twins(operation: Operation, shapes: Shapes) -> None:
    for other in shapes.get(shape_of(operation), set()) - {operation.id}:
        raise Conflict(
            f"Operation '{other}' already answers {operation.method} "
            f"{operation.url_template}; a call could not be told apart.",
            target="urlTemplate",
        )


def shape_of(operation: Operation) -> tuple[str, str, frozenset[str]]:
    """What tells operations apart: method, path and query with nameless parameters."""
    return _shape(operation.method, operation.url_template)


def _shape(method: str, template: str) -> tuple[str, str, frozenset[str]]:
    path, _, query = template.partition("?")
    nameless = re.sub(r"\{[^}]*\}", "{}", path).strip("/").lower()
    parts = frozenset(
        re.sub(r"\{[^}]*\}", "{}", part).lower() for part in query.split("&") if part
    )
    return method.upper(), nameless, parts


def of_api(transaction: Transaction, api_id: str) -> list[Record[Operation]]:
    """The operations of an API, in order of their making."""
    return OPERATIONS.all(transaction, OPERATIONS.column.api_id == api_id)


def delete(
    transaction: Transaction, api_id: str, operation_id: str, match: int | None = None
) -> bool:
    """Delete the operation and its policy; False if there was none."""
    deleted = OPERATIONS.delete(transaction, api_id, operation_id, match=match)
    policy.delete_below(transaction, f"apis/{api_id}/operations/{operation_id}")
    tag.untag(transaction, f"apis/{api_id}/operations/{operation_id}")
    return deleted
