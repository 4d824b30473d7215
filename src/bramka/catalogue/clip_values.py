"""Replace numbers above or below thresholds.

A constant threshold is itself still within. A percentile is the first value that so
many percent of the values are below; as in Studio's own example that value counts as
clipped, though a threshold substitute does not change it. Dates are clipped at
percentiles: a constant is a number, and no date. Texts and categories are passed over;
missing values stay missing.

    {
      "inputs": {"Dataset": {"x": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}},
      "parameters": {
        "Set of thresholds": "ClipPeaksAndSubpeaks",
        "Threshold": "Percentile",
        "Percentile number of upper threshold": "60",
        "Percentile number of lower threshold": "30",
        "Add indicator columns": "True"
      },
      "outputs": {
        "Results dataset": {
          "x": [4, 4, 4, 4, 5, 6, 7, 7, 7, 7],
          "x_IsClipped": [
            true, true, true, true, false, false, true, true, true, true
          ]
        }
      }
    }
"""

from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.catalogue._columns import NUMERIC_COLUMNS, called_apart, numeric
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

Substitute = Literal["Threshold", "Mean", "Median", "Missing"]
Mode = Literal["Constant", "Percentile"]
SET = "Set of thresholds"
TIMES = ("DateTime", "DateTimeOffset", "TimeSpan")
_PEAKS = {"shown_when": (SET, ("ClipPeaks",))}
_SUBPEAKS = {"shown_when": (SET, ("ClipSubpeaks",))}
_BOTH = {"shown_when": (SET, ("ClipPeaksAndSubpeaks",))}


class Settings(Struct, frozen=True, kw_only=True):
    """Which numbers are too high or too low, and what stands for them."""

    which: Annotated[
        Literal["ClipPeaks", "ClipSubpeaks", "ClipPeaksAndSubpeaks"],
        Meta(description="Whether high numbers are clipped, low ones, or both."),
    ] = field(name=SET, default="ClipPeaks")
    upper_mode: Annotated[
        Mode, Meta(description="What the upper threshold is.", extra=_PEAKS)
    ] = field(name="Upper threshold", default="Constant")
    upper: Annotated[float, Meta(description="The upper threshold.", extra=_PEAKS)] = (
        field(name="Constant value for upper threshold", default=1.0)
    )
    upper_percent: Annotated[
        int,
        Meta(ge=1, le=99, description="The upper percentile.", extra=_PEAKS),
    ] = field(name="Percentile number for upper threshold", default=99)
    upper_substitute: Annotated[
        Substitute, Meta(description="What stands for high numbers.", extra=_PEAKS)
    ] = field(name="Substitute value for peaks", default="Threshold")
    lower_mode: Annotated[
        Mode, Meta(description="What the lower threshold is.", extra=_SUBPEAKS)
    ] = field(name="Lower threshold", default="Constant")
    lower: Annotated[
        float, Meta(description="The lower threshold.", extra=_SUBPEAKS)
    ] = field(name="Constant value for lower threshold", default=-1.0)
    lower_percent: Annotated[
        int,
        Meta(ge=1, le=99, description="The lower percentile.", extra=_SUBPEAKS),
    ] = field(name="Percentile number for lower threshold", default=1)
    lower_substitute: Annotated[
        Substitute, Meta(description="What stands for low numbers.", extra=_SUBPEAKS)
    ] = field(name="Substitute value for subpeaks", default="Threshold")
    both_mode: Annotated[
        Mode, Meta(description="What both thresholds are.", extra=_BOTH)
    ] = field(name="Threshold", default="Constant")
    both_upper: Annotated[
        float, Meta(description="The upper threshold.", extra=_BOTH)
    ] = field(name="Constant value of upper threshold", default=1.0)
    both_lower: Annotated[
        float, Meta(description="The lower threshold.", extra=_BOTH)
    ] = field(name="Constant value of lower threshold", default=-1.0)
    both_upper_percent: Annotated[
        int, Meta(ge=1, le=99, description="The upper percentile.", extra=_BOTH)
    ] = field(name="Percentile number of upper threshold", default=99)
    both_lower_percent: Annotated[
        int, Meta(ge=1, le=99, description="The lower percentile.", extra=_BOTH)
    ] = field(name="Percentile number of lower threshold", default=1)
    both_upper_substitute: Annotated[
        Substitute, Meta(description="What stands for high numbers.", extra=_BOTH)
    ] = field(name="Upper substitute value", default="Threshold")
    both_lower_substitute: Annotated[
        Substitute, Meta(description="What stands for low numbers.", extra=_BOTH)
    ] = field(name="Lower substitute value", default="Threshold")
    chosen: Annotated[
        ColumnSelector, Meta(description="The columns that are clipped.")
    ] = field(name="List of columns", default=NUMERIC_COLUMNS)
    overwrite: Annotated[
        bool, Meta(description="Put the result in place of the column.")
    ] = field(name="Overwrite flag", default=True)
    indicator: Annotated[
        bool, Meta(description="Add a column that tells what was clipped.")
    ] = field(name="Add indicator columns", default=False)


