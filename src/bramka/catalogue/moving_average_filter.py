"""Make a filter that gives averages of each number and those before it.

At the start averages are over what is there. Triangular averages twice. Exponential
Simple weighs the newest number with 2 / (length + 1), Exponential with 1 / length, and
the average so far with the rest. Cumulative averages all numbers so far.

    {
      "inputs": {},
      "parameters": {"Length": "3", "Type": "Simple"},
      "outputs": {
        "Filter": {
          "applied to": {"x": [3.0, 5.0, 7.0, 9.0]},
          "gives": {"x": ["approximately", 3.0, 4.0, 5.0, 7.0]}
        }
      }
    }
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._filters import Signal, filter_module
from bramka.catalogue._libraries import signal as scipy_signal


class Settings(Struct, frozen=True, kw_only=True):
    """How many numbers are averaged, with what weights."""

    length: Annotated[
        int, Meta(ge=1, le=100_000, description="How many numbers make the window.")
    ] = field(name="Length", default=5)
    type: Annotated[
        Literal[
            "Simple", "Triangular", "Exponential Simple", "Exponential", "Cumulative"
        ],
        Meta(description="What weights numbers have."),
    ] = field(name="Type", default="Simple")


def design(settings: Settings) -> dict[str, Any]:
    return {"length": settings.length, "type": settings.type}


def answer(signal: Signal, state: Mapping[str, Any]) -> Signal:
    length = int(state["length"])
    match state["type"]:
        case "Simple":
            return _simple(signal, length)
        case "Triangular":
            half = length // 2 + 1
            return _simple(_simple(signal, half), length + 1 - half)
        case "Exponential Simple":
            return _exponential(signal, 2 / (length + 1))
        case "Exponential":
            return _exponential(signal, 1 / length)
    return np.cumsum(signal) / np.arange(1, len(signal) + 1)


def _simple(signal: Signal, length: int) -> Signal:
    count = len(signal)
    if not count:
        return signal
    sums = np.convolve(signal, np.ones(min(length, count)))[:count]
    averages: Signal = sums / np.minimum(np.arange(1, count + 1), length)
    return averages


def _exponential(signal: Signal, weight: float) -> Signal:
    if not len(signal):
        return signal
    kept = 1 - weight
    found, _ = scipy_signal.lfilter(
        [weight], [1.0, -kept], signal, zi=[kept * signal[0]]
    )
    averages: Signal = np.asarray(found)
    return averages


MODULE = filter_module(
    name="Moving Average Filter",
    family="1889e4ca7bf7494db2ccda9940468b9e",
    settings=Settings,
    design=design,
    answer=answer,
)
