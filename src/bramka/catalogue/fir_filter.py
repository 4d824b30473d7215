"""Design a filter of finite impulse response by the window method.

It has one coefficient more than its order; high-pass and band-stop filters of odd
order get one more, as MATLAB's fir1 does. Frequencies are shares of half the sampling
frequency: low-pass filters cut at the low one, high-pass filters at the high one.

    {
      "inputs": {},
      "parameters": {"Order": "4", "Window": "Hamming", "Low cutoff": "0.5"},
      "outputs": {
        "Filter": {
          "applied to": {"x": [0.0, 1.0, 0.0, 0.0, 0.0]},
          "gives": {
            "x": ["approximately", 0.0, 0.0, 0.203712369, 0.592575262, 0.203712369]
          }
        }
      }
    }
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta, Struct, field

from bramka.catalogue._filters import FilterType, High, Low, Signal, band, filter_module
from bramka.catalogue._libraries import signal as scipy_signal

_WINDOWS = {
    "Hamming": "hamming",
    "Blackman": "blackman",
    "Rectangular": "boxcar",
    "Triangular": "triang",
    "None": "boxcar",
}


class Settings(Struct, frozen=True, kw_only=True):
    """How long the filter is, what passes it, and how it is cut off."""

    order: Annotated[
        int, Meta(ge=4, le=10_000, description="How many numbers back it reaches.")
    ] = field(name="Order", default=5)
    window: Annotated[
        Literal["Hamming", "Blackman", "Rectangular", "Triangular", "None"],
        Meta(description="How coefficients fade towards both ends."),
    ] = field(name="Window", default="Hamming")
    type: FilterType = field(name="Filter type", default="LowPass")
    low: Low = field(name="Low cutoff", default=0.3)
    high: High = field(name="High cutoff", default=0.7)
    scale: Annotated[
        bool, Meta(description="Let the middle of what passes keep its strength.")
    ] = field(name="Scale", default=True)


def design(settings: Settings) -> dict[str, Any]:
    ends_open = settings.type in ("HighPass", "BandStop")
    order = settings.order + (settings.order % 2 if ends_open else 0)
    return {
        "forward": scipy_signal.firwin(
            order + 1,
            band(settings.low, settings.high, settings.type),
            window=_WINDOWS[settings.window],
            pass_zero=settings.type.lower(),
            scale=settings.scale,
        )
    }


def answer(signal: Signal, state: Mapping[str, Any]) -> Signal:
    found: Signal = np.asarray(scipy_signal.lfilter(state["forward"], [1.0], signal))
    return found


MODULE = filter_module(
    name="FIR Filter",
    family="5bcfd02be3594289b75c3aa9f3e4479f",
    settings=Settings,
    design=design,
    answer=answer,
)
