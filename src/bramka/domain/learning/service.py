"""A published web service: its ports, its parameters, and what scores."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol, runtime_checkable

from msgspec import Struct

from bramka.domain.learning.table import Column, ColumnType, Table
from bramka.domain.learning.value import Learnt

__all__ = [
    "Column",
    "ColumnType",
    "Definition",
    "GlobalParameter",
    "Port",
    "Resource",
    "ScoringFunction",
    "Training",
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


class Resource(Struct, frozen=True, kw_only=True):
    """Something learnt in a package that an endpoint may replace by a newer one."""

    name: str
    kind: Literal["TrainedModel", "Transform"]
    port: str


class Definition(Struct, frozen=True, kw_only=True):
    """What a service promises to its callers."""

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    description: str = ""
    parameters: tuple[GlobalParameter, ...] = ()
    models: tuple[str, ...] = ()
    """Outputs that carry something learnt; only batch jobs give them."""
    resources: tuple[Resource, ...] = ()
    scored: str = ""
    """How its model is scored, for people, where somebody's own was published."""

    @property
    def told(self) -> str:
        """The description, and how it is scored."""
        return " ".join(filter(None, (self.description, self.scored)))


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


@runtime_checkable
class Warming(Protocol):
    """What a scoring function that takes long for its first call offers besides."""

    def warm(self) -> None:
        """Get ready for it; blocks, and says nothing of what goes wrong."""


@runtime_checkable
class Training(Protocol):
    """What a scoring function with `models` among its outputs offers besides."""

    def train(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table | Learnt]:
        """All outputs, what was learnt among them."""
