"""Test by Student's t whether the means of columns are what is supposed.

One column against a mean, two columns row by row, or two columns as samples of their
own. Missing values are left out (of two columns row by row the row is). The null
hypothesis is rejected if its probability P is below α, as Studio (classic) had it: set
α to 0.05 for the usual test. Samples that do not vary at all have no P (NaN).

    {
      "inputs": {"Dataset": {"x": [5.1, 4.9, 5.6, 5.8, 6.0]}},
      "parameters": {
        "Null hypothesized μ": "5",
        "Target column(s)": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["x"], "exclude": false}]
        },
        "α": "0.05"
      },
      "outputs": {
        "P": {"P_ss(x)": ["approximately", 0.0825683]},
        "Reject H0": {"RejectH0_ss(x)": [false]}
      }
    }
"""

from math import nan
from typing import Annotated, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import require_numeric, require_rows
from bramka.catalogue._libraries import stats
from bramka.catalogue._transforms import Numbers, numbers_of, require_finite
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import table_on

KIND = "T-test type"
_PAIRED = "PairedSamples"
_UNPAIRED = {"shown_when": (KIND, ("UnpairedSamples",))}
_MARKS = {"SingleSampleSet": "ss", _PAIRED: "ps", "UnpairedSamples": "us"}
_TAILS = {"Two-tail": "two-sided", "One tail GT": "greater", "One tail LT": "less"}


class Settings(Struct, frozen=True, kw_only=True):
    """Which means are compared, and with what."""

    kind: Annotated[
        Literal["SingleSampleSet", "PairedSamples", "UnpairedSamples"],
        Meta(description="One sample, two row by row, or two of their own."),
    ] = field(name=KIND, default="SingleSampleSet")
    hypothesis: Annotated[
        Literal["Two-tail", "One tail GT", "One tail LT"],
        Meta(description="Whether it may be larger and smaller, or only one of them."),
    ] = field(name="Hypothesis type", default="Two-tail")
    mean: Annotated[
        float,
        Meta(
            description="The supposed mean, or difference of two.",
            extra={"shown_when": (KIND, ("SingleSampleSet", _PAIRED))},
        ),
    ] = field(name="Null hypothesized μ", default=0.0)
    chosen: Annotated[
        ColumnSelector, Meta(description="The column of numbers, or the two.")
    ] = field(name="Target column(s)")
    equal: Annotated[
        bool,
        Meta(description="Take both to vary by the same.", extra=_UNPAIRED),
    ] = field(name="Assume equal variances", default=True)
    first: Annotated[
        float, Meta(description="The supposed mean of the first.", extra=_UNPAIRED)
    ] = field(name="Null hypothesized μ1", default=0.0)
    second: Annotated[
        float, Meta(description="The supposed mean of the second.", extra=_UNPAIRED)
    ] = field(name="Null hypothesized μ2", default=0.0)
    alpha: Annotated[
        float,
        Meta(ge=0, le=1, description="P below this rejects the hypothesis."),
    ] = field(name="α", default=0.95)


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = settings.chosen.names(table.columns)
    wanted = 1 if settings.kind == "SingleSampleSet" else 2
    if len(names) < wanted:
        raise ModuleError(
            31,
            f"{wanted} column(s) should be specified. The actual number of specified "
            f"columns is {len(names)}.",
        )
    if len(names) > wanted:
        raise ModuleError(
            22,
            "Number of selected columns in input dataset does not equal to "
            f"{wanted}. Chosen are {len(names)}.",
        )
    require_numeric(table.column(name) for name in names)
    require_finite(table, names)
    found = _probability(numbers_of(table, names), settings)
    told = f"{_MARKS[settings.kind]}({', '.join(names)})"
    rejected = found < settings.alpha
    return {
        "P": Table.of(pl.DataFrame({f"P_{told}": [found]})),
        "Reject H0": Table.of(pl.DataFrame({f"RejectH0_{told}": [rejected]})),
    }


def _probability(rows: Numbers, settings: Settings) -> float:
    known = np.isfinite(rows)
    tail = {"alternative": _TAILS[settings.hypothesis]}
    if settings.kind == "UnpairedSamples":
        samples = [rows[known[:, 0], 0], rows[known[:, 1], 1]]
        for sample in samples:
            require_rows(len(sample), 2)
        one, other = samples[0] - settings.first, samples[1] - settings.second
        if not (np.ptp(one) or np.ptp(other)):
            return nan
        return float(stats.ttest_ind(one, other, equal_var=settings.equal, **tail)[1])
    rows = rows[known.all(axis=1)]
    require_rows(len(rows), 2)
    sample = rows[:, 0] - rows[:, 1] if settings.kind == _PAIRED else rows[:, 0]
    if not np.ptp(sample):
        return nan
    return float(stats.ttest_1samp(sample, settings.mean, **tail)[1])


MODULE = Module(
    name="Test Hypothesis Using t-Test",
    family="d15ec08c2af64437be3170262ec70806",
    category="Statistical Functions",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("P"), ModulePort("Reject H0")),
    run=run,
)
