"""Tell at each point of a series how unlikely it is that nothing has changed.

Each value is held against those of the window before it: by how far it lies outside of
their 10th to 90th percentile, or by how much more than by chance they rise or fall: the
slope of the line through them, less its standard error. How strange that is among the
last values is a chance, and a martingale bets against it. PowerAvg is the average over
all powers of the product over the window, and the score its natural logarithm: above
3.25 by chance once in 26 windows at most. It gives the numbers that Microsoft published
of its detector. Power bets by one power, holds values against the middle half of the
window, and begins anew where it falls below 1; its score is the decimal logarithm. Rows
are taken in their order, or in that of a time column.

    {
      "inputs": {
        "Input data containing time stamps and values": {
          "v": [1.0, 1.1, 0.9, 1.0, 1.1, 0.9, 9.0, 9.1, 8.9]
        }
      },
      "parameters": {
        "Value Column": {
          "rules": [{"ruleType": "ColumnNames", "columns": ["v"], "exclude": false}]
        },
        "Window Size": "5",
        "Threshold": "0.1"
      },
      "outputs": {
        "Time series annotated with anomaly scores": {
          "v": [1.0, 1.1, 0.9, 1.0, 1.1, 0.9, 9.0, 9.1, 8.9],
          "Anomaly Score": [
            "approximately", -0.68795259, -1.07030497, -1.05186225, -1.30286830,
            -1.33837507, -1.00735169, 0.83674324, 0.86959131, 0.87980689
          ],
          "Alert": [0, 0, 0, 0, 0, 0, 1, 1, 1]
        }
      }
    }
"""

from collections import deque
from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field
from numpy.typing import NDArray

from bramka.catalogue._columns import (
    called_apart,
    one_name,
    require_numeric,
    unsupported,
)
from bramka.catalogue._tie_shares import tie_shares
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

SERIES = "Input data containing time stamps and values"
RESULT = "Time series annotated with anomaly scores"
MARTINGALE = "Martingale Type"
LEAST_HISTORY, LEAST_RANGE = 3, 2

Numbers = NDArray[np.float64]

_LEGENDRE = np.polynomial.legendre.leggauss(200)
_NODES, _WEIGHTS = (_LEGENDRE[0] + 1) / 2, _LEGENDRE[1] / 2
"""Powers from 0 to 1 and what each weighs in an integral over them."""


class Settings(Struct, frozen=True, kw_only=True):
    """Which series, and what counts as strange."""

    value: Annotated[
        ColumnSelector,
        Meta(
            description="The column of values to watch.",
            extra={"aliases": ("Data Column",)},
        ),
    ] = field(name="Value Column")
    time: Annotated[
        ColumnSelector,
        Meta(
            description="The column of times that orders rows; none keeps their order."
        ),
    ] = field(name="Time Column", default=ColumnSelector())
    window: Annotated[
        int,
        Meta(
            ge=1, le=5000, description="How many values back what is usual is learnt."
        ),
    ] = field(name="Window Size", default=500)
    bets: Annotated[
        int,
        Meta(
            ge=0, le=5000, description="How many bets count; 0 for the window's size."
        ),
    ] = field(name="Length of Martingale", default=0)
    history: Annotated[
        int,
        Meta(
            ge=0,
            le=5000,
            description="How many values back each value is held against, and how "
            "many of these are ranked; 0 for the window's size.",
        ),
    ] = field(name="Length of Strangeness Values", default=0)
    threshold: Annotated[
        float,
        Meta(
            ge=0,
            le=100,
            description="The score from which it is an alert.",
            extra={"aliases": ("Alert Threshold",)},
        ),
    ] = field(name="Threshold", default=3.25)
    martingale: Annotated[
        Literal["PowerAvg", "Power"],
        Meta(description="Bet on the average of all powers, or on one."),
    ] = field(name=MARTINGALE, default="PowerAvg")
    epsilon: Annotated[
        float,
        Meta(
            gt=0,
            le=1,
            description="The power; a greater one is more sensitive and less certain: "
            "a smaller one bets more on what is very strange.",
            extra={"shown_when": (MARTINGALE, ("Power",))},
        ),
    ] = field(name="Epsilon", default=0.1)
    strangeness: Annotated[
        Literal["RangePercentile", "SlowPosTrend", "SlowNegTrend"],
        Meta(description="Look for other levels, or for rising or falling trends."),
    ] = field(name="Strangeness Function Type", default="RangePercentile")


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, SERIES)
    name = one_name(settings.value, table.columns, SERIES)
    require_numeric([table.column(name)])
    order = _order(table, settings)
    values = table.series(name).cast(pl.Float64).fill_null(np.nan).to_numpy()[order]
    if np.isinf(values).any():
        raise ModuleError(33, f'"{name}" is not finite.')
    scores = np.empty(len(values))
    scores[order] = _scores(values, settings)
    alerts = (scores >= settings.threshold).astype(np.int32)
    wanted = (
        Column(name="Anomaly Score", type="Double"),
        Column(name="Alert", type="Int32"),
    )
    made = called_apart(wanted, table.names)
    series = [pl.Series(made[0].name, scores), pl.Series(made[1].name, alerts)]
    return {RESULT: table.append(Table(pl.DataFrame(series), tuple(made)))}


