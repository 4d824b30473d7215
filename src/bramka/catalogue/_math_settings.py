"""What Apply Math Operation may be asked: which function, and of which numbers.

Each category has its own names for the second number. Experiments may carry those that
Basic and Special functions have: they count where the category's own say nothing.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from bramka.catalogue._columns import NUMERIC_COLUMNS
from bramka.catalogue._placing import Placing
from bramka.domain.learning.column_selector import ColumnSelector

CATEGORY = "Category"
ARGUMENT, COMPARED, OPERAND, PRECISION = (
    "Second argument type",
    "Value to compare type",
    "Operation argument type",
    "Precision type",
)
Argument = Literal["Constant", "ColumnSet"]


def _shown(category: str) -> dict[str, object]:
    return {"shown_when": (CATEGORY, (category,))}


def _source(*categories: str, alias: str = "") -> Meta:
    return Meta(
        description="Where the second number of a function of two comes from.",
        extra={
            "shown_when": (CATEGORY, categories),
            "aliases": (alias,) if alias else (),
        },
    )


def _number(source: str, alias: str = "") -> Meta:
    return Meta(
        description="The second number.",
        extra={
            "shown_when": (source, ("Constant",)),
            "aliases": (alias,) if alias else (),
        },
    )


def _columns(source: str) -> Meta:
    return Meta(
        description="The columns of second numbers: one, or one for each.",
        extra={"shown_when": (source, ("ColumnSet",))},
    )


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
    argument: Annotated[Argument, _source("Basic", "Special")] = field(
        name=ARGUMENT, default="Constant"
    )
    constant: Annotated[float, _number(ARGUMENT)] = field(
        name="Constant second argument", default=0.0
    )
    others: Annotated[ColumnSelector, _columns(ARGUMENT)] = field(
        name="Second argument", default=NUMERIC_COLUMNS
    )
    compared: Annotated[Argument, _source("Compare")] = field(
        name=COMPARED, default="Constant"
    )
    compared_constant: Annotated[float, _number(COMPARED)] = field(
        name="Constant value to compare", default=0.0
    )
    compared_others: Annotated[ColumnSelector, _columns(COMPARED)] = field(
        name="Value to compare", default=NUMERIC_COLUMNS
    )
    operand: Annotated[Argument, _source("Operations")] = field(
        name=OPERAND, default="Constant"
    )
    operand_constant: Annotated[float, _number(OPERAND)] = field(
        name="Constant operation argument", default=0.0
    )
    operand_others: Annotated[ColumnSelector, _columns(OPERAND)] = field(
        name="Operation argument", default=NUMERIC_COLUMNS
    )
    precision: Annotated[Argument, _source("Rounding", alias="Precision Type")] = field(
        name=PRECISION, default="Constant"
    )
    precision_constant: Annotated[
        float, _number(PRECISION, alias="Constant Precision")
    ] = field(name="Constant precision", default=0.0)
    precision_others: Annotated[ColumnSelector, _columns(PRECISION)] = field(
        name="Precision", default=NUMERIC_COLUMNS
    )
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

    @property
    def second(self) -> "Second":
        """Where second numbers come from, as the category or all categories say."""
        general = Second(self.argument, self.constant, self.others)
        own = {
            "Compare": Second(
                self.compared, self.compared_constant, self.compared_others
            ),
            "Operations": Second(
                self.operand, self.operand_constant, self.operand_others
            ),
            "Rounding": Second(
                self.precision, self.precision_constant, self.precision_others
            ),
        }.get(self.category, general)
        return general if own == Second() else own


class Second(Struct, frozen=True):
    """The second numbers of a function of two."""

    source: Argument = "Constant"
    constant: float = 0.0
    others: ColumnSelector = NUMERIC_COLUMNS
