"""What is left of a table that goes through a text format: values, names, types."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.module import Ports, RowStep
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import table_on


class NoSettings(Struct, frozen=True, kw_only=True):
    """A module without parameters."""


def forget_roles(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns as a file of names and values tells them."""
    return tuple(replace(each, levels=None, kind="Feature") for each in columns)


def keep_levels(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns as a file tells them that can list the values of a category."""
    return tuple(replace(each, kind="Feature") for each in columns)


def run_without_roles(inputs: Ports, _settings: NoSettings) -> Ports:
    table = table_on(inputs, "Dataset")
    return {"Results dataset": Table(table.frame, forget_roles(table.columns))}


def row_without_roles(
    columns: Sequence[Column], _settings: NoSettings, _others: Ports
) -> RowStep:
    return RowStep(forget_roles(columns), _same)


def run_with_levels(inputs: Ports, _settings: NoSettings) -> Ports:
    table = table_on(inputs, "Dataset")
    return {"Results dataset": Table(table.frame, keep_levels(table.columns))}


def row_with_levels(
    columns: Sequence[Column], _settings: NoSettings, _others: Ports
) -> RowStep:
    return RowStep(keep_levels(columns), _same)


def _same(cells: Sequence[Cell]) -> Sequence[Cell]:
    return cells
