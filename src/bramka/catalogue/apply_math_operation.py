"""Compute a function of every number of some columns.

A function of two numbers takes the second from a constant or from columns: one for
all, or as many as there are columns. Missing gives missing; what has no value gives
NaN; a division by 0 gives Infinity. Numbers are real: Cis gives the real part, Conj
and RealPart the number itself.

    {
      "inputs": {"Dataset": {"Num1": [1, 2, null], "Num2": [10, 20, 30]}},
      "parameters": {
        "Category": "Operations",
        "Arithmetic operation": "Add",
        "Column set": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["Num2"], "exclude": false}]
        },
        "Operation argument type": "ColumnSet",
        "Operation argument": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["Num1"], "exclude": false}]
        }
      },
      "outputs": {
        "Results dataset": {
          "Num1": [1, 2, null],
          "Num2": [10, 20, 30],
          "Add(Num2_Num1)": [11.0, 22.0, null]
        }
      }
    }
"""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bramka.catalogue._arithmetic import COMPARE, OF_ONE, OF_TWO
from bramka.catalogue._columns import numeric, unsupported
from bramka.catalogue._math_settings import Settings
from bramka.catalogue._placing import placed
from bramka.domain.learning.cells import text_of
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

FAMILY = "6bd12c13d9c3452294d34aa44513af57"
_TELLING_APART = COMPARE.keys() - {"PairMax", "PairMin"}


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = _chosen(table, settings.chosen)
    if settings.function in OF_ONE:
        made = [_of_one(table, name, settings.function) for name in names]
    elif settings.second.source == "Constant":
        constant = settings.second.constant
        whole = constant.is_integer() and abs(constant) < 2**63
        cell = int(constant) if whole else constant
        second = pl.Series(f"${text_of(constant)}", [cell])
        made = [
            _of_two(table.frame.get_column(name), second, settings.function)
            for name in names
        ]
    else:
        cells = table.frame.get_column
        others = _paired(names, _chosen(table, settings.second.others))
        made = [
            _of_two(cells(name), cells(other), settings.function)
            for name, other in zip(names, others, strict=True)
        ]
    return {"Results dataset": placed(table, names, made, settings.placing)}


def _chosen(table: Table, selector: ColumnSelector) -> list[str]:
    names = list(dict.fromkeys(selector.names(table.columns)))
    for name in names:
        column = table.column(name)
        if not numeric(column) and column.type != "Boolean":
            raise unsupported(column)
    return names


def _paired(names: list[str], others: list[str]) -> list[str]:
    """The second column of each; Error 0022 if they do not pair."""
    if len(others) == 1:
        return others * len(names)
    if len(others) != len(names):
        raise ModuleError(
            22,
            "Number of selected columns in input dataset does not equal to "
            f"{len(names)}. As second ones {len(others)} are chosen.",
        )
    return others


def _of_one(table: Table, name: str, function: str) -> pl.Series:
    series = table.series(name)
    with np.errstate(all="ignore"):
        found = OF_ONE[function](_numbers(series))
    return pl.Series(f"{function}({name})", found).set(series.is_null(), None)


def _of_two(first: pl.Series, second: pl.Series, function: str) -> pl.Series:
    name = f"{function}({first.name}_{second.name})"
    first, second = first.alias(""), second.alias("")
    with np.errstate(all="ignore"):
        found = OF_TWO[function](*_comparable(first, second, function))
    missing = first.is_null() | second.is_null()
    return pl.Series(name, np.asarray(found)).set(missing, None)


def _comparable(
    first: pl.Series, second: pl.Series, function: str
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Both as doubles; whole numbers are told apart as they are, beyond 2**53 too."""
    whole = first.dtype.is_integer() and second.dtype.is_integer()
    if function in _TELLING_APART and whole:
        one, other = (each.cast(pl.Int64).fill_null(1) for each in (first, second))
        return one.to_numpy(), other.to_numpy()
    return _numbers(first), _numbers(second)


def _numbers(series: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A column as doubles, 1 in place of what misses."""
    return series.cast(pl.Float64).fill_null(1.0).to_numpy()


MODULE = Module(
    name="Apply Math Operation",
    family=FAMILY,
    category="Statistical Functions",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row_wise=True,
)
