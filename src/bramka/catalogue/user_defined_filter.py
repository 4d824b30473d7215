"""Make a filter of coefficients that you tell.

An FIR filter uses the forward ones only, an IIR filter both.

    {
      "inputs": {},
      "parameters": {
        "Type of filter": "IIR",
        "Forward": "0.5, 0.5",
        "Backward": "1, -0.5"
      },
      "outputs": {
        "Filter": {
          "applied to": {"x": [1.0, 0.0, 0.0]},
          "gives": {"x": [0.5, 0.75, 0.375]}
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
from bramka.domain.learning.module import ModuleError


class Settings(Struct, frozen=True, kw_only=True):
    """The coefficients."""

    type: Annotated[
        Literal["FIR", "IIR"],
        Meta(description="Whether what comes out counts for what comes next."),
    ] = field(name="Type of filter", default="FIR")
    forward: Annotated[
        str, Meta(description="What numbers weigh, the newest first.")
    ] = field(name="Forward", default="1.0")
    backward: Annotated[
        str,
        Meta(
            description="What results weigh, the newest first; the first is not 0.",
            extra={"shown_when": ("Type of filter", ("IIR",))},
        ),
    ] = field(name="Backward", default="1.0")


def design(settings: Settings) -> dict[str, Any]:
    forward = _numbers("Forward", settings.forward)
    if settings.type == "FIR":
        return {"forward": forward, "backward": [1.0]}
    backward = _numbers("Backward", settings.backward)
    if not backward[0]:
        raise ModuleError(
            2, 'Failed to parse "Backward" parameter: the first coefficient is 0.'
        )
    return {"forward": forward, "backward": backward}


def answer(signal: Signal, state: Mapping[str, Any]) -> Signal:
    if not len(signal):
        return signal
    found: Signal = np.asarray(
        scipy_signal.lfilter(state["forward"], state["backward"], signal)
    )
    return found


def _numbers(name: str, text: str) -> list[float]:
    try:
        return [float(each) for each in text.split(",")]
    except ValueError:
        raise ModuleError(
            2,
            f'Failed to parse "{name}" parameter: "{text[:80]}" must be numbers parted '
            "by commas.",
        ) from None


MODULE = filter_module(
    name="User-Defined Filter",
    family="53f113fe2e9d45dda421cdd7ada0567b",
    settings=Settings,
    design=design,
    answer=answer,
)
