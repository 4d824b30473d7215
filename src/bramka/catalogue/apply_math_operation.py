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
        "Second argument type": "ColumnSet",
        "Second argument": {
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

from typing import Annotated, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._arithmetic import OF_ONE, OF_TWO
from bramka.catalogue._columns import NUMERIC_COLUMNS, numeric, unsupported
from bramka.catalogue._placing import Placing, placed
from bramka.domain.learning.cells import text_of
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

CATEGORY = "Category"
ARGUMENT = "Second argument type"
FAMILY = "6bd12c13d9c3452294d34aa44513af57"


def _shown(category: str) -> dict[str, object]:
    return {"shown_when": (CATEGORY, (category,))}


class Settings(Struct, frozen=True, kw_only=True):
    """Which function of which columns, and where the results go."""

    category: Annotated[
        Literal[
            "Basic", "Compare", "Operations", "Rounding", "Special", "Trigonometric"
        ],
        Meta(description="The kind of function."),
    ] = field(name=CATEGORY, default="Basic")
    basic: Annotated[
        Literal[
            "Abs",
            "Atan2",
            "Conj",
            "Cuberoot",
            "DoubleFactorial",
            "Eps",
            "Exp",
            "Exp2",
            "ExpMinus1",
            "Factorial",
            "Hypotenuse",
            "ImaginaryPart",
            "Ln",
            "LnPlus1",
            "Log",
            "Log10",
            "Log2",
            "NthRoot",
            "Pow",
            "RealPart",
            "Sqrt",
            "SqrtPi",
            "Square",
        ],
        Meta(description="The basic function.", extra=_shown("Basic")),
    ] = field(name="Basic math function", default="Abs")
    compare: Annotated[
        Literal[
            "EqualTo",
            "GreaterThan",
            "GreaterThanOrEqualTo",
            "LessThan",
            "LessThanOrEqualTo",
            "NotEqualTo",
            "PairMax",
            "PairMin",
        ],
        Meta(description="How two numbers are compared.", extra=_shown("Compare")),
    ] = field(name="Comparison function", default="EqualTo")
    operations: Annotated[
        Literal["Add", "Divide", "Multiply", "Subtract"],
        Meta(description="The arithmetic operation.", extra=_shown("Operations")),
    ] = field(name="Arithmetic operation", default="Add")
    rounding: Annotated[
        Literal[
            "Ceiling",
            "CeilingPower2",
            "Floor",
            "Mod",
            "Quotient",
            "Remainder",
            "RoundDigits",
            "RoundDown",
            "RoundUp",
            "ToEven",
            "ToMultiple",
            "ToOdd",
            "Truncate",
        ],
        Meta(description="How numbers are rounded.", extra=_shown("Rounding")),
    ] = field(name="Rounding operation", default="Ceiling")
    special: Annotated[
        Literal[
            "Beta",
            "BetaLn",
            "EllipticIntegralE",
            "EllipticIntegralK",
            "Erf",
            "Erfc",
            "ErfcScaled",
            "ErfInverse",
            "ExponentialIntegralEin",
            "Gamma",
            "GammaLn",
            "GammaRegularizedP",
            "GammaRegularizedPInverse",
            "GammaRegularizedQ",
            "GammaRegularizedQInverse",
            "Polygamma",
        ],
        Meta(description="The special function.", extra=_shown("Special")),
    ] = field(name="Special function", default="Beta")
    trigonometric: Annotated[
        Literal[
            "Acos",
            "AcosDegrees",
            "Acosh",
            "Acot",
            "AcotDegrees",
            "Acoth",
            "Acsc",
            "AcscDegrees",
            "Acsch",
            "Arg",
            "Asec",
            "AsecDegrees",
            "Asech",
            "Asin",
            "AsinDegrees",
            "Asinh",
            "Atan",
            "AtanDegrees",
            "Atanh",
            "Cis",
            "Cos",
            "CosDegrees",
            "Cosh",
            "Cot",
            "CotDegrees",
            "Coth",
            "Csc",
            "CscDegrees",
            "Csch",
            "DegreesToRadians",
            "RadiansToDegrees",
            "Sec",
            "SecDegrees",
            "Sech",
            "Sign",
            "Sin",
            "Sinc",
            "SinDegrees",
            "Sinh",
            "Tan",
            "TanDegrees",
            "Tanh",
        ],
        Meta(description="The trigonometric function.", extra=_shown("Trigonometric")),
    ] = field(name="Trigonometric function", default="Acos")
    argument: Annotated[
        Literal["Constant", "ColumnSet"],
        Meta(description="Where the second number of a function of two comes from."),
    ] = field(name=ARGUMENT, default="Constant")
    constant: Annotated[
        float,
        Meta(
            description="The second number.",
            extra={"shown_when": (ARGUMENT, ("Constant",))},
        ),
    ] = field(name="Constant second argument", default=0.0)
    others: Annotated[
        ColumnSelector,
        Meta(
            description="The columns of second numbers: one, or one for each.",
            extra={"shown_when": (ARGUMENT, ("ColumnSet",))},
        ),
    ] = field(name="Second argument", default=NUMERIC_COLUMNS)
    chosen: Annotated[
        ColumnSelector, Meta(description="The columns of numbers to compute with.")
    ] = field(name="Column set", default=NUMERIC_COLUMNS)
    placing: Annotated[
        Placing,
        Meta(description="Add results, put them in place, or give them alone."),
    ] = field(name="Output mode", default="Append")

    @property
    def function(self) -> str:
        name = getattr(self, self.category.lower())
        assert isinstance(name, str)
        return name


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = _chosen(table, settings.chosen)
    if settings.function in OF_ONE:
        made = [_of_one(table, name, settings.function) for name in names]
    elif settings.argument == "Constant":
        told = f"${text_of(settings.constant)}"
        second = pl.Series(told, [settings.constant])
        made = [
            _of_two(table.series(name), second, settings.function) for name in names
        ]
    else:
        others = _paired(names, _chosen(table, settings.others))
        made = [
            _of_two(table.series(name), table.series(other), settings.function)
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
            f'{len(names)}: {len(others)} are chosen by "Second argument".',
        )
    return others


def _of_one(table: Table, name: str, function: str) -> pl.Series:
    series = table.series(name)
    with np.errstate(all="ignore"):
        found = OF_ONE[function](_numbers(series))
    return pl.Series(f"{function}({name})", found).set(series.is_null(), None)


def _of_two(first: pl.Series, second: pl.Series, function: str) -> pl.Series:
    with np.errstate(all="ignore"):
        found = OF_TWO[function](_numbers(first), _numbers(second))
    missing = first.is_null() | second.is_null()
    name = f"{function}({first.name}_{second.name})"
    return pl.Series(name, np.asarray(found)).set(missing, None)


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
