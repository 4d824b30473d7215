"""Make a filter that gives the median of the numbers around each one.

An even length counts as one less. Beyond both ends the signal goes on as it ends.
Missing numbers are passed over.

    {
      "inputs": {},
      "parameters": {"Length": "3"},
      "outputs": {
        "Filter": {
          "applied to": {"x": [5.0, 1.0, 9.0, 2.0, null]},
          "gives": {"x": [5.0, 5.0, 2.0, 5.5, 2.0]}
        }
      }
    }
"""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import polars as pl
from msgspec import Meta, Struct, field

from bramka.catalogue._filters import Signal, filter_module


class Settings(Struct, frozen=True, kw_only=True):
    """How many numbers each one is compared with."""

    length: Annotated[
        int, Meta(ge=1, le=1_000_000, description="How many numbers make the window.")
    ] = field(name="Length", default=5)


def design(settings: Settings) -> dict[str, Any]:
    return {"reach": (settings.length - 1) // 2}


def answer(signal: Signal, state: Mapping[str, Any]) -> Signal:
    reach = int(state["reach"])
    if not len(signal):
        return signal
    wide = pl.Series(np.pad(signal, reach, mode="edge")).fill_nan(None)
    medians = wide.rolling_median(2 * reach + 1, min_samples=1, center=True)
    found: Signal = medians.slice(reach, len(signal)).fill_null(np.nan).to_numpy()
    return found


MODULE = filter_module(
    name="Median Filter",
    family="a7974d98616d4a788966cad384b41886",
    settings=Settings,
    design=design,
    answer=answer,
)
