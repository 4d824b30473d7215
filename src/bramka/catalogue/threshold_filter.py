"""Make a filter that keeps numbers within bounds, or tells whether they are.

The indicator tells whether a number meets the condition that the type names.

    {
      "inputs": {},
      "parameters": {
        "Type": "InRange",
        "Lower boundary": "2",
        "Upper boundary": "4"
      },
      "outputs": {
        "Filter": {
          "applied to": {"x": [1.0, 2.0, 3.0, 4.0, 5.0]},
          "gives": {"x": [2.0, 2.0, 3.0, 4.0, 4.0]}
        }
      }
    }
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta, Struct, field, to_builtins
from numpy.typing import NDArray

from bramka.catalogue._filters import Signal, filter_module
from bramka.domain.learning.module import ModuleError

_LEVEL = ("LessThan", "GreaterThan", "MagnitudeLessThan", "MagnitudeGreaterThan")


class Settings(Struct, frozen=True, kw_only=True):
    """Which numbers are changed, and the bounds they are changed to."""

    type: Annotated[
        Literal[
            "LessThan",
            "GreaterThan",
            "MagnitudeLessThan",
            "MagnitudeGreaterThan",
            "InRange",
            "OutOfRange",
            "InRangeWithStd",
            "OutOfRangeWithStd",
        ],
        Meta(
            description="The condition: numbers below or above the level, or a range."
        ),
    ] = field(name="Type", default="LessThan")
    indicator: Annotated[
        bool, Meta(description="Tell where the condition is met, not the numbers.")
    ] = field(name="Indicator", default=False)
    level: Annotated[
        float,
        Meta(
            description="The bound, and what stands for numbers beyond it.",
            extra={"shown_when": ("Type", _LEVEL)},
        ),
    ] = field(name="Level", default=0.0)
    lower: Annotated[
        float,
        Meta(
            description="Where the range begins.",
            extra={"shown_when": ("Type", ("InRange", "OutOfRange"))},
        ),
    ] = field(name="Lower boundary", default=-1.0)
    upper: Annotated[
        float,
        Meta(
            description="Where the range ends.",
            extra={"shown_when": ("Type", ("InRange", "OutOfRange"))},
        ),
    ] = field(name="Upper boundary", default=1.0)
    alpha: Annotated[
        float,
        Meta(
            description="How many standard deviations the range reaches from the mean.",
            extra={"shown_when": ("Type", ("InRangeWithStd", "OutOfRangeWithStd"))},
        ),
    ] = field(name="Alpha", default=3.0)


def design(settings: Settings) -> dict[str, Any]:
    if settings.type in ("InRange", "OutOfRange") and settings.lower > settings.upper:
        raise ModuleError(
            7,
            'Parameter "Lower boundary" value should be less than or equal to '
            'parameter "Upper boundary" value.',
        )
    plain: dict[str, Any] = to_builtins(settings)
    return plain


def answer(signal: Signal, state: Mapping[str, Any]) -> NDArray[Any]:
    type_, level = str(state["Type"]), float(state["Level"])
    size = np.abs(signal) if type_.startswith("Magnitude") else signal
    if type_ in _LEVEL:
        met = size < level if type_.endswith("LessThan") else size > level
        signed = np.where(signal < 0, -level, level)
        value = signed if type_.startswith("Magnitude") else np.full_like(signal, level)
        return met if state["Indicator"] else np.where(met, value, signal)
    low, high = _bounds(signal, state)
    within = (signal >= low) & (signal <= high)
    if type_.startswith("In"):
        return within if state["Indicator"] else np.clip(signal, low, high)
    if state["Indicator"]:
        return ~within & ~np.isnan(signal)
    nearest = np.where(signal - low <= high - signal, low, high)
    return np.where(within, nearest, signal)


def _bounds(signal: Signal, state: Mapping[str, Any]) -> tuple[float, float]:
    if not str(state["Type"]).endswith("WithStd"):
        return float(state["Lower boundary"]), float(state["Upper boundary"])
    known = signal[~np.isnan(signal)]
    if len(known) < 2:
        return -np.inf, np.inf
    mean, reach = known.mean(), abs(float(state["Alpha"])) * known.std(ddof=1)
    return float(mean - reach), float(mean + reach)


MODULE = filter_module(
    name="Threshold Filter",
    family="11fbc6ba3a9f4492b7898ef8a9320306",
    settings=Settings,
    design=design,
    answer=answer,
)
