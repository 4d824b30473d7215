"""What a catalogue module promises: ports, typed parameters, numbered errors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from msgspec import Struct

from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.outside import Outside
from bramka.domain.learning.parameter import Parameter, Setting, parameters_of, settle
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Learnt, Ports, PortType, RowStep, Use

__all__ = [
    "Learnt",
    "Module",
    "ModuleError",
    "ModulePort",
    "Ports",
    "RowStep",
    "UntypedModule",
    "Use",
]

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
    for a table, without making tables; `row` of a module of more inputs gets the
    others, which stay the same for every row.

    Modules whose output is trained or used later say how: `fit` trains what `run` gave
    untrained on a table whose label column has this name (None where nothing is told
    apart); `use` makes something trained ready to be applied. Modules that read or
    write outside of the experiment say so by `reach`, which runs in place of `run`.
    Those that need software of their own tell by `lacking` what a machine misses.
    """

    name: str
    family: str
    category: str
    settings: type[S]
    inputs: tuple[ModulePort, ...]
    outputs: tuple[ModulePort, ...]
    run: Callable[[Ports, S], Ports]
    row_wise: bool = False
    row: Callable[[Sequence[Column], S, Ports], RowStep | None] | None = None
    fit: Callable[[Learnt, S, Table, str | None], Learnt] | None = None
    use: Callable[[Learnt, S], Use] | None = None
    reach: Callable[[Ports, S, Outside], Ports] | None = None
    lacking: Callable[[], str | None] | None = None
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

    def apply(
        self, inputs: Ports, settings: S, outside: Outside | None = None
    ) -> Ports:
        """Run on what stands on the input ports; few modules need the outside."""
        for port in self.inputs:
            given = inputs.get(port.name)
            # A table without columns is as good as none; one without rows is not.
            empty = isinstance(given, Table) and not given.columns
            if empty or (given is None and not port.optional):
                raise ModuleError(
                    3, f'Input "{port.name}" is null or empty.', module=self.name
                )
        try:
            if self.reach is not None and outside is not None:
                return self.reach(inputs, settings, outside)
            return self.run(inputs, settings)
        except ModuleError as error:
            raise error.within(self.name) from None

    def apply_row(
        self, columns: Sequence[Column], settings: S, others: Ports | None = None
    ) -> RowStep | None:
        """`apply` for single rows of these columns, or None if there is no such way."""
        if self.row is None:
            return None
        try:
            return self.row(columns, settings, others or {})
        except ModuleError as error:
            raise error.within(self.name) from None


UntypedModule = Module[Struct]
"""A module whose settings are known only to itself."""
