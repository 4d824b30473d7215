"""Expressions of Split Data: a column, and what its cells must be.

A column is `\\"name"`, `(\\name)` or `(\\2)`, which counts from 0.
"""

import re
from collections.abc import Callable

import polars as pl

from bramka.catalogue._columns import cells_of, unsupported
from bramka.domain.learning.cells import BadCell, Cell, typed_cell
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import INTEGERS, NUMBERS, Column, Table

_SUBJECT = re.compile(r'\s*\\"(?P<quoted>[^"]*)"|\s*\(\\(?P<bare>[^)]*)\)')
_COMPARISON = re.compile(r"\s*(<=|>=|==|!=|<|>)\s*([^&|\s][^&|]*?)\s*(?:([&|])|$)")
_OPERATORS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "<": lambda cell, value: cell < value,
    "<=": lambda cell, value: cell <= value,
    ">": lambda cell, value: cell > value,
    ">=": lambda cell, value: cell >= value,
    "==": lambda cell, value: cell == value,
    "!=": lambda cell, value: cell != value,
}


def matching_rows(table: Table, text: str, parameter: str) -> pl.Series:
    """True where a text matches a regular expression; missing ones match nothing.

    Patterns are those of Rust's regex crate: time is linear in the text, so there is
    no looking ahead or behind and no back-reference.
    """
    column, pattern = _split(table, text, parameter)
    if column.type != "String":
        raise unsupported(column)
    try:
        found = table.series(column.name).str.contains(pattern.strip())
    except pl.exceptions.ComputeError as error:
        reason = str(error).splitlines()[-1]
        raise _unparsed(parameter, text, f"it is no pattern: {reason}") from None
    return found.fill_null(value=False)


def comparing_rows(table: Table, text: str, parameter: str) -> pl.Series:
    """True where a cell is as compared; `&` binds closer than `|`."""
    column, conditions = _split(table, text, parameter)
    if column.type in ("String", "Boolean"):
        raise unsupported(column)
    whole = cells_of(column.name)
    cell = whole
    if column.type in NUMBERS:
        cell = cell.cast(pl.Float64)
        # Nothing compares with what is not a number.
        cell = pl.when(cell.is_nan()).then(None).otherwise(cell)
    either: list[pl.Expr] = []
    both: list[pl.Expr] = []
    place, joint = 0, "&"
    while joint:
        match = _COMPARISON.match(conditions, place)
        if match is None:
            rest = conditions[place:].strip()
            raise _unparsed(parameter, text, f"a comparison is expected at {rest!r}")
        told = _value(match[2], column, parameter)
        # Doubles hold no whole numbers beyond 2**53.
        exact = isinstance(told, int) and column.type in INTEGERS
        both.append(_OPERATORS[match[1]](whole if exact else cell, pl.lit(told)))
        place, joint = match.end(), match[3] or ""
        if joint != "&":
            either.append(pl.all_horizontal(both))
            both = []
    met = pl.any_horizontal(either).fill_null(value=False)
    return table.frame.select(met.alias("met")).to_series()


def _split(table: Table, text: str, parameter: str) -> tuple[Column, str]:
    match = _SUBJECT.match(text)
    if match is None:
        raise _unparsed(parameter, text, r'it must begin with \"column" or (\column)')
    name = match["quoted"] if match["quoted"] is not None else match["bare"]
    names = table.names
    if match["bare"] is not None and name not in names and name.isdecimal():
        name = names[int(name)] if int(name) < len(names) else name
    if name not in names:
        raise ModuleError(
            1, f'Column with name or index "{name}" does not exist in "Dataset".'
        )
    return table.column(name), text[match.end() :]


def _value(text: str, column: Column, parameter: str) -> Cell:
    type_ = "Double" if column.type in NUMBERS else column.type
    if column.type in INTEGERS and re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    # People write dates with dashes as well.
    date = re.sub(r"^(\d{1,2})-(\d{1,2})-(\d{4})", r"\1/\2/\3", text)
    try:
        return typed_cell(date, Column(name=column.name, type=type_))
    except BadCell:
        raise ModuleError(
            2,
            f'Failed to convert "{parameter}" parameter value "{text}" from "String" '
            f'to "{type_}".',
        ) from None


def _unparsed(parameter: str, text: str, reason: str) -> ModuleError:
    return ModuleError(
        2, f'Failed to parse "{parameter}" parameter: "{text}": {reason}.'
    )
