"""What a catalogue module promises: ports, typed parameters, numbered errors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.parameter import Parameter, Setting, parameters_of, settle
from bramka.domain.learning.table import Column, Table

__all__ = [
    "Module",
    "ModuleError",
    "ModulePort",
    "Ports",
    "RowStep",
    "UntypedModule",
]

PortType = Literal["DataTable", "ILearner", "ICluster", "IFilter", "ITransform", "Zip"]

Ports = Mapping[str, Table]
"""What stands on a module's ports, by port name."""


class RowStep(Struct, frozen=True):
    """A module made ready for single rows: the columns it gives, and how."""

    columns: tuple[Column, ...]
    apply: Callable[[Sequence[Cell]], Sequence[Cell]]


S = TypeVar("S", bound=Struct)


class ModulePort(Struct, frozen=True):
    """One input or output of a module; only ports of one type connect."""

    name: str
    type: PortType = "DataTable"
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Module(Generic[S]):
    """One module of the catalogue: what it is called, takes, gives and does.

    `settings` declares the parameters: a frozen Struct whose fields carry the name
    people see, bounds, default and help. `row_wise` promises that each output row
    depends on its own input row only. `row`, for modules of one input and one output,
    makes ready for input of these columns: the step does for one row what `run` does
    for a table, without making tables.
    """

    name: str
    family: str
    category: str
    settings: type[S]
    inputs: tuple[ModulePort, ...]
    outputs: tuple[ModulePort, ...]
    run: Callable[[Ports, S], Ports]
    row_wise: bool = False
    row: Callable[[Sequence[Column], S], RowStep] | None = None
    aliases: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return parameters_of(self.settings)

    def settle(self, given: Mapping[str, Setting]) -> S:
        """Settings from given values by name; ModuleError says which one is wrong."""
        try:
            return settle(self.settings, given)
        except ModuleError as error:
            raise error.within(self.name) from None

    def apply(self, inputs: Ports, settings: S) -> Ports:
        """Run on what stands on the input ports."""
        for port in self.inputs:
            if port.name not in inputs and not port.optional:
                raise ModuleError(
                    3, f'Input "{port.name}" is null or empty.', module=self.name
                )
        try:
            return self.run(inputs, settings)
        except ModuleError as error:
            raise error.within(self.name) from None

    def apply_row(self, columns: Sequence[Column], settings: S) -> RowStep | None:
        """`apply` for single rows of these columns, or None if there is no such way."""
        if self.row is None:
            return None
        try:
            return self.row(columns, settings)
        except ModuleError as error:
            raise error.within(self.name) from None


UntypedModule = Module[Struct]
"""A module whose settings are known only to itself."""
