"""Filters in few lines: what each is made of, and what it does to a signal."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
import polars as pl
from msgspec import Meta, Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from bramka.catalogue._columns import require_numeric
from bramka.catalogue._state import state_bytes, state_from
from bramka.domain.learning.module import (
    Learnt,
    Module,
    ModuleError,
    ModulePort,
    Ports,
    Use,
)
from bramka.domain.learning.parameter import stored
from bramka.domain.learning.table import Column, Table, frame_of, type_of

Signal = NDArray[np.float64]
S = TypeVar("S", bound=Struct)
NEAREST_1 = 0.9999999
"""The highest cut-off frequency, as a share of half the sampling frequency."""

FilterType = Annotated[
    Literal["LowPass", "HighPass", "BandPass", "BandStop"],
    Meta(description="Which frequencies pass."),
]
Low = Annotated[
    float,
    Meta(
        gt=0,
        le=NEAREST_1,
        description="The low cut-off frequency.",
        extra={"shown_when": ("Filter type", ("LowPass", "BandPass", "BandStop"))},
    ),
]
High = Annotated[
    float,
    Meta(
        gt=0,
        le=NEAREST_1,
        description="The high cut-off frequency.",
        extra={"shown_when": ("Filter type", ("HighPass", "BandPass", "BandStop"))},
    ),
]


def filter_module(
    *,
    name: str,
    family: str,
    settings: type[S],
    design: Callable[[S], Mapping[str, Any]],
    answer: Callable[[Signal, Mapping[str, Any]], NDArray[Any]],
) -> Module[S]:
    """The module that gives a filter: `design` makes plain data, `answer` filters.

    A signal has NaN where a number is missing; what is NaN in the answer stays so.
    """

    def run(_inputs: Ports, chosen: S) -> Ports:
        learnt = Learnt(type="IFilter", family=family, settings=stored(chosen))
        return {"Filter": learnt.taught(state_bytes(dict(design(chosen))), ())}

    def use(learnt: Learnt, _chosen: S) -> Use:
        state = state_from(learnt.state or b"")

        def apply(table: Table) -> Table:
            require_numeric(table.columns)
            made = [_filtered(table, each, answer, state) for each in table.columns]
            frame = frame_of([series for _, series in made])
            return Table(frame, tuple(column for column, _ in made))

        return Use(apply=apply)

    return Module(
        name=name,
        family=family,
        category="Data Transformation / Filter",
        settings=settings,
        inputs=(),
        outputs=(ModulePort("Filter", "IFilter"),),
        run=run,
        use=use,
    )


def _filtered(
    table: Table,
    column: Column,
    answer: Callable[[Signal, Mapping[str, Any]], NDArray[Any]],
    state: Mapping[str, Any],
) -> tuple[Column, pl.Series]:
    cells = table.series(column.name).cast(pl.Float64).fill_null(np.nan)
    series = pl.Series(column.name, answer(cells.to_numpy(), state))
    return replace(column, type=type_of(series.dtype)), series


def band(low: float, high: float, type_: str) -> float | list[float]:
    """The cut-off frequencies that a type of filter needs."""
    if type_ == "LowPass":
        return low
    if type_ == "HighPass":
        return high
    if not low < high:
        raise ModuleError(
            6,
            'Parameter "Low cutoff" value should be less than parameter "High cutoff" '
            "value.",
        )
    return [low, high]
