"""`$filter` on lists that are made, not kept: the database judges rows we hand it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Label, Select, Text, column, literal, select, union_all

from bramka.management.filter import Field, Kind, read_filter, shorten
from bramka.store.transaction import Transaction

AT_A_TIME = 100
NUMBER = "row number"
Read = Callable[[Any], Mapping[str, object]]
"""A row's values under the names that `$filter` knows them by."""


def chosen(
    transaction: Transaction,
    rows: Sequence[object],
    text: str,
    kinds: Mapping[str, Kind],
    read: Read,
) -> list[object]:
    """The rows that fit; Invalid says what of the filter cannot be understood."""
    read_filter(text, {name: Field(column(name), kinds[name]) for name in kinds})
    found: list[object] = []
    for start in range(0, len(rows), AT_A_TIME):
        piece = rows[start:][:AT_A_TIME]
        lines = union_all(
            *(_line(number, read(row), kinds) for number, row in enumerate(piece))
        ).subquery()
        fields = {name: Field(lines.c[name], kinds[name]) for name in kinds}
        query = select(lines.c[NUMBER]).where(read_filter(text, fields))
        fitting = transaction.connection.scalars(query.order_by(lines.c[NUMBER]))
        found += [piece[number] for number in fitting]
    return found


def _line(
    number: int, values: Mapping[str, object], kinds: Mapping[str, Kind]
) -> Select[Any]:
    told: list[Label[Any]] = [literal(number).label(NUMBER)]
    for name, kind in kinds.items():
        value = values.get(name)
        if isinstance(value, str):
            value = shorten(value, kind)
        sort = Boolean() if kind == "boolean" else Text()
        told.append(literal(value, sort).label(name))
    line: Select[Any] = select(*told)
    return line
