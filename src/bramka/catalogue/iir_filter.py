"""Design a filter of infinite impulse response: Butterworth or Chebyshev.

Frequencies are shares of half the sampling frequency: low-pass filters cut at the low
one, high-pass filters at the high one. Ripple is in decibels: what Chebyshev filters
of type 1 let vary in what passes, and how much those of type 2 weaken what does not.

    {
      "inputs": {},
      "parameters": {"Order": "4", "Low cutoff": "0.5"},
      "outputs": {
        "Filter": {
          "applied to": {"x": [1.0, 0.0, 0.0]},
          "gives": {"x": ["approximately", 0.09398085, 0.37592341, 0.518207706]}
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
from bramka.domain.learning.module import ModuleError

_CHEBYSHEV = ("Chebyshev Type 1", "Chebyshev Type 2")


class Settings(Struct, frozen=True, kw_only=True):
    """Which family of filters, of what order, and what passes."""

    order: Annotated[
        int, Meta(ge=4, le=13, description="How many numbers back it reaches.")
    ] = field(name="Order", default=5)
    kind: Annotated[
        Literal["Butterworth", "Chebyshev Type 1", "Chebyshev Type 2"],
        Meta(description="How coefficients are computed."),
    ] = field(name="Filter kind", default="Butterworth")
    type: FilterType = field(name="Filter type", default="LowPass")
    low: Low = field(name="Low cutoff", default=0.3)
    high: High = field(name="High cutoff", default=0.7)
    ripple: Annotated[
        float,
        Meta(
            ge=0,
            description="How much of a ripple there may be.",
            extra={"shown_when": ("Filter kind", _CHEBYSHEV)},
        ),
    ] = field(name="Ripple", default=0.5)


def design(settings: Settings) -> dict[str, Any]:
    type_ = settings.type.lower()
    cuts = band(settings.low, settings.high, settings.type)
    if settings.kind == "Butterworth":
        return {
            "sections": scipy_signal.butter(settings.order, cuts, type_, output="sos")
        }
    if not settings.ripple:
        raise ModuleError(4, 'Parameter "Ripple" value should be greater than 0.')
    kind = (
        scipy_signal.cheby1
        if settings.kind == "Chebyshev Type 1"
        else scipy_signal.cheby2
    )
    ripple = settings.ripple
    return {"sections": kind(settings.order, ripple, cuts, type_, output="sos")}


def answer(signal: Signal, state: Mapping[str, Any]) -> Signal:
    found: Signal = np.asarray(scipy_signal.sosfilt(state["sections"], signal))
    return found


MODULE = filter_module(
    name="IIR Filter",
    family="1c22cafc1da04dc59336831ee3f2860b",
    settings=Settings,
    design=design,
    answer=answer,
)
