"""Keep a dataset as it is, or make some values missing, or replace them.

A value is written as text and counts in each column whose type it can be read as;
only whole cells are compared. Replacing "Missing" fills what is missing.

    {
      "inputs": {"Dataset": {"Col1": ["?", "good"], "Col2": [1, 2]}},
      "parameters": {"Action": "SetMissingValues"},
      "outputs": {"Results dataset": {"Col1": [null, "good"], "Col2": [1, 2]}}
    }
"""

from typing import Annotated, Literal

import polars as pl
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from bramka.domain.learning.cells import BadCell, Cell, text_of, typed_cell
from bramka.domain.learning.module import Module, ModulePort, Ports
from bramka.domain.learning.table import Column, Table, frame_of
from bramka.domain.learning.value import table_on


class Settings(Struct, frozen=True, kw_only=True):
    """What happens to which values."""

    action: Annotated[
        Literal["None", "SetMissingValues", "ReplaceValues", "SparseOutput"],
        Meta(
            description="What happens to values. SparseOutput is kept for old "
            "experiments: it says how zeros are stored, and they stay what they are."
        ),
    ] = field(name="Action", default="None")
    token: Annotated[
        str,
        Meta(
            description="The value that stands for a missing one.",
            extra={"shown_when": ("Action", ("SetMissingValues",))},
        ),
    ] = field(name="Custom missing value", default="?")
    replaced: Annotated[
        Literal["Missing", "Custom"],
        Meta(
            description="Whether missing values or a certain value are replaced.",
            extra={"shown_when": ("Action", ("ReplaceValues",))},
        ),
    ] = field(name="Replace", default="Missing")
    old: Annotated[
        str,
        Meta(
            description="The value that is replaced.",
            extra={"shown_when": ("Replace", ("Custom",))},
        ),
    ] = field(name="Custom value", default="obs")
    new: Annotated[
        str,
        Meta(
            description="The value that is put in its place.",
            extra={"shown_when": ("Action", ("ReplaceValues",))},
        ),
    ] = field(name="New value", default="0")


def run(inputs: Ports, settings: Settings) -> Ports:
    table = table_on(inputs, "Dataset")
    if settings.action in ("None", "SparseOutput"):
        return {"Results dataset": table}
    series, columns = [], []
    for column in table.columns:
        changed = _changed(table.series(column.name), column, settings)
        series.append(changed.alias(column.name))
        columns.append(_with_level(column, changed))
    return {"Results dataset": Table(frame_of(series), tuple(columns))}


def _changed(series: pl.Series, column: Column, settings: Settings) -> pl.Series:
    setting = settings.action == "SetMissingValues"
    old = _read(settings.token if setting else settings.old, column)
    new = None if setting else _read(settings.new, column)
    if not setting and settings.replaced == "Missing":
        return series if new is None else series.fill_null(new)
    if old is None or (new is None and not setting):
        return series
    return series.set((series == old).fill_null(value=False), new)


def _read(text: str, column: Column) -> Cell:
    """The text as the column's type, or None if it is no value of that type."""
    try:
        return typed_cell(text, column)
    except BadCell:
        return None


def _with_level(column: Column, series: pl.Series) -> Column:
    """A category's values are those it had, and the new one if it is used."""
    if column.levels is None:
        return column
    found = [text_of(value) for value in series.unique(maintain_order=True)]
    known = set(column.levels)
    added = [text for text in found if text and text not in known]
    return replace(column, levels=(*column.levels, *added))


MODULE = Module(
    name="Convert to Dataset",
    family="72bf58e0fc874bb19704f1805003b975",
    category="Data Format Conversions",
    settings=Settings,
    inputs=(ModulePort("Dataset"),),
    outputs=(ModulePort("Results dataset"),),
    run=run,
)
