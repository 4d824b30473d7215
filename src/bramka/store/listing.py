"""Pages of a workspace's lists: searched, sorted and cut by the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, func, not_, or_, select

from bramka.domain.errors import Invalid
from bramka.domain.learning.endpoint import WebService
from bramka.domain.learning.saved import Saved, SavedKind
from bramka.domain.learning.snapshot import Snapshot
from bramka.store.experiment_tables import EXPERIMENT
from bramka.store.folding import folded, holds
from bramka.store.saved import SAVED, saved_by_ids
from bramka.store.service import ENDPOINT, WEB_SERVICE
from bramka.store.transaction import Transaction

MOST_ROWS = 1000
SAMPLE = "Sample"
"""The origin of what came with the workspace."""
_Sortable = Mapping[str, ColumnElement[Any]]


class Wanted(Struct, frozen=True, kw_only=True):
    """Which part of a list, in which order; without `sort` the newest come first."""

    start: int = 0
    count: int = 100
    search: str = ""
    sort: str = ""
    descending: bool = False


def page_of_experiments(
    transaction: Transaction, workspace: str, wanted: Wanted, family: str | None = None
) -> tuple[list[Snapshot], int]:
    """The newest snapshots of families, or all of one; and how many fit."""
    row = EXPERIMENT.c
    query = select(*(row[name] for name in Snapshot.__struct_fields__)).where(
        row.workspace_id == workspace,
        row.leaf if family is None else row.family == family,
        _told_in(wanted, row.name, row.summary, row.detail),
    )
    sortable = {
        "name": folded(row.name),
        "state": row.state,
        "author": folded(row.creator),
        "changed": row.changed,
        "start": func.coalesce(row.started, 0.0),
        "took": func.coalesce(row.ended - row.started, -1.0),
    }
    cut = _cut(query, wanted, sortable, newest=row.changed, key=row.id)
    rows = transaction.connection.execute(cut).mappings()
    return [Snapshot(**each) for each in rows], _count(transaction, query)


def page_of_saved(
    transaction: Transaction,
    workspace: str,
    kind: SavedKind,
    wanted: Wanted,
    *,
    samples: bool | None = None,
) -> tuple[list[Saved], int]:
    """The latest versions of datasets, models or transforms, and how many fit.

    `samples` tells whether only those that came with the workspace are meant, or only
    the others.
    """
    row = SAVED.c
    # Ids first: the columns of wide tables would be sorted along.
    query = select(row.id).where(
        row.workspace_id == workspace,
        row.kind == kind,
        row.latest,
        _told_in(wanted, row.name, row.description),
    )
    if samples is not None:
        sample = row.source_origin == SAMPLE
        query = query.where(sample if samples else not_(sample))
    sortable = {
        "name": folded(row.name),
        "rows": func.coalesce(row.rows, -1),
        "size": row.size,
        "created": row.created,
    }
    cut = _cut(query, wanted, sortable, newest=row.created, key=row.id)
    ids = transaction.connection.execute(cut).scalars().all()
    found = saved_by_ids(transaction, workspace, ids)
    return [found[each] for each in ids], _count(transaction, query)


def page_of_services(
    transaction: Transaction, workspace: str, wanted: Wanted
) -> tuple[list[tuple[WebService, int]], int]:
    """Web services with the number of their endpoints, and how many services fit."""
    row = WEB_SERVICE.c
    endpoints = (
        select(func.count()).where(ENDPOINT.c.service_id == row.id).scalar_subquery()
    )
    query = select(WEB_SERVICE).where(
        row.workspace_id == workspace, _told_in(wanted, row.name, row.description)
    )
    sortable = {
        "name": folded(row.name),
        "endpoints": endpoints,
        "created": row.created,
    }
    cut = _cut(query, wanted, sortable, newest=row.created, key=row.id)
    rows = transaction.connection.execute(cut.add_columns(endpoints.label("endpoints")))
    told = [dict(each) for each in rows.mappings()]
    counted = [(each.pop("endpoints"), WebService(**each)) for each in told]
    return [(service, count) for count, service in counted], _count(transaction, query)


def _told_in(wanted: Wanted, *columns: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(*(holds(each, wanted.search) for each in columns))


def _cut(
    query: Select[Any],
    wanted: Wanted,
    sortable: _Sortable,
    *,
    newest: ColumnElement[float],
    key: ColumnElement[str],
) -> Select[Any]:
    order: Sequence[ColumnElement[Any]] = (newest.desc(),)
    if wanted.sort:
        column = sortable.get(wanted.sort)
        if column is None:
            raise Invalid(
                f"The list is not sorted by '{wanted.sort[:40]}'; give one of "
                f"{', '.join(sortable)}.",
                target="sort",
            )
        order = (column.desc() if wanted.descending else column.asc(),)
    return query.order_by(*order, key).offset(wanted.start).limit(wanted.count)


def _count(transaction: Transaction, query: Select[Any]) -> int:
    counting = select(func.count()).select_from(query.subquery())
    return int(transaction.connection.scalar(counting) or 0)
