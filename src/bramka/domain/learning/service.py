"""A published web service: its ports, its parameters, and what scores."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct

from bramka.domain.learning.table import Column, ColumnType, Table

__all__ = [
    "Column",
    "ColumnType",
    "Definition",
    "GlobalParameter",
    "Port",
    "ScoringFunction",
]


class Port(Struct, frozen=True, kw_only=True):
    """One web service input or output, with two sample rows for documentation."""

    name: str
    columns: tuple[Column, ...]
    samples: tuple[tuple[str | None, ...], ...] = ()


class GlobalParameter(Struct, frozen=True, kw_only=True):
    """One web-service parameter; without a default it is required."""

    name: str
    type: Literal["Int", "Double", "String", "Bool", "Enumerated"] = "String"
    description: str = ""
    default: Any = None
    has_default: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()


class Definition(Struct, frozen=True, kw_only=True):
    """What a service promises to its callers."""

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    description: str = ""
    parameters: tuple[GlobalParameter, ...] = ()


class ScoringFunction(Protocol):
    """A loaded service: turns input tables into output tables, port by port.

    One that is quick for few rows is a `SmallScoring` (small_table.py) as well.
    """

    definition: Definition
    row_wise: bool
    """Each output row depends on its own input row only, so a batch may be cut."""

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        """Score; raises bramka.domain.learning.module.ModuleError on bad data."""
