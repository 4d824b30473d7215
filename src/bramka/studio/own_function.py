"""A published function, made ready; it runs in a scorer process only."""

import enum
import inspect
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_type_hints

import numpy as np
import polars as pl

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Model
from bramka.domain.learning.table import Column, Table
from bramka.studio.function_source import RESULT
from bramka.studio.own_frames import pandas_of, table_of

Row = tuple[Any, ...]
_NO_CELL = (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError)


def function(model: Model, content: bytes) -> Callable[[Table], Table]:
    """A function of single rows; what it gives stands in the columns told."""
    module = types.ModuleType("published")
    # Dataclasses whose types stand in quotes look for their module.
    sys.modules[module.__name__] = module
    # The author's own code, in a process of its own: that is what it is for.
    exec(compile(content, model.file, "exec"), module.__dict__)  # noqa: S102
    names = [column.name for column in model.columns]
    if model.frames:
        return _by_frame(model, getattr(module, model.entry), names)
    call = _by_row(getattr(module, model.entry), names)
    outputs = [column.name for column in model.outputs]

    def score(table: Table) -> Table:
        rows = table.frame.select(names).iter_rows()
        results = [_cells(call(row), outputs) for row in rows]
        columns = [
            _series(column, [row[at] for row in results])
            for at, column in enumerate(model.outputs)
        ]
        return Table.of(pl.DataFrame(columns), model.outputs)

    return score


def _by_frame(
    model: Model, call: Callable[..., Any], names: list[str]
) -> Callable[[Table], Table]:
    """A function of all rows at once."""

    def score(table: Table) -> Table:
        frame = table.frame.select(names)
        rows = pandas_of(frame) if model.frames == "pandas" else frame
        return table_of(call(rows), model.outputs)

    return score


def _by_row(call: Callable[..., Any], names: list[str]) -> Callable[[Row], Any]:
    """The function of a row; a class with fields is made of the row first."""
    taken = list(inspect.signature(call).parameters)
    if taken == names:
        return _filled(call, names)
    record = _filled(_bare(_hints(call).get(taken[0])), names)
    return lambda row: call(record(row))


def _filled(call: Callable[..., Any], names: list[str]) -> Callable[[Row], Any]:
    """Calls with a row; a default stands in where a cell is missing."""
    hints, known = _hints(call), _parameters(call)
    makes = [_maker(hints.get(name)) for name in names]
    parameters = [known.get(name) for name in names]
    by_name = any(each is None or each.kind is each.KEYWORD_ONLY for each in parameters)
    plain = not any(makes) and not any(
        each is not None and each.default is not each.empty for each in parameters
    )
    if plain and not by_name:
        return lambda row: call(*row)

    def value(at: int, cell: Any) -> Any:
        parameter, make = parameters[at], makes[at]
        if cell is None:
            default = (
                inspect.Parameter.empty if parameter is None else parameter.default
            )
            return None if default is inspect.Parameter.empty else default
        return cell if make is None else make(cell)

    def bound(row: Row) -> Any:
        cells = [value(at, cell) for at, cell in enumerate(row)]
        if not by_name:
            return call(*cells)
        first = [
            cell
            for cell, each in zip(cells, parameters, strict=True)
            if each is not None and each.kind is each.POSITIONAL_ONLY
        ]
        named = zip(names[len(first) :], cells[len(first) :], strict=True)
        return call(*first, **dict(named))

    return bound


def _parameters(call: Any) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(call).parameters
    except ValueError:
        return {}  # A TypedDict tells its members only by their types.


def _hints(call: Any) -> Mapping[str, Any]:
    try:
        return get_type_hints(call)
    except (NameError, TypeError):
        return {}  # Types that are imported for a checker only.


def _bare(hint: Any) -> Any:
    """The one type beside None."""
    kinds = [each for each in get_args(hint) if each is not type(None)]
    return kinds[0] if len(kinds) == 1 and not isinstance(hint, type) else hint


def _maker(hint: Any) -> Callable[[Any], Any] | None:
    """What makes a cell the thing that its type says; None where it is one."""
    kind = _bare(hint)
    if isinstance(kind, type) and issubclass(kind, enum.Enum | np.generic):
        return kind
    return None


def _cells(result: Any, names: Sequence[str]) -> list[Any]:
    """What a call gave, in the order of the columns."""
    if isinstance(result, dict):
        missing = [name for name in names if name not in result]
        if missing:
            raise Invalid(f"The function's result lacks '{missing[0]}'.")
        found = [result[name] for name in names]
    elif isinstance(result, tuple):
        found = list(result)
    elif list(names) == [RESULT] and not hasattr(result, RESULT):
        found = [result]
    else:
        found = [getattr(result, name) for name in names]
    if len(found) != len(names):
        raise Invalid(f"The function gave {len(found)} values instead of {len(names)}.")
    return [_cell(each) for each in found]


def _cell(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        value = value.value
    return value.item() if isinstance(value, np.generic) else value


def _series(column: Column, cells: list[Any]) -> pl.Series:
    kind = Table.empty((column,)).frame.dtypes[0]
    try:
        return pl.Series(column.name, cells, dtype=kind)
    except _NO_CELL:
        wrong = next(each for each in cells if not _fits(each, kind))
        raise Invalid(
            f"The function gave {str(wrong)[:100]!r} for '{column.name}', which is no "
            f"{column.type}."
        ) from None


def _fits(cell: Any, kind: pl.DataType) -> bool:
    try:
        pl.Series([cell], dtype=kind)
    except _NO_CELL:
        return False
    return True
