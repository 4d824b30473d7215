"""A published graph as a scoring function: only what hangs on the inputs runs again."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from bramka.domain.errors import Invalid
from bramka.domain.learning.cells import Cell
from bramka.domain.learning.experiment import Catalogue
from bramka.domain.learning.graph import Experiment, port_id
from bramka.domain.learning.module import RowStep
from bramka.domain.learning.service import Definition, Port
from bramka.domain.learning.small_table import SmallTable, small_of, table_of
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Learnt, Pictures, Ports, Value
from bramka.studio.device import device_table
from bramka.studio.live import Live, Settled

SCRIPTS = frozenset(("Python Language Modules", "R Language Modules"))
"""Categories of modules whose calls go to processes of their own."""
MOST_VARIANTS = 16
"""So many sets of parameter values are kept ready."""


class Room(Protocol):
    """What one model has to itself: warm processes for its scripts, for instance."""

    def entered(self) -> AbstractContextManager[None]:
        """Modules that run meanwhile, in this thread, run in it."""


Rooms = Callable[[], Room]


class GraphFunction:
    """Scores tables by running the live part of a graph."""

    def __init__(
        self,
        live: Live,
        definition: Definition,
        parts: Ports,
        room: Room | None = None,
    ) -> None:
        self.definition = definition
        # Modules that keep rows apart do so to the last bit: their conformance says so.
        self.row_wise = self.together = live.row_wise
        self._live = live
        self._parts = parts
        self._entered = nullcontext if room is None else room.entered
        self.waits = False
        """Whether calls go to other processes: never on the event loop."""
        self._settled = live.settle({})

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.definition.name}>"

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        return self._tables(self._values(inputs, parameters))

    def train(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table | Learnt]:
        """All outputs, what was learnt among them."""
        values = self._values(inputs, parameters)
        models = {
            name: _learnt(values, name, self._live.outputs[name])
            for name in self.definition.models
        }
        return {**self._tables(values), **models}

    def _tables(self, values: Ports) -> dict[str, Table]:
        return {
            port.name: _table(values, port, self._live.outputs[port.name])
            for port in self.definition.outputs
        }

    def _values(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> dict[str, Value]:
        """What stands on every port once the live part has run."""
        with self._entered():
            return self._run(inputs, parameters)

    def _run(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> dict[str, Value]:
        live = self._live
        settled = live.settle(parameters) if parameters else self._settled
        values: dict[str, Value] = dict(self._parts)
        for port in self.definition.inputs:
            place = next(key for key, name in live.inputs.items() if name == port.name)
            values[place] = _conform(inputs, port.name, port.columns)
        for name in live.order:
            module = live.modules[name]
            given = {}
            for wanted in module.inputs:
                place = port_id(name, wanted.name)
                if place not in values:
                    place = live.wiring.source_of.get(place, "")
                if place in values:
                    given[wanted.name] = values[place]
            for output, value in module.apply(given, settled[name]).items():
                values[port_id(name, output)] = value
        return values


class ChainFunction(GraphFunction):
    """A graph that is a chain of row-wise modules: scores few rows without frames."""

    def __init__(
        self,
        live: Live,
        definition: Definition,
        parts: Ports,
        room: Room | None = None,
    ) -> None:
        super().__init__(live, definition, parts, room)
        self._columns = definition.inputs[0].columns
        self._output = definition.outputs[0].name
        self._variants: dict[tuple[object, ...], list[RowStep] | None] = {}
        self._plain = self._steps(self._settled)

    @property
    def quick(self) -> bool:
        """Whether rows have a way of their own."""
        return self._plain is not None

    def score_small(
        self, inputs: Mapping[str, SmallTable], parameters: Mapping[str, Any]
    ) -> Mapping[str, SmallTable]:
        """The outcome of `score` for few rows, made of plain values."""
        small = inputs[self.definition.inputs[0].name]
        steps = self._variant(parameters) if parameters else self._plain
        if steps is None:
            tables = {port: table_of(each) for port, each in inputs.items()}
            results = self.score(tables, parameters)
            return {port: small_of(each) for port, each in results.items()}
        columns = steps[-1].columns
        if small.height == 1:
            row: Sequence[Cell] = [cells[0] for cells in small.cells]
            for step in steps:
                row = step.apply(row)
            return {self._output: SmallTable(columns, [[cell] for cell in row], 1)}
        rows: list[Sequence[Cell]] = list(zip(*small.cells, strict=True))
        for step in steps:
            rows = [step.apply(row) for row in rows]
        found = (
            [list(column) for column in zip(*rows, strict=True)]
            if rows
            else [[] for _ in columns]
        )
        return {self._output: SmallTable(columns, found, small.height)}

    def _variant(self, parameters: Mapping[str, Any]) -> list[RowStep] | None:
        key = tuple(sorted((name, str(value)) for name, value in parameters.items()))
        if key not in self._variants:
            steps = self._steps(self._live.settle(parameters))
            if len(self._variants) >= MOST_VARIANTS:
                self._variants.clear()
            self._variants[key] = steps
        return self._variants[key]

    def _others(self, name: str) -> Ports:
        """What stands on the inputs of a node that callers do not feed."""
        found = {}
        for wanted in self._live.modules[name].inputs:
            place = port_id(name, wanted.name)
            for each in (place, self._live.wiring.source_of.get(place, "")):
                if each in self._parts:
                    found[wanted.name] = self._parts[each]
        return found

    def _steps(self, settled: Settled) -> list[RowStep] | None:
        """The way of each row, or None if a module has none for these columns."""
        columns, steps = self._columns, []
        for name in self._live.order:
            module = self._live.modules[name]
            step = module.apply_row(columns, settled[name], self._others(name))
            if step is None:
                return None
            steps.append(step)
            columns = step.columns
        return steps


def scoring_function(
    experiment: Experiment,
    catalogue: Catalogue,
    definition: Definition,
    parts: Ports,
    room: Room | None = None,
) -> GraphFunction:
    """What scores for a published graph, by the quickest way it allows."""
    live = Live(experiment, catalogue)
    function = _function(live, definition, parts, room)
    function.waits = _runs_scripts(live, catalogue, parts)
    return function


def _runs_scripts(live: Live, catalogue: Catalogue, parts: Ports) -> bool:
    """Whether a node is a script, or scores with a model that is one."""
    learnt = [
        catalogue.find(each.family)
        for each in parts.values()
        if isinstance(each, Learnt) and each.family
    ]
    modules = (*live.modules.values(), *learnt)
    return any(each.category in SCRIPTS for each in modules)


def _function(
    live: Live, definition: Definition, parts: Ports, room: Room | None
) -> GraphFunction:
    if live.chain() is not None:
        chain = ChainFunction(live, definition, parts, room)
        if chain.quick:
            return chain
    return GraphFunction(live, definition, parts, room)


def _table(values: Ports, port: Port, place: str) -> Table:
    value = values[place]
    if isinstance(value, Pictures):
        return device_table(value, port.columns)
    if not isinstance(value, Table):
        raise Invalid(f"Output {port.name!r} is not a table; take it from a batch job.")
    return value


def _learnt(values: Ports, name: str, place: str) -> Learnt:
    value = values[place]
    if not isinstance(value, Learnt):
        raise Invalid(f"Output {name!r} holds nothing that was learnt.")
    return value


def _conform(
    inputs: Mapping[str, Table], port: str, columns: Sequence[Column]
) -> Table:
    """The table of an input port, with its columns in their order and of their type."""
    names = [column.name for column in columns]
    table = inputs.get(port)
    if table is None:
        raise Invalid(f"Input {port!r} is missing.", target=port)
    known = set(table.names)
    for name in names:
        if name not in known:
            raise Invalid(f"Input {port!r} lacks the column {name!r}.", target=port)
    return Table.of(table.select(names).frame, columns)
