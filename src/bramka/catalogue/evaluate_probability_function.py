"""Compute the probability, or its inverse, of every number of some columns.

SciPy's distributions under the names of Studio (classic). Right-tailed ones give the
probability above a number, the two-tailed one that of lying further out. What lies
outside of a function's domain gives NaN; missing gives missing.

    {
      "inputs": {"Dataset": {"temp": [0.0, 1.959964, null]}},
      "parameters": {
        "Distribution": "StandardNormal",
        "Column set": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["temp"], "exclude": false}]
        }
      },
      "outputs": {
        "Results dataset": {
          "StandardNormal.Cdf(temp)": ["approximately", 0.5, 0.975, null]
        }
      }
    }
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._columns import NUMERIC_COLUMNS, require_numeric
from bramka.catalogue._libraries import stats
from bramka.catalogue._placing import Placing, placed
from bramka.catalogue._transforms import Numbers
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.value import table_on

KIND = "Distribution"


def _of(*kinds: str) -> dict[str, object]:
    return {"shown_when": (KIND, kinds)}


_SHAPED = _of("Beta", "Gamma", "GeneralizedExtremeValues", "Pareto", "Weibull")
_SCALED = _of(
    "Beta",
    "Cauchy",
    "Gamma",
    "GeneralizedExtremeValues",
    "GumbelMax",
    "GumbelMin",
    "Laplace",
    "Logistic",
    "Pareto",
    "Rayleigh",
    "Weibull",
)
_PLACED = _of(
    "Cauchy",
    "Gamma",
    "GeneralizedExtremeValues",
    "GumbelMax",
    "GumbelMin",
    "Laplace",
)
_FREE = _of(
    "ChiSquare",
    "ChiSquareRightTailed",
    "TStudent",
    "TStudentRightTailed",
    "TStudentTwoTailed",
)
_FISHER = _of("FFisher", "FFisherRightTailed")


class Settings(Struct, frozen=True, kw_only=True):
    """Which distribution with which parameters, and what of it is computed."""

    kind: Annotated[
        Literal[
            "Bernoulli",
            "Beta",
            "Binomial",
            "Cauchy",
            "ChiSquare",
            "ChiSquareRightTailed",
            "Exponential",
            "FFisher",
            "FFisherRightTailed",
            "Gamma",
            "GeneralizedExtremeValues",
            "Geometric",
            "GumbelMax",
            "GumbelMin",
            "Hypergeometric",
            "Laplace",
            "Logistic",
            "Lognormal",
            "NegativeBinomial",
            "Normal",
            "Pareto",
            "Poisson",
            "Rayleigh",
            "StandardNormal",
            "TStudent",
            "TStudentRightTailed",
            "TStudentTwoTailed",
            "Uniform",
            "Weibull",
        ],
        Meta(description="The kind of distribution."),
    ] = field(name=KIND, default="StandardNormal")
    method: Annotated[
        Literal["Cdf", "InverseCdf", "Pdf"],
        Meta(description="The cumulative probability, its inverse, or the density."),
    ] = field(name="Method", default="Cdf")
    negative_method: Annotated[
        Literal["Cdf", "InverseCdf", "Pdf"],
        Meta(
            description="The same for the negative binomial distribution; Method "
            "counts where this says Cdf.",
            extra=_of("NegativeBinomial"),
        ),
    ] = field(name="Negative binomial distribution method", default="Cdf")
    probability: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="How likely one trial succeeds.",
            extra=_of("Bernoulli", "Binomial", "Geometric", "NegativeBinomial"),
        ),
    ] = field(name="Probability of success", default=0.5)
    shape: Annotated[
        float, Meta(description="The shape of the distribution.", extra=_SHAPED)
    ] = field(name="Shape", default=1.0)
    scale: Annotated[
        float,
        Meta(ge=0, description="How far the distribution is stretched.", extra=_SCALED),
    ] = field(name="Scale", default=1.0)
    trials: Annotated[
        int, Meta(ge=1, description="The number of trials.", extra=_of("Binomial"))
    ] = field(name="Number of trials", default=3)
    lower: Annotated[
        float,
        Meta(
            description="Where the distribution begins.",
            extra=_of("Beta", "Rayleigh", "Uniform"),
        ),
    ] = field(name="Lower bound", default=0.0)
    upper: Annotated[
        float,
        Meta(description="Where the distribution ends.", extra=_of("Beta", "Uniform")),
    ] = field(name="Upper bound", default=1.0)
    location: Annotated[
        float, Meta(description="By how much it is shifted.", extra=_PLACED)
    ] = field(name="Location", default=0.0)
    freedom: Annotated[
        float, Meta(description="The degrees of freedom.", extra=_FREE)
    ] = field(name="Number of degrees of freedom", default=1.0)
    numerator: Annotated[
        float, Meta(description="Those of the numerator.", extra=_FISHER)
    ] = field(name="Numerator degrees of freedom", default=3.0)
    denominator: Annotated[
        float, Meta(description="Those of the denominator.", extra=_FISHER)
    ] = field(name="Denominator degrees of freedom", default=6.0)
    rate: Annotated[
        float,
        Meta(ge=0, description="The rate of events.", extra=_of("Exponential")),
    ] = field(name="Lambda", default=1.0)
    samples: Annotated[
        int, Meta(description="How many are drawn.", extra=_of("Hypergeometric"))
    ] = field(name="Number of samples", default=9)
    successes: Annotated[
        int,
        Meta(
            description="How many of the population count, or are waited for.",
            extra=_of("Hypergeometric", "NegativeBinomial"),
        ),
    ] = field(name="Number of success", default=24)
    population: Annotated[
        int, Meta(description="How many there are.", extra=_of("Hypergeometric"))
    ] = field(name="Population size", default=52)
    mean: Annotated[
        float,
        Meta(
            description="The mean; of Lognormal that of the logarithm.",
            extra=_of("Logistic", "Lognormal", "Normal", "Poisson"),
        ),
    ] = field(name="Mean", default=0.0)
    deviation: Annotated[
        float,
        Meta(
            ge=0,
            description="The standard deviation; of Lognormal that of the logarithm.",
            extra=_of("Lognormal", "Normal"),
        ),
    ] = field(name="Standard deviation", default=1.0)
    chosen: Annotated[
        ColumnSelector, Meta(description="The columns of numbers to compute with.")
    ] = field(name="Column set", default=NUMERIC_COLUMNS)
    placing: Annotated[
        Placing,
        Meta(description="Add results, put them in place, or give them alone."),
    ] = field(name="Result mode", default="ResultOnly")


_MADE: dict[str, Callable[[Settings], Any]] = {
    "Bernoulli": lambda s: stats.bernoulli(s.probability),
    "Beta": lambda s: stats.beta(s.shape, s.scale, s.lower, s.upper - s.lower),
    "Binomial": lambda s: stats.binom(s.trials, s.probability),
    "Cauchy": lambda s: stats.cauchy(s.location, s.scale),
    "ChiSquare": lambda s: stats.chi2(s.freedom),
    "Exponential": lambda s: stats.expon(0, 1 / s.rate if s.rate else np.inf),
    "FFisher": lambda s: stats.f(s.numerator, s.denominator),
    "Gamma": lambda s: stats.gamma(s.shape, s.location, s.scale),
    # SciPy counts the shape of extreme values the other way round.
    "GeneralizedExtremeValues": lambda s: stats.genextreme(
        -s.shape, s.location, s.scale
    ),
    "Geometric": lambda s: stats.geom(s.probability),
    "GumbelMax": lambda s: stats.gumbel_r(s.location, s.scale),
    "GumbelMin": lambda s: stats.gumbel_l(s.location, s.scale),
    "Hypergeometric": lambda s: stats.hypergeom(s.population, s.successes, s.samples),
    "Laplace": lambda s: stats.laplace(s.location, s.scale),
    "Logistic": lambda s: stats.logistic(s.mean, s.scale),
    "Lognormal": lambda s: stats.lognorm(s.deviation, 0, np.exp(s.mean)),
    "NegativeBinomial": lambda s: stats.nbinom(s.successes, s.probability),
    "Normal": lambda s: stats.norm(s.mean, s.deviation),
    "Pareto": lambda s: stats.pareto(s.shape, 0, s.scale),
    "Poisson": lambda s: stats.poisson(s.mean),
    "Rayleigh": lambda s: stats.rayleigh(s.lower, s.scale),
    "StandardNormal": lambda _: stats.norm(),
    "TStudent": lambda s: stats.t(s.freedom),
    "Uniform": lambda s: stats.uniform(s.lower, s.upper - s.lower),
    "Weibull": lambda s: stats.weibull_min(s.shape, 0, s.scale),
}


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    names = list(dict.fromkeys(settings.chosen.names(table.columns)))
    require_numeric(table.column(name) for name in names)
    function = _function(settings)
    heading = f"{settings.kind}.{_method(settings)}"
    made = []
    for name in names:
        series = table.series(name)
        numbers = series.cast(pl.Float64).fill_null(0.5).to_numpy()
        with np.errstate(all="ignore"):
            found = function(numbers)
        made.append(pl.Series(f"{heading}({name})", found).set(series.is_null(), None))
    return {"Results dataset": placed(table, names, made, settings.placing)}


def _method(settings: Settings) -> str:
    own = settings.kind == "NegativeBinomial" and settings.negative_method != "Cdf"
    return settings.negative_method if own else settings.method


def _function(settings: Settings) -> Callable[[Numbers], Numbers]:
    plain = settings.kind.removesuffix("RightTailed").removesuffix("TwoTailed")
    made = _MADE[plain](settings)
    two_tails = settings.kind.endswith("TwoTailed")
    upper = two_tails or settings.kind.endswith("RightTailed")
    if _method(settings) == "Pdf":
        density = made.pmf if hasattr(made.dist, "pmf") else made.pdf
        return lambda x: np.asarray(density(x), np.float64)
    if _method(settings) == "Cdf":
        below = made.sf if upper else made.cdf
        if two_tails:
            return lambda x: np.asarray(2 * below(np.abs(x)), np.float64)
        return lambda x: np.asarray(below(x), np.float64)
    share = 2 if two_tails else 1
    point = made.isf if upper else made.ppf
    return lambda p: np.asarray(point(p / share), np.float64)


MODULE = Module(
    name="Evaluate Probability Function",
    family="0de80e22f74e4e51a080e73806a6e00c",
    category="Statistical Functions",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
    row_wise=True,
)
