"""Put the rows of a second dataset behind those of the first.

Both must have the same column names in the same order. Numbers of different types
become the wider one; the values of a category are those of both.

    {
      "inputs": {
        "Dataset1": {"a": [1], "b": ["x"]},
        "Dataset2": {"a": [2.5], "b": [null]}
      },
      "parameters": {},
      "outputs": {"Results dataset": {"a": [1.0, 2.5], "b": ["x", null]}}
    }
"""

import polars as pl
from msgspec.structs import replace

from bramka.catalogue._conversion import NoSettings
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import NUMBERS, Column, Table, type_of
from bramka.domain.learning.value import table_on


def run(inputs: Ports, _settings: NoSettings) -> Ports:
    first, second = table_on(inputs, "Dataset1"), table_on(inputs, "Dataset2")
    if len(first.columns) != len(second.columns):
        raise ModuleError(
            27,
            'The size of "Dataset1" is inconsistent with size of "Dataset2". They have '
            f"{len(first.columns)} and {len(second.columns)} columns.",
        )
    for place, pair in enumerate(zip(first.columns, second.columns, strict=True)):
        _check_match(place, *pair)
    frame = pl.concat(map(_numbered, (first, second)), how="vertical_relaxed")
    frame.columns = list(first.names)
    columns = [
        _joined(one, other, dtype)
        for one, other, dtype in zip(
            first.columns, second.columns, frame.dtypes, strict=True
        )
    ]
    return {"Results dataset": Table.of(frame, columns)}


def _numbered(table: Table) -> pl.DataFrame:
    """The rows under numbers: names like ^a.*$ would be taken for patterns."""
    return pl.DataFrame(
        {str(place): each for place, each in enumerate(table.frame.get_columns())}
    )


def _check_match(place: int, first: Column, second: Column) -> None:
    where = (
        f"for column {place} (zero-based) of input datasets "
        f"(Dataset1 and Dataset2 respectively)"
    )
    if first.name != second.name:
        raise ModuleError(
            10,
            f'Column names are not the same {where}. They are "{first.name}" and '
            f'"{second.name}".',
        )
    if first.type != second.type and not {first.type, second.type} <= NUMBERS:
        raise ModuleError(
            16,
            f"Column element types are not compatible {where}. "
            f'"{first.name}" is {first.type} and {second.type}.',
        )


def _joined(first: Column, second: Column, dtype: pl.DataType) -> Column:
    levels = None
    if first.levels is not None and second.levels is not None:
        levels = tuple(dict.fromkeys(first.levels + second.levels))
    return replace(first, type=type_of(dtype), levels=levels)


MODULE = Module(
    name="Add Rows",
    family="b2ebdabd217d491586cc5b05972f7270",
    category="Data Transformation / Manipulation",
    settings=NoSettings,
    inputs=(ModulePort("Dataset1"), ModulePort("Dataset2")),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
