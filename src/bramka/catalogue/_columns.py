"""What modules ask of columns: one of some type, under a name not yet taken."""

from collections.abc import Collection, Iterable, Sequence

import polars as pl
import polars.selectors as cs
from msgspec.structs import replace

from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import NUMBERS, Column

ALL_COLUMNS = ColumnSelector.parse(
    '{"rules":[{"ruleType":"AllColumns","exclude":false}]}'
)
NUMERIC_COLUMNS = ColumnSelector.of_types("Numeric", kind="All")
CATEGORICAL_COLUMNS = ColumnSelector.of_types("Categorical", kind="All")


def fresh_name(name: str, taken: Collection[str]) -> str:
    """The name, or `name (1)`, `name (2)`, … if it is taken."""
    found, number = name, 0
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def called_apart(columns: Iterable[Column], taken: Iterable[str]) -> list[Column]:
    """The same columns under names that differ from those taken and among themselves.

    Of two that want one name the first keeps it.
    """
    known = set(taken)
    found = []
    for column in columns:
        name = fresh_name(column.name, known)
        known.add(name)
        found.append(column if name == column.name else replace(column, name=name))
    return found


def one_name(
    selector: ColumnSelector, columns: Sequence[Column], source: str = "Dataset"
) -> str:
    """The only chosen column; Error 0022 if more are chosen."""
    names = selector.names(columns, source)
    if len(names) != 1:
        raise ModuleError(
            22,
            "Number of selected columns in input dataset does not equal to 1. "
            f"Chosen are {', '.join(map(repr, names[:5]))}.",
        )
    return names[0]


def cells_of(*names: str) -> pl.Expr:
    """Columns in an expression, where names like * and ^a.*$ would be patterns."""
    return cs.by_name(*names).as_expr()


def numeric(column: Column) -> bool:
    """Whether a column holds quantities; numbers that name categories are none."""
    return column.type in NUMBERS and not column.categorical


def require_numeric(columns: Iterable[Column]) -> None:
    """Error 0017 for the first column that does not hold quantities."""
    for column in columns:
        if not numeric(column):
            raise unsupported(column)


def unsupported(column: Column) -> ModuleError:
    """Error 0017 for a column."""
    type_ = f"Categorical {column.type}" if column.categorical else column.type
    return ModuleError(
        17,
        f'Cannot process column "{column.name}" of type {type_}. '
        "The type is not supported by the module.",
    )


def require_rows(height: int, minimum: int) -> None:
    """Error 0021 if a table has fewer rows than a module needs."""
    if height < minimum:
        raise ModuleError(
            21,
            "Number of rows in input dataset is less than allowed minimum of "
            f"{minimum} row(s). There are {height}.",
        )
