"""Tell at each point of a series how unlikely it is that nothing has changed.

Each value is held against those of the window before it: by how far it lies from the
middle of them, or by how steadily they rise or fall. How strange it is among those of
the window bets on a power martingale (or on the average of all powers) that begins anew
where it falls below 1. The score is its decimal logarithm: 3.25 comes by chance once
in about 1,800 points at most. Rows are taken in their order, or in that of a time
column.

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
            "approximately", 0, 0, 0, 0, 0, 0, 0.0562102, 0.19923011, 0
          ],
          "Alert": [0, 0, 0, 0, 0, 0, 0, 1, 0]
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
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.module import Module, ModuleError, ModulePort, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on

SERIES = "Input data containing time stamps and values"
RESULT = "Time series annotated with anomaly scores"
MARTINGALE = "Martingale Type"
POWERS = (np.arange(50) + 0.5) / 50
LEAST_HISTORY = 3

Numbers = NDArray[np.float64]


class Settings(Struct, frozen=True, kw_only=True):
    """Which series, and what counts as strange."""

    value: Annotated[
        ColumnSelector, Meta(description="The column of values to watch.")
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
    threshold: Annotated[
        float, Meta(ge=0, le=100, description="The score from which it is an alert.")
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
            description="The power; a smaller one bets more on what is very strange.",
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
    values = table.frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()[order]
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
    if table.frame[name].null_count():
        raise ModuleError(18, f'Dataset is not valid. Column "{name}" misses times.')
    found: NDArray[np.int64] = table.frame[name].arg_sort().cast(pl.Int64).to_numpy()
    return found


def _scores(values: Numbers, settings: Settings) -> Numbers:
    """The score at each value; one that is missing leaves it as it was."""
    powers = (
        POWERS if settings.martingale == "PowerAvg" else np.array([settings.epsilon])
    )
    strange = _STRANGENESS[settings.strangeness]
    known: deque[float] = deque(maxlen=settings.window)
    found: deque[float] = deque(maxlen=settings.window)
    bets = np.zeros(len(powers))
    scores = np.zeros(len(values))
    for place, value in enumerate(values):
        if np.isnan(value):
            scores[place] = scores[place - 1] if place else 0.0
            continue
        if len(known) >= LEAST_HISTORY:
            now = strange(np.fromiter(known, np.float64), value)
            chance = _chance(np.fromiter(found, np.float64), now)
            gain = np.log(powers) + (powers - 1) * np.log(chance)
            bets = np.maximum(bets, 0.0) + gain
            scores[place] = _logarithm(bets)
            found.append(now)
        known.append(value)
    return scores


def _chance(before: Numbers, now: float) -> float:
    """How large a share is at least as strange; of those that tie, half."""
    more = np.count_nonzero(before > now)
    ties = np.count_nonzero(before == now) + 1
    return float((more + ties / 2) / (len(before) + 1))


def _logarithm(bets: Numbers) -> float:
    """The decimal logarithm of the average of martingales, 0 at least."""
    highest = bets.max()
    mean = highest + np.log(np.exp(bets - highest).mean())
    return max(0.0, float(mean / np.log(10)))


def _range_percentile(window: Numbers, value: float) -> float:
    """How far from the middle of the window, by the width of its middle half."""
    low, middle, high = np.quantile(window, (0.25, 0.5, 0.75))
    width = high - low
    return abs(value - middle) / width if width else float(value != middle)


def _rise(window: Numbers, value: float) -> float:
    """The slope of the straight line through the window and the value."""
    values = np.append(window, value)
    steps = np.arange(len(values)) - (len(values) - 1) / 2
    return float((steps * (values - values.mean())).sum() / (steps * steps).sum())


_STRANGENESS: dict[str, Callable[[Numbers, float], float]] = {
    "RangePercentile": _range_percentile,
    "SlowPosTrend": _rise,
    "SlowNegTrend": lambda window, value: -_rise(window, value),
}

MODULE = Module(
    name="Time Series Anomaly Detection",
    family="808a3b6f0a41d60bb88d1532287ddf06",
    category="Time Series",
    settings=Settings,
    inputs=(ModulePort(SERIES),),
    outputs=(ModulePort(RESULT),),
    run=run,
)
