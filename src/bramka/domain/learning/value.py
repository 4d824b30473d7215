"""What stands on a module's port: a table, something learnt, an archive, pictures."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bramka.domain.learning.cells import Cell
from bramka.domain.learning.module_error import ModuleError
from bramka.domain.learning.table import Column, Table

PortType = Literal[
    "DataTable", "ILearner", "ICluster", "IFilter", "ITransform", "Zip", "Visualization"
]
LearntType = Literal["ILearner", "ICluster", "IFilter", "ITransform"]


class Learnt(Struct, frozen=True, kw_only=True):
    """A learner, clustering, filter or transform: who made it, and what it learnt.

    `family` names the module that knows how to train and to use it, `settings` are the
    values that module was given. `state` is None until it is trained, then data of the
    module's own (see `catalogue/_state.py`; reading it runs no code). `columns` are
    those it was trained on, `label` is the name of the one it learnt to tell. `parts`
    are other learnt things it is made of, as One-vs-All is.
    """

    type: LearntType
    family: str
    settings: dict[str, str | None] = {}
    state: bytes | None = None
    columns: tuple[Column, ...] = ()
    label: str | None = None
    parts: tuple["Learnt", ...] = ()

    @property
    def trained(self) -> bool:
        return self.state is not None

    def taught(
        self, state: bytes, columns: Sequence[Column], label: str | None = None
    ) -> "Learnt":
        """The same, trained on these columns."""
        return replace(self, state=state, columns=tuple(columns), label=label)


class Archive(Struct, frozen=True):
    """The bytes of a ZIP file."""

    content: bytes


class Pictures(Struct, frozen=True, kw_only=True):
    """What a script drew (PNG files) and printed."""

    images: tuple[bytes, ...] = ()
    text: str = ""


Value = Table | Learnt | Archive | Pictures

Ports = Mapping[str, Value]
"""What stands on a module's ports, by port name."""


class RowStep(Struct, frozen=True):
    """A module made ready for single rows: the columns it gives, and how."""

    columns: tuple[Column, ...]
    apply: Callable[[Sequence[Cell]], Sequence[Cell]]


Order = tuple[str, Sequence[int]]
"""A column by its name, and the rows its cells are taken from."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """A trained thing made ready: its state is read once, then it is applied often.

    For a learner `apply` gives the score columns alone, as many rows as the table has;
    for everything else the whole table that comes out. `row`, where there is one, does
    the same for single rows of the given columns; `shuffled`, where there is one, for a
    table with the cells of one column in another order, order by order.
    """

    apply: Callable[[Table], Table]
    row: Callable[[Sequence[Column]], RowStep | None] | None = None
    shuffled: Callable[[Table, Iterable[Order]], Iterator[Table]] | None = None


def table_on(ports: Ports, name: str) -> Table:
    """The table that stands on a port; Error 0003 or 0018 if there is none."""
    value = ports.get(name)
    if value is None:
        raise ModuleError(3, f'Input "{name}" is null or empty.')
    if not isinstance(value, Table):
        found = type_of_value(value)
        raise ModuleError(18, f'Dataset is not valid. "{name}" is given a {found}.')
    return value


def learnt_on(ports: Ports, name: str) -> Learnt:
    """The learner or transform that stands on a port; Error 0003 or 0013 if none."""
    value = ports.get(name)
    if value is None:
        raise ModuleError(3, f'Input "{name}" is null or empty.')
    if not isinstance(value, Learnt):
        raise ModuleError(13, f'Learner "{name}" has invalid type.')
    return value


def type_of_value(value: Value) -> PortType:
    """Which ports a value fits."""
    match value:
        case Table():
            return "DataTable"
        case Learnt():
            return value.type
        case Archive():
            return "Zip"
        case Pictures():
            return "Visualization"