def _order(table: Table, settings: Settings) -> NDArray[np.int64]:
    """The rows in the order of time; Error 0018 if a time is missing."""
    if not settings.time.rules:
        return np.arange(table.height)
    name = one_name(settings.time, table.columns, SERIES)
    if table.column(name).type not in ("DateTime", "DateTimeOffset"):
        raise unsupported(table.column(name))
    if table.series(name).null_count():
        raise ModuleError(18, f'Dataset is not valid. Column "{name}" misses times.')
    found: NDArray[np.int64] = table.series(name).arg_sort().cast(pl.Int64).to_numpy()
    return found


def _scores(values: Numbers, settings: Settings) -> Numbers:
    """The score at each value; one that is missing leaves it as it was."""
    known = ~np.isnan(values)
    scores = np.zeros(len(values))
    scores[known] = _BETS[settings.martingale](values[known], settings)
    last = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
    scores[~known] = np.where(last < 0, 0.0, scores[last])[~known]
    return scores


def _average_of_powers(values: Numbers, settings: Settings) -> Numbers:
    """The logarithm of the products over the window, averaged over all powers."""
    strange = _STRANGENESS[settings.strangeness]
    history = settings.history or settings.window
    found: deque[float] = deque(maxlen=history)
    bets: deque[float] = deque(maxlen=settings.bets or settings.window)
    scores = np.zeros(len(values))
    for place, (value, share) in enumerate(zip(values, tie_shares(), strict=False)):
        now = strange(values[max(0, place - history) : place], value)
        found.append(now)
        seen = np.fromiter(found, np.float64)
        more, ties = np.count_nonzero(seen > now), np.count_nonzero(seen == now)
        bets.append(-np.log((more + share * ties) / len(seen)))
        scores[place] = _mixture(len(bets), sum(bets))
    return scores


def _mixture(count: int, bets: float) -> float:
    """ln of the integral over powers from 0 to 1 of power**count * e**((1-power)*bets).

    That is what `count` chances multiply to whose negative logarithms add up to `bets`.
    """
    logarithms = count * np.log(_NODES) + (1 - _NODES) * bets
    highest = logarithms.max()
    return float(highest + np.log(_WEIGHTS @ np.exp(logarithms - highest)))


def _one_power(values: Numbers, settings: Settings) -> Numbers:
    """The decimal logarithm of a martingale that begins anew below 1."""
    strange = _STRANGENESS[settings.strangeness]
    if settings.strangeness == "RangePercentile":
        strange = _beyond_middle
    power = settings.epsilon
    history = settings.history or settings.window
    found: deque[float] = deque(maxlen=history)
    bet = 0.0
    scores = np.zeros(len(values))
    for place in range(LEAST_HISTORY, len(values)):
        now = strange(values[max(0, place - history) : place], values[place])
        chance = _chance(np.fromiter(found, np.float64), now)
        bet = max(bet, 0.0) + np.log(power) + (power - 1) * np.log(chance)
        scores[place] = max(0.0, bet / np.log(10))
        found.append(now)
    return scores


def _chance(before: Numbers, now: float) -> float:
    """How large a share is at least as strange; of those that tie, half."""
    more = np.count_nonzero(before > now)
    ties = np.count_nonzero(before == now) + 1
    return float((more + ties / 2) / (len(before) + 1))


def _beyond_range(window: Numbers, value: float) -> float:
    """How far outside of the usual range; one value alone has none."""
    if len(window) < LEAST_RANGE:
        return 0.0
    low, high = np.quantile(window, (0.1, 0.9))
    return float(max(low - value, value - high, 0.0))


def _beyond_middle(window: Numbers, value: float) -> float:
    """How far from the middle of the window, by the width of its middle half."""
    low, middle, high = np.quantile(window, (0.25, 0.5, 0.75))
    width = high - low
    return abs(value - middle) / width if width else float(value != middle)


def _rise(window: Numbers, value: float) -> float:
    """By how much the line through window and value rises beyond its own error."""
    if not len(window):
        return 0.0
    values = np.append(window, value)
    values -= values.mean()
    steps = np.arange(len(values)) - (len(values) - 1) / 2
    spread = float(steps @ steps)
    slope = float(steps @ values) / spread
    # Two values lie on their line: what has no rest has no error.
    rest = values - slope * steps
    error = np.sqrt(rest @ rest / max(1, len(values) - 2) / spread)
    return float(np.sign(slope) * max(0.0, abs(slope) - error))


_STRANGENESS: dict[str, Callable[[Numbers, float], float]] = {
    "RangePercentile": _beyond_range,
    "SlowPosTrend": lambda window, value: max(0.0, _rise(window, value)),
    "SlowNegTrend": lambda window, value: max(0.0, -_rise(window, value)),
}
_BETS = {"PowerAvg": _average_of_powers, "Power": _one_power}

MODULE = Module(
    name="Time Series Anomaly Detection",
    family="96b98cc050df46ffbc18c0665d69f3e3",
    category="Time Series",
    settings=Settings,
    inputs=(ModulePort(SERIES),),
    outputs=(ModulePort(RESULT),),
    run=run,
)