class Side(Struct, frozen=True):
    """One threshold: above it (1) or below it (-1), what it is, what stands for it."""

    sign: int
    mode: Mode
    constant: float
    percent: int
    substitute: Substitute

    def clipped(self, cells: pl.Series, threshold: float) -> pl.Series:
        """True for each number beyond the threshold."""
        if self.mode == "Percentile":
            found = cells >= threshold if self.sign > 0 else cells <= threshold
        else:
            found = cells > threshold if self.sign > 0 else cells < threshold
        return found.fill_null(value=False) & ~cells.is_nan().fill_null(value=True)

    def threshold(self, known: pl.Series) -> float:
        if self.mode == "Constant":
            return self.constant
        return float(known.sort()[len(known) * self.percent // 100])

    def substitute_for(self, known: pl.Series, threshold: float) -> float | None:
        match self.substitute:
            case "Threshold":
                return threshold
            case "Mean":
                return float(str(known.mean()))
            case "Median":
                return float(str(known.median()))
            case "Missing":
                return None


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = dict.fromkeys(settings.chosen.names(table.columns))
    frame, columns = table.frame, list(table.columns)
    extra: list[tuple[Column, pl.Series]] = []
    for column in table.columns:
        times = column.type in TIMES and not column.categorical
        if column.name not in names or not (numeric(column) or times):
            continue
        sides = _sides(settings)
        if times and any(side.mode == "Constant" for side in sides):
            raise _no_number(column)
        series = table.series(column.name)
        cells, flags = _clipped(series, sides)
        kept = column.type == "Single" or cells.dtype == series.dtype
        described = column if kept else replace(column, type="Double")
        if settings.overwrite:
            frame = frame.with_columns(cells.alias(column.name))
            columns[table.names.index(column.name)] = described
        else:
            extra.append((replace(described, name=f"{column.name}_clipped"), cells))
        if settings.indicator:
            name = f"{column.name}_IsClipped"
            extra.append((Column(name=name, type="Boolean"), flags))
    made = called_apart((column for column, _ in extra), table.names)
    frame = frame.with_columns(
        cells.alias(column.name) for column, (_, cells) in zip(made, extra, strict=True)
    )
    return {"Results dataset": Table.of(frame, [*columns, *made])}


def _sides(settings: Settings) -> list[Side]:
    s = settings
    if s.which == "ClipPeaks":
        return [Side(1, s.upper_mode, s.upper, s.upper_percent, s.upper_substitute)]
    if s.which == "ClipSubpeaks":
        return [Side(-1, s.lower_mode, s.lower, s.lower_percent, s.lower_substitute)]
    high, low = s.both_upper_substitute, s.both_lower_substitute
    return [
        Side(1, s.both_mode, s.both_upper, s.both_upper_percent, high),
        Side(-1, s.both_mode, s.both_lower, s.both_lower_percent, low),
    ]


def _no_number(column: Column) -> ModuleError:
    return ModuleError(
        17,
        f'Cannot process column "{column.name}" of type {column.type}. The type is not '
        "supported by the module. Constant thresholds are numbers; take Percentile.",
    )


def _clipped(series: pl.Series, sides: list[Side]) -> tuple[pl.Series, pl.Series]:
    """The cells after clipping, and where they were clipped."""
    cells = series.to_physical().cast(pl.Float64)
    known = cells.drop_nulls().drop_nans()
    result, flags = cells, cells.is_null() & False
    if len(known):
        for side in sides:
            threshold = side.threshold(known)
            beyond = side.clipped(cells, threshold)
            result = result.set(beyond, side.substitute_for(known, threshold))
            flags |= beyond
    if series.dtype.is_temporal():
        result = result.round().cast(pl.Int64).cast(series.dtype)
    if series.dtype.is_integer() and _fits(result.filter(flags), series.dtype):
        # Cells that stay are not read as doubles, which lose digits beyond 2^53.
        result = series.zip_with(~flags, result.cast(series.dtype, strict=False))
    return result, flags


def _fits(told: pl.Series, dtype: pl.DataType) -> bool:
    known = told.drop_nulls()
    whole = known.round()
    fitting = whole.cast(dtype, strict=False).null_count() == 0
    return fitting and bool((known == whole).all())


MODULE = Module(
    name="Clip Values",
    family="cdc62e1db64f424cac09bb050918a668",
    category="Data Transformation / Scale and Reduce",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
